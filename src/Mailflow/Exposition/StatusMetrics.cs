using System.Diagnostics;
using Mailflow.Analysis.Snapshots;
using Mailflow.Configuration;
using Mailflow.Metrics;

namespace Mailflow.Exposition;

/// <summary>THE table of metrics that are not counted in the store, with how each is read at a scrape. <see cref="Counters"/> has the others.</summary>
static class StatusMetrics
{
    static readonly double ProcessStart = StartOfProcess();

    public static IReadOnlyList<StatusMetric> All { get; } =
    [
        Gauge(
            "mailflow_failures_last_hour", "{failure}",
            "Failures of the last 3600 seconds by the time in the row: exact, where increase() extrapolates.",
            LabelSet.Of(Labels.Cause, Labels.Fault),
            s => s.FailuresOfTheLastHour()),

        // The regular checks of what is ours.
        Gauge(
            "mailflow_blocklist_listed", "",
            "1 where the list has the address or domain, 0 where not; absent where that is not known.",
            LabelSet.Of(StatusLabels.List, StatusLabels.Subject),
            s => s.Listings()),
        Gauge(
            "mailflow_blocklist_healthy", "",
            "1 where the list passes its own test both ways, 0 where not or where it is closed; absent where that is not known.",
            LabelSet.Of(StatusLabels.List),
            s => s.ListHealth()),
        Count(
            "mailflow_blocklist_lookup_errors_total", "{lookup}",
            "Questions to a list without a credible answer. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.List),
            s => s.Watch.ListErrors.Select(e => new Sample<ZoneName>(e.Value, new(e.Key)))),
        Gauge(
            "mailflow_resolver_up", "",
            "1 where the resolver answers, and with nothing for a name that cannot exist; 0 where not.",
            LabelSet.Of(StatusLabels.Resolver),
            s => s.Resolvers()),
        Gauge(
            "mailflow_domain_record_valid", "",
            "1 where a record of ours is valid, 0 where it is missing though needed, or wrong; absent where that is not known.",
            LabelSet.Of(StatusLabels.Domain, StatusLabels.Record),
            s => s.Records()),
        Gauge(
            "mailflow_next_hop_reachable", "",
            "1 where a smart host, or an MX of a domain of ours, sends its greeting and accepts EHLO; 0 where not.",
            LabelSet.Of(StatusLabels.Host),
            s => s.NextHops()),
        Gauge(
            "mailflow_tls_certificate_not_after_timestamp_seconds", "s",
            "When the certificate that the host presents expires.",
            LabelSet.Of(StatusLabels.Host),
            s => s.Certificates()),
        Gauge(
            "mailflow_check_last_success_timestamp_seconds", "s",
            "When a kind of check last had a result; absent before the first time.",
            LabelSet.Of(StatusLabels.Check),
            s => s.Watch.LastSuccess.Select(l => new Sample<CheckName>(Scrape.UnixSeconds(l.Value), new(l.Key)))),

        // What was read.
        Gauge(
            "mailflow_last_event_timestamp_seconds", "s",
            "Time of the newest row, as the row says.",
            LabelSet.Of(Labels.Server),
            s => s.NewestEvents()),

        // Exports: see docs/exports.md.
        Exported("mailflow_snapshot_timestamp_seconds", "s",
            "When the newest snapshot was taken.",
            LabelSet.Of(StatusLabels.Snapshot, StatusLabels.Server),
            SnapshotSamples.Ages),
        Exported("mailflow_queue_messages", "{message}",
            "Messages in queues. Shadow queues hold second copies: leave kind=\"shadow\" out of sums.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.NextHop, StatusLabels.Server),
            all => SnapshotSamples.Queues(all, q => q.Messages, Enumerable.Sum)),
        Exported("mailflow_queue_deferred_messages", "{message}",
            "Messages in queues that were deferred.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.NextHop, StatusLabels.Server),
            all => SnapshotSamples.Queues(all, q => q.Deferred, Enumerable.Sum)),
        Exported("mailflow_queue_locked_messages", "{message}",
            "Messages in queues that are locked.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.NextHop, StatusLabels.Server),
            all => SnapshotSamples.Queues(all, q => q.Locked, Enumerable.Sum)),
        Exported("mailflow_queue_retries", "{retry}",
            "How often the connection of a queue was tried again; the most of several.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.NextHop, StatusLabels.Server),
            all => SnapshotSamples.Queues(all, q => q.Retries, Enumerable.Max)),
        Exported("mailflow_queue_oldest_message_timestamp_seconds", "s",
            "When the oldest message of a queue was received; absent where no messages are exported.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.NextHop, StatusLabels.Server),
            SnapshotSamples.Oldest),
        Exported("mailflow_queues", "{queue}",
            "Queues by kind and state.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.Status, StatusLabels.Server),
            SnapshotSamples.States),
        Exported("mailflow_queue_error_messages", "{message}",
            "Messages in queues whose last error has this cause, shadow queues left out.",
            LabelSet.Of(Labels.Cause, StatusLabels.Server),
            SnapshotSamples.Errors),
        Exported("mailflow_connector_enabled", "",
            "1 where the connector is enabled, 0 where not.",
            LabelSet.Of(StatusLabels.Connector, StatusLabels.ConnectorType, StatusLabels.Server),
            all => SnapshotSamples.Connectors(all, c => c.Enabled is { } on ? on ? 1 : 0 : null)),
        Exported("mailflow_connector_message_limit_bytes", "By",
            "The largest message that the connector accepts; absent where it has no limit.",
            LabelSet.Of(StatusLabels.Connector, StatusLabels.ConnectorType, StatusLabels.Server),
            all => SnapshotSamples.Connectors(all, c => c.MaxMessageBytes)),
        Exported("mailflow_message_limit_bytes", "By",
            "The largest message of the organisation; absent where it has no limit.",
            LabelSet.Of(StatusLabels.Limit),
            SnapshotSamples.Limits),
        Exported("mailflow_certificate_expiry_timestamp_seconds", "s",
            "When a certificate expires.",
            LabelSet.Of(StatusLabels.Certificate, StatusLabels.ForSmtp, StatusLabels.Server),
            SnapshotSamples.Certificates),
        Exported("mailflow_back_pressure", "",
            "How much of a resource is used: 0 low, 1 medium, 2 high. From 1 on transport slows down or rejects mail.",
            LabelSet.Of(StatusLabels.Resource, StatusLabels.Server),
            SnapshotSamples.Pressure),

        // The folders of logs.
        Root("mailflow_root_up", "", "1 where the folder can be listed, 0 where not, or where it has not answered for 30 seconds.",
            r => r.Status.Error is null ? 1 : 0),
        Root("mailflow_unread_bytes", "By", "Bytes that are not committed yet, those of refused files left out.", r => r.UnreadBytes),
        Root("mailflow_unread_files", "{file}", "Files with bytes that are not committed yet.", r => r.UnreadFiles),
        Root("mailflow_refused_files", "{file}", "Files that are never read: no log, or a log of another kind.", r => r.RefusedFiles),
        Root("mailflow_failed_files", "{file}", "Files that cannot be opened or read at the moment.", r => r.FailedFiles),
        Count(
            "mailflow_lost_bytes_total", "By", "Bytes that were deleted before they were read. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.Root),
            s => s.EachRoot(r => r.Status.LostBytes)),
        Count(
            "mailflow_replaced_files_total", "{file}", "Files found to be others than they were, and read again. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.Root),
            s => s.EachRoot(r => r.Status.Replaced)),
        Root("mailflow_retention_headroom_seconds", "s",
            "Estimated time until Exchange deletes the oldest byte that has been unread for two minutes; absent where there is none.",
            r => r.Status.Headroom?.TotalSeconds),
        Root("mailflow_last_read_timestamp_seconds", "s", "When a block was last read; absent before the first.",
            r => r.Status.LastRead is { } time ? Scrape.UnixSeconds(time) : null),

        // The store.
        Single("mailflow_last_commit_timestamp_seconds", "s", "When the last commit ended: all values here are of that moment.",
            s => s.Committed.CommittedAt is { } time ? Scrape.UnixSeconds(time) : null),
        Single("mailflow_commit_lag_seconds", "s", "How long the oldest block of the last commit waited from being read until it was committed.",
            s => s.Committed.Lag.TotalSeconds),
        Single("mailflow_commit_up", "", "1 where the last commit succeeded, 0 where the store cannot be written.",
            s => s.Committed.Problem is null ? 1 : 0),
        Single("mailflow_store_bytes", "By", "Bytes of the store on the disk, its write-ahead log included.", s => s.StoreBytes),
        Single("mailflow_series", "{series}", "Series of the counters in the store, those at 0 too.", s => s.Committed.Cells.Count),
        Count(
            "mailflow_folded_values_total", "{value}",
            "What is counted as `other` although it has a name: the label has no room for more names, or the name may be an address."
            + " The program's log has the first names. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.FoldedLabel, StatusLabels.FoldReason),
            s => s.Folded.Select(f => new Sample<(FoldedLabel, FoldReason)>(f.Times, (new(f.Label), new(f.Reason))))),

        // The sinks of events.
        Count(
            "mailflow_ship_shipped_total", "{event}", "Events that the sink accepted. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.Sink),
            s => s.EachSink(k => k.Shipped)),
        Count(
            "mailflow_ship_rejected_total", "{event}", "Events that the sink rejected for good. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.Sink),
            s => s.EachSink(k => k.Rejected)),
        Count(
            "mailflow_ship_dropped_total", "{event}", "Events that retention deleted before the sink accepted them.",
            LabelSet.Of(StatusLabels.Sink),
            s => s.EachSink(k => k.Dropped),
            Birth.FirstValue),
        Sink("mailflow_ship_backlog", "{event}", "Events that the sink has still to accept, at the most: retention may have deleted some.",
            k => k.Backlog),
        Sink("mailflow_ship_up", "", "1 where the last attempt succeeded, 0 where not.", k => k.Problem is null ? 1 : 0),
        Sink("mailflow_ship_last_success_timestamp_seconds", "s", "When the sink last accepted events; absent before the first.",
            k => k.LastSuccess is { } time ? Scrape.UnixSeconds(time) : null),

        // The process; the runtime's own metrics (dotnet_*) come from .NET.
        Gauge(
            "mailflow_build_info", "", "1, with the version of this program.",
            LabelSet.Of(StatusLabels.Version),
            _ => [new(1, new(ProgramVersion.Text))]),
        Single("process_start_time_seconds", "s", "When the process started.", _ => ProcessStart),
        Count(
            "process_cpu_seconds_total", "s", "Processor time of the process.",
            LabelSet.None,
            _ => [new(Environment.CpuUsage.TotalTime.TotalSeconds, default)]),
        Single("process_resident_memory_bytes", "By", "Memory of the process that is in RAM.", _ => Environment.WorkingSet),
    ];

