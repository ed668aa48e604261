namespace Mailflow.Analysis.Failures;

/// <summary>The facts about a cause: its name, the responsible side, and what it means.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Name">Its name in metrics, events and commands.</param>
/// <param name="GuideCause">The number and name of the matching cause of event 2004's guide, which has six; 7 and 8 are ours.</param>
/// <param name="DefaultPermanence">Used where no code decides it.</param>
/// <param name="DefaultFault">Used where no sub-reason decides it.</param>
/// <param name="Summary">What it means, in one sentence.</param>
public sealed record CauseFacts(
    Cause Cause,
    string Name,
    string GuideCause,
    Permanence DefaultPermanence,
    Fault DefaultFault,
    string Summary)
{
    /// <summary>The path of its documentation in the repository.</summary>
    public string Page { get; } = $"docs/causes/{Name}.md";
}

/// <summary>THE table of causes: one row per cause.</summary>
public static class CauseTable
{
    const string Guide1 = "1 invalid recipient";
    const string Guide2 = "2 DNS";
    const string Guide3 = "3 relay / not authorised";
    const string Guide4 = "4 mailbox full";
    const string Guide5 = "5 network";
    const string Guide6 = "6 size exceeded";
    const string Guide7 = "7 loop";
    const string Guide8 = "8 other";

    static readonly CauseFacts[] Rows =
    [
        new(Cause.Unknown, "unknown", Guide8, Permanence.Unknown, Fault.Unknown,
            "The status text gives no reason."),
        new(Cause.InvalidRecipient, "invalid-recipient", Guide1, Permanence.Permanent, Fault.Sender,
            "The recipient address does not exist."),
        new(Cause.MailboxDisabled, "mailbox-disabled", Guide1, Permanence.Permanent, Fault.Theirs,
            "The mailbox exists but accepts no mail: it is disabled, suspended, inactive or moved."),
        new(Cause.MailboxFull, "mailbox-full", Guide4, Permanence.Permanent, Fault.Theirs,
            "The recipient's mailbox is over its quota."),
        new(Cause.MessageTooLarge, "message-too-large", Guide6, Permanence.Permanent, Fault.Sender,
            "The message exceeds a size limit of the sender, the recipient, a connector or the remote server."),
        new(Cause.DnsFailure, "dns-failure", Guide2, Permanence.Transient, Fault.Theirs,
            "DNS has no usable mail server for the recipient domain."),
        new(Cause.NetworkFailure, "network-failure", Guide5, Permanence.Transient, Fault.Theirs,
            "No connection to the remote mail server, or the connection broke."),
        new(Cause.MessageExpired, "message-expired", Guide5, Permanence.Permanent, Fault.Theirs,
            "Exchange retried until the message expired. The status does not contain the last error."),
        new(Cause.MailLoop, "mail-loop", Guide7, Permanence.Permanent, Fault.Ours,
            "The message loops between servers."),
        new(Cause.TlsFailure, "tls-failure", Guide5, Permanence.Transient, Fault.Theirs,
            "TLS is required, but the TLS handshake failed."),
        new(Cause.RelayDenied, "relay-denied", Guide3, Permanence.Permanent, Fault.Ours,
            "The server refuses to relay: we are not authenticated, or it does not host this domain."),
        new(Cause.SenderAuthFailure, "sender-auth-failure", Guide3, Permanence.Permanent, Fault.Ours,
            "SPF, DKIM or DMARC of the sender domain failed."),
        new(Cause.SenderRejected, "sender-rejected", Guide3, Permanence.Permanent, Fault.Ours,
            "The server rejects the sender address, our HELO name, or an IP address without matching reverse DNS."),
        new(Cause.Blocklisted, "blocklisted", Guide3, Permanence.Permanent, Fault.Ours,
            "Our IP address or domain is on a blocklist or has a poor reputation."),
        new(Cause.SpamContent, "spam-content", Guide3, Permanence.Permanent, Fault.Sender,
            "A filter classified the message as spam."),
        new(Cause.MalwareContent, "malware-content", Guide3, Permanence.Permanent, Fault.Sender,
            "A filter found malware or a blocked attachment type."),
        new(Cause.PolicyRestriction, "policy-restriction", Guide3, Permanence.Permanent, Fault.Policy,
            "A rule of the recipient's organisation or of ours blocks this message."),
        new(Cause.RateLimited, "rate-limited", Guide5, Permanence.Transient, Fault.Sender,
            "The server limits the rate: too many messages, recipients or connections in a short time."),
        new(Cause.Greylisted, "greylisted", Guide5, Permanence.Transient, Fault.Unknown,
            "Greylisting: the server defers mail from senders that it does not know yet."),
        new(Cause.ProtocolError, "protocol-error", Guide8, Permanence.Permanent, Fault.Ours,
            "Protocol error: a malformed message or SMTP command."),
        new(Cause.SystemError, "system-error", Guide5, Permanence.Transient, Fault.Theirs,
            "The answering server has an internal problem: no resources, no disk space, or a failing service."),
    ];

    static readonly Dictionary<string, Cause> ByName = Rows.ToDictionary(r => r.Name, r => r.Cause, StringComparer.Ordinal);

    /// <summary>All rows, in the order of the causes.</summary>
    public static IReadOnlyList<CauseFacts> All => Rows;

    public static CauseFacts Of(Cause cause) => Rows[(int)cause];

    /// <summary>Finds a cause by its <see cref="Name(Cause)"/>.</summary>
    public static bool TryParse(string name, out Cause cause) => ByName.TryGetValue(name, out cause);

    public static string Name(this Cause cause) => Rows[(int)cause].Name;

    public static string Name(this Permanence permanence) => permanence switch
    {
        Permanence.Permanent => "permanent",
        Permanence.Transient => "transient",
        _ => "unknown",
    };

    public static string Name(this Fault fault) => fault switch
    {
        Fault.Ours => "ours",
        Fault.Theirs => "theirs",
        Fault.Sender => "sender",
        Fault.Policy => "policy",
        _ => "unknown",
    };
}
