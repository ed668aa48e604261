using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Web;
using OpenTelemetry.Metrics;

namespace Mailflow;

enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>A label, and what may stand in it: a bounded set always.</summary>
/// <param name="Values">The closed set; empty where the logs or the settings give the values.</param>
/// <param name="Bound">How many values there can be.</param>
/// <param name="Says">What bounds it, in words.</param>
sealed record MetricLabel(string Name, IReadOnlyList<string> Values, int Bound, string Says)
{
    public static MetricLabel Closed(string name, IEnumerable<string> values) => new(name, [.. values], values.Count(), "");

    public static MetricLabel Open(string name, int bound, string says) => new(name, [], bound, says);
}

/// <summary>One value of a metric, with the values of its labels in the order of the metric's.</summary>
readonly record struct Sample(double Value, string A = "", string B = "", string C = "", string D = "");

/// <summary>One metric.</summary>
/// <param name="Name">As Prometheus shows it, suffixes and all.</param>
/// <param name="Unit">UCUM: `s`, `By`, or what is counted in braces; empty where it has none.</param>
/// <param name="Read">Its values at one moment; null for a histogram, which is recorded as things are committed.</param>
sealed record Metric(string Name, MetricType Type, string Unit, string Help, IReadOnlyList<MetricLabel> Labels, Func<Scrape, IEnumerable<Sample>>? Read = null)
{
    /// <summary>The series there can be: label sets, not buckets.</summary>
    public int Bound => Labels.Aggregate(1, (product, label) => checked(product * label.Bound));

    /// <summary>The exporter adds `_total` to a counter itself.</summary>
    public string Instrument => Type == MetricType.Counter && Name.EndsWith("_total", StringComparison.Ordinal) ? Name[..^"_total".Length] : Name;
}

/// <summary>
/// THE table of metrics, and their way to OpenTelemetry. Counters and gauges are observed at each scrape, over what is committed and nothing
/// newer, so that no `kill -9` can take a count back; histograms are recorded as commits succeed, and start at 0 with the process.
/// </summary>
sealed class Telemetry : IDisposable
{
    static readonly MetricLabel Server = MetricLabel.Open("server", Totals.MaxLabels + 1, $"who wrote the log; the first {Totals.MaxLabels}, then `other`");
    static readonly MetricLabel Connector = MetricLabel.Open("connector", Totals.MaxLabels + 2, $"the row's connector, `none` without one; the first {Totals.MaxLabels}, then `other`");
    static readonly MetricLabel Root = MetricLabel.Open("root", 1000, "one a configured folder of logs: its name, or its path");
    static readonly MetricLabel Sink = MetricLabel.Open("sink", 16, "one a configured sink");
    static readonly MetricLabel Version = MetricLabel.Open("version", 1, "of this program");
    static readonly MetricLabel Source = MetricLabel.Open("source", EventNames.Limit, $"the transport component; {EventNames.Limit} pairs of source and event, then `other`");
    static readonly MetricLabel Event = MetricLabel.Open("event", 1, "the event id, bounded together with source");
    static readonly MetricLabel Code = MetricLabel.Open("code", EnhancedCodes.All.Count + 2, "an enhanced status code that somebody defined, `none` without one, else `other`");
    static readonly MetricLabel Cause = MetricLabel.Closed("cause", CauseTable.All.Select(c => c.Name));
    static readonly MetricLabel Fault = MetricLabel.Closed("fault", Enum.GetValues<Fault>().Select(f => f.Name()));
    static readonly MetricLabel Permanence = MetricLabel.Closed("permanence", Enum.GetValues<Permanence>().Select(p => p.Name()));
    static readonly MetricLabel Outcome = MetricLabel.Closed("outcome", Enum.GetValues<Outcome>().Select(o => o.Name()));
    static readonly MetricLabel Direction = MetricLabel.Closed("direction", Enum.GetValues<Direction>().Select(d => d.Name()));
    static readonly MetricLabel NoiseReason = MetricLabel.Closed("reason", Enum.GetValues<Noise>().Select(n => n.Name()));
    static readonly MetricLabel UnreadableReason = MetricLabel.Closed("reason", Enum.GetValues<Unreadable>().Select(u => u.Name()));
    static readonly MetricLabel Stage = MetricLabel.Closed("stage", Enum.GetValues<Stage>().Select(s => s.Name()));

