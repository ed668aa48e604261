using System.Diagnostics;
using Mailflow.Analysis.Snapshots;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Metrics;

namespace Mailflow.Exposition;

/// <summary>THE table of metrics that are not counters of the store, with how each is read at a scrape. <see cref="Counters"/> has the others.</summary>
static class StatusMetrics
{
    static readonly double ProcessStart = StartOfProcess();

    public static IReadOnlyList<StatusMetric> All { get; } =
    [
        Gauge(
            "mailflow_failures_last_hour", "{failure}",
            "Failures of the last 3600 seconds, by the time in the row. Exact; increase() extrapolates.",
            LabelSet.Of(Labels.Cause, Labels.Fault),
            s => s.FailuresOfTheLastHour()),

        // Incidents: see docs/incidents.md.
        Gauge(
            "mailflow_incidents_open", "{incident}",
            "Open incidents, by cause, responsible side and severity.",
            LabelSet.Of(Labels.Cause, Labels.Fault, Labels.Severity),
            s => IncidentSamples.Counts(s.Committed.Incidents)),
        Gauge(
            "mailflow_incident_open", "",
            "Always 1; one series for each open incident, so that each has an alert of its own.",
            LabelSet.Of(StatusLabels.Incident, Labels.Cause, Labels.Fault, Labels.Severity, StatusLabels.PlaceKind),
            s => IncidentSamples.Open(s.Committed.Incidents)),

        // Regular checks of own domains, addresses and next hops.
        Gauge(
            "mailflow_blocklist_listed", "",
            "1 if the address or domain is listed, 0 if not; absent if not known.",
            LabelSet.Of(StatusLabels.List, StatusLabels.Subject),
            s => s.Listings()),
        Gauge(
            "mailflow_blocklist_healthy", "",
            "1 if the list passes both test queries (a name that is always listed, one that never is), 0 if not, or if the list is closed;"
            + " absent if not known.",
            LabelSet.Of(StatusLabels.List),
            s => s.ListHealth()),
        Count(
            "mailflow_blocklist_lookup_errors_total", "{lookup}",
            "Queries to a list without a valid answer. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.List),
            s => s.Watch.ListErrors.Select(e => new Sample<ZoneName>(e.Value, new(e.Key)))),
        Gauge(
            "mailflow_resolver_up", "",
            "1 if the resolver answers, and returns no record for a name that cannot exist; 0 if not.",
            LabelSet.Of(StatusLabels.Resolver),
            s => s.Resolvers()),
        Gauge(
            "mailflow_domain_record_valid", "",
            "1 if the record of an own domain is valid, 0 if it is wrong, or missing and needed; absent if not known.",
            LabelSet.Of(StatusLabels.Domain, StatusLabels.Record),
            s => s.Records()),
        Gauge(
            "mailflow_next_hop_reachable", "",
            "1 if a smart host, or an MX of an own domain, sends its greeting and accepts EHLO; 0 if not.",
            LabelSet.Of(StatusLabels.Host),
            s => s.NextHops()),
        Gauge(
            "mailflow_tls_certificate_not_after_timestamp_seconds", "s",
            "Time when the certificate that the host presents expires.",
            LabelSet.Of(StatusLabels.Host),
            s => s.Certificates()),
        Gauge(
            "mailflow_check_last_success_timestamp_seconds", "s",
            "Time of the last check of this kind that had a result; absent before the first.",
            LabelSet.Of(StatusLabels.Check),
            s => s.Watch.LastSuccess.Select(l => new Sample<CheckName>(Scrape.UnixSeconds(l.Value), new(l.Key)))),

        // Reading.
        Gauge(
            "mailflow_last_event_timestamp_seconds", "s",
            "Time in the newest row.",
            LabelSet.Of(Labels.Server),
            s => s.NewestEvents()),

        Gauge(
            "mailflow_messages_in_flight", "{message}",
            "Message copies that were received and have no end yet, at this server or handed over by it to another one whose logs are read."
            + " Noise is left out.",
            LabelSet.Of(Labels.Server),
            s => s.Committed.Copies.Select(c => new Sample<ServerName>(c.Count, new(c.Server)))),
        Gauge(
            "mailflow_oldest_message_in_flight_seconds", "s",
            "Time from the first row of the oldest message on its way to the newest row of all servers; 0 if none is on its way.",
            LabelSet.Of(Labels.Server),
            s => s.OldestInFlight()),

        // Exports: see docs/exports.md.
        Exported("mailflow_snapshot_timestamp_seconds", "s",
            "Time when the newest snapshot was taken.",
            LabelSet.Of(StatusLabels.Snapshot, StatusLabels.Server),
            SnapshotSamples.Ages),
        Exported("mailflow_queue_messages", "{message}",
            "Messages in queues. Shadow queues hold second copies: leave kind=\"shadow\" out of sums.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.NextHop, StatusLabels.Server),
            all => SnapshotSamples.Queues(all, q => q.Messages, Enumerable.Sum)),
        Exported("mailflow_queue_deferred_messages", "{message}",
            "Deferred messages in queues.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.NextHop, StatusLabels.Server),
            all => SnapshotSamples.Queues(all, q => q.Deferred, Enumerable.Sum)),
        Exported("mailflow_queue_locked_messages", "{message}",
            "Locked messages in queues.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.NextHop, StatusLabels.Server),
            all => SnapshotSamples.Queues(all, q => q.Locked, Enumerable.Sum)),
        Exported("mailflow_queue_retries", "{retry}",
            "Connection retries of a queue; the highest number if there are several queues.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.NextHop, StatusLabels.Server),
            all => SnapshotSamples.Queues(all, q => q.Retries, Enumerable.Max)),
        Exported("mailflow_queue_oldest_message_timestamp_seconds", "s",
            "Time when the oldest message of a queue was received; absent if no messages are exported.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.NextHop, StatusLabels.Server),
            SnapshotSamples.Oldest),
        Exported("mailflow_queues", "{queue}",
            "Queues by kind and state.",
            LabelSet.Of(StatusLabels.Queue, StatusLabels.Status, StatusLabels.Server),
            SnapshotSamples.States),
        Exported("mailflow_queue_error_messages", "{message}",
            "Messages in queues whose last error has this cause, without shadow queues.",
            LabelSet.Of(Labels.Cause, StatusLabels.Server),
            SnapshotSamples.Errors),
        Exported("mailflow_connector_enabled", "",
            "1 if the connector is enabled, 0 if not.",
            LabelSet.Of(StatusLabels.Connector, StatusLabels.ConnectorType, StatusLabels.Server),
            all => SnapshotSamples.Connectors(all, c => c.Enabled is { } on ? on ? 1 : 0 : null)),
        Exported("mailflow_connector_message_limit_bytes", "By",
            "The largest message that the connector accepts; absent if it has no limit.",
            LabelSet.Of(StatusLabels.Connector, StatusLabels.ConnectorType, StatusLabels.Server),
            all => SnapshotSamples.Connectors(all, c => c.MaxMessageBytes)),
        Exported("mailflow_message_limit_bytes", "By",
            "The largest message of the organisation; absent if it has no limit.",
            LabelSet.Of(StatusLabels.Limit),
            SnapshotSamples.Limits),
        Exported("mailflow_certificate_expiry_timestamp_seconds", "s",
            "Time when a certificate expires.",
            LabelSet.Of(StatusLabels.Certificate, StatusLabels.ForSmtp, StatusLabels.Server),
            SnapshotSamples.Certificates),
        Exported("mailflow_back_pressure", "",
            "Use of a resource: 0 low, 1 medium, 2 high. From 1 on Exchange slows down or rejects mail.",
            LabelSet.Of(StatusLabels.Resource, StatusLabels.Server),
            SnapshotSamples.Pressure),

        // The builds in the headers of logs: see docs/builds.md.
        Built("mailflow_exchange_build_info", "",
            "Always 1; the labels are the build in the newest tracking log of the server, and what it says about updates.",
            LabelSet.Of(StatusLabels.Build, StatusLabels.Product, StatusLabels.UpdateState, Labels.Server),
            BuildSamples.Info),
        Built("mailflow_exchange_newer_update_timestamp_seconds", "s",
            "Release time of the first public update that is newer than the build in the log; absent if none is known."
            + " It may be installed all the same: a log does not always show it.",
            LabelSet.Of(Labels.Server),
            all => BuildSamples.Times(all, s => s.Next?.Released)),
        Built("mailflow_exchange_end_of_support_timestamp_seconds", "s",
            "Time when Microsoft's support of the product ends; absent if no end is announced.",
            LabelSet.Of(Labels.Server),
            all => BuildSamples.Times(all, s => s.Product?.EndOfSupport)),

        // Log folders.
        Root("mailflow_root_up", "", "1 if the folder can be listed, 0 if not, or if it has not answered for 30 seconds.",
            r => r.Status.Error is null ? 1 : 0),
        Root("mailflow_unread_bytes", "By", "Bytes that are not committed yet, without refused files.", r => r.UnreadBytes),
        Root("mailflow_unread_files", "{file}", "Files with bytes that are not committed yet.", r => r.UnreadFiles),
        Root(
            "mailflow_refused_files", "{file}",
            "Files that are not read: logs of another kind, copies of logs under other names, archives of a kind that is not read, files with the name of a log.",
            r => r.RefusedFiles),
        Root("mailflow_refused_bytes", "By", "Bytes of these files.", r => r.Status.Totals.IgnoredBytes),
        Root("mailflow_failed_files", "{file}", "Files that cannot be opened or read at the moment.", r => r.FailedFiles),
        Count(
            "mailflow_lost_bytes_total", "By", "Bytes that Exchange deleted before they were read. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.Root),
            s => s.EachRoot(r => r.Status.LostBytes)),
        Count(
            "mailflow_replaced_files_total", "{file}",
            "Files whose content was replaced and that are read again from their start. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.Root),
            s => s.EachRoot(r => r.Status.Replaced)),
        Root("mailflow_retention_headroom_seconds", "s",
            "Estimated time until Exchange deletes the oldest byte that has been unread for two minutes; absent if there is no such byte.",
            r => r.Status.Headroom?.TotalSeconds),
        Root("mailflow_last_read_timestamp_seconds", "s", "Time of the last read; absent before the first.",
            r => r.Status.LastRead is { } time ? Scrape.UnixSeconds(time) : null),

        // The store.
        Single("mailflow_last_commit_timestamp_seconds", "s", "Time when the last commit ended. All values in a scrape are of that moment.",
            s => s.Committed.CommittedAt is { } time ? Scrape.UnixSeconds(time) : null),
        Single("mailflow_commit_lag_seconds", "s", "Time from read to commit of the oldest block in the last commit.",
            s => s.Committed.Lag.TotalSeconds),
        Single("mailflow_commit_up", "", "1 if the last commit succeeded, 0 if the store cannot be written.",
            s => s.Committed.Problem is null ? 1 : 0),
        Single("mailflow_store_bytes", "By", "Bytes of the store on disk, including its write-ahead log.", s => s.StoreBytes),
        Single("mailflow_trace_index_bytes", "By", "Bytes that the index of message traces takes in the store; absent before its first survey.",
            s => s.Index?.Bytes),
        Single("mailflow_trace_unindexed_bytes", "By",
            "Bytes of tracking logs that a message trace must read because the index does not know them; absent before the first survey.",
            s => s.Index?.Unindexed),
        Single("mailflow_series", "{series}", "Series of the counters in the store, including those at 0.", s => s.Committed.Cells.Count),
        Count(
            "mailflow_folded_values_total", "{value}",
            "Values counted as `other` instead of under their name: the label has reached its limit of names, or the name may be an address."
            + " The program log lists the first names. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.FoldedLabel, StatusLabels.FoldReason),
            s => s.Folded.Select(f => new Sample<(FoldedLabel, FoldReason)>(f.Times, (new(f.Label), new(f.Reason))))),

        // The rules file; absent without one.
        Single("mailflow_rules", "{rule}", "Own rules in force.", s => s.Rules.File is null ? null : s.Rules.Rules),
        Single("mailflow_rules_last_reload_successful", "", "1 if the rules file as it is now is in force, 0 if it has a fault or cannot be read.",
            s => s.Rules.File is null ? null : s.Rules.Problem is null ? 1 : 0),
        Single("mailflow_rules_last_reload_success_timestamp_seconds", "s", "Time when a rules file without faults was read last; absent before the first.",
            s => s.Rules.LastSuccess is { } time ? Scrape.UnixSeconds(time) : null),

        // Event sinks.
        Count(
            "mailflow_ship_shipped_total", "{event}", "Events that the sink accepted. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.Sink),
            s => s.EachSink(k => k.Shipped)),
        Count(
            "mailflow_ship_rejected_total", "{event}", "Events that the sink rejected permanently. Counts from the start of the process.",
            LabelSet.Of(StatusLabels.Sink),
            s => s.EachSink(k => k.Rejected)),
        Count(
            "mailflow_ship_dropped_total", "{event}", "Events that retention deleted before the sink accepted them.",
            LabelSet.Of(StatusLabels.Sink),
            s => s.EachSink(k => k.Dropped),
            Birth.FirstValue),
        Sink("mailflow_ship_backlog", "{event}", "Events that the sink has not accepted yet. An upper limit: retention may have deleted some.",
            k => k.Backlog),
        Sink("mailflow_ship_up", "", "1 if the last attempt succeeded, 0 if not.", k => k.Problem is null ? 1 : 0),
        Sink("mailflow_ship_last_success_timestamp_seconds", "s", "Time when the sink last accepted events; absent before the first.",
            k => k.LastSuccess is { } time ? Scrape.UnixSeconds(time) : null),

        // Searches: personal data is read.
        Count(
            "mailflow_trace_searches_total", "{search}",
            "Searches of messages on the page and in /api/v1, by what was searched for. The program log has a line for each."
            + " Counts from the start of the process.",
            LabelSet.Of(StatusLabels.Searched, StatusLabels.SearchResult),
            s => s.Searches.Select(c => new Sample<(SearchKind, SearchResult)>(c.Times, (new(c.Kind), new(c.Result))))),

        // The process; the runtime's own metrics (dotnet_*) come from .NET.
        Gauge(
            "mailflow_build_info", "", "Always 1; the label is the version of this program.",
            LabelSet.Of(StatusLabels.Version),
            _ => [new(1, new(ProgramVersion.Text))]),
        Single("process_start_time_seconds", "s", "Start time of the process.", _ => ProcessStart),
        Count(
            "process_cpu_seconds_total", "s", "Processor time of the process.",
            LabelSet.None,
            _ => [new(Environment.CpuUsage.TotalTime.TotalSeconds, default)]),
        Single("process_resident_memory_bytes", "By", "Resident memory of the process.", _ => Environment.WorkingSet),
    ];

