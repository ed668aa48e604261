using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Incidents;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Scan;

namespace Mailflow.Incidents;

/// <summary>The incidents of some logs.</summary>
/// <param name="Incidents">In the order in which they were opened.</param>
/// <param name="Until">The end of what is known; null where no row was read.</param>
/// <param name="Report">What was read, as <c>scan</c> reports it.</param>
/// <param name="LeftOut">Facts that were left out.</param>
sealed record FoundIncidents(IReadOnlyList<Incident> Incidents, DateTime? Until, ScanReport Report, long LeftOut);

/// <summary>Finds the incidents of log files, in the time of the logs: the files are read in any order, the facts are judged hour by hour.</summary>
static class IncidentScan
{
    /// <param name="paths">Files and folders, as for a scan.</param>
    /// <param name="rules">The user's own rules.</param>
    /// <param name="history">Receives the history of mail; null: it is not collected.</param>
    /// <param name="seen">Receives what each block changes; null: nobody does.</param>
    /// <param name="zone">The zone of times without one in exports.</param>
    /// <exception cref="FileNotFoundException">A path does not exist.</exception>
    public static async Task<FoundIncidents> RunAsync(
        IReadOnlyList<string> paths, int workers, RulesInForce rules, TimeProvider clock, IProgress<ScanProgress>? progress, CancellationToken stop,
        RollupSums? history = null, Action<RowDelta>? seen = null, TimeZoneInfo? zone = null)
    {
        var hours = new SightedHours(clock.GetUtcNow());
        using var scanning = new Scanning(workers, new TailOptions(), clock, rules, hours.Add, history, seen, zone);
        var report = await scanning.RunAsync(paths, progress, stop);
        var engine = hours.Judge(stop);
        return new(engine.Incidents, engine.Until <= DateTime.UnixEpoch ? null : engine.Until, report, hours.LeftOut);
    }
}
