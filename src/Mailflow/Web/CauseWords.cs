using Mailflow.Analysis.Failures;

namespace Mailflow.Web;

/// <summary>The name of a cause in a sentence, singular and plural.</summary>
static class CauseWords
{
    /// <summary>"5 unknown recipients", "1 unknown recipient".</summary>
    public static string Of(Cause cause, long count)
    {
        var (one, many) = Words(cause);
        return count == 1 ? one : many;
    }

    /// <summary>As a heading.</summary>
    public static string Title(Cause cause)
    {
        var many = Words(cause).Many;
        return char.ToUpperInvariant(many[0]) + many[1..];
    }

    static (string One, string Many) Words(Cause cause) => cause switch
    {
        Cause.Unknown => ("failure of unknown cause", "failures of unknown cause"),
        Cause.InvalidRecipient => ("unknown recipient", "unknown recipients"),
        Cause.MailboxDisabled => ("disabled mailbox", "disabled mailboxes"),
        Cause.MailboxFull => ("full mailbox", "full mailboxes"),
        Cause.MessageTooLarge => ("message too large", "messages too large"),
        Cause.DnsFailure => ("DNS failure", "DNS failures"),
        Cause.NetworkFailure => ("network failure", "network failures"),
        Cause.MessageExpired => ("expired message", "expired messages"),
        Cause.MailLoop => ("mail loop", "mail loops"),
        Cause.TlsFailure => ("TLS failure", "TLS failures"),
        Cause.RelayDenied => ("relay rejection", "relay rejections"),
        Cause.SenderAuthFailure => ("SPF, DKIM or DMARC failure", "SPF, DKIM or DMARC failures"),
        Cause.SenderRejected => ("rejected sender", "rejected senders"),
        Cause.Blocklisted => ("blocklist rejection", "blocklist rejections"),
        Cause.SpamContent => ("spam rejection", "spam rejections"),
        Cause.MalwareContent => ("malware rejection", "malware rejections"),
        Cause.PolicyRestriction => ("policy rejection", "policy rejections"),
        Cause.RateLimited => ("rate-limited message", "rate-limited messages"),
        Cause.Greylisted => ("greylisted message", "greylisted messages"),
        Cause.ProtocolError => ("protocol error", "protocol errors"),
        Cause.SystemError => ("server error", "server errors"),
        _ => (cause.Name(), cause.Name()),
    };
}