    static StatusMetric<TKey> Gauge<TKey>(string name, string unit, string help, LabelSet<TKey> labels, Func<Scrape, IEnumerable<Sample<TKey>>> read)
        where TKey : notnull => new(name, MetricType.Gauge, unit, help, labels, read);

    static StatusMetric<TKey> Count<TKey>(
        string name, string unit, string help, LabelSet<TKey> labels, Func<Scrape, IEnumerable<Sample<TKey>>> read, Birth birth = Birth.Process)
        where TKey : notnull => new(name, MetricType.Counter, unit, help, labels, read, birth);

    /// <summary>A metric without labels; absent if it has no value.</summary>
    static StatusMetric<ValueTuple> Single(string name, string unit, string help, Func<Scrape, double?> read) =>
        Gauge(name, unit, help, LabelSet.None, s => read(s) is { } value ? [new Sample<ValueTuple>(value, default)] : []);

    static StatusMetric<RootName> Root(string name, string unit, string help, Func<RootState, double?> read) =>
        Gauge(name, unit, help, LabelSet.Of(StatusLabels.Root), s => s.EachRoot(read));

    static StatusMetric<SinkName> Sink(string name, string unit, string help, Func<SinkState, double?> read) =>
        Gauge(name, unit, help, LabelSet.Of(StatusLabels.Sink), s => s.EachSink(read));

    /// <summary>A metric of the newest snapshots: the array is the same until there is a newer snapshot.</summary>
    static StatusMetric<TKey> Exported<TKey>(
        string name, string unit, string help, LabelSet<TKey> labels, Func<IReadOnlyCollection<ServerSnapshot>, IEnumerable<Sample<TKey>>> read)
        where TKey : notnull =>
        new(name, MetricType.Gauge, unit, help, labels, s => read(s.Committed.Servers))
        {
            Material = s => System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsArray(s.Committed.Servers),
        };

    /// <summary>A metric of the builds of the servers: the array is the same until one changes.</summary>
    static StatusMetric<TKey> Built<TKey>(
        string name, string unit, string help, LabelSet<TKey> labels, Func<IEnumerable<ServerBuild>, IEnumerable<Sample<TKey>>> read)
        where TKey : notnull =>
        new(name, MetricType.Gauge, unit, help, labels, s => read(s.Committed.Builds))
        {
            Material = s => System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsArray(s.Committed.Builds),
        };

    static double StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return Scrape.UnixSeconds(new DateTimeOffset(process.StartTime));
    }
}
