using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Pipeline;

namespace Mailflow.Exposition;

/// <summary>The gauges of open incidents.</summary>
static class IncidentSamples
{
    /// <summary>Incidents with a series of their own: the newest.</summary>
    public const int MostOpen = 50;

    static readonly IncidentSeverity[] Severities = Enum.GetValues<IncidentSeverity>();

    /// <summary>How many are open, 0 for each cause and responsible side that belong together.</summary>
    public static IEnumerable<Sample<(Cause Cause, Fault Fault, IncidentSeverity Severity)>> Counts(IEnumerable<KnownIncident> all)
    {
        var open = all.Where(k => k.IsOpen).GroupBy(k => (k.Incident.Cause, k.Incident.Fault, k.Incident.Severity)).ToDictionary(g => g.Key, g => g.Count());
        var possible =
            from cause in CauseTable.All
            from fault in PossibleFaults.Of(cause.Cause)
            from severity in Severities
            select (cause.Cause, fault, severity);
        return possible.Union(open.Keys).Select(k => new Sample<(Cause, Fault, IncidentSeverity)>(open.GetValueOrDefault(k), k));
    }

    /// <summary>One for each of the newest open incidents.</summary>
    public static IEnumerable<Sample<(IncidentId Incident, Cause Cause, Fault Fault, IncidentSeverity Severity, PlaceKind Place)>> Open(
        IEnumerable<KnownIncident> all) =>
        all.Where(k => k.IsOpen).OrderByDescending(k => k.Incident.Opened).Take(MostOpen).Select(k => k.Incident)
            .Select(i => new Sample<(IncidentId, Cause, Fault, IncidentSeverity, PlaceKind)>(1, (new(i.Id), i.Cause, i.Fault, i.Severity, i.Place.Kind)));
}