    static StatusMetric<TKey> Gauge<TKey>(string name, string unit, string help, LabelSet<TKey> labels, Func<Scrape, IEnumerable<Sample<TKey>>> read)
        where TKey : notnull => new(name, MetricType.Gauge, unit, help, labels, read);

    static StatusMetric<TKey> Count<TKey>(
        string name, string unit, string help, LabelSet<TKey> labels, Func<Scrape, IEnumerable<Sample<TKey>>> read, Birth birth = Birth.Process)
        where TKey : notnull => new(name, MetricType.Counter, unit, help, labels, read, birth);

    /// <summary>One without labels; absent where it has no value.</summary>
    static StatusMetric<ValueTuple> Single(string name, string unit, string help, Func<Scrape, double?> read) =>
        Gauge(name, unit, help, LabelSet.None, s => read(s) is { } value ? [new Sample<ValueTuple>(value, default)] : []);

    static StatusMetric<RootName> Root(string name, string unit, string help, Func<RootState, double?> read) =>
        Gauge(name, unit, help, LabelSet.Of(StatusLabels.Root), s => s.EachRoot(read));

    static StatusMetric<SinkName> Sink(string name, string unit, string help, Func<SinkState, double?> read) =>
        Gauge(name, unit, help, LabelSet.Of(StatusLabels.Sink), s => s.EachSink(read));

    /// <summary>One of the newest snapshots: they are the same array until there is a newer one.</summary>
    static StatusMetric<TKey> Exported<TKey>(
        string name, string unit, string help, LabelSet<TKey> labels, Func<IReadOnlyCollection<ServerSnapshot>, IEnumerable<Sample<TKey>>> read)
        where TKey : notnull =>
        new(name, MetricType.Gauge, unit, help, labels, s => read(s.Committed.Servers))
        {
            Material = s => System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsArray(s.Committed.Servers),
        };

    static double StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return Scrape.UnixSeconds(new DateTimeOffset(process.StartTime));
    }
}