    static readonly MetricLabel Destination = MetricLabel.Open("destination", Totals.MaxDestinations + 1, $"the next hop as the log names it: a domain, a smart host, a mailbox database; the first {Totals.MaxDestinations}, then `other`");
    static readonly MetricLabel ConnectionSource = MetricLabel.Closed("source", Enum.GetValues<ConnectionSource>().Select(s => s.Name()));
    static readonly MetricLabel ConnectionOutcome = MetricLabel.Closed("outcome", Enum.GetValues<ConnectionOutcome>().Select(o => o.Name()));
    static readonly MetricLabel SocketError = MetricLabel.Closed("error", SocketErrors.All.Select(e => e.Name));
    static readonly MetricLabel SmtpDirection = MetricLabel.Closed("direction", Enum.GetValues<SmtpDirection>().Select(d => d.Name()));
    static readonly MetricLabel SmtpOutcome = MetricLabel.Closed("outcome", Enum.GetValues<SmtpOutcome>().Select(o => o.Name()));
    static readonly MetricLabel SmtpStage = MetricLabel.Closed("stage", Enum.GetValues<SmtpStage>().Select(s => s.Name()));
    static readonly MetricLabel Tls = MetricLabel.Closed("tls", Enum.GetValues<TlsVersion>().Select(t => t.Name()));
    static readonly MetricLabel EventProvider = MetricLabel.Open("provider", 1, "the event's source where it is one of Exchange's, else `other`; bounded together with id");
    static readonly MetricLabel EventNumber = MetricLabel.Open("id", Totals.MaxLabels + 1, $"the event id; the first {Totals.MaxLabels} pairs of provider and id, then `other`");
    static readonly MetricLabel Problem = MetricLabel.Closed("reason", Enum.GetValues<ExportProblem>().Select(p => p.Name()));
    static readonly MetricLabel SnapshotOf = MetricLabel.Closed("kind", Enum.GetValues<SnapshotKind>().Select(k => k.Name()));
    static readonly MetricLabel SnapshotServer = MetricLabel.Open("server", Totals.MaxLabels + 1, $"whose it is, `{ServerSnapshot.Organisation}` for what all servers share; the first {Totals.MaxLabels}, then `other`");
    static readonly MetricLabel QueueOf = MetricLabel.Closed("kind", Enum.GetValues<QueueKind>().Select(k => k.Name()));
    static readonly MetricLabel Status = MetricLabel.Closed("status", Enum.GetValues<QueueStatus>().Select(s => s.Name()));
    static readonly MetricLabel NextHop = MetricLabel.Open("next_hop", SnapshotSamples.TopQueues + 1, $"where the messages go next; the {SnapshotSamples.TopQueues} deepest of a server, the rest of each kind is `other`");
    static readonly MetricLabel ConnectorType = MetricLabel.Closed("type", ["send", "receive"]);
    static readonly MetricLabel ConnectorName = MetricLabel.Open("connector", Totals.MaxLabels + 1, $"its name; {Totals.MaxLabels} of a server");
    static readonly MetricLabel Limit = MetricLabel.Closed("limit", ["send", "receive"]);
    static readonly MetricLabel Certificate = MetricLabel.Open("certificate", SnapshotSamples.MaxCertificates, "the first eight digits of its thumbprint");
    static readonly MetricLabel ForSmtp = MetricLabel.Closed("smtp", ["yes", "no"]);
    static readonly MetricLabel Resource = MetricLabel.Open("resource", ResourcePressure.MaxResources, $"as Exchange names it, without its path; {ResourcePressure.MaxResources} of a server");
    static readonly MetricLabel Question = MetricLabel.Closed("question", Questions.All.Select(q => q.Question));
    static readonly MetricLabel AnswerVerdict = MetricLabel.Closed("verdict", Questions.All.SelectMany(q => q.Verdicts).Distinct(StringComparer.Ordinal));

    /// <summary>Records of domains, and names of addresses, whose validity is shown.</summary>
    public static IReadOnlyList<string> WatchedRecords { get; } = ["mx", "spf", "dkim", "dmarc", "mta-sts", "tls-rpt", "tlsa", "ptr"];

