using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>THE table of words for the causes of incidents.</summary>
/// <param name="Verb">What happens to the mail.</param>
/// <param name="Reason">Why, without a full stop.</param>
/// <param name="IsExact">Whether the reason is that of the sub-reason: nothing is to be added.</param>
sealed record IncidentReason(string Verb, string Reason, bool IsExact = false)
{
    const string Refused = "is refused";
    const string NotSent = "cannot be sent";

    static readonly Dictionary<Cause, IncidentReason> Rows = new()
    {
        [Cause.Unknown] = new("fails", "the replies give no known reason"),
        [Cause.InvalidRecipient] = new(Refused, "recipient addresses do not exist"),
        [Cause.MailboxDisabled] = new(Refused, "mailboxes accept no mail"),
        [Cause.MailboxFull] = new(Refused, "mailboxes are full"),
        [Cause.MessageTooLarge] = new(Refused, "messages are larger than a limit"),
        [Cause.DnsFailure] = new(NotSent, "DNS has no usable mail server"),
        [Cause.NetworkFailure] = new(NotSent, "there is no connection, or it breaks"),
        [Cause.MessageExpired] = new("expires in the queue", "it could not be sent for too long"),
        [Cause.MailLoop] = new("is returned", "it loops between servers"),
        [Cause.TlsFailure] = new(NotSent, "TLS fails"),
        [Cause.RelayDenied] = new(Refused, "we may not relay"),
        [Cause.SenderAuthFailure] = new(Refused, "SPF, DKIM or DMARC fails"),
        [Cause.SenderRejected] = new(Refused, "a sender address, our HELO name or our reverse DNS is rejected"),
        [Cause.Blocklisted] = new(Refused, "our address or domain is on a blocklist"),
        [Cause.SpamContent] = new(Refused, "it is taken for spam"),
        [Cause.MalwareContent] = new(Refused, "a filter finds malware or a blocked attachment"),
        [Cause.PolicyRestriction] = new(Refused, "a policy rule forbids it"),
        [Cause.RateLimited] = new("is slowed down", "a limit on the rate is reached"),
        [Cause.Greylisted] = new("is deferred", "the remote server uses greylisting"),
        [Cause.ProtocolError] = new(Refused, "there is a protocol error"),
        [Cause.SystemError] = new("fails", "a server has an internal problem"),
    };

    /// <summary>More exact reasons of some sub-reasons.</summary>
    static readonly Dictionary<(Cause, string), string> BySub = new()
    {
        [(Cause.Blocklisted, "reputation")] = "our address or domain has a poor reputation",
        [(Cause.Blocklisted, "domain")] = "our domain is on a blocklist",
        [(Cause.DnsFailure, "nxdomain")] = "the domain does not exist",
        [(Cause.DnsFailure, "query-failed")] = "the DNS query of our server failed",
        [(Cause.DnsFailure, "no-route")] = "no connector of ours leads there",
        [(Cause.NetworkFailure, "refused")] = "the connection is refused",
        [(Cause.NetworkFailure, "timeout")] = "the remote server does not answer",
        [(Cause.NetworkFailure, "no-answer")] = "the remote server does not answer",
        [(Cause.TlsFailure, "own-certificate")] = "our certificate is missing, has expired, or has another name",
        [(Cause.TlsFailure, "certificate")] = "the remote certificate has expired, has another name, or is not trusted",
        [(Cause.RelayDenied, "authentication")] = "it requires authentication, or our password is wrong",
        [(Cause.SenderAuthFailure, "spf")] = "SPF fails",
        [(Cause.SenderAuthFailure, "dkim")] = "DKIM fails",
        [(Cause.SenderAuthFailure, "dmarc")] = "DMARC fails",
        [(Cause.SystemError, "store")] = "a mailbox database or mailbox is not available",
        [(Cause.SystemError, "back-pressure")] = "the server is short of memory or disk space",
        [(Cause.SystemError, "storage")] = "the server has no disk space",
    };

    /// <summary>The words for an incident.</summary>
    public static IncidentReason Of(Incident incident)
    {
        var row = Rows[incident.Cause];
        var exact = incident.Sub is { } sub ? BySub.GetValueOrDefault((incident.Cause, sub)) : null;
        var reason = incident.Place.Kind == PlaceKind.Egress && incident.Cause == Cause.Blocklisted ? "it is on a blocklist"
            : exact ?? row.Reason;
        // Nearly nobody has got a report: the recipients wait, or got it late.
        var isDelayed = 10 * incident.Failed <= incident.Recipients && incident.Waiting + incident.Late > 0 && row.Verb is (Refused or NotSent or "fails");
        return new(isDelayed ? "is delayed" : row.Verb, reason, exact is not null);
    }
}
