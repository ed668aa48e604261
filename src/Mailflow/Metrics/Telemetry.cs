using System.Diagnostics;
using System.Diagnostics.Metrics;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using OpenTelemetry.Metrics;

namespace Mailflow.Metrics;

/// <summary>
/// THE table of metrics, and their way to OpenTelemetry. All are observed at each scrape, over what is committed and nothing newer, so that no
/// `kill -9` can take a count back.
/// </summary>
sealed class Telemetry : IDisposable
{
    static readonly MetricLabel Server = MetricLabel.Open("server", $"the server that wrote the log: each that is configured, and {ServerNames.MaxFromRows} that only rows name, then `other`");
    static readonly MetricLabel Connector = MetricLabel.Open("connector", $"the row's connector, `none` without one; the first {Totals.MaxLabels}, then `other`");
    static readonly MetricLabel Root = MetricLabel.Open("root", "one a configured folder of logs: its name, or its path");
    static readonly MetricLabel Sink = MetricLabel.Open("sink", "one a configured sink");
    static readonly MetricLabel Version = MetricLabel.Open("version", "of this program");
    static readonly MetricLabel Source = MetricLabel.Open("source", $"the transport component; {EventNames.Limit} pairs of source and event, then `other`");
    static readonly MetricLabel Event = MetricLabel.Open("event", "the event id, bounded together with source");
    static readonly MetricLabel Code = MetricLabel.Open("code", "an enhanced status code that somebody defined, `none` without one, else `other`");
    static readonly MetricLabel Cause = MetricLabel.Closed("cause", CauseTable.All.Select(c => c.Name));
    static readonly MetricLabel Fault = MetricLabel.Closed("fault", Enum.GetValues<Fault>().Select(f => f.Name()));
    static readonly MetricLabel Permanence = MetricLabel.Closed("permanence", Enum.GetValues<Permanence>().Select(p => p.Name()));
    static readonly MetricLabel Outcome = MetricLabel.Closed("outcome", Enum.GetValues<Outcome>().Select(o => o.Name()));
    static readonly MetricLabel Direction = MetricLabel.Closed("direction", Enum.GetValues<Direction>().Select(d => d.Name()));
    static readonly MetricLabel NoiseReason = MetricLabel.Closed("reason", Enum.GetValues<Noise>().Select(n => n.Name()));
    static readonly MetricLabel UnreadableReason = MetricLabel.Closed("reason", Enum.GetValues<Unreadable>().Select(u => u.Name()));
    static readonly MetricLabel Stage = MetricLabel.Closed("stage", Enum.GetValues<Stage>().Select(s => s.Name()));

