using Mailflow.Analysis.Failures;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>A failure or deferral in the store, with unmasked addresses: they must be masked before it is shown or sent.</summary>
/// <param name="Id">Its number in the order of commits; the cursor of a sink is such a number.</param>
/// <param name="Answer">The result of the query about it; null if there was no query.</param>
/// <param name="EventId">32 hexadecimal digits; always the same for the same recipient of the same row (<see cref="FailureId"/>).</param>
sealed record StoredEvent(
    long Id,
    string EventId,
    bool Deferred,
    DateTimeOffset Time,
    string Server,
    string Source,
    string Direction,
    string Recipient,
    string Sender,
    string MessageId,
    string NetworkMessageId,
    string Connector,
    string Subject,
    Cause Cause,
    Diagnosis Diagnosis,
    string File,
    long Offset,
    EventAnswer? Answer = null)
{
    /// <summary>The SMTP session in the row, 16 hexadecimal digits; empty if there is none.</summary>
    public string Session { get; init; } = "";
}