    static readonly MetricLabel List = MetricLabel.Open("list", 50, "one a configured blocklist");
    static readonly MetricLabel Subject = MetricLabel.Open("subject", 200, "one a configured address or domain of ours");
    static readonly MetricLabel ResolverName = MetricLabel.Open("resolver", 24, "one a configured resolver");
    static readonly MetricLabel Host = MetricLabel.Open("host", 200, "one a configured smart host or MX of ours");
    static readonly MetricLabel Domain = MetricLabel.Open("domain", 400, "one a configured domain of ours; of `ptr`, an address");
    static readonly MetricLabel Record = MetricLabel.Closed("record", WatchedRecords);
    static readonly MetricLabel Check = MetricLabel.Closed("check", WatchState.Kinds);

    public static Metric DnsLookup { get; } = new("mailflow_dns_lookup_duration_seconds", MetricType.Histogram, "s",
        "Time until a resolver answered a question, or until it was given up. Counts from the start of the process.", [ResolverName]);

    public static Metric DeliveryLatency { get; } = new("mailflow_delivery_latency_seconds", MetricType.Histogram, "s",
        "Time from the arrival in the organisation to delivery or sending, once a row. Counts from the start of the process.", [Outcome]);

    public static Metric DeliveryStage { get; } = new("mailflow_delivery_stage_seconds", MetricType.Histogram, "s",
        "Time that delivered and sent messages spent in each stage of transport, from message-info. Counts from the start of the process.", [Stage]);

    /// <summary>Mail is fast in seconds, slow in minutes and late in hours.</summary>
    static readonly double[] MailSized = [.1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 1800, 3600, 14400, 86400];

