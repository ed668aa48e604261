using Mailflow.Analysis.Snapshots;

namespace Mailflow.Pipeline;

/// <summary>A Windows event on its way to the ledger, which counts it once even if several exports contain it.</summary>
/// <param name="Server">The computer without its domain.</param>
/// <param name="Record">Its number in the log of that computer; without one, a hash of the event.</param>
/// <param name="Rejected">The rejected message of event 2004; null for other events.</param>
/// <param name="Pressure">The resource levels of events 15004 to 15007; null for other events.</param>
sealed record ReportedEvent(
    string Provider, int Id, string Server, string Channel, long Record, DateTime Time,
    RejectedMessage? Rejected = null, IReadOnlyList<ResourcePressure>? Pressure = null);
