using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>
/// What a reply is about, for wordings that no other rule knows: its subject, and that something is wrong or refused, in any order. Tried after all
/// rules with an exact wording. The order is from special subjects to general ones.
/// </summary>
static class TopicRules
{
    const string ByHand = "any wording: the subject and that it is wrong";

    const string Wrong =
        "[no|not|unknown|invalid|cannot|can't|could not|couldn't|does not|doesn't|unable|failed|fails|failure|never|none|nobody|bad|wrong|incorrect|"
        + "missing|gone|nonexistent|don't|isn't|without|unrecognized|unrecognised|illegal|malformed|rejected|refused|denied|error|unqualified|unavailable]";

    const string Refused =
        "[blocked|block|refused|refuse|rejected|reject|denied|deny|denies|banned|not accepted|not accept|not allowed|not permitted|forbidden|prohibited|"
        + "not welcome|listed|disallowed|unacceptable|not taken|filtered|unwanted|stopped|not authorised|not authorized|may not|prevented]";

    const string Client =
        "[IP|IPs|your address|your host|your server|your network|your machine|your ISP|your mail server|this host|this server|your range|hosts|network|"
        + "connection blocked|proxy|client|machine|ranges|hosting|cloud|provider's network]";

    public static Rule[] Rules { get; } =
    [
        new(MailLoop, null,
            "[hop|hops] + [limit|count|too many|exceed*] | already passed this | already been here | already been through | passed here before | "
            + "visited this | too many forwards",
            ByHand, "554 this message already passed this host"),
        new(MessageExpired, null,
            "[queue time|retry time|delivery time|in queue|in the queue|time in queue|lifetime|retry period|delivery period] + "
            + "[limit|expired|exceeded|reached|exhausted|over|elapsed|too long] + !will be retried | expired after | not deliverable within | "
            + "no more attempts | not try again | not retry again",
            ByHand, "queue time limit reached"),
        new(Greylisted, null,
            "[first time|first contact|first delivery|first attempt|new client|new host|new sender|unknown client|unfamiliar|delayed|come back|"
            + "not seen before|wait] + "
            + "[#450|#451|#421] + !connections + !too many + !limit + !blocked + !loop + !server",
            ByHand, "450 delayed: new client"),
        new(TlsFailure, null,
            "encryption | TLS | STARTTLS | SSL | x509 | secure transport",
            ByHand, "554 Secure transport needed"),
        new(SenderAuthFailure, null,
            "[signature|signatures|signed] + " + Wrong + " + !virus + !spam | "
            + "[authentication|authenticated|authenticity] + [the message|this message|message|author domain|domain in|From header|sender's domain|"
            + "requirements] + "
            + "!login + !relay* + !user + !account + !log in + !SMTP authentication + !client | "
            + "domain owner | [authorised|authorized|authorise|authorize|authorises|authorizes|designated] + [domain owner|owner of the domain|"
            + "for the domain|"
            + "for that domain|of the domain] | "
            + "[domain policy|domain's policy|policy of the domain|policy of domain] + [reject|rejects|says|fails]",
            ByHand, "550 Email rejected: signature did not verify"),
        new(PolicyRestriction, "spoofing",
            "[claiming|claims|purporting|pretends|pretending] + [from us|from our|our own domain|our domain|own domain|local domain|local user] | spoof*",
            ByHand, "550 mail that claims to be from our own domain"),
        new(SenderRejected, "helo",
            "[HELO|EHLO] + !proto | [name|host name|hostname] + [greeting] + " + Wrong,
            ByHand, "550 unqualified host name in greeting"),
        new(SenderRejected, "reverse-dns",
            "[reverse|PTR|rDNS|your name by|name by address|reverse mapping|your hostname|your host name|hostname of your|generic hostname|"
            + "hostname looks|name of your host|"
            + "record for your IP|name for your IP] + "
            + "[no|not|cannot|can't|could not|couldn't|does not|doesn't|unable|failed|fails|missing|generic|fix|looks|mismatch|bad|invalid|wrong]",
            ByHand, "450 could not find your name by address"),
        new(RelayDenied, "send-as",
            "[send as|sending as|from address|sender|mail from] + [your account|this account|logged in|belong|belongs|identity|identities|another user]",
            ByHand, "550 the from address must belong to the logged-in user"),
        new(RelayDenied, "authentication",
            "user or pass | [authentication|authenticate|authenticated|authorization|AUTH|login|log in|log on|logon|logged in|password|username|"
            + "credentials] + "
            + "[no|not|unknown|invalid|cannot|can't|could not|unable|failed|fails|failure|bad|wrong|incorrect|missing|required|needed|need|must|"
            + "please|first|unavailable|rejected|"
            + "denied|refused|only|without] + !mailbox of + !login of",
            ByHand, "550 your password is wrong"),
        new(RelayDenied, null,
            "[relay|relaying|relayed|relays] + [no|not|never|only|denied|refused|rejected|blocked|prohibited|forbidden|disabled|cannot|"
            + "don't] + !not ready + !client host rejected + "
            + "!failed + !unavailable | SMTP access | not a domain of | host that domain | only local delivery | local delivery only | "
            + "local domains only | destination domain + [not|only]",
            ByHand, "550 only local delivery allowed"),
        new(SenderRejected, "sender-domain",
            "[sender domain|sender's domain|domain of the sender|from domain|domain of your|your domain] + " + Wrong,
            ByHand, "550 the sender domain has no mail server"),
        new(SenderRejected, "sender-address",
            "[sender|sender's|originator|return path|mail from|from address|envelope from|reverse-path|your email address|your address|bounce address] + "
            + "[no|not|unknown|invalid|cannot|can't|could not|does not|doesn't|unable|failed|bad|wrong|incorrect|missing|nonexistent|illegal|"
            + "malformed|rejected|refused|denied|"
            + "fails|needs|callout|verify|blocked|not accepted] + !IP + !host + !server + !network + !recipient + !list + !group + !mailbox + !spam + "
            + "!user + !too many + !external + !outside + !ranges + !hosting + !hosts",
            ByHand, "553 the sender address needs a domain"),
        new(Blocklisted, null,
            Client + " + " + Refused + " + !mailbox + !recipient + !user + !attachment + !command + !content + !header + !client host rejected | "
            + Client + " + [abuse|history|reputation|infected|bot|complaint*|suspicious|backscatter|compromised|known to|spam|malicious|attack*|misbehav*] | "
            + "proxy + detected | reject your mail | reject your messages | negative rating | poor rating | bad rating | netblock | your ISP's + "
            + "[refused|blocked|rejected] | "
            + "client host rejected + [bounces|spam|abuse|complaints] | registered recently | newly registered | recently registered | [address|"
            + "domain] + listed + see | "
            + "we do not accept mail from + [ranges|hosting|hosts|servers|networks]",
            ByHand, "550 This server is known to send backscatter"),
        new(MalwareContent, "attachment",
            "threat | threats | [blocked|banned|forbidden|rejected] + file | [attachment|attachments|attached file|macro|macros|executable|"
            + "executables|zip|archive|filename|file name|file extension|extension|document] + "
            + "[refused|rejected|blocked|harmful|dangerous|encrypted|encrypt*|password|suspicious|unsafe|contains|forbidden|not allowed|not accepted|"
            + "prohibited]",
            ByHand, "550 attachment with double extension refused"),
        new(SpamContent, null,
            "spam* | junk* | advert* | unwanted + [message|mail|email|content] | too many links | [links|URL|URLs|URI] + [list|listed|bad|malicious|"
            + "suspicious] | scored | bayes* | rejected as bulk | "
            + "refused as bulk | bulk + [message|mail] | "
            + "[content|contents] + [rejected|refused|blocked|denied|not accepted|unacceptable|looks|suspicious|grounds] + !filter error",
            ByHand, "554 This message has been identified as unwanted"),
        new(MessageTooLarge, null,
            "[size|large|larger|big|bigger|bytes|KB|MB|megabytes] + [message|mail|email|attachment|data|declared|exceed*|maximum|over|allowed] + "
            + "!line + !header + !command + !recipients + !mailbox + !quota + !storage + !connections | [#552|#523] + [too long|length|too heavy|max size]",
            ByHand, "Email is over the size allowed"),
        new(RateLimited, null,
            "more than + [recipients|messages|plan] | more messages than | more mails than | [too many|limit|limits|rate|volume|exceeded|exceeds|"
            + "maximum|max|count|excessive|per hour|per minute|per day|daily|hourly|a day|an hour|"
            + "too much] + "
            + "[messages|mails|emails|recipients|recipient count|rcpt|rcpts|connections|sessions|transactions|sending|from your|volume|traffic|"
            + "recipient limit] + "
            + "!size + !storage + !quota + !mailbox + !bytes + !commands + !headers",
            ByHand, "421 closing, too many transactions"),
        new(MailboxFull, null,
            "[storage|room] + [no|left|little] + !disk + !system | any more messages | any more mail | quota | [mailbox|inbox|user|account|recipient|"
            + "*postfach] + [full|space|storage|voll|over limit|over the limit]",
            ByHand, "550 Benutzerpostfach ist voll"),
        new(MailboxDisabled, null,
            "[mailbox|user|account|recipient|login of|customer|addressee] + "
            + "[blocked|suspended|disabled|closed|marked for deletion|deleted|expired|inactive|frozen|locked|no longer|retired|gone|removed|on hold] + "
            + "!sending + !by user + !policy + !rule + !content + !spam + !too many",
            ByHand, "550 the mailbox is marked for deletion"),
        new(PolicyRestriction, null,
            "[group|list|members|moderator|moderators|external|outside|outsiders|known contacts|owner|permission|permissions|rule|rules|confidential|"
            + "company|organisation|organization|"
            + "post here|post to|internal|data loss|DLP] + "
            + "[not|no|only|closed|may not|must not|rejected|denied|denies|refused|blocked|cannot|stop|stopped|forbidden|prohibited] + "
            + "!unknown + !not found + !exist + !members' | blocks your domain | moderation | a rule of | trusted partners | trusted senders | "
            + "only accept mail from | be a member | please stop | "
            + "stop sending | stop flooding | don't want | do not want | go away | "
            + "multi-recipient bounce",
            ByHand, "550 external senders may not mail this address"),
        new(InvalidRecipient, null,
            "[mailbox|user|users|recipient|account|alias|addressee|person|member|local part|rcpt|rcptto|inbox|subscriber|email address|that address|"
            + "this address|the address|by that name|process address|correspond to any|record of] + "
            + "[no|not|unknown|invalid|cannot|can't|could not|couldn't|does not|doesn't|unable|never|none|nobody|bad|wrong|incorrect|gone|nonexistent|"
            + "don't|isn't|unrecognized|"
            + "unrecognised|rejected|refused|hangup|unavailable|no match|required|exists] + "
            + "!sender + !from + !try again + !later + !temporarily + !server + !system + !database + !error + !lookup failed + !not allowed + "
            + "!not permitted + "
            + "!not authorized + !access denied + !prohibition + !policy + !external + !BLOCK-SEND-ER + !recipient address rejected | "
            + "no matching mailbox | no matching user | wasn't found at | anybody with | [#550|#551|#553] + [unknown|invalid|not here|nobody] + "
            + "!sender + !header + !domain + !command + !host",
            ByHand, "554 The address does not correspond to any mailbox"),
        new(DnsFailure, null,
            "[MX|DNS|mail domain|resolver|nameserver|name server|domain name|domain|NS record] + "
            + "[no|not|unknown|invalid|bad|cannot|can't|could not|couldn't|does not|unable|failed|points to|timeout|error|wrong|missing|"
            + "no such] + !list + !hosted",
            ByHand, "no NS record"),
        new(NetworkFailure, null,
            "[connection|connect|connecting|EOF|socket|tcp|network|port|relays|remote server|remote host|peer] + "
            + "[no|not|cannot|can't|could not|couldn't|unable|failed|refused|dropped|unexpected|closed|i/o|while|hung|aborted|down|lost|"
            + "error] + !database + !#554 + !#550 + !#553 | "
            + "i/o timeout | EOF | no reply from | hung up | connection + broken",
            ByHand, "EOF while reading the greeting"),
        new(ProtocolError, null,
            "[header|headers|header line|syntax|command|commands|argument|arguments|parameter|parameters|missing From|format|MIME|character|"
            + "characters|RFC*|VRFY|TURN|EXPN|ETRN|line] + "
            + "[no|not|invalid|bad|wrong|missing|without|illegal|unexpected|fail|fails|failed|error|disallowed|rejected|refused|too long|too many|"
            + "unknown|malformed|unsupported] + !recipient | "
            + "excessive amounts of data | missing From | [no Date|no From|no Message-ID|no Subject|no To] + message | header lines",
            ByHand, "550 message headers fail the syntax check"),
    ];
}
