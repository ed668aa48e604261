using Mailflow.Analysis.Failures;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>A failure or deferral as the store holds it, addresses and all: whoever shows or sends it masks it.</summary>
/// <param name="Id">Its place in the order of commits: what a sink's cursor counts.</param>
/// <param name="Answer">What was asked about it, and what came of it; null where nothing was.</param>
/// <param name="EventId">The same for the same recipient of the same row, whenever and wherever it is read: 32 hex digits.</param>
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
    /// <summary>The SMTP session that the row names, 16 hexadecimal digits; empty where it names none.</summary>
    public string Session { get; init; } = "";
}
