using Mailflow.Analysis.Snapshots;

namespace Mailflow.Pipeline;

/// <summary>A Windows event on its way to the ledger, which counts it once, in however many exports it is.</summary>
/// <param name="Server">The computer without its domain.</param>
/// <param name="Record">Its number in the log of that computer; where it has none, one made of what it says.</param>
/// <param name="Rejected">Event 2004: what was said of a message; null for other events.</param>
/// <param name="Pressure">Events 15004 to 15007: how much of what is used; null for other events.</param>
sealed record ReportedEvent(
    string Provider, int Id, string Server, string Channel, long Record, DateTime Time,
    RejectedMessage? Rejected = null, IReadOnlyList<ResourcePressure>? Pressure = null);
