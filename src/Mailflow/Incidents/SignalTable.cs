using System.Net;
using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Incidents;

/// <summary>
/// THE table of signals: what holds outside the tracking logs. The numbers are those of the alerts about the same (deploy/prometheus/thresholds.yml).
/// </summary>
sealed class SignalTable(RefusedSessions sessions, QueueGrowth queues)
{
    /// <summary>The oldest message of a server is this old.</summary>
    static readonly TimeSpan StuckAfter = TimeSpan.FromHours(4);

    /// <summary>A certificate ends so soon: an incident, not only a warning.</summary>
    static readonly TimeSpan EndsSoon = TimeSpan.FromDays(3);

    /// <summary>A server writes no row for so long: 15 minutes, and 10 more until the alert fires.</summary>
    static readonly TimeSpan Silent = TimeSpan.FromMinutes(25);

    /// <summary>A server without a row for so long is retired.</summary>
    static readonly TimeSpan Retired = TimeSpan.FromDays(7);

    /// <summary>A snapshot that is older says nothing about now.</summary>
    static readonly TimeSpan Current = TimeSpan.FromDays(1);

    readonly OwnTls _tls = new();

    /// <summary>All signals that hold now.</summary>
    public IEnumerable<Signal> Of(SignalFacts facts) =>
    [
        .. BackPressure(facts),
        .. queues.Of(facts),
        .. InFlight(facts),
        .. sessions.Of(facts),
        .. _tls.Of(facts),
        .. Listed(facts),
        .. Certificates(facts),
        .. LogsStopped(facts),
    ];

    static IEnumerable<Signal> BackPressure(SignalFacts facts) =>
        from snapshot in facts.Committed.Servers
        where snapshot.Kind == SnapshotKind.BackPressure && facts.Now - snapshot.Taken < Current
        let worst = snapshot.Pressure.Where(r => r.Level > PressureLevel.Low).OrderByDescending(r => r.Level)
            .ThenBy(r => r.Resource == ResourcePressure.Overall).FirstOrDefault()
        where worst is not null
        select On(
            SignalKind.BackPressure, PlaceKind.Server, snapshot.Server, Fault.Ours,
            $"Back pressure: {worst.Resource} is {(worst.Level == PressureLevel.High ? "high: new mail is rejected" : "medium: mail is delayed")}.");

    static IEnumerable<Signal> InFlight(SignalFacts facts) =>
        from server in facts.Committed.Copies
        where server.Since is { } since && Newest(facts) - since > StuckAfter
        select On(
            SignalKind.InFlight, PlaceKind.Server, server.Server, Fault.Unknown, "The oldest message on its way was received more than four hours ago.");

    static IEnumerable<Signal> Listed(SignalFacts facts)
    {
        if (facts.Round is null)
            return facts.Before.Where(s => s.Kind == SignalKind.Listed);
        return
            from subject in facts.Round.Listings.GroupBy(l => l.Subject, StringComparer.Ordinal)
            let place = new IncidentPlace(IPAddress.TryParse(subject.Key, out _) ? PlaceKind.Egress : PlaceKind.Organization, subject.Key)
            let lists = subject.Where(l => l.State == ListState.Listed).Select(l => l.List.Zone).Distinct(StringComparer.Ordinal).ToList()
            // An answer that is not known is not "not listed".
            where lists.Count > 0 || (facts.Held(SignalKind.Listed, place) && subject.Any(l => l.State is not (ListState.NotListed or ListState.Closed)))
            select On(SignalKind.Listed, place.Kind, place.Name, Fault.Ours, $"Listed by {string.Join(", ", lists)}.");
    }

    static IEnumerable<Signal> Certificates(SignalFacts facts)
    {
        var ofServers =
            from snapshot in facts.Committed.Servers
            where snapshot.Kind == SnapshotKind.Certificates
            from certificate in snapshot.Certificates
            where certificate.IsForSmtp && certificate.NotAfter < facts.Now + EndsSoon
            select (snapshot.Server, End: certificate.NotAfter!.Value, Name: certificate.ShortThumbprint);
        var ofHosts =
            from host in facts.Round?.Hosts ?? []
            where host.NotAfter is { } end && end.UtcDateTime < facts.Now + EndsSoon
            select (Server: host.Target.Host, End: host.NotAfter!.Value.UtcDateTime, Name: host.Target.Host);
        var found = ofServers.Concat(ofHosts).GroupBy(c => c.Server, StringComparer.OrdinalIgnoreCase).Select(server => server.MinBy(c => c.End)).Select(
            first => On(
                SignalKind.Certificate, PlaceKind.Server, first.Server, Fault.Ours,
                $"The certificate {first.Name} {(first.End < facts.Now ? "ended" : "ends")} at {first.End:yyyy-MM-dd HH:mm} UTC."));
        // Hosts that were not reached in this round, or not yet.
        var unknown = facts.Before.Where(s => s.Kind == SignalKind.Certificate && (facts.Round is null
            ? !facts.Committed.Servers.Any(c => c.Kind == SnapshotKind.Certificates && c.Server == s.Place.Name)
            : facts.Round.Hosts.Any(h => h.NotAfter is null && h.Target.Host == s.Place.Name)));
        return found.Concat(unknown);
    }

    static IEnumerable<Signal> LogsStopped(SignalFacts facts)
    {
        var folders = facts.Roots.Where(r => r.Error is not null || r.Missing).Select(r => On(
            SignalKind.LogsStopped, PlaceKind.Server, r.Root.Server ?? r.Root.Name, Fault.Ours, $"The folder of logs {r.Root.Name} cannot be read."));
        var servers =
            from server in facts.Committed.NewestEvent
            where facts.Now - server.Value is var age && age > Silent && age < Retired
            select On(SignalKind.LogsStopped, PlaceKind.Server, server.Key, Fault.Ours, "The server writes no log, or its log does not arrive.");
        return folders.Concat(servers);
    }

    static DateTime Newest(SignalFacts facts) =>
        facts.Committed.NewestEvent.Values.DefaultIfEmpty(DateTime.MinValue).Max() is var newest && newest < facts.Now ? newest : facts.Now;

    public static Signal On(SignalKind kind, PlaceKind place, string name, Fault fault, string says) =>
        new(default, kind, new(place, name), IsOn: true, fault, says);
}