    static readonly MetricLabel Destination = MetricLabel.Open("destination", $"the next hop as the log names it: a domain, a smart host, a mailbox database; the first {Totals.MaxDestinations}, then `other`");
    static readonly MetricLabel ConnectionSource = MetricLabel.Closed("source", Enum.GetValues<ConnectionSource>().Select(s => s.Name()));
    static readonly MetricLabel ConnectionOutcome = MetricLabel.Closed("outcome", Enum.GetValues<ConnectionOutcome>().Select(o => o.Name()));
    static readonly MetricLabel SocketError = MetricLabel.Closed("error", WinsockErrors.All.Select(e => e.Name));
    static readonly MetricLabel SmtpDirection = MetricLabel.Closed("direction", Enum.GetValues<SmtpDirection>().Select(d => d.Name()));
    static readonly MetricLabel SmtpOutcome = MetricLabel.Closed("outcome", Enum.GetValues<SmtpOutcome>().Select(o => o.Name()));
    static readonly MetricLabel SmtpStage = MetricLabel.Closed("stage", Enum.GetValues<SmtpStage>().Select(s => s.Name()));
    static readonly MetricLabel Tls = MetricLabel.Closed("tls", Enum.GetValues<TlsVersion>().Select(t => t.Name()));
    static readonly MetricLabel EventProvider = MetricLabel.Open("provider", "the event's source where it is one of Exchange's, else `other`; bounded together with id");
    static readonly MetricLabel EventNumber = MetricLabel.Open("id", $"the event id; the first {Totals.MaxLabels} pairs of provider and id, then `other`");
    static readonly MetricLabel Problem = MetricLabel.Closed("reason", Enum.GetValues<ExportProblem>().Select(p => p.Name()));
    static readonly MetricLabel SnapshotOf = MetricLabel.Closed("kind", Enum.GetValues<SnapshotKind>().Select(k => k.Name()));
    static readonly MetricLabel SnapshotServer = MetricLabel.Open("server", $"the server that it belongs to, `{ServerSnapshot.Organisation}` for what all servers share; bounded like the server of a log");
    static readonly MetricLabel QueueOf = MetricLabel.Closed("kind", Enum.GetValues<QueueKind>().Select(k => k.Name()));
    static readonly MetricLabel Status = MetricLabel.Closed("status", Enum.GetValues<QueueStatus>().Select(s => s.Name()));
    static readonly MetricLabel NextHop = MetricLabel.Open("next_hop", $"where the messages go next; the {SnapshotSamples.TopQueues} deepest of a server, the rest of each kind is `other`");
    static readonly MetricLabel ConnectorType = MetricLabel.Closed("type", ["send", "receive"]);
    static readonly MetricLabel ConnectorName = MetricLabel.Open("connector", $"its name; {Totals.MaxLabels} of a server");
    static readonly MetricLabel Limit = MetricLabel.Closed("limit", ["send", "receive"]);
    static readonly MetricLabel Certificate = MetricLabel.Open("certificate", "the first eight digits of its thumbprint");
    static readonly MetricLabel ForSmtp = MetricLabel.Closed("smtp", ["yes", "no"]);
    static readonly MetricLabel Resource = MetricLabel.Open("resource", $"as Exchange names it, without its path; {ResourcePressure.MaxResources} of a server");
    static readonly MetricLabel Question = MetricLabel.Closed("question", Questions.All.Select(q => q.Question));
    static readonly MetricLabel AnswerVerdict = MetricLabel.Closed("verdict", Questions.All.SelectMany(q => q.Verdicts).Distinct(StringComparer.Ordinal));

    /// <summary>Records of domains, and names of addresses, whose validity is shown.</summary>
    public static IReadOnlyList<string> WatchedRecords { get; } = ["mx", "spf", "dkim", "dmarc", "mta-sts", "tls-rpt", "tlsa", "ptr"];

    static readonly MetricLabel List = MetricLabel.Open("list", "one a configured blocklist");
    static readonly MetricLabel Subject = MetricLabel.Open("subject", "one a configured address or domain of ours");
    static readonly MetricLabel ResolverName = MetricLabel.Open("resolver", "one a configured resolver");
    static readonly MetricLabel Host = MetricLabel.Open("host", "one a configured smart host or MX of ours");
    static readonly MetricLabel Domain = MetricLabel.Open("domain", "one a configured domain of ours; of `ptr`, an address");
    static readonly MetricLabel Record = MetricLabel.Closed("record", WatchedRecords);
    static readonly MetricLabel FoldedLabel = MetricLabel.Closed("label", Folded.Labels);
    static readonly MetricLabel FoldReason = MetricLabel.Closed("reason", Folded.Reasons);
    static readonly MetricLabel Check = MetricLabel.Closed("check", WatchState.Kinds);

    /// <summary>The newest snapshots: the same array until there is a newer one.</summary>
    static ServerSnapshot[]? Exported(Scrape scrape) => System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsArray(scrape.Committed.Servers);

    public static Metric DnsLookup { get; } = new("mailflow_dns_lookup_duration_seconds", MetricType.Histogram, "s",
        "Time until a resolver answered a question, or until it was given up. Counts from the start of the process.", [ResolverName]);

    public static Metric DeliveryLatency { get; } = new("mailflow_delivery_latency_seconds", MetricType.Histogram, "s",
        "Time from the arrival in the organisation to delivery or sending, once a row.", [Outcome], Counter: Counter.DeliveryLatency, Birth: Birth.Start);

    public static Metric DeliveryStage { get; } = new("mailflow_delivery_stage_seconds", MetricType.Histogram, "s",
        "Time that delivered and sent messages spent in each stage of transport, from message-info.", [Stage], Counter: Counter.DeliveryStage, Birth: Birth.Start);

    /// <summary>Mail is fast in seconds, slow in minutes and late in hours.</summary>
    static readonly double[] MailSized = [.. TimeCounts.Bounds.Select(b => b / 1000.0)];

