using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Metrics;

/// <summary>What the newest snapshots show, as gauges. A server without a snapshot has none of them.</summary>
static class SnapshotSamples
{
    /// <summary>Next hops of one server with a label of their own: the deepest; the rest of each kind is <c>other</c>.</summary>
    public const int TopQueues = 20;

    const string Other = Ledger.Totals.Other;

    /// <summary>Messages that were listed so long before the queues were, say nothing of them any more.</summary>
    static readonly TimeSpan Together = TimeSpan.FromMinutes(10);

    static readonly QueueKind[] Kinds = Enum.GetValues<QueueKind>();
    static readonly QueueStatus[] Statuses = Enum.GetValues<QueueStatus>();

    public static IEnumerable<Sample> Ages(IEnumerable<ServerSnapshot> all) => all.Select(s => new Sample(Scrape.UnixSeconds(s.Taken), s.Kind.Name(), s.Server));

    /// <summary>A figure of each queue; of the queues without a label of their own, what <paramref name="sum"/> makes of theirs.</summary>
    public static IEnumerable<Sample> Queues(IEnumerable<ServerSnapshot> all, Func<QueueState, double> value, Func<IEnumerable<double>, double> sum) =>
        from snapshot in Of(all, SnapshotKind.Queues)
        let named = Named(snapshot)
        from queues in snapshot.Queues.Concat(snapshot.OtherQueues)
            .GroupBy(q => (q.Kind, Hop: named.Contains((q.Kind, q.NextHop)) ? q.NextHop : Other))
            .Concat(Kinds.Select(QueueState.None).GroupBy(q => (q.Kind, Hop: Other)))
            .GroupBy(g => g.Key, g => g.AsEnumerable())
        select new Sample(sum(queues.SelectMany(q => q).Select(value)), queues.Key.Kind.Name(), queues.Key.Hop, snapshot.Server);

    /// <summary>When the oldest message of each queue came; of those without a label of their own, the oldest of all.</summary>
    public static IEnumerable<Sample> Oldest(IReadOnlyCollection<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.Queues)
        let messages = all.FirstOrDefault(s => s.Kind == SnapshotKind.Messages && Same(s.Server, snapshot.Server) && snapshot.Taken - s.Taken <= Together)
        where messages is not null
        let oldest = messages.Messages.Where(m => m.Oldest is not null).ToDictionary(m => m.Queue, m => m.Oldest!.Value, StringComparer.OrdinalIgnoreCase)
        let named = Named(snapshot)
        from queues in snapshot.Queues.Where(q => q.Messages > 0 && oldest.ContainsKey(q.Identity)).GroupBy(q => (q.Kind, Hop: named.Contains((q.Kind, q.NextHop)) ? q.NextHop : Other))
        select new Sample(Scrape.UnixSeconds(queues.Min(q => oldest[q.Identity])), queues.Key.Kind.Name(), queues.Key.Hop, snapshot.Server);

    /// <summary>How many queues of a kind are in a state. Those that found no room in the snapshot are not among them.</summary>
    public static IEnumerable<Sample> States(IEnumerable<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.Queues)
        from kind in Kinds
        from status in Statuses
        select new Sample(snapshot.Queues.Count(q => q.Kind == kind && q.Status == status), kind.Name(), status.Name(), snapshot.Server);

    /// <summary>Messages that wait in queues whose last error has this cause.</summary>
    public static IEnumerable<Sample> Errors(IEnumerable<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.Queues)
        from cause in CauseTable.All
        select new Sample(snapshot.Queues.Where(q => q.Cause == cause.Cause && q.Kind != QueueKind.Shadow).Sum(q => q.Messages), cause.Name, snapshot.Server);

    public static IEnumerable<Sample> Connectors(IEnumerable<ServerSnapshot> all, Func<ConnectorState, double?> value) =>
        from snapshot in all
        where snapshot.Kind is SnapshotKind.SendConnectors or SnapshotKind.ReceiveConnectors
        from connector in snapshot.Connectors.Take(Ledger.Totals.MaxLabels).GroupBy(c => Label(c.Name), StringComparer.Ordinal).Select(g => g.First())
        let known = value(connector)
        where known is not null
        select new Sample(known.Value, Label(connector.Name), snapshot.Kind == SnapshotKind.SendConnectors ? "send" : "receive", snapshot.Server);

    /// <summary>The organisation's limits; one without a limit has none.</summary>
    public static IEnumerable<Sample> Limits(IEnumerable<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.TransportConfig)
        from limit in new[] { ("MaxSendSize", "send"), ("MaxReceiveSize", "receive") }
        let bytes = ConnectorState.Quantity(snapshot.Settings.FirstOrDefault(s => s.Name == limit.Item1)?.Value)
        where bytes is not null
        select new Sample(bytes.Value, limit.Item2);

    public static IEnumerable<Sample> Certificates(IEnumerable<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.Certificates)
        from certificate in snapshot.Certificates.Where(c => c.NotAfter is not null).OrderByDescending(c => c.IsForSmtp).ThenBy(c => c.NotAfter).Take(MaxCertificates).GroupBy(c => c.ShortThumbprint, StringComparer.Ordinal).Select(g => g.First())
        select new Sample(Scrape.UnixSeconds(certificate.NotAfter!.Value), certificate.ShortThumbprint, certificate.IsForSmtp ? "yes" : "no", snapshot.Server);

    /// <summary>A server has a handful; those for SMTP first.</summary>
    public const int MaxCertificates = 50;

    public static IEnumerable<Sample> Pressure(IEnumerable<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.BackPressure)
        from resource in snapshot.Pressure
        select new Sample((double)resource.Level, resource.Resource, snapshot.Server);

    static IEnumerable<ServerSnapshot> Of(IEnumerable<ServerSnapshot> all, SnapshotKind kind) => all.Where(s => s.Kind == kind);

    static HashSet<(QueueKind, string)> Named(ServerSnapshot snapshot) =>
        [.. snapshot.Queues.Where(q => q.Messages > 0 && q.NextHop.Length > 0).Select(q => (q.Kind, q.NextHop)).Distinct().Take(TopQueues)];

    static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    static string Label(string name) => LabelName.IsName(name) ? name : Other;
}
