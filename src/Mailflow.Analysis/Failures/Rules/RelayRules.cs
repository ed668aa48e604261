using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Relaying and authentication.</summary>
static class RelayRules
{
    public static Rule[] Rules { get; } =
    [
        new(RelayDenied, null,
            "relay access denied | relaying denied | relay denied | relaying not allowed | relaying not permitted | relaying disallowed | "
            + "relay not permitted | relay not allowed | relaying prohibited | relay prohibited | unable to relay | cannot relay | "
            + "can't relay | not permitted to relay | not allowed to relay | do not relay | does not relay | don't relay | "
            + "refused to relay | relaying to | relaying mail | relaying is | relay operation | open relay not allowed | "
            + "not an open relay | insecure mail relay | prohibited relay | not configured to relay | we do not accept mail for | "
            + "to relay through | relay this message | relaying of mail | relay is not | mail relay | relay mail | no relaying | no relay | "
            + "third party relay | relay attempt | denied relay | relay rejected | cannot be relayed | relay authorization | relaying + !failure on relaying | "
            + "could not relay | couldn't relay | refuses to relay | won't relay | denies relay | denies relaying | not a relay | no open relay | "
            + "not open relay | is no relay | not relayed | "
            + "relay + [denied|disallowed|prohibited|not allowed|forbidden|refused|not permitted]",
            "RFC 5321 section 3.6.2", "550 5.7.1 Unable to relay"),
        new(RelayDenied, null,
            "allowed rcpthosts + !or user",
            "qmail rcpthosts", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
        new(InvalidRecipient, null,
            "domain or user isn't in my list",
            "qmail rcpthosts", "553 sorry, that domain or user isn't in my list of allowed rcpthosts (#5.7.1)"),
        new(RelayDenied, null,
            "not a gateway | gatewaying | not a local domain | non-local domain | domain not local | not in my domain | not hosted here | "
            + "domain is not hosted | isn't hosted here | not local domain | don't handle mail for | not one of our domains | "
            + "not a relay domain | doesn't accept mail for this domain | domain not allowed | domain is not in | unauthorized relay | "
            + "not handled by this system | not handled by this server | not handled here | not handled at this | not served by this | not served here | "
            + "not responsible for | no permission to send through | not local + !user + !mailbox + !recipient + !account | "
            + "forwarding to remote hosts | unauthorised relay | unrecognized domain | domain isn't allowed to be relayed",
            "RFC 5321 section 3.6.2", "550 contoso.example is not hosted here"),
        new(RelayDenied, "authentication",
            "authentication required | authentication is required | requires authentication | must authenticate | must be authenticated | "
            + "need to authenticate | please authenticate | authenticate first | login first | not logged in + !deactivated + !mailbox + !suspended | "
            + "you must log in | "
            + "authenticated users only | authentication turned on | SMTP authentication | SMTP AUTH | unauthenticated senders | "
            + "turn on SMTP Authentication | not authenticated + !server not authenticated | AUTH required | [require|required] .. authentication | "
            + "without authentication | AUTH first | POP before SMTP | authenticate yourself | proper authentication | must issue an AUTH | "
            + "only authenticated | AUTH command first",
            "RFC 4954 section 6", "530 5.7.0 Authentication required"),
        new(RelayDenied, "authentication",
            "[invalid|incorrect|wrong|bad|unknown|failed] .. [login|password|username|logon|user name|authentication data|authentication credentials|"
            + "auth data] + !mailbox + !recipient | "
            + "authentication .. [canceled|cancelled|aborted|unsuccessful|denied|not accepted|not possible|invalid|"
            + "refused] + !message + !DKIM + !SPF + !DMARC | "
            + "unauthenticated submission | unauthenticated sender | unauthenticated client* | not authenticated yet | login required | log in first | "
            + "password .. [transition|has expired|must be changed]",
            "RFC 4954 section 6", "535 Wrong login or password"),
        new(RelayDenied, null,
            "[only accept|only accepts|accepts only|accept only|only takes|only handles] .. [mail for|messages for|email for|mail to local|"
            + "mail to our] + !from | "
            + "[not|none] one of .. [my domains|our domains|domains here|our local domains] | [do not handle|does not handle|don't handle|"
            + "doesn't handle|do not accept|cannot accept|not accept] .. "
            + "[mail for this domain|mail for that domain|mail for domain|mail to this domain|email for this domain] | handle mail for + !user | "
            + "[domain|host] .. [not served|not handled|not hosted|not managed|not configured here|not local|not accepted here|not ours|"
            + "not known here|unknown here] | "
            + "relay check | check relay | unauthorized relay* | specified domain is not | not local host",
            "RFC 5321 section 3.6.2", "554 That is not one of our domains"),
        new(RelayDenied, "authentication",
            "authentication failed | authentication failure | AUTH failed | invalid credentials | bad credentials | invalid username | "
            + "incorrect password | invalid password | wrong password | login failed | bad username | authentication credentials invalid | "
            + "credentials | SASL | authentication error | authentication mechanism | failed authentication | authentication rejected | "
            + "unable to authenticate | "
            + "cannot authenticate | incorrect user or password | user or password",
            "RFC 4954 section 6", "535 5.7.8 Error: authentication failed"),
        new(RelayDenied, null,
            "permission denied + [#5.7.1|#530|#535|#5.7.0] + !file + !directory",
            "RFC 3463 X.7.1: the client may not do this", "501 5.7.1 Permission denied", Opening: true),
    ];
}