    /// <summary>DNS is fast in milliseconds, and given up after seconds.</summary>
    static readonly double[] DnsSized = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 10];

    public static IReadOnlyList<Metric> All { get; } =
    [
        // What became of the mail.
        new("mailflow_messages_total", MetricType.Counter, "{message}", "Message copies, one per recipient, by outcome. Noise is left out.", [Outcome, Direction, Server], Counter: Counter.Messages, Birth: Birth.Mail),
        new("mailflow_message_bytes_total", MetricType.Counter, "By", "Bytes of those message copies: a message to two recipients counts twice.", [Outcome, Server], Counter: Counter.MessageBytes, Birth: Birth.Mail),
        new("mailflow_failures_total", MetricType.Counter, "{failure}", "Recipients that will not get a message, by cause and by whose it is to mend.", [Cause, Fault, Permanence, Server], Counter: Counter.Failures, Birth: Birth.Mail),
        new("mailflow_failures_last_hour", MetricType.Gauge, "{failure}", "Failures of the last 3600 seconds by the time in the row: exact, where increase() extrapolates.", [Cause, Fault], s => s.FailuresOfTheLastHour()),
        new("mailflow_deferrals_total", MetricType.Counter, "{deferral}", "Recipients whose message was put off to be tried again.", [Cause, Server], Counter: Counter.Deferrals, Birth: Birth.Mail),
        new("mailflow_enhanced_codes_total", MetricType.Counter, "{failure}", "Failures by the enhanced status code that decided the cause.", [Code, Server], Counter: Counter.EnhancedCodes, Birth: Birth.FirstValue),
        new("mailflow_connector_failures_total", MetricType.Counter, "{failure}", "Failures by connector.", [Connector, Server], Counter: Counter.ConnectorFailures, Birth: Birth.FirstValue),
        DeliveryLatency,
        DeliveryStage,

        // Connections, from connectivity logs; SMTP sessions, from protocol logs.
        new("mailflow_connections_total", MetricType.Counter, "{attempt}", "Attempts to connect to a next hop, by what became of them.", [ConnectionSource, ConnectionOutcome, Server], Counter: Counter.Connections, Birth: Birth.Connections),
        new("mailflow_socket_errors_total", MetricType.Counter, "{attempt}", "Attempts that failed, by socket error.", [SocketError, Server], Counter: Counter.SocketErrors, Birth: Birth.Connections),
        new("mailflow_connection_retries_total", MetricType.Counter, "{session}", "Sessions with a next hop that ended before their work was done, by cause.", [Cause, Server], Counter: Counter.ConnectionRetries, Birth: Birth.Connections),
        new("mailflow_destination_connections_total", MetricType.Counter, "{attempt}", "Attempts to connect by next hop, of all servers.", [Destination, ConnectionOutcome], Counter: Counter.DestinationConnections, Birth: Birth.FirstValue),
        new("mailflow_destination_messages_total", MetricType.Counter, "{message}", "Messages handed over by next hop, of all servers.", [Destination], Counter: Counter.DestinationMessages, Birth: Birth.FirstValue),
        new("mailflow_destination_bytes_total", MetricType.Counter, "By", "Bytes of those messages.", [Destination], Counter: Counter.DestinationBytes, Birth: Birth.FirstValue),
        new("mailflow_smtp_sessions_total", MetricType.Counter, "{session}", "SMTP sessions that ended, by what became of them and what encrypted them.", [SmtpDirection, SmtpOutcome, Tls, Server], Counter: Counter.SmtpSessions, Birth: Birth.Smtp),
        new("mailflow_smtp_refusals_total", MetricType.Counter, "{refusal}", "Replies of 4xx and 5xx: theirs where we send, ours where we receive, by the command that was refused and by cause. The tracking log counts the failures that come of them. A server's start at 0 with its first protocol log.", [SmtpDirection, SmtpStage, Cause, Server], Counter: Counter.SmtpRefusals, Birth: Birth.Smtp),

        // What DNS and the blocklists said.
        new("mailflow_enriched_failures_total", MetricType.Counter, "{failure}", "Failures (and deferrals, where they are events) that DNS or blocklists were asked about, by what that came to.", [Question, AnswerVerdict], Counter: Counter.Answers, Birth: Birth.Start),
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
        new("mailflow_rows_total", MetricType.Counter, "{row}", "Rows read, noise included.", [Source, Event, Server], Counter: Counter.Rows, Birth: Birth.FirstValue),
        new("mailflow_noise_rows_total", MetricType.Counter, "{row}", "Rows that are no part of the mail that people send, and why.", [NoiseReason, Server], Counter: Counter.Noise, Birth: Birth.Mail),
        new("mailflow_unreadable_rows_total", MetricType.Counter, "{row}", "Lines that could not be read, and why.", [UnreadableReason], Counter: Counter.Unreadable, Birth: Birth.Start),
        new("mailflow_read_bytes_total", MetricType.Counter, "By", "Bytes of log read.", [Server], Counter: Counter.ReadBytes, Birth: Birth.Mail),
        new("mailflow_last_event_timestamp_seconds", MetricType.Gauge, "s", "Time of the newest row, as the row says.", [Server], s => s.NewestEvents()),

        // What Windows and Exchange say of themselves: exports that somebody drops, see docs/exports.md.
        new("mailflow_windows_events_total", MetricType.Counter, "{event}", "Windows events, each once, in however many exports it is.", [EventProvider, EventNumber, Server], Counter: Counter.WindowsEvents, Birth: Birth.Events),
        new("mailflow_refusals_total", MetricType.Counter, "{message}", "Events 2004: messages that a server did not take, by what it said. Those for good are failures, each once in event and tracking log together.", [Cause, Permanence, Server], Counter: Counter.Refusals, Birth: Birth.Events),
        new("mailflow_export_problems_total", MetricType.Counter, "{problem}", "Problems in exports, and why.", [Problem], Counter: Counter.ExportProblems, Birth: Birth.Start),
        new("mailflow_snapshot_timestamp_seconds", MetricType.Gauge, "s", "When the newest snapshot was taken.", [SnapshotOf, SnapshotServer], s => SnapshotSamples.Ages(s.Committed.Servers)) { Material = Exported },
        new("mailflow_queue_messages", MetricType.Gauge, "{message}", "Messages in queues. Shadow queues hold second copies: leave kind=\"shadow\" out of sums.", [QueueOf, NextHop, SnapshotServer], s => SnapshotSamples.Queues(s.Committed.Servers, q => q.Messages, Enumerable.Sum)) { Material = Exported },
        new("mailflow_queue_deferred_messages", MetricType.Gauge, "{message}", "Messages in queues that were put off.", [QueueOf, NextHop, SnapshotServer], s => SnapshotSamples.Queues(s.Committed.Servers, q => q.Deferred, Enumerable.Sum)) { Material = Exported },
        new("mailflow_queue_locked_messages", MetricType.Gauge, "{message}", "Messages in queues that are locked.", [QueueOf, NextHop, SnapshotServer], s => SnapshotSamples.Queues(s.Committed.Servers, q => q.Locked, Enumerable.Sum)) { Material = Exported },
        new("mailflow_queue_retries", MetricType.Gauge, "{retry}", "How often the connection of a queue was tried again; the most of several.", [QueueOf, NextHop, SnapshotServer], s => SnapshotSamples.Queues(s.Committed.Servers, q => q.Retries, Enumerable.Max)) { Material = Exported },
        new("mailflow_queue_oldest_message_timestamp_seconds", MetricType.Gauge, "s", "When the oldest message of a queue was received; absent where no messages are exported.", [QueueOf, NextHop, SnapshotServer], s => SnapshotSamples.Oldest(s.Committed.Servers)) { Material = Exported },
        new("mailflow_queues", MetricType.Gauge, "{queue}", "Queues by kind and state.", [QueueOf, Status, SnapshotServer], s => SnapshotSamples.States(s.Committed.Servers)) { Material = Exported },
        new("mailflow_queue_error_messages", MetricType.Gauge, "{message}", "Messages in queues whose last error has this cause, shadow queues left out.", [Cause, SnapshotServer], s => SnapshotSamples.Errors(s.Committed.Servers)) { Material = Exported },
        new("mailflow_connector_enabled", MetricType.Gauge, "", "1 where the connector is enabled, 0 where not.", [ConnectorName, ConnectorType, SnapshotServer], s => SnapshotSamples.Connectors(s.Committed.Servers, c => c.Enabled is { } on ? on ? 1 : 0 : null)) { Material = Exported },
        new("mailflow_connector_message_limit_bytes", MetricType.Gauge, "By", "The largest message that the connector takes; absent where it has no limit.", [ConnectorName, ConnectorType, SnapshotServer], s => SnapshotSamples.Connectors(s.Committed.Servers, c => c.MaxMessageBytes)) { Material = Exported },
        new("mailflow_message_limit_bytes", MetricType.Gauge, "By", "The largest message of the organisation; absent where it has no limit.", [Limit], s => SnapshotSamples.Limits(s.Committed.Servers)) { Material = Exported },
        new("mailflow_certificate_expiry_timestamp_seconds", MetricType.Gauge, "s", "When a certificate expires.", [Certificate, ForSmtp, SnapshotServer], s => SnapshotSamples.Certificates(s.Committed.Servers)) { Material = Exported },
        new("mailflow_back_pressure", MetricType.Gauge, "", "How much of a resource is used: 0 low, 1 medium, 2 high. From 1 on transport slows down or refuses mail.", [Resource, SnapshotServer], s => SnapshotSamples.Pressure(s.Committed.Servers)) { Material = Exported },

        // The folders of logs.
        new("mailflow_root_up", MetricType.Gauge, "", "1 where the folder can be listed, 0 where not, or where it has not answered for 30 seconds.", [Root], s => s.EachRoot(r => r.Status.Error is null ? 1 : 0)),
        new("mailflow_unread_bytes", MetricType.Gauge, "By", "Bytes that are not committed yet, those of refused files left out.", [Root], s => s.EachRoot(r => r.UnreadBytes)),
        new("mailflow_unread_files", MetricType.Gauge, "{file}", "Files with bytes that are not committed yet.", [Root], s => s.EachRoot(r => r.UnreadFiles)),
        new("mailflow_refused_files", MetricType.Gauge, "{file}", "Files that are left alone for good: no log, or one of another kind.", [Root], s => s.EachRoot(r => r.RefusedFiles)),
        new("mailflow_failed_files", MetricType.Gauge, "{file}", "Files that cannot be opened or read at the moment.", [Root], s => s.EachRoot(r => r.FailedFiles)),
        new("mailflow_lost_bytes_total", MetricType.Counter, "By", "Bytes that were deleted before they were read. Counts from the start of the process.", [Root], s => s.EachRoot(r => r.Status.LostBytes)),
        new("mailflow_replaced_files_total", MetricType.Counter, "{file}", "Files found to be others than they were, and read again. Counts from the start of the process.", [Root], s => s.EachRoot(r => r.Status.Replaced)),
        new("mailflow_retention_headroom_seconds", MetricType.Gauge, "s", "Estimated time until Exchange deletes the oldest byte that has been unread for two minutes; absent where there is none.", [Root], s => s.EachRoot(r => r.Status.Headroom?.TotalSeconds)),
        new("mailflow_last_read_timestamp_seconds", MetricType.Gauge, "s", "When a block was last read; absent before the first.", [Root], s => s.EachRoot(r => r.Status.LastRead is { } time ? Scrape.UnixSeconds(time) : null)),

        // The ledger.
        new("mailflow_last_commit_timestamp_seconds", MetricType.Gauge, "s", "When the last commit ended: all the figures here are of that moment.", [], s => s.LastCommit()),
        new("mailflow_commit_lag_seconds", MetricType.Gauge, "s", "How long the oldest block of the last commit waited from being read until it was committed.", [], s => [new(s.Committed.Lag.TotalSeconds)]),
        new("mailflow_commit_up", MetricType.Gauge, "", "1 where the last commit succeeded, 0 where the store cannot be written.", [], s => [new(s.Committed.Problem is null ? 1 : 0)]),
        new("mailflow_store_bytes", MetricType.Gauge, "By", "Bytes of the store on the disk, its write-ahead log included.", [], s => [new(s.StoreBytes)]),
        new("mailflow_series", MetricType.Gauge, "{series}", "Counters of the ledger, those at 0 too.", [], s => [new(s.Committed.Cells.Count)]),
        new("mailflow_folded_values_total", MetricType.Counter, "{value}", "What is counted as `other` although it has a name: the label has no room for more names, or the name may be an address. The program's log has the first names. Counts from the start of the process.", [FoldedLabel, FoldReason], s => s.Folded.Select(f => new Sample(f.Times, f.Label, f.Reason))),

        // The sinks of events.
        new("mailflow_ship_shipped_total", MetricType.Counter, "{event}", "Events that the sink took. Counts from the start of the process.", [Sink], s => s.EachSink(k => k.Shipped)),
        new("mailflow_ship_rejected_total", MetricType.Counter, "{event}", "Events that the sink refused for good. Counts from the start of the process.", [Sink], s => s.EachSink(k => k.Rejected)),
        new("mailflow_ship_dropped_total", MetricType.Counter, "{event}", "Events that retention deleted before the sink took them.", [Sink], s => s.EachSink(k => k.Dropped), Birth: Birth.FirstValue),
        new("mailflow_ship_backlog", MetricType.Gauge, "{event}", "Events that the sink has still to take, at the most: retention may have deleted some.", [Sink], s => s.EachSink(k => k.Backlog)),
        new("mailflow_ship_up", MetricType.Gauge, "", "1 where the last attempt succeeded, 0 where not.", [Sink], s => s.EachSink(k => k.Problem is null ? 1 : 0)),
        new("mailflow_ship_last_success_timestamp_seconds", MetricType.Gauge, "s", "When the sink last took events; absent before the first.", [Sink], s => s.EachSink(k => k.LastSuccess is { } time ? Scrape.UnixSeconds(time) : null)),

        // The process; the runtime's own metrics (dotnet_*) come from .NET.
        new("mailflow_build_info", MetricType.Gauge, "", "1, with the version of this program.", [Version], _ => [new(1, ProgramVersion)]),
        new("process_start_time_seconds", MetricType.Gauge, "s", "When the process started.", [], _ => [new(ProcessStart)]),
        new("process_cpu_seconds_total", MetricType.Counter, "s", "Processor time of the process.", [], _ => [new(Environment.CpuUsage.TotalTime.TotalSeconds)]),
        new("process_resident_memory_bytes", MetricType.Gauge, "By", "Memory of the process that is in RAM.", [], _ => [new(Environment.WorkingSet)]),
    ];

    public static string ProgramVersion => Configuration.ProgramVersion.Text;

    static readonly double ProcessStart = StartOfProcess();
    static readonly Dictionary<string, Metric> ByInstrument = All.ToDictionary(m => m.Instrument, StringComparer.Ordinal);

    readonly string _name;
    readonly Func<Scrape> _look;
    readonly DateTimeOffset? _storeBorn;
    readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    readonly MetricSeries[] _series = [.. All.Select(m => new MetricSeries(m))];
    readonly Meter?[] _meters = new Meter?[All.Count];
    readonly bool[] _seen = new bool[All.Count];
    readonly Meter _histograms;
    readonly Histogram<double>[] _kept;
    readonly Histogram<double> _lookups;
    SdkMetrics? _sdk;
    Scrape? _scrape;

    /// <param name="look">Takes the picture that one scrape shows.</param>
    /// <param name="meterName">Different for each where one process has several: OpenTelemetry knows meters by their name alone.</param>
    /// <param name="storeBorn">From when the counters of the store count; null where that is not known.</param>
    public Telemetry(Func<Scrape> look, string meterName = "Mailflow", DateTimeOffset? storeBorn = null)
    {
        (_look, _name, _storeBorn) = (look, meterName, storeBorn);
        _histograms = new(_name);
        _kept = [.. All.Where(m => m is { Type: MetricType.Histogram, Counter: not null }).Select(Histogram)];
        _lookups = Histogram(DnsLookup);
        for (var i = 0; i < All.Count; i++)
            if (All[i].Type != MetricType.Histogram)
                Observe(i);
    }

    /// <summary>Records a question to a resolver.</summary>
    public void Looked(string resolver, TimeSpan took) => _lookups.Record(took.TotalSeconds, new KeyValuePair<string, object?>(ResolverName.Name, resolver));

    /// <summary>Tells OpenTelemetry what to collect, and how many series a metric can have: the SDK stops there and counts the rest in one.</summary>
    public void Register(MeterProviderBuilder metrics) =>
        metrics
            .AddMeter(_name, "System.Runtime")
            .AddView(View);

    /// <summary>Takes over, in the provider's state, the histograms that the ledger counts and the times from which metrics count.</summary>
    public void Use(MeterProvider provider)
    {
        _sdk = new(provider);
        // A histogram begins with a first measurement; what is measured is set before each scrape.
        foreach (var histogram in _kept)
            foreach (var value in Values(ByInstrument[histogram.Name]))
                histogram.Record(0, new KeyValuePair<string, object?>(ByInstrument[histogram.Name].Labels[0].Name, value));
    }

    public void Dispose()
    {
        foreach (var meter in _meters)
            meter?.Dispose();
        _histograms.Dispose();
    }

    MetricStreamConfiguration? View(Instrument instrument)
    {
        if (instrument.Meter.Name != _name)
            // Prometheus keeps the suffix for histograms, and promtool complains: of assemblies, timers and processors, none is missed.
            return instrument.Name.EndsWith(".count", StringComparison.Ordinal) ? MetricStreamConfiguration.Drop : null;
        var metric = ByInstrument[instrument.Name];
        if (metric.Type != MetricType.Histogram)
            return new() { CardinalityLimit = _series[Index(metric)].Room };
        return metric.Counter is null ? null : new ExplicitBucketHistogramConfiguration { Boundaries = MailSized, RecordMinMax = false, CardinalityLimit = metric.Labels[0].Values.Count };
    }

    /// <summary>Each metric has a meter of its own: it is made anew where the SDK needs more room for the metric.</summary>
    void Observe(int index)
    {
        var (metric, meter) = (All[index], new Meter(_name));
        _meters[index] = meter;
        if (metric.Type == MetricType.Counter)
            meter.CreateObservableCounter(metric.Instrument, () => Measure(index, meter), metric.Unit, metric.Help);
        else
            meter.CreateObservableGauge(metric.Instrument, () => Measure(index, meter), metric.Unit, metric.Help);
    }

    /// <summary>The provider asks one reader after the other, so there is no second thread here.</summary>
    IEnumerable<Measurement<double>> Measure(int index, Meter meter)
    {
        if (_meters[index] == meter && (_scrape is null || _seen[index]))
            Begin();
        if (_meters[index] != meter)
            return [];
        _seen[index] = true;
        return _series[index].Given;
    }

    /// <summary>A scrape asks every metric once: who is asked again starts the next one. So all values of a scrape are of one moment.</summary>
    void Begin()
    {
        _scrape = _look();
        Array.Clear(_seen);
        // Before any other is asked: a new instrument stands at the end of those that this scrape asks. One that is made anew only when it is asked, and is the
        // last of them, would end the scrape before its successor's turn: all its series would be missing.
        for (var i = 0; i < _meters.Length; i++)
            if (_meters[i] is { } meter && !_series[i].Read(_scrape))
            {
                meter.Dispose();
                Observe(i);
            }

        _sdk?.Start(StartOf);
        _sdk?.Write(HistogramOf);
    }

    /// <summary>Null for what is not ours.</summary>
    DateTimeOffset? StartOf(string instrument) =>
        !ByInstrument.TryGetValue(instrument, out var metric) || metric.Birth == Birth.Process ? _started : _storeBorn;

    FamilyCells? HistogramOf(string instrument) =>
        ByInstrument.TryGetValue(instrument, out var metric) && metric is { Type: MetricType.Histogram, Counter: { } counter } ? _scrape!.Committed.Cells[counter] : null;

    Histogram<double> Histogram(Metric metric) =>
        _histograms.CreateHistogram(metric.Instrument, metric.Unit, metric.Help, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = metric.Counter is null ? DnsSized : MailSized });

    static IEnumerable<string> Values(Metric histogram) => histogram.Counter == Ledger.Counter.DeliveryLatency ? Totals.Timed.Select(o => o.Name()) : histogram.Labels[0].Values;

    static int Index(Metric metric)
    {
        var index = 0;
        while (All[index] != metric)
            index++;
        return index;
    }

    static double StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return Scrape.UnixSeconds(new DateTimeOffset(process.StartTime));
    }
}
