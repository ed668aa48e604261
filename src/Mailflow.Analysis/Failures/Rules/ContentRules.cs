using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Problems of the message (malware, spam, format), policies and protocol errors.</summary>
static class ContentRules
{
    const string Filters = "replies of content filters";

    public static Rule[] Rules { get; } =
    [
        new(PolicyRestriction, "captcha",
            "captcha | verify your | confirm that you are | challenge response",
            "challenge and response systems", "550 You have exceeded the allowable number of posts without solving a captcha"),
        new(SpamContent, null, "spam or virus | spam/virus", Filters, "550 Message rejected for possible spam/virus content"),
        new(MalwareContent, "virus",
            "virus | viruses | viral | malware | infected | trojan | worm | phish* | eicar | malicious | ransomware | dangerous content | "
            + "clamav | antivirus | anti-virus",
            Filters, "550 5.7.1 Virus found in message"),
        new(MalwareContent, "attachment",
            "[attachment|attachments|file type|file extension|executable] .. "
            + "[not allowed|blocked|forbidden|prohibited|rejected|disallowed|unacceptable|banned|not permitted|not accepted|restricted|"
            + "password protected]",
            Filters, "552 5.7.0 Attachment type not allowed (.exe)"),
        new(MalwareContent, "attachment",
            "[rejected|blocked|unacceptable|disallowed|forbidden|prohibited|banned|dangerous|illegal|encrypted|encrypted and] .. "
            + "[attachment|attachments|file extension|file extensions|file type|archive|archives|filename|file name] | "
            + "[extension|extensions|filename|file name] .. [is not allowed|not allowed|blocked|forbidden|disallowed|banned|prohibited] | "
            + "file blocked | prohibited attachment | blocked attachment | "
            + "forbidden attachment | attachment not allowed | attachment rejected | attachment filetype | rejecting password protected",
            Filters, "554 5.7.1 Rejected, prohibited attachment"),

        new(MalwareContent, "attachment",
            "[restricted|unsafe|unwanted|suspicious|suspect|unauthorized|disallowed|unsupported] .. [attachment|attachments|file type|file extension|"
            + "file attachment]",
            Filters, "554 Message denied: restricted attachment"),
        new(SpamContent, null,
            "[word|words|phrase|phrases|keyword|keywords|terms|expression] .. [blocked|detected|prohibited|banned|forbidden|not allowed|sensitive|"
            + "rejected|offensive|not permitted] + !encoded + !password | "
            + "[sensitive|banned|forbidden|prohibited|offensive|bad|blocked|illegal|dirty] .. [word|words|keyword|keywords|phrase|"
            + "phrases] + !password + !command | "
            + "[scored|has a score of|score of|total score] .. points | spam index | spam probability | spam level | spam rating | spam threshold | "
            + "spam rule*",
            Filters, "550 Forbidden words in the message"),
        new(PolicyRestriction, "content",
            "[HTML|HTML tag|HTML tags|tag|script|scripts|JavaScript|iframe|embedded object|embedded image|remote image|external image|attachments] .. "
            + "[unacceptable|not acceptable|not accepted|are not allowed here|disallowed|forbidden|prohibited|not permitted] + !file + !extension + !type",
            Filters, "550 HTML tags are not accepted"),

        new(RateLimited, "throttled",
            "too many messages | message limit | limit exceeded | limit has been exceeded | exceeded the max* | frequency | "
            + "quota + message* | traffic | exceeded limit | [max|maximum] .. limit | over the limit | limit of",
            "RFC 5321 section 7.8", "450 4.7.1 The limit has been exceeded", Opening: true),

        new(SpamContent, null,
            "GTUBE | bulk message | unsolicited bulk | spam content | considered spam | detected as spam | identified as spam | classified as spam | "
            + "marked as spam | "
            + "looked like spam | appears to be spam | seems to be spam | seems to be a spam | possible spam | probable spam | "
            + "spam detected | spam message | spam mail | spam email | rejected as spam | spam filter | spam filters | spam filtering | "
            + "spam score | spam points | spam scale | spam checks | spam pattern | spam rejection | anti-spam | antispam | SpamAssassin | "
            + "rspamd | junk mail | junkmail | junk | unsolicited | UCE | bulk mail | spam",
            Filters, "550 5.7.1 Message rejected as spam"),
        new(SpamContent, null,
            "content rejected | contents rejected | classified as bulk | content filter | content denied | content rejection | "
            + "unacceptable content | content restrictions | inappropriate content | message content | content violation | "
            + "objectionable content | content not acceptable | content policy + rejected | bayes | suspicious content | content scan*",
            Filters, "554 5.7.1 Message rejected because of unacceptable content"),

        // Policies.
        new(PolicyRestriction, "sender-not-allowed",
            "only accepting mail from | only accepts mail from | accepts messages only from | not allowed to send to this | "
            + "not permitted to send to | allowed to post | not authorized to post | permission to post | permission to send | "
            + "not authorized to send to | not allowed to send mail to | members only | rejected by Google Groups | "
            + "will not accept delivery of this message | subscribers only | closed mailing list | closed list | non-members | "
            + "not a member of | not subscribed | whitelisted senders | allowed senders | user rules | refuse to receive mail | "
            + "restricted to | rejected by recipient | rejected by this user | recipient has blocked | refused by recipient | "
            + "accept mails from you | accept mail from you | refuses mail from | refuses to accept | approved senders | restricts who | "
            + "moderated | not authorized to submit",
            "mailing lists and personal rules", "550 5.7.1 You are not allowed to post to this mailing list, it is members only"),
        new(PolicyRestriction, "delivery-restriction",
            "restricted by policy | delivery restricted | organizational settings | organization's policy | company policy | "
            + "corporate policy | security policy | security policies | prohibited by policy | denied by policy | policy violation | "
            + "violates policy | violation of policy | policy restriction | policy restrictions | MailPolicy | blocked by policy | "
            + "rejected by policy | policy reasons | local policy | site policy | policy reject* | intentional policy | policy prohibits | "
            + "contrary to policy | against policy | administrative policy | email policy | mail policy | content policy | country | "
            + "geographic | geoblocking",
            "RFC 3463 X.7.1", "550 5.7.1 Message rejected: prohibited by policy of the organisation", Opening: true),
        new(PolicyRestriction, "spoofing", "impersonat* | masquerad*", Filters, "550 Message refused: impersonation protection"),

        // Format and protocol.
        new(ProtocolError, "pipelining",
            "pipelin* | before greeting | greet pause | talk too soon | spoke too soon | before the greeting",
            "RFC 2920", "503 5.5.0 Improper use of SMTP command pipelining"),
        new(ProtocolError, "smtputf8",
            "SMTPUTF8 | UTF8SMTP | internationalized | UTF-8 + not supported | EAI",
            "RFC 6531", "501 5.1.6 SMTPUTF8 argument required."),
        new(ProtocolError, "malformed",
            "malformed message | message is malformed | mail message is malformed | malformed | bare LF | bare CR | lone CR | lone LF | "
            + "bare newline* | bad headers | invalid header | invalid headers | missing header | header + missing | multiple header | "
            + "duplicate header* | multiple from | message-id + missing | date header | without a valid | from header | To fields | 8bit | "
            + "8-bit | encoded-word | base64 encoding | MIME | charset | media error | not RFC | conform to | RFC 2822 | RFC 5322 | "
            + "RFC822 | RFC 822 | invalid structure | line too long | line length exceeded | maximum line length | NUL characters | "
            + "non-ASCII | unencoded | X-headers | equal headers | headers are not",
            "RFC 5322 section 3.6", "550 5.7.1 Messages missing a valid Message-ID: header are not accepted."),
        new(ProtocolError, "no-recipients",
            "no valid recipients",
            "RFC 5321 section 3.3: DATA after every RCPT was refused", "554 5.5.1 Error: no valid recipients"),
        new(ProtocolError, "sequence",
            "bad sequence | out of sequence | command out of | send hello first | need mail command | need MAIL before | need RCPT | "
            + "RCPT first | MAIL first | EHLO first | HELO first | polite people say HELO | nested MAIL | "
            + "sender already specified | protocol violation | protocol error | no DATA after | valid RCPT command must precede | "
            + "STARTTLS may not be repeated",
            "RFC 5321 section 4.1.4", "503 5.5.1 Bad sequence of commands"),
        new(ProtocolError, "command",
            "command not recognized | command unrecognized | unrecognized command* | unknown command | command not implemented | "
            + "not implemented | syntax error | bad syntax | invalid argument* | invalid parameter* | unsupported parameter | "
            + "parameter not implemented | parameters not recognized | unrecognized parameter | unimplemented | command not allowed | "
            + "too many unauthenticated commands | too many bad commands | too many unrecognized commands | illegal command | "
            + "invalid command | command too long | body type | not supported + command | data format error | too many syntax | XEXCH50",
            "RFC 5321 section 4.2.4", "500 5.5.2 Syntax error, command unrecognized"),

        new(ProtocolError, "errors",
            "too many errors + !from your",
            "Postfix smtpd_hard_error_limit", "421 4.7.0 mx.contoso.example Error: too many errors"),

        // Problems of the server itself.
        new(SystemError, "storage",
            "insufficient system storage | insufficient disk space | not enough disk space | system storage | disk full | "
            + "no space left on device | out of memory | insufficient storage | insufficient system | memory exhausted | out of disk | "
            + "spool is full",
            "RFC 3463 X.3.1", "452 4.3.1 Insufficient system storage"),
        new(SystemError, "configuration",
            "server configuration error | server configuration problem | configuration error | misconfigured | misconfiguration | "
            + "incorrectly configured | configuration problem",
            "RFC 3463 X.3.5", "451 4.3.5 Server configuration error"),
        new(SystemError, "mailer",
            "mailer error | command died | command output | procmail | unknown mailer error | unknown mail transport error | maildrop | "
            + "pipe command | delivery command | exit status | can't create output | can't create user output file | cannot open mailbox | "
            + "lock failure | unable to lock | input/output error | I/O error | Unable to switch to | interrupted system call | "
            + "file system | aliasing/forwarding loop broken | queue file | child status",
            "Sendmail and Postfix local delivery", "554 5.3.0 unknown mailer error 255"),
        new(SystemError, "internal",
            "internal error | internal server error | internal system error | internal failure | local error | local problem | "
            + "system error | server error | temporary system problem | "
            + "backend error | backend failure | database error | LDAP | lookup error + !MX + !DNS + !TLSA + !reverse | "
            + "lookup failed + !reverse + !DNS + !DKIM + !SPF | lookup failure + !MX + !DNS | upstream error | "
            + "software error | unexpected error | unexpected failure | unexpected exception | milter + !milter-reject | processing error | "
            + "error while being processed | processing failed | system failure | unable to connect daemon | technical problem | "
            + "service error | downstream | out of service",
            "RFC 5321 section 4.2.3", "451 4.3.0 Internal server error"),
        new(SystemError, null,
            "temporary failure | temporary error | temporary problem | temporary server error",
            "RFC 5321 section 4.2.3", "451 4.3.0 Temporary failure", Opening: true),
        new(MessageExpired, null,
            "[maximum|max|too many|exceeded|limit of] .. [time in queue|queue time|queue lifetime|delivery attempts|delivery retries|retries|"
            + "retry attempts|message lifetime|time in the queue] + !login + !authenticat* | "
            + "[delivery attempts|delivery retries|retries|time in queue|queue lifetime|message lifetime|retry limit|attempts to deliver] .. "
            + "[exhausted|exceeded|used up|reached|expired|failed] + !will | [unable to deliver|could not deliver|cannot deliver|not delivered|undeliverable|"
            + "failed] .. after .. [attempts|retries|tries] + !login + !authenticat*",
            "RFC 3463 X.4.7", "All delivery attempts are exhausted"),
        // A warning of a delay says that there will be more attempts: nothing has expired.
        new(MessageExpired, null,
            "[undelivered|undeliverable|not delivered|not be delivered|unable to deliver|gave up|given up|giving up|attempts|retries|tried|retried|"
            + "in the queue|in queue|queued] .. [for|after|within|over|more than|during] .. [day|days|hours|hour|weeks] + "
            + "!will be retried + !be retried + !will continue + !keep trying + !not yet + !delayed + !still trying + "
            + "!warning + !deferred + !timeout + !refused | "
            + "could not be delivered for + !will be retried + !be retried + !keep trying + !will continue + !deferred + !timeout + !refused | "
            + "delivered in time | "
            + "envelope expired | message expired | in the queue too long | queue too long | "
            + "all hosts have been failing for a long time | undeliverable for | allowed queue period | not delivered within | "
            + "[message|delivery|envelope|mail|queue] .. expired | message will be deleted from queue + !deferred + !timeout + !refused | "
            + "giving up + !giving up on | "
            + "too old",
            "RFC 3463 X.4.7", "550 4.4.7 Message expired after 3 days"),
    ];
}
