using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Metrics;

namespace Mailflow.Exposition;

/// <summary>The gauges of the newest snapshots. A server without a snapshot has none.</summary>
static class SnapshotSamples
{
    /// <summary>Maximum number of next hops of one server with their own label: those with the most messages. The rest of each kind is <c>other</c>.</summary>
    public const int TopQueues = 20;

    /// <summary>Maximum number of certificates of one server, those for SMTP first. A server usually has fewer than ten.</summary>
    public const int MaxCertificates = 50;

    /// <summary>Maximum age of the message list, compared with the queue list: an older one does not describe these queues.</summary>
    static readonly TimeSpan Together = TimeSpan.FromMinutes(10);

    static readonly QueueKind[] Kinds = Enum.GetValues<QueueKind>();
    static readonly QueueStatus[] Statuses = Enum.GetValues<QueueStatus>();

    public static IEnumerable<Sample<(SnapshotKind Kind, ServerName Server)>> Ages(IEnumerable<ServerSnapshot> all) =>
        all.Select(s => new Sample<(SnapshotKind, ServerName)>(Scrape.UnixSeconds(s.Taken), (s.Kind, new(s.Server))));

    /// <summary>One value for each queue. <paramref name="sum"/> combines the values of queues without their own label.</summary>
    public static IEnumerable<Sample<(QueueKind Kind, NextHopName NextHop, ServerName Server)>> Queues(
        IEnumerable<ServerSnapshot> all, Func<QueueState, double> value, Func<IEnumerable<double>, double> sum) =>
        from snapshot in Of(all, SnapshotKind.Queues)
        let named = Named(snapshot)
        from queues in snapshot.Queues.Concat(snapshot.OtherQueues)
            .GroupBy(q => (q.Kind, Hop: named.Contains((q.Kind, q.NextHop)) ? q.NextHop : Label.Other))
            .Concat(Kinds.Select(QueueState.None).GroupBy(q => (q.Kind, Hop: Label.Other)))
            .GroupBy(g => g.Key, g => g.AsEnumerable())
        select new Sample<(QueueKind, NextHopName, ServerName)>(
            sum(queues.SelectMany(q => q).Select(value)), (queues.Key.Kind, new(queues.Key.Hop), new(snapshot.Server)));

    /// <summary>When the oldest message of each queue was received. For queues without their own label: the oldest of all.</summary>
    public static IEnumerable<Sample<(QueueKind Kind, NextHopName NextHop, ServerName Server)>> Oldest(IReadOnlyCollection<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.Queues)
        let messages = all.FirstOrDefault(
            s => s.Kind == SnapshotKind.Messages && Same(s.Server, snapshot.Server) && snapshot.Taken - s.Taken <= Together)
        where messages is not null
        let oldest = messages.Messages.Where(m => m.Oldest is not null)
            .ToDictionary(m => m.Queue, m => m.Oldest!.Value, StringComparer.OrdinalIgnoreCase)
        let named = Named(snapshot)
        from queues in snapshot.Queues.Where(q => q.Messages > 0 && oldest.ContainsKey(q.Identity))
            .GroupBy(q => (q.Kind, Hop: named.Contains((q.Kind, q.NextHop)) ? q.NextHop : Label.Other))
        select new Sample<(QueueKind, NextHopName, ServerName)>(
            Scrape.UnixSeconds(queues.Min(q => oldest[q.Identity])), (queues.Key.Kind, new(queues.Key.Hop), new(snapshot.Server)));

    /// <summary>Number of queues by kind and state, without those for which the snapshot has no room.</summary>
    public static IEnumerable<Sample<(QueueKind Kind, QueueStatus Status, ServerName Server)>> States(IEnumerable<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.Queues)
        from kind in Kinds
        from status in Statuses
        select new Sample<(QueueKind, QueueStatus, ServerName)>(
            snapshot.Queues.Count(q => q.Kind == kind && q.Status == status), (kind, status, new(snapshot.Server)));

    /// <summary>Messages in queues, by the cause of the queue's last error.</summary>
    public static IEnumerable<Sample<(Cause Cause, ServerName Server)>> Errors(IEnumerable<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.Queues)
        from cause in CauseTable.All
        select new Sample<(Cause, ServerName)>(
            snapshot.Queues.Where(q => q.Cause == cause.Cause && q.Kind != QueueKind.Shadow).Sum(q => q.Messages), (cause.Cause, new(snapshot.Server)));

    public static IEnumerable<Sample<(ConnectorName Connector, MailWay Type, ServerName Server)>> Connectors(
        IEnumerable<ServerSnapshot> all, Func<ConnectorState, double?> value) =>
        from snapshot in all
        where snapshot.Kind is SnapshotKind.SendConnectors or SnapshotKind.ReceiveConnectors
        from connector in snapshot.Connectors.Take(Labels.MaxConnectors).GroupBy(c => NameOf(c), StringComparer.Ordinal).Select(g => g.First())
        let known = value(connector)
        where known is not null
        select new Sample<(ConnectorName, MailWay, ServerName)>(
            known.Value,
            (new(NameOf(connector)), snapshot.Kind == SnapshotKind.SendConnectors ? MailWay.Send : MailWay.Receive, new(snapshot.Server)));

    /// <summary>The organisation's size limits; no sample if there is no limit.</summary>
    public static IEnumerable<Sample<MailWay>> Limits(IEnumerable<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.TransportConfig)
        from limit in new[] { (Setting: "MaxSendSize", Way: MailWay.Send), (Setting: "MaxReceiveSize", Way: MailWay.Receive) }
        let bytes = ConnectorState.Quantity(snapshot.Settings.FirstOrDefault(s => s.Name == limit.Setting)?.Value)
        where bytes is not null
        select new Sample<MailWay>(bytes.Value, limit.Way);

    public static IEnumerable<Sample<(Thumbprint Certificate, bool ForSmtp, ServerName Server)>> Certificates(IEnumerable<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.Certificates)
        from certificate in snapshot.Certificates.Where(c => c.NotAfter is not null).OrderByDescending(c => c.IsForSmtp).ThenBy(c => c.NotAfter)
            .Take(MaxCertificates).GroupBy(c => c.ShortThumbprint, StringComparer.Ordinal).Select(g => g.First())
        select new Sample<(Thumbprint, bool, ServerName)>(
            Scrape.UnixSeconds(certificate.NotAfter!.Value), (new(certificate.ShortThumbprint), certificate.IsForSmtp, new(snapshot.Server)));

    public static IEnumerable<Sample<(ResourceName Resource, ServerName Server)>> Pressure(IEnumerable<ServerSnapshot> all) =>
        from snapshot in Of(all, SnapshotKind.BackPressure)
        from resource in snapshot.Pressure
        select new Sample<(ResourceName, ServerName)>((double)resource.Level, (new(resource.Resource), new(snapshot.Server)));

    static IEnumerable<ServerSnapshot> Of(IEnumerable<ServerSnapshot> all, SnapshotKind kind) => all.Where(s => s.Kind == kind);

    static HashSet<(QueueKind, string)> Named(ServerSnapshot snapshot) =>
        [.. snapshot.Queues.Where(q => q.Messages > 0 && q.NextHop.Length > 0).Select(q => (q.Kind, q.NextHop)).Distinct().Take(TopQueues)];

    static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    static string NameOf(ConnectorState connector) => LabelName.IsName(connector.Name) ? connector.Name : Label.Other;
}
