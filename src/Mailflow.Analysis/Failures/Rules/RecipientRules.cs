using static Mailflow.Analysis.Failures.Cause;
using static Mailflow.Analysis.Failures.Rules.Phrases;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Problems of the recipient: a full, disabled or missing mailbox, or a message too large for it.</summary>
static class RecipientRules
{
    public static Rule[] Rules { get; } =
    [
        new(DnsFailure, "nxdomain",
            "[non-existant|nonexistant|non-existent|nonexistent|non-existing|nonexisting|not existing|unkown|inexistent] .. [domain|mail domain|"
            + "domain name|host name|domainname] + !sender + !from",
            "RFC 1035 RCODE 3", "550 RCPT address has non-existant domain contoso.example"),

        // Storage.
        new(MailboxFull, null,
            "over quota | overquota | over the quota | mailbox full | mailbox is full | mailbox has been full | mailfolder is full | "
            + "mailfolder full | inbox is full | inbox full | account is full | quota full | quota violation | disk quota | "
            + "diskspace quota | userdisk quota | domaindisk quota | mail quota | mailbox quota | user quota | quota of the | quota for | "
            + "exceed* .. quota | exceeded its quota | exceeded the quota | exceeded his quota | exceeded their quota | "
            + "quota has been exceeded | quota is exceeded | quota limit | quota exceed* | email quota | storage quota | exceeds quota | "
            + "would exceed quota | reached quota | out of quota | has no quota | insufficient quota | OverQuota* | over its quota | "
            + "over their quota | quota exeeded | quota exceded | exeeded .. quota | exceded .. quota",
            "RFC 3463 X.2.2", "552 5.2.2 <ann@contoso.example>: Over quota"),
        new(MailboxFull, null,
            Recipient
            + " .. [full|storage full|out of storage|out of storage space|no space left|not enough space|not enough storage|no space|storage limit|"
            + "space limit|disk space limit|allowed size|maximum allowed storage|size limit exceeded|too many messages|exceeded the storage|"
            + "exceeded the limit|exceeded its limit|exceeded its disk|over limit|is over its|exceeds allowed size|exceeded storage|"
            + "exceeds its limit|have enough space|not able to receive more mail|cannot accept any more|exceeding receiving limits|out of space|"
            + "out of disk space|"
            + "no storage|no free space|no more room|no room|storage is exhausted|is exhausted|exceeded the allowed|exceeded the permitted|"
            + "exceeded its allowed|storage is used up|used up|over the storage|over its storage|over storage|storage left|free space left|"
            + "at capacity|over capacity|overfull|too full|holds too many|reached its storage|reached the storage|reached its maximum|"
            + "reached its limit|reached the limit|over its maximum|over its size|over the size|has no space|is overloaded with messages] + "
            + "!rate + !per hour + !per day + !hourly + !daily + !sending + !connections + !recipients per | "
            + "[no more room|no room|no storage|not enough storage|not enough space|insufficient space|insufficient storage|no free space|"
            + "no space left|out of space|out of storage] .. [mailbox|inbox|recipient|recipient's|user's mailbox|account|maildir]",
            "RFC 3463 X.2.2", "User mailbox exceeds allowed size: ann@contoso.example"),
        new(MailboxFull, null,
            "no space left for this user | recipient storage full | out of storage space | does not have enough space | "
            + "exceeded storage allocation + [mailbox|quota] | not able to receive more mail | insufficient disk space in | "
            + "mailbox space not enough | exceeds allotted | full mailbox | mailbox size limit | 522 mailbox full | not enough space | "
            + "storage is full | cannot receive more | would exceed maximum | maildir over",
            "RFC 3463 X.2.2", "The mailbox has not enough space"),
        new(MailboxFull, null,
            "file too large + [mailbox|maildir] | maildir delivery failed",
            "Postfix virtual(8)", "cannot update mailbox /var/mail/ann for user ann. error writing message: File too large"),
        new(MailboxFull, null,
            "exceeded storage allocation | insufficient storage for | storage allocation exceeded",
            "RFC 5321 section 4.2.3", "552 Requested mail action aborted: exceeded storage allocation"),

        new(MailboxFull, null,
            "[storage limit|disk limit|space limit|mailbox limit|storage quota|disk usage|disk space limit|storage space|allotted space|allocated space] .. "
            + "[exceeded|reached|full|exhausted|used up|over|of recipient|of the recipient|of user] + !system + !server | over disk limit | "
            + "over the disk limit | over disk space | "
            + "overdrawn .. [quota|diskspace|storage|space]",
            "RFC 3463 X.2.2", "552 The recipient's storage limit has been reached"),

        // Size.
        new(MessageTooLarge, null,
            "message too long | message is too long | mailsize | attachment too long | attachments too long | email too long | mail too long | "
            + "[attachment|attachments|message|mail|email] .. [exceed|exceeds|exceeded] .. [size|limit of|maximum|"
            + "permitted] + !header + !rate + !hour + !number of | "
            + "message too large | message too big | message is too large | message is too big | message size exceed* | "
            + "message exceed* .. [maximum|limit|size] | exceeds maximum size | exceeds the maximum | exceeds size limit | "
            + "exceeds the size | exceeds fixed | exceeds fixed maximum | exceeded maximum size | exceeds limit | "
            + "exceeds administrative limit | message length exceed* | maximum message size | maximum email size | "
            + "maximum incoming message size | message size limit | size limit exceed* | size limits | mail size | email too large | "
            + "email is too large | mail too large | mail is too large | mail too big | message file too big | file too big | too big | "
            + "SIZE Message | exceeded the maximum | exceeds databytes | databytes limit | exceeded size | size exceeds | size exceeded | "
            + "attachment too large | attachments are too large | too many attachments | header size exceeds | headers too large | "
            + "larger than | size is too large | exceeds maximum | body too large | data too large | oversized | line limit exceeded | "
            + "too large | message body exceeds | exceeded allowed size",
            "RFC 1870 section 6.1", "552 5.3.4 Message size exceeds fixed maximum message size"),

        // Disabled accounts; "not found or disabled" usually means "not found".
        new(InvalidRecipient, "unknown-user",
            "[mailbox|user|account|recipient|address] .. not found or | unknown or inactive | unknown or disabled | invalid or disabled",
            "RFC 5321 section 3.5.3", "550 Mailbox (ann@contoso.example) not found or inactivated"),
        // The mailbox was closed or deleted.
        new(MailboxDisabled, null,
            "no longer accepts mail",
            "Gmail and others", "This address no longer accepts mail.", Opening: true),
        new(InvalidRecipient, "unknown-user",
            Recipient + " .. no longer exists",
            "RFC 3463 X.1.1", "553 5.3.0 <ann@contoso.example>... Recipient address no longer exists", Opening: true),
        new(MailboxDisabled, null,
            Recipient + " .. " + Disabled,
            "RFC 3463 X.2.1", "550 5.2.1 The email account that you tried to reach is disabled."),
        new(MailboxDisabled, null,
            "[mail service|email service|service for|mail hosting|hosting|subscription|domain|domain's mail|customer] .. "
            + "[suspended|deactivated|terminated|has expired|is expired|discontinued|disabled|is stopped|was stopped|been stopped|inactive|on hold|"
            + "not paid|unpaid] | "
            + "has been suspended + !sending + !delivery | "
            + "[dormant|retired|abandoned|unused] .. [mailbox|account|user|recipient|address]",
            "providers: the contract behind the mailbox has ended", "550 Mail service for this domain has been terminated"),
        new(MailboxDisabled, null,
            "[deactivated|disabled|suspended|inactive|locked|expired|closed|terminated|frozen|deleted|cancelled|canceled|blocked|obsolete|unused|"
            + "archived|removed] .. "
            + "[mailbox|mail box|user|account|recipient|e-mail account|mail account|inbox|"
            + "addressee] + !sending + !sender + !command + !because + !by policy + !your account + !by user + "
            + "!by the user + !by recipient + !due to + !VRFY + !attachment + !using + !unknown",
            "RFC 3463 X.2.1", "550 deactivated mailbox"),
        new(MailboxDisabled, null,
            "[customer|customer's|subscriber|subscription|service|domain|address|contract|client's account] .. "
            + "[has been cancelled|has been canceled|was cancelled|is cancelled|has ended|no longer in use|is obsolete|obsolete|retired|"
            + "no longer active|has been closed|"
            + "has lapsed|no longer exists here] + !IP",
            "providers: the contract behind the mailbox has ended", "550 The customer's contract has ended"),
        new(MailboxDisabled, null,
            "[address|mailbox|user|account|recipient] .. [does not receive|doesn't receive|no longer receives|can no longer receive|"
            + "not receive] .. [mail|messages|email|mails] + !from + !size + !large",
            "RFC 3463 X.2.1", "550 this address no longer receives mail"),
        new(MailboxDisabled, "moved",
            "no longer an employee | no longer at this | no longer here | no longer at | [recipient|user|person|employee|addressee] .. [has left|"
            + "left us|has gone|has moved|has retired|is gone]",
            "RFC 3463 X.1.6", "550 The person is no longer at this company"),
        new(MailboxDisabled, "moved",
            "no longer employed | has left the company | left the company | left the organisation | left the organization | user has moved",
            "RFC 3463 X.1.6", "550 The user has left the company"),
        new(MailboxDisabled, null,
            "mailbox disabled | account disabled | user disabled | disabled user | DisabledUser | disabled mailbox | disabled account | "
            + "user suspended | account suspended | suspended account | account inactive | user inactive | inactive user | "
            + "inactive account | inactive mailbox | inactive recipient | mailbox inactive | account locked | account closed | "
            + "user banned | mailbox not accepting messages | not accepting messages | not accepting mail + !domain | "
            + "mailbox is not accepting | "
            + "temporary locked | archived recipient | account expired | not accepting mail for this user | "
            + "is inactive on this domain | disabled recipient | locked or suspended | recipient suspended | mailbox blocked | "
            + "account is blocked | user is blocked | account blocked | account has been blocked | mailbox is blocked | "
            + "mailbox temporarily disabled | mailbox is frozen | blocked mailbox",
            "RFC 3463 X.2.1", "550 Mailbox disabled"),
        new(MailboxDisabled, null,
            "recipient address rejected .. blocked",
            "RFC 3463 X.2.1", "540 5.7.1 <ann@contoso.example>: recipient address rejected: Blocked"),
        new(MailboxDisabled, "moved",
            "has been replaced by | has moved | address has changed | e-mail address has changed | no longer on server | new address is | "
            + "changed their e-mail address | moved to another | moved with no forwarding | recipient no longer on | no longer with | "
            + "no longer works | mailbox owner has changed",
            "RFC 3463 X.1.6", "550 5.1.6 The mailbox has been replaced by ann.b@contoso.example"),

        // No such recipient; first the cases where the domain is missing.
        new(DnsFailure, "nxdomain",
            "domain owner has changed | recipient address rejected .. domain not found | "
            + "[recipient domain|recipient's domain|destination domain|domain of recipient|domain of the recipient] .. "
            + "[not found|does not exist|doesn't exist|unknown|must exist|invalid|not resolve|could not be found|has no|not registered|"
            + "cannot be resolved|not resolvable]",
            "Postfix reject_unknown_recipient_domain", "450 4.1.2 <ann@contoso.example>: Recipient address rejected: Domain not found"),
        new(InvalidRecipient, "ambiguous",
            "ambiguous | not unique | several matches | more than one match | multiple matches",
            "RFC 3463 X.1.4", "550 5.1.4 Destination mailbox address ambiguous"),
        new(InvalidRecipient, "bad-syntax",
            "user address required | recipient address required | illegal character | syntax illegal | 8-bit character in mailbox | "
            + "address too long | local part must not | doublequote | invalid route address | colon illegal",
            "Sendmail and Exim: the address cannot be parsed", "553 5.0.0 <@contoso.example>... User address required"),
        new(InvalidRecipient, "unknown-user",
            "user unknown | unknown user | user is unknown | userunknown | unknownuser | no such user | nosuchuser | no such recipient | "
            + "no such mailbox | no such address | no such account | no such person | no such local user | mailbox not found | "
            + "user not found | recipient not found | account not found | email not found | addressee unknown | address unknown | "
            + "unknown recipient | unknown address | unknown mailbox | unknown local part | unknown account | unknown alias | "
            + "unknown email | recipient unknown | mailbox unknown | account unknown | destination addresses were unknown | "
            + "invalid recipient | invalid recipients | invalid mailbox | invalid user | invalid address | invalid X.400 address | "
            + "invalid x400 address | invalid e-mail address | invalid local part | invalid final delivery | invalid destination | "
            + "bad recipient | bad destination | bad address | no mailbox here | no mailbox by that name | no mail-box here | "
            + "no mail box available | no mailbox for | no account by that name | no account here | mailbox does not exist | "
            + "not a valid user | not a valid mailbox | not a valid recipient | not a valid address | not a known user | is not a user | "
            + "mailbox not present | not a local user | not local user | unrecognized recipient | recipient unrecognized | "
            + "unregistered address | non existent user | nonexistent user | nonexistent mailbox | user doesn't exist | "
            + "recipient doesn't exist | not in recipient list | not in my validrcptto | validrcptto | badrecipientto | not found in LDAP | "
            + "not in our directory | not in directory | not found in directory | illegal alias | illegal user | recipient invalid | "
            + "address invalid | address is invalid | isn't a valid | unavailable mailbox | recipient is not local | not email addresses | "
            + "user name not found | wrong recipient | not a member of domain | no e-mail address registered | could not resolve address | "
            + "missing or malformed local part | malformed address | expected after | unbalanced + !#5.5.2 | invalid address format | "
            + "bad address syntax | bad destination mailbox | recipient was not found | mail address not found | bounced address | "
            + "mailbox name not allowed | mailbox name invalid | address you entered | email address could not be found | not registered",
            "RFC 5321 section 3.5.3", "550 5.1.1 <ann@contoso.example>... User unknown"),
        new(InvalidRecipient, "unknown-user",
            Recipient + " .. " + Missing,
            "RFC 5321 section 3.5.3", "550 The account ann@contoso.example could not be found on this server"),
        new(InvalidRecipient, "unknown-user",
            "[unknown|invalid|no such|not a valid|non-existent|unrecognized] .. [recipient|recipients|mailbox|addressee|mail account|email account]",
            "RFC 5321 section 3.5.3", "550 Unrecognized local mailbox"),
        new(InvalidRecipient, "undeliverable",
            "undeliverable address | recipient verify failed | recipient verification failed | "
            + "unable to verify recipient | address verification failed | address verify failed | verification failed for + !certificate | "
            + "recipient validation | recipient verify .. failed | address validation failed | "
            + "recipient address rejected .. undeliverable | not deliverable + !within | unable to deliver to | cannot deliver mail for | not OK",
            "Postfix reject_unverified_recipient",
            "550 5.1.1 <ann@contoso.example>: Recipient address rejected: undeliverable address: host mx.example said: no"),
        new(InvalidRecipient, "undeliverable",
            "unverified address",
            "Postfix reject_unverified_recipient: the reason follows",
            "450 4.1.1 <ann@contoso.example>: Recipient address rejected: unverified address: not checked yet",
            Opening: true),
        new(InvalidRecipient, null,
            "mailbox unavailable | mailbox not available | account not available | user not available | recipient not available | "
            + "mailbox is unavailable | recipient unavailable | recipient is unavailable | account is unavailable | user unavailable | "
            + "mailbox is not available | address rejected: unknown | envelope recipient has been denied | account is not allowed | "
            + "recipient rejected | recipients rejected | rcpt rejected | recipient denied | recipient not accepted | recipient refused | "
            + "recipient address refused | RCPT TO not accepted | all recipients failed | "
            + "[all recipients|all recipient addresses|recipient addresses] .. [rejected|refused|failed|denied|invalid] | null recipient | "
            + "for that recipient is not accepted | for this recipient is not accepted | no such object",
            "RFC 5321 section 4.2.3", "550 Requested action not taken: mailbox unavailable"),
    ];
}
