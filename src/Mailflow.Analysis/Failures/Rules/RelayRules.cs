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
            + "third party relay | relay attempt | denied relay | relay rejected | cannot be relayed | relay authorization | relaying | "
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
            + "forwarding to remote hosts | unauthorised relay | unrecognized domain | domain isn't allowed to be relayed",
            "RFC 5321 section 3.6.2", "550 contoso.example is not hosted here"),
        new(RelayDenied, "authentication",
            "authentication required | authentication is required | requires authentication | must authenticate | must be authenticated | "
            + "need to authenticate | please authenticate | authenticate first | login first | not logged in | you must log in | "
            + "authenticated users only | authentication turned on | SMTP authentication | SMTP AUTH | unauthenticated senders | "
            + "turn on SMTP Authentication | not authenticated | AUTH required | [require|required] .. authentication | "
            + "without authentication | AUTH first | POP before SMTP | authenticate yourself | proper authentication",
            "RFC 4954 section 6", "530 5.7.0 Authentication required"),
        new(RelayDenied, "authentication",
            "authentication failed | authentication failure | AUTH failed | invalid credentials | bad credentials | invalid username | "
            + "incorrect password | invalid password | wrong password | login failed | bad username | authentication credentials invalid | "
            + "credentials | SASL | authentication error | authentication mechanism | failed authentication | authentication rejected",
            "RFC 4954 section 6", "535 5.7.8 Error: authentication failed"),
    ];
}
