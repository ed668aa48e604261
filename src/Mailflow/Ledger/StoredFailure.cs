using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>A failure in the store, with unmasked addresses: they must be masked before it is shown.</summary>
sealed record StoredFailure(
    DateTimeOffset Time,
    string Server,
    string Recipient,
    string Domain,
    string Connector,
    Cause Cause,
    string Reason,
    string Status,
    string RemoteHost,
    string? Answer = null)
{
    public string Sender { get; init; } = "";

    public string MessageId { get; init; } = "";

    public string NetworkMessageId { get; init; } = "";

    /// <summary>The SMTP session in the row; empty if there is none.</summary>
    public string Session { get; init; } = "";

    /// <summary>The rejecting reply in that session; null if no protocol log contains it.</summary>
    public SessionReply? Reply { get; init; }
}