    /// <summary>DNS is fast in milliseconds, and given up after seconds.</summary>
    static readonly double[] DnsSized = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 10];

    public static IReadOnlyList<Metric> All { get; } =
    [
        // What became of the mail.
        new("mailflow_messages_total", MetricType.Counter, "{message}", "Message copies, one a recipient, by what became of them. Noise is left out.", [Outcome, Direction, Server], s => s.Cells(Counter.Messages)),
        new("mailflow_message_bytes_total", MetricType.Counter, "By", "Bytes of those message copies: a message to two recipients counts twice.", [Outcome, Server], s => s.Cells(Counter.MessageBytes)),
        new("mailflow_failures_total", MetricType.Counter, "{failure}", "Recipients that will not get a message, by cause and by whose it is to mend.", [Cause, Fault, Permanence, Server], s => s.Cells(Counter.Failures)),
        new("mailflow_failures_last_hour", MetricType.Gauge, "{failure}", "Failures of the last 3600 seconds by the time in the row: exact, where increase() extrapolates.", [Cause], s => s.FailuresOfTheLastHour()),
        new("mailflow_deferrals_total", MetricType.Counter, "{deferral}", "Recipients whose message was put off to be tried again.", [Cause, Server], s => s.Cells(Counter.Deferrals)),
        new("mailflow_enhanced_codes_total", MetricType.Counter, "{failure}", "Failures by the enhanced status code that decided the cause.", [Code, Server], s => s.Cells(Counter.EnhancedCodes)),
        new("mailflow_connector_failures_total", MetricType.Counter, "{failure}", "Failures by connector.", [Connector, Server], s => s.Cells(Counter.ConnectorFailures)),
        DeliveryLatency,
        DeliveryStage,

        // Connections, from connectivity logs; SMTP sessions, from protocol logs.
        new("mailflow_connections_total", MetricType.Counter, "{attempt}", "Attempts to connect to a next hop, by what became of them.", [ConnectionSource, ConnectionOutcome, Server], s => s.Cells(Counter.Connections)),
        new("mailflow_socket_errors_total", MetricType.Counter, "{attempt}", "Attempts that failed, by socket error.", [SocketError, Server], s => s.Cells(Counter.SocketErrors)),
        new("mailflow_connection_retries_total", MetricType.Counter, "{session}", "Sessions with a next hop that ended before their work was done, by cause.", [Cause, Server], s => s.Cells(Counter.ConnectionRetries)),
        new("mailflow_destination_connections_total", MetricType.Counter, "{attempt}", "Attempts to connect by next hop, of all servers.", [Destination, ConnectionOutcome], s => s.Cells(Counter.DestinationConnections)),
        new("mailflow_destination_messages_total", MetricType.Counter, "{message}", "Messages handed over by next hop, of all servers.", [Destination], s => s.Cells(Counter.DestinationMessages)),
        new("mailflow_destination_bytes_total", MetricType.Counter, "By", "Bytes of those messages.", [Destination], s => s.Cells(Counter.DestinationBytes)),
        new("mailflow_smtp_sessions_total", MetricType.Counter, "{session}", "SMTP sessions that ended, by what became of them and what encrypted them.", [SmtpDirection, SmtpOutcome, Tls, Server], s => s.Cells(Counter.SmtpSessions)),
        new("mailflow_smtp_refusals_total", MetricType.Counter, "{refusal}", "Replies of 4xx and 5xx: theirs where we send, ours where we receive, by the command that was refused and by cause. The tracking log counts the failures that come of them. A server's start at 0 with its first protocol log.", [SmtpDirection, SmtpStage, Cause, Server], s => s.Cells(Counter.SmtpRefusals)),

        // What DNS and the blocklists said.
        new("mailflow_enriched_failures_total", MetricType.Counter, "{failure}", "Failures (and deferrals, where they are events) that DNS or blocklists were asked about, by what that came to.", [Question, AnswerVerdict], s => s.Cells(Counter.Answers)),
        DnsLookup,

        // The standing watch on what is ours.
        new("mailflow_blocklist_listed", MetricType.Gauge, "", "1 where the list has the address or domain, 0 where not; absent where that is not known.", [List, Subject], s => s.Listings()),
        new("mailflow_blocklist_healthy", MetricType.Gauge, "", "1 where the list passes its own test both ways, 0 where not or where it is closed; absent where that is not known.", [List], s => s.ListHealth()),
        new("mailflow_blocklist_lookup_errors_total", MetricType.Counter, "{lookup}", "Questions to a list that came to nothing that can be believed. Counts from the start of the process.", [List], s => s.Watch.ListErrors.Select(e => new Sample(e.Value, e.Key))),
        new("mailflow_resolver_up", MetricType.Gauge, "", "1 where the resolver answers, and with nothing for a name that cannot exist; 0 where not.", [ResolverName], s => s.Resolvers()),
        new("mailflow_domain_record_valid", MetricType.Gauge, "", "1 where a record of ours holds, 0 where it is missing though needed, or wrong; absent where that is not known.", [Domain, Record], s => s.Records()),
        new("mailflow_next_hop_reachable", MetricType.Gauge, "", "1 where a smart host, or an MX of a domain of ours, greets and takes EHLO; 0 where not.", [Host], s => s.NextHops()),
        new("mailflow_tls_certificate_not_after_timestamp_seconds", MetricType.Gauge, "s", "When the certificate ends that the host shows.", [Host], s => s.Certificates()),
        new("mailflow_check_last_success_timestamp_seconds", MetricType.Gauge, "s", "When a kind of check last came to know something; absent before the first time.", [Check], s => s.Watch.LastSuccess.Select(l => new Sample(Scrape.UnixSeconds(l.Value), l.Key))),

        // What was read.
        new("mailflow_rows_total", MetricType.Counter, "{row}", "Rows read, noise included.", [Source, Event, Server], s => s.Cells(Counter.Rows)),
        new("mailflow_noise_rows_total", MetricType.Counter, "{row}", "Rows that are no part of the mail that people send, and why.", [NoiseReason, Server], s => s.Cells(Counter.Noise)),
        new("mailflow_unreadable_rows_total", MetricType.Counter, "{row}", "Lines that could not be read, and why.", [UnreadableReason], s => s.Cells(Counter.Unreadable)),
        new("mailflow_read_bytes_total", MetricType.Counter, "By", "Bytes of log read.", [Server], s => s.Cells(Counter.ReadBytes)),
        new("mailflow_last_event_timestamp_seconds", MetricType.Gauge, "s", "Time of the newest row, as the row says.", [Server], s => s.NewestEvents()),

        // What Windows and Exchange say of themselves: exports that somebody drops, see docs/exports.md.
        new("mailflow_windows_events_total", MetricType.Counter, "{event}", "Windows events, each once, in however many exports it is.", [EventProvider, EventNumber, Server], s => s.Cells(Counter.WindowsEvents)),
        new("mailflow_refusals_total", MetricType.Counter, "{message}", "Events 2004: messages that a server did not take, by what it said. Those for good are failures, each once in event and tracking log together.", [Cause, Permanence, Server], s => s.Cells(Counter.Refusals)),
        new("mailflow_export_problems_total", MetricType.Counter, "{problem}", "What could not be read of exports, and why.", [Problem], s => s.Cells(Counter.ExportProblems)),
        new("mailflow_snapshot_timestamp_seconds", MetricType.Gauge, "s", "When the newest snapshot was taken.", [SnapshotOf, SnapshotServer], s => SnapshotSamples.Ages(s.Committed.Servers)),
        new("mailflow_queue_messages", MetricType.Gauge, "{message}", "Messages in queues. Shadow queues hold second copies: leave kind=\"shadow\" out of sums.", [QueueOf, NextHop, SnapshotServer], s => SnapshotSamples.Queues(s.Committed.Servers, q => q.Messages, Enumerable.Sum)),
        new("mailflow_queue_deferred_messages", MetricType.Gauge, "{message}", "Messages in queues that were put off.", [QueueOf, NextHop, SnapshotServer], s => SnapshotSamples.Queues(s.Committed.Servers, q => q.Deferred, Enumerable.Sum)),
        new("mailflow_queue_locked_messages", MetricType.Gauge, "{message}", "Messages in queues that are locked.", [QueueOf, NextHop, SnapshotServer], s => SnapshotSamples.Queues(s.Committed.Servers, q => q.Locked, Enumerable.Sum)),
        new("mailflow_queue_retries", MetricType.Gauge, "{retry}", "How often the connection of a queue was tried again; the most of several.", [QueueOf, NextHop, SnapshotServer], s => SnapshotSamples.Queues(s.Committed.Servers, q => q.Retries, Enumerable.Max)),
        new("mailflow_queue_oldest_message_timestamp_seconds", MetricType.Gauge, "s", "When the oldest message of a queue was received; absent where no messages are exported.", [QueueOf, NextHop, SnapshotServer], s => SnapshotSamples.Oldest(s.Committed.Servers)),
        new("mailflow_queues", MetricType.Gauge, "{queue}", "Queues by kind and state.", [QueueOf, Status, SnapshotServer], s => SnapshotSamples.States(s.Committed.Servers)),
        new("mailflow_queue_error_messages", MetricType.Gauge, "{message}", "Messages in queues whose last error has this cause, shadow queues left out.", [Cause, SnapshotServer], s => SnapshotSamples.Errors(s.Committed.Servers)),
        new("mailflow_connector_enabled", MetricType.Gauge, "", "1 where the connector is enabled, 0 where not.", [ConnectorName, ConnectorType, SnapshotServer], s => SnapshotSamples.Connectors(s.Committed.Servers, c => c.Enabled is { } on ? on ? 1 : 0 : null)),
        new("mailflow_connector_message_limit_bytes", MetricType.Gauge, "By", "The largest message that the connector takes; absent where it has no limit.", [ConnectorName, ConnectorType, SnapshotServer], s => SnapshotSamples.Connectors(s.Committed.Servers, c => c.MaxMessageBytes)),
        new("mailflow_message_limit_bytes", MetricType.Gauge, "By", "The largest message of the organisation; absent where it has no limit.", [Limit], s => SnapshotSamples.Limits(s.Committed.Servers)),
        new("mailflow_certificate_expiry_timestamp_seconds", MetricType.Gauge, "s", "When a certificate expires.", [Certificate, ForSmtp, SnapshotServer], s => SnapshotSamples.Certificates(s.Committed.Servers)),
        new("mailflow_back_pressure", MetricType.Gauge, "", "How much of a resource is used: 0 low, 1 medium, 2 high. From 1 on transport slows down or refuses mail.", [Resource, SnapshotServer], s => SnapshotSamples.Pressure(s.Committed.Servers)),

        // The folders of logs.
        new("mailflow_root_up", MetricType.Gauge, "", "1 where the folder can be listed, 0 where not, or where it has not answered for 30 seconds.", [Root], s => s.EachRoot(r => r.Status.Error is null ? 1 : 0)),
        new("mailflow_unread_bytes", MetricType.Gauge, "By", "Bytes that are not committed yet, those of refused files left out.", [Root], s => s.EachRoot(r => r.UnreadBytes)),
        new("mailflow_unread_files", MetricType.Gauge, "{file}", "Files with bytes that are not committed yet.", [Root], s => s.EachRoot(r => r.UnreadFiles)),
        new("mailflow_refused_files", MetricType.Gauge, "{file}", "Files that are left alone for good: no log, or one of another kind.", [Root], s => s.EachRoot(r => r.RefusedFiles)),
        new("mailflow_failed_files", MetricType.Gauge, "{file}", "Files that cannot be opened or read at the moment.", [Root], s => s.EachRoot(r => r.FailedFiles)),
        new("mailflow_lost_bytes_total", MetricType.Counter, "By", "Bytes that were deleted before they were read. Counts from the start of the process.", [Root], s => s.EachRoot(r => r.Status.LostBytes)),
        new("mailflow_replaced_files_total", MetricType.Counter, "{file}", "Files found to be others than they were, and read again. Counts from the start of the process.", [Root], s => s.EachRoot(r => r.Status.Replaced)),
        new("mailflow_retention_headroom_seconds", MetricType.Gauge, "s", "Estimated time until Exchange deletes the oldest unread byte; absent where nothing is unread.", [Root], s => s.EachRoot(r => r.Status.Headroom?.TotalSeconds)),
        new("mailflow_last_read_timestamp_seconds", MetricType.Gauge, "s", "When a block was last read; absent before the first.", [Root], s => s.EachRoot(r => r.Status.LastRead is { } time ? Scrape.UnixSeconds(time) : null)),

        // The ledger.
        new("mailflow_last_commit_timestamp_seconds", MetricType.Gauge, "s", "When the last commit ended: all the figures here are of that moment.", [], s => s.LastCommit()),
        new("mailflow_commit_lag_seconds", MetricType.Gauge, "s", "How long the oldest block of the last commit waited from being read until it was committed.", [], s => [new(s.Committed.Lag.TotalSeconds)]),
        new("mailflow_commit_up", MetricType.Gauge, "", "1 where the last commit succeeded, 0 where the store cannot be written.", [], s => [new(s.Committed.Problem is null ? 1 : 0)]),
        new("mailflow_store_bytes", MetricType.Gauge, "By", "Bytes of the store on the disk, its write-ahead log included.", [], s => [new(s.StoreBytes)]),
        new("mailflow_series", MetricType.Gauge, "{series}", "Counters that the store holds, a series each.", [], s => [new(s.Committed.Cells.Count)]),

        // The sinks of events.
        new("mailflow_ship_shipped_total", MetricType.Counter, "{event}", "Events that the sink took. Counts from the start of the process.", [Sink], s => s.EachSink(k => k.Shipped)),
        new("mailflow_ship_rejected_total", MetricType.Counter, "{event}", "Events that the sink refused for good. Counts from the start of the process.", [Sink], s => s.EachSink(k => k.Rejected)),
        new("mailflow_ship_dropped_total", MetricType.Counter, "{event}", "Events that retention deleted before the sink took them.", [Sink], s => s.EachSink(k => k.Dropped)),
        new("mailflow_ship_backlog", MetricType.Gauge, "{event}", "Events that the sink has still to take, at the most: retention may have deleted some.", [Sink], s => s.EachSink(k => k.Backlog)),
        new("mailflow_ship_up", MetricType.Gauge, "", "1 where the last attempt succeeded, 0 where not.", [Sink], s => s.EachSink(k => k.Problem is null ? 1 : 0)),
        new("mailflow_ship_last_success_timestamp_seconds", MetricType.Gauge, "s", "When the sink last took events; absent before the first.", [Sink], s => s.EachSink(k => k.LastSuccess is { } time ? Scrape.UnixSeconds(time) : null)),

        // The process; the runtime's own metrics (dotnet_*) come from .NET.
        new("mailflow_build_info", MetricType.Gauge, "", "1, with the version of this program.", [Version], _ => [new(1, ProgramVersion)]),
        new("process_start_time_seconds", MetricType.Gauge, "s", "When the process started.", [], _ => [new(ProcessStart)]),
        new("process_cpu_seconds_total", MetricType.Counter, "s", "Processor time of the process.", [], _ => [new(Environment.CpuUsage.TotalTime.TotalSeconds)]),
        new("process_resident_memory_bytes", MetricType.Gauge, "By", "Memory of the process that is in RAM.", [], _ => [new(Environment.WorkingSet)]),
    ];

    public static string ProgramVersion =>
        Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [var version, ..] ? version : "0";

    static readonly double ProcessStart = StartOfProcess();
    static readonly KeyValuePair<string, object?>[] OutcomeTags = [.. Outcome.Values.Select(v => new KeyValuePair<string, object?>(Outcome.Name, v))];
    static readonly KeyValuePair<string, object?>[] StageTags = [.. Stage.Values.Select(v => new KeyValuePair<string, object?>(Stage.Name, v))];

    readonly Meter _meter;
    readonly Func<Scrape> _look;
    readonly bool[] _seen = new bool[All.Count];
    readonly Histogram<double> _latency;
    readonly Histogram<double> _stages;
    readonly Histogram<double> _lookups;
    Scrape? _scrape;

    /// <param name="look">Takes the picture that one scrape shows.</param>
    /// <param name="meterName">Different for each where one process has several: OpenTelemetry knows meters by their name alone.</param>
    public Telemetry(Func<Scrape> look, string meterName = "Mailflow")
    {
        _look = look;
        _meter = new(meterName);
        for (var i = 0; i < All.Count; i++)
            if (All[i].Type != MetricType.Histogram)
                Observe(All[i], i);
        _latency = Buckets(DeliveryLatency);
        _stages = Buckets(DeliveryStage);
        _lookups = Buckets(DnsLookup, DnsSized);
    }

    /// <summary>Records the times in a delta that was committed.</summary>
    public void Committed(Delta delta)
    {
        foreach (var (outcome, milliseconds) in delta.Tally.Latencies)
            _latency.Record(milliseconds / 1000.0, OutcomeTags[(int)outcome]);
        foreach (var (stage, milliseconds) in delta.Tally.Stages)
            _stages.Record(milliseconds / 1000.0, StageTags[(int)stage]);
    }

    /// <summary>Records a question to a resolver.</summary>
    public void Looked(string resolver, TimeSpan took) => _lookups.Record(took.TotalSeconds, new KeyValuePair<string, object?>(ResolverName.Name, resolver));

    /// <summary>Tells OpenTelemetry what to collect. The SDK stops at 2,000 series a metric and counts the rest in one: each metric gets the room that its labels can fill.</summary>
    public void Register(MeterProviderBuilder metrics) =>
        metrics
            .AddMeter(_meter.Name, "System.Runtime")
            .AddView(View);

    public void Dispose() => _meter.Dispose();

    MetricStreamConfiguration? View(Instrument instrument)
    {
        if (instrument.Meter != _meter)
            // Prometheus keeps the suffix for histograms, and promtool complains: of assemblies, timers and processors, none is missed.
            return instrument.Name.EndsWith(".count", StringComparison.Ordinal) ? MetricStreamConfiguration.Drop : null;
        var metric = All.First(m => m.Instrument == instrument.Name);
        return metric.Type == MetricType.Histogram ? null : new() { CardinalityLimit = Math.Max(10, metric.Bound) };
    }

    void Observe(Metric metric, int index)
    {
        if (metric.Type == MetricType.Counter)
            _meter.CreateObservableCounter(metric.Instrument, () => Measure(metric, index), metric.Unit, metric.Help);
        else
            _meter.CreateObservableGauge(metric.Instrument, () => Measure(metric, index), metric.Unit, metric.Help);
    }

    IEnumerable<Measurement<double>> Measure(Metric metric, int index)
    {
        // A scrape asks every metric once: who is asked again starts the next one. So all values of a scrape are of one moment.
        if (_scrape is null || _seen[index])
        {
            _scrape = _look();
            Array.Clear(_seen);
        }

        _seen[index] = true;
        return metric.Read!(_scrape).Select(s => Measurement(metric, s));
    }

    static Measurement<double> Measurement(Metric metric, Sample sample) =>
        metric.Labels.Count switch
        {
            0 => new(sample.Value),
            1 => new(sample.Value, Tag(metric, 0, sample.A)),
            2 => new(sample.Value, Tag(metric, 0, sample.A), Tag(metric, 1, sample.B)),
            3 => new(sample.Value, Tag(metric, 0, sample.A), Tag(metric, 1, sample.B), Tag(metric, 2, sample.C)),
            _ => new(sample.Value, Tag(metric, 0, sample.A), Tag(metric, 1, sample.B), Tag(metric, 2, sample.C), Tag(metric, 3, sample.D)),
        };

    static KeyValuePair<string, object?> Tag(Metric metric, int label, string value) => new(metric.Labels[label].Name, Printable.Of(value));

    Histogram<double> Buckets(Metric metric, double[]? sizes = null) =>
        _meter.CreateHistogram(metric.Instrument, metric.Unit, metric.Help, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = sizes ?? MailSized });

    static double StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return Scrape.UnixSeconds(new DateTimeOffset(process.StartTime));
    }
}
