using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Metrics;

namespace Mailflow.Incidents;

/// <summary>
/// Connectors whose TLS fails because of our own certificate or server. Exchange tries again every few minutes, so an hour without is the end.
/// </summary>
sealed class OwnTls
{
    static readonly TimeSpan Lasting = TimeSpan.FromHours(1);

    DateTime? _since;

    public IEnumerable<Signal> Of(SignalFacts facts)
    {
        _since ??= facts.Now;
        var failing = facts.Committed.FailedTls
            .Where(f => f.Error.Side == Fault.Ours && facts.Now - f.Newest < Lasting)
            .GroupBy(f => f.Connector == Label.None ? new IncidentPlace(PlaceKind.Server, f.Server) : new IncidentPlace(PlaceKind.Connector, f.Connector))
            .Select(place => place.MaxBy(f => f.Newest) is { } last
                ? SignalTable.On(
                    SignalKind.OwnTls, place.Key.Kind, place.Key.Name, Fault.Ours,
                    $"TLS negotiation failed with error {last.Error.Words[0]}. {last.Error.Says}")
                : null!)
            .ToList();
        // After a start the times of earlier failures are not known.
        var unknown = facts.Now - _since < Lasting
            ? facts.Before.Where(s => s.Kind == SignalKind.OwnTls && !failing.Exists(f => f.Place == s.Place))
            : [];
        return failing.Concat(unknown);
    }
}
