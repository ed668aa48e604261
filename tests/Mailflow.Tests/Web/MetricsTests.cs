using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Exposition;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Tests.Ledger;
using Mailflow.Tests.Ship;
using Microsoft.Extensions.Configuration;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using MetricType = Mailflow.Metrics.MetricType;

namespace Mailflow.Tests.Web;

public sealed partial class MetricsTests
{
    static readonly SinkState[] Sinks = [new("seq", 5, 1, 2, 3, null, new(2026, 3, 4, 9, 59, 0, TimeSpan.Zero))];

    /// <summary>A configuration with one of each watched item.</summary>
    static readonly WatchState Watched = new(
        new(
            new(2026, 3, 4, 9, 59, 0, TimeSpan.Zero),
            [new("system", true, DnsVerdict.Answer, TimeSpan.FromMilliseconds(3), null)],
            [new(BlocklistTable.All[0], "192.0.2.25", ListReading.NotListed, null, default)],
            [(BlocklistTable.All[0].Zone, true)],
            [new(new("mx.contoso.test", 25), true, new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), null, [])],
            [],
            [new("contoso.test", "spf", Severity.Good, "")]),
        new Dictionary<string, DateTimeOffset> { ["domain"] = new(2026, 3, 4, 9, 59, 0, TimeSpan.Zero) },
        new Dictionary<string, long> { [BlocklistTable.All[0].Zone] = 0 });

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static async Task<ServedSite> ReadSiteAsync()
    {
        var site = await ServedSite.StartAsync(sinks: Sinks, watch: () => Watched, incidents: [IncidentEventTests.Refused]);
        site.Telemetry.Looked("system", TimeSpan.FromMilliseconds(3));
        site.MeasureIndex();
        var now = site.Clock.Now;
        var log = new LogText(now)
            .Deliver(now.AddMinutes(-2), TimeSpan.FromSeconds(2))
            .Deliver(now.AddMinutes(-1), TimeSpan.FromSeconds(40))
            .Fail(now.AddMinutes(-70), "a@b.example", "550 5.1.1 User unknown")
            .Fail(now.AddMinutes(-50), "a@b.example", "550 5.1.1 User unknown")
            .Fail(now.AddMinutes(-40), "a@b.example", "550 5.7.9999 relaying denied", "Weird \"\\ name")
            .Defer(now.AddMinutes(-30), "a@b.example", "451 4.7.1 Greylisted, try again later")
            .Row(now.AddMinutes(-20), "SMTP", "HARECEIVE", "a@b.example", "", "");
        // The line is incomplete, so there are unread bytes.
        site.Write("MSGTRK2026030412-1.LOG", new LogText(now.AddHours(1)) + "2026-03-04T10:00:00.000Z,half a li");
        site.Write("CONNECTLOG20260304-1.LOG", Connectivity);
        site.Write("RECV2026030410-1.LOG", Protocol);
        site.Write("AgentLog20260304-1.LOG", Agents);
        site.ExportAll();
        site.Export("events.xml", SampleExports.Events((1, 12014, now, ["mail.contoso.test", "Internet Send", "mail.contoso.test"])));
        site.Write("MSGTRK2026030410-1.LOG", log.ToString());
        await site.ReadAsync(log.Rows + 3 + 6 + 1, snapshots: 8, events: 1);
        // More data than one turn reads has waited for ten minutes, so there is a headroom.
        site.Export("MSGTRK2026030409-1.LOG", new LogText(now.AddHours(-1)) + string.Concat(Enumerable.Repeat(new string('x', 1000) + "\r\n", 10_000)));
        await site.LookAsync();
        return site;
    }

    const string Connectivity = """
        #Log-type: Transport Connectivity Log
        #Fields: date-time,session,source,Destination,direction,description
        2026-03-04T09:00:01.000Z,08DD5AB1C2D3E501,SMTP,slow.example,>,Failed connection to 203.0.113.77:25 (SocketErrorCode:0000274C)
        2026-03-04T09:00:02.000Z,08DD5AB1C2D3E501,SMTP,slow.example,>,Established connection to 203.0.113.78
        2026-03-04T09:00:03.000Z,08DD5AB1C2D3E501,SMTP,slow.example,-,Messages: 2 Bytes: 8211 (Retry : 452 4.2.2 Mailbox full)

        """;

    const string Agents = """
        #Log-type: Agent Log
        #Fields: Timestamp,SessionId,Agent,Event,Action,SmtpResponse
        2026-03-04T09:00:01.000Z,08DD5AB1C2D3E801,Content Filter Agent,OnEndOfData,RejectMessage,550 5.7.1 Message rejected as spam by Content Filtering.

        """;

    const string Protocol = """
        #Log-type: SMTP Receive Protocol Log
        #Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context
        2026-03-04T09:00:01.000Z,EX01\Default EX01,08DD5AB1C2D3E701,0,10.0.0.11:25,203.0.113.9:501,+,,
        2026-03-04T09:00:01.000Z,EX01\Default EX01,08DD5AB1C2D3E701,1,10.0.0.11:25,203.0.113.9:501,>,220 ready,
        2026-03-04T09:00:01.000Z,EX01\Default EX01,08DD5AB1C2D3E701,2,10.0.0.11:25,203.0.113.9:501,<,MAIL FROM:<a@b.example>,
        2026-03-04T09:00:01.000Z,EX01\Default EX01,08DD5AB1C2D3E701,3,10.0.0.11:25,203.0.113.9:501,*,,TLS protocol SP_PROT_TLS1_2_SERVER negotiation succeeded
        2026-03-04T09:00:01.000Z,EX01\Default EX01,08DD5AB1C2D3E701,4,10.0.0.11:25,203.0.113.9:501,>,550 5.7.1 Client host blocked using zen.spamhaus.org,
        2026-03-04T09:00:01.000Z,EX01\Default EX01,08DD5AB1C2D3E701,5,10.0.0.11:25,203.0.113.9:501,-,,Remote
        2026-03-04T09:00:01.000Z,EX01\Default EX01,08DD5AB1C2D3E702,4,10.0.0.11:25,203.0.113.9:502,*,,TLS negotiation failed with error NoCredentials

        """;

    [Fact]
    public async Task Scrape_equals_the_approved_one()
    {
        await using var site = await ReadSiteAsync();
        var found = Families(await site.GetAsync("/metrics")).Where(f => !f.StartsWith("dotnet_", StringComparison.Ordinal)).ToList();
        var file = Repository.PathOf("tests/Mailflow.Tests/metrics.expected");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            await File.WriteAllLinesAsync(file, found, Cancel);
        Assert.Equal(await File.ReadAllLinesAsync(file, Cancel), found);
    }

    [Fact]
    public async Task Scrape_has_the_metrics_of_the_table()
    {
        await using var site = await ReadSiteAsync();
        var found = Families(await site.GetAsync("/metrics")).Where(
            f => !f.StartsWith("dotnet_", StringComparison.Ordinal) && !f.StartsWith("target_info", StringComparison.Ordinal));
        var table = Telemetry.All.Select(m => string.Join(' ', [m.Name, Name(m.Type), .. m.Labels.Select(l => l.Name).Order(StringComparer.Ordinal)]));
        Assert.Equal(table.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Metrics_page_has_the_metrics_of_the_table()
    {
        var page = new StringBuilder();
        foreach (var metric in Telemetry.All)
        {
            page.Append(
                CultureInfo.InvariantCulture,
                $"### {metric.Name}\n\n{char.ToUpperInvariant(Name(metric.Type)[0])}{Name(metric.Type)[1..]}"
                + $"{(metric.Unit.Length == 0 ? "" : $" of {Unit(metric.Unit)}")}. {metric.Help}{Begins(metric)}\n");
            foreach (var label in metric.Labels)
                page.Append(
                    CultureInfo.InvariantCulture,
                    $"{(label == metric.Labels[0] ? "\n" : "")}- `{label.Name}`: {(label.Values.Count > 0 ? string.Join(", ", label.Values) : label.Says)}\n");
            page.Append('\n');
        }

        Repository.Holds("docs/metrics.md", "metrics", page.ToString());
    }

    [Fact]
    public async Task Closed_label_sets_start_at_zero()
    {
        await using var site = await ServedSite.StartAsync();
        var text = await site.GetAsync("/metrics");
        foreach (var cause in CauseTable.All)
        {
            Assert.Contains(
                $"mailflow_failures_total{{cause=\"{cause.Name}\",fault=\"{cause.DefaultFault.Name()}\",permanence=\"permanent\",server=\"EX01\"}} 0\n",
                text, StringComparison.Ordinal);
            Assert.Contains($"mailflow_deferrals_total{{cause=\"{cause.Name}\",server=\"EX01\"}} 0\n", text, StringComparison.Ordinal);
            Assert.Contains($"mailflow_failures_last_hour{{cause=\"{cause.Name}\",fault=\"ours\"}} 0\n", text, StringComparison.Ordinal);
        }

        foreach (var outcome in Enum.GetValues<Outcome>())
            foreach (var direction in Enum.GetValues<Direction>())
                Assert.Contains(
                    $"mailflow_messages_total{{direction=\"{direction.Name()}\",outcome=\"{outcome.Name()}\",server=\"EX01\"}} 0\n",
                    text, StringComparison.Ordinal);
        foreach (var reason in Enum.GetValues<Unreadable>())
            Assert.Contains($"mailflow_unreadable_rows_total{{reason=\"{reason.Name()}\"}} 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_equal_the_rows()
    {
        await using var site = await ReadSiteAsync();
        var expected = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["mailflow_messages_total{direction=\"originating\",outcome=\"delivered\",server=\"EX01\"}"] = 2,
            ["mailflow_messages_total{direction=\"originating\",outcome=\"failed\",server=\"EX01\"}"] = 3,
            ["mailflow_message_bytes_total{outcome=\"delivered\",server=\"EX01\"}"] = 8000,
            ["mailflow_failures_total{cause=\"invalid-recipient\",fault=\"sender\",permanence=\"permanent\",server=\"EX01\"}"] = 2,
            ["mailflow_failures_last_hour{cause=\"invalid-recipient\",fault=\"sender\"}"] = 1,
            ["mailflow_failures_last_hour{cause=\"relay-denied\",fault=\"ours\"}"] = 1,
            ["mailflow_deferrals_total{cause=\"greylisted\",server=\"EX01\"}"] = 1,
            ["mailflow_enhanced_codes_total{code=\"5.1.1\",server=\"EX01\"}"] = 2,
            ["mailflow_connector_failures_total{connector=\"Weird \\\"\\\\ name\",server=\"EX01\"}"] = 1,
            ["mailflow_rows_total{event=\"FAIL\",server=\"EX01\",source=\"SMTP\"}"] = 3,
            ["mailflow_noise_rows_total{reason=\"shadow\",server=\"EX01\"}"] = 1,
            ["mailflow_delivery_latency_seconds_count{outcome=\"delivered\"}"] = 2,
            ["mailflow_delivery_latency_seconds_sum{outcome=\"delivered\"}"] = 42,
            ["mailflow_delivery_latency_seconds_bucket{outcome=\"delivered\",le=\"2.5\"}"] = 1,
            ["mailflow_delivery_latency_seconds_bucket{outcome=\"delivered\",le=\"60\"}"] = 2,
            ["mailflow_delivery_stage_seconds_sum{stage=\"categorize\"}"] = 0.5,
            ["mailflow_last_event_timestamp_seconds{server=\"EX01\"}"] = site.Clock.Now.AddMinutes(-1).ToUnixTimeSeconds(),
            ["mailflow_connections_total{outcome=\"timed-out\",server=\"EX01\",source=\"smtp\"}"] = 1,
            ["mailflow_connections_total{outcome=\"refused\",server=\"EX01\",source=\"smtp\"}"] = 0,
            ["mailflow_socket_errors_total{error=\"WSAETIMEDOUT\",server=\"EX01\"}"] = 1,
            ["mailflow_connection_retries_total{cause=\"mailbox-full\",server=\"EX01\"}"] = 1,
            ["mailflow_destination_connections_total{destination=\"slow.example\",outcome=\"connected\"}"] = 1,
            ["mailflow_destination_messages_total{destination=\"slow.example\"}"] = 2,
            ["mailflow_destination_bytes_total{destination=\"slow.example\"}"] = 8211,
            ["mailflow_smtp_sessions_total{direction=\"receive\",outcome=\"refused\",server=\"EX01\",tls=\"1.2\"}"] = 1,
            ["mailflow_smtp_sessions_total{direction=\"receive\",outcome=\"refused\",server=\"EX01\",tls=\"none\"}"] = 0,
            ["mailflow_tls_failures_total{connector=\"EX01\\\\Default EX01\",direction=\"receive\",error=\"no-credentials\",server=\"EX01\"}"] = 1,
            ["mailflow_smtp_refusals_total{cause=\"blocklisted\",direction=\"receive\",server=\"EX01\",stage=\"mail\"}"] = 1,
            ["mailflow_smtp_refusals_total{cause=\"greylisted\",direction=\"receive\",server=\"EX01\",stage=\"rcpt\"}"] = 0,
            ["mailflow_root_up{root=\"tracking\"}"] = 1,
            ["mailflow_unread_files{root=\"tracking\"}"] = 2,
            ["mailflow_commit_up{}"] = 1,
            ["mailflow_queue_messages{kind=\"dns\",next_hop=\"slow.example\",server=\"EX01\"}"] = 500,
            ["mailflow_queue_messages{kind=\"dns\",next_hop=\"other\",server=\"EX01\"}"] = 0,
            ["mailflow_queue_messages{kind=\"submission\",next_hop=\"submission\",server=\"EX01\"}"] = 4,
            ["mailflow_queue_messages{kind=\"shadow\",next_hop=\"ex02.contoso.test\",server=\"EX01\"}"] = 70,
            ["mailflow_queue_deferred_messages{kind=\"submission\",next_hop=\"submission\",server=\"EX01\"}"] = 3,
            ["mailflow_queue_locked_messages{kind=\"submission\",next_hop=\"submission\",server=\"EX01\"}"] = 1,
            ["mailflow_queue_retries{kind=\"dns\",next_hop=\"gone.example\",server=\"EX01\"}"] = 30,
            ["mailflow_queue_oldest_message_timestamp_seconds{kind=\"dns\",next_hop=\"slow.example\",server=\"EX01\"}"] =
                site.Clock.Now.AddHours(-2).ToUnixTimeSeconds(),
            ["mailflow_queues{kind=\"dns\",server=\"EX01\",status=\"retry\"}"] = 2,
            ["mailflow_queue_error_messages{cause=\"network-failure\",server=\"EX01\"}"] = 500,
            ["mailflow_queue_error_messages{cause=\"dns-failure\",server=\"EX01\"}"] = 50,
            ["mailflow_connector_enabled{connector=\"Partner TLS\",server=\"organisation\",type=\"send\"}"] = 0,
            ["mailflow_connector_message_limit_bytes{connector=\"Internet Send\",server=\"organisation\",type=\"send\"}"] = 36700160,
            ["mailflow_connector_message_limit_bytes{connector=\"Default EX01\",server=\"EX01\",type=\"receive\"}"] = 37748736,
            ["mailflow_message_limit_bytes{limit=\"send\"}"] = 26214400,
            ["mailflow_certificate_expiry_timestamp_seconds{certificate=\"ABCDEF01\",server=\"EX01\",smtp=\"yes\"}"] =
                site.Clock.Now.AddDays(20).ToUnixTimeSeconds(),
            ["mailflow_back_pressure{resource=\"UsedDiskSpace\",server=\"EX01\"}"] = 1,
            ["mailflow_back_pressure{resource=\"PrivateBytes\",server=\"EX01\"}"] = 0,
            ["mailflow_snapshot_timestamp_seconds{kind=\"queues\",server=\"EX01\"}"] = site.Clock.Now.AddMinutes(-10).ToUnixTimeSeconds(),
            ["mailflow_ship_shipped_total{sink=\"seq\"}"] = 5,
            ["mailflow_ship_backlog{sink=\"seq\"}"] = 3,
        };
        var scraped = Series(await site.GetAsync("/metrics"));
        foreach (var (series, value) in expected)
            Assert.Equal((series, value), (series, scraped.TryGetValue(series, out var found) ? found : double.NaN));
    }

    [Fact]
    public async Task OpenMetrics_exposition_has_the_same_values()
    {
        await using var site = await ReadSiteAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5");
        using var answer = await site.Http.SendAsync(request, Cancel);
        Assert.Equal("application/openmetrics-text", answer.Content.Headers.ContentType?.MediaType);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.EndsWith("# EOF\n", text, StringComparison.Ordinal);
        var metrics = Series(text);
        var compared = Series(await site.GetAsync("/metrics"))
            .Where(s => s.Key.StartsWith("mailflow_", StringComparison.Ordinal) && !s.Key.Contains("_bucket", StringComparison.Ordinal));
        foreach (var (series, value) in compared)
            Assert.Equal((series, value), (series, metrics.TryGetValue(series, out var found) ? found : double.NaN));
    }

    [Fact]
    public async Task Promtool_accepts_the_scrape()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/promtool"), "Needs promtool: apt-get install prometheus");
        await using var site = await ReadSiteAsync();
        var start = new ProcessStartInfo("/usr/bin/promtool")
        {
            ArgumentList = { "check", "metrics" },
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var promtool = Process.Start(start)!;
        await promtool.StandardInput.WriteAsync((await site.GetAsync("/metrics")).AsMemory(), Cancel);
        promtool.StandardInput.Close();
        var said = await promtool.StandardOutput.ReadToEndAsync(Cancel) + await promtool.StandardError.ReadToEndAsync(Cancel);
        await promtool.WaitForExitAsync(Cancel);
        Assert.Equal((0, ""), (promtool.ExitCode, said));
    }

    [Fact]
    public void No_series_is_lost_with_many_servers_and_connectors()
    {
        var names = new EventNames();
        for (var i = 0; i < 400; i++)
            names.IndexOf(Encoding.ASCII.GetBytes($"SOURCE{i}|EVENT"));
        var told = new List<string>();
        var totals = new Totals(names, new((label, name) => told.Add($"{label} {name}")));
        totals.Start(Enumerable.Range(0, 300).Select(i => $"CONFIGURED{i}"));
        var snapshot = Snapshot.Empty with { Cells = totals.Publish() };
        var looks = 0;
        using var telemetry = new Telemetry(
            () => Count(ref looks, new Scrape(DateTimeOffset.UnixEpoch, snapshot, new FailureCounts(), [], [], 0)), "Mailflow.Many");
        using var collected = new Collected();
        using var reader = new BaseExportingMetricReader(collected);
        using var provider = Register(telemetry, reader);
        Check(1);
        // Rows name more servers, connectors, next hops and events than the limits allow.
        for (var i = 0; i < 2000; i++)
        {
            var delta = LedgerBed.Rows(new(), server: $"EX{i}");
            for (var e = 0; e < EventNames.Limit; e++)
                delta.Tally.AddRow(e, new DateTime(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc));
            delta.Tally.Failures.Add(Failure($"Connector {i}"));
            delta.Tally.Connections.Add(new(ConnectionSource.Smtp, ConnectionOutcome.Connected, -1, $"d{i}.example", 1, 1, null));
            delta.Tally.Sessions.Add(new(SmtpDirection.Send, SmtpOutcome.Accepted, TlsVersion.None));
            totals.Apply(delta);
        }

        snapshot = snapshot with { Cells = totals.Publish() };
        Check(2);
        Check(3);
        var servers = snapshot.Cells.Of(Counters.ReadBytes).Select(c => c.Key.Value).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(300 + Labels.MaxServersFromRows + 1, servers.Count);
        Assert.Contains("CONFIGURED299", servers);
        Assert.Equal(2000L * EventNames.Limit, snapshot.Sum(Counters.Rows));
        Assert.Equal(2000, snapshot.Sum(Counters.ConnectorFailures));
        Assert.InRange(snapshot.Cells[Counters.Rows].Count, 1000, (Counters.Rows.MaxOfServer + 1) * (servers.Count + 1));
        var folded = totals.Folded.Counts.ToDictionary(f => (f.Label, f.Reason), f => f.Times);
        Assert.Equal(2000 - Labels.MaxServersFromRows, folded[("server", Folded.NoRoom)]);
        Assert.Equal(2000 - Labels.MaxDestinations, folded[("destination", Folded.NoRoom)]);
        Assert.Equal(2000 - Labels.MaxConnectors, folded[("connector", Folded.NoRoom)]);
        Assert.All(told.GroupBy(t => t.Split(' ')[0]), g => Assert.Equal(Folded.MaxReported, g.Distinct(StringComparer.Ordinal).Count()));
        Assert.Equal(told.Distinct(StringComparer.Ordinal), told);

        void Check(int scrape)
        {
            collected.Points.Clear();
            Assert.True(provider.ForceFlush());
            Assert.Equal(scrape, looks);
            foreach (var metric in Telemetry.All.OfType<Counter>().Where(m => m.Type == MetricType.Counter))
                Assert.Equal((metric.Name, snapshot.Cells[metric].Count), (metric.Name, collected.Points.GetValueOrDefault(metric.Instrument)));
            Assert.False(collected.Overflowed);
        }
    }

    [Fact]
    public void Removed_queues_free_their_series()
    {
        var look = 0;
        using var telemetry = new Telemetry(
            () => new Scrape(DateTimeOffset.UnixEpoch, Snapshot.Empty with { Servers = [Queues(++look)] }, new FailureCounts(), [], [], 0),
            "Mailflow.Churn");
        using var collected = new Collected();
        using var reader = new BaseExportingMetricReader(collected);
        using var provider = Register(telemetry, reader);
        for (var i = 0; i < 100; i++)
        {
            collected.Points.Clear();
            Assert.True(provider.ForceFlush());
            Assert.Equal(SnapshotSamples.TopQueues + Enum.GetValues<QueueKind>().Length, collected.Points["mailflow_queue_messages"]);
            Assert.False(collected.Overflowed);
        }

        static ServerSnapshot Queues(int day) =>
            new(SnapshotKind.Queues, "EX01", new(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc))
            {
                Queues =
                [
                    .. Enumerable.Range(0, SnapshotSamples.TopQueues).Select(
                        i => QueueState.None(QueueKind.Dns) with { Messages = 1, NextHop = $"d{i}.day{day}.example" }),
                ],
            };
    }

    [Fact]
    public async Task Each_of_300_configured_servers_has_its_own_series()
    {
        var settings = Enumerable.Range(0, 300).SelectMany(i => new KeyValuePair<string, string?>[]
        {
            new($"Logs:{i}:Folder", Path.Combine(Path.GetTempPath(), "mailflow-none", $"{i}")), new($"Logs:{i}:Server", $"EX{i:000}"),
            new($"Logs:{i}:Name", $"root{i:000}"),
        }).Append(new("State:Folder", Path.GetTempPath()));
        var options = Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), out var faults);
        Assert.Empty(faults);
        var round = new WatchRound(
            default,
            [],
            [
                .. from list in Enumerable.Range(0, 100)
                   from subject in Enumerable.Range(0, 300)
                   let zone = BlocklistTable.All[0] with { Zone = $"bl{list}.example" }
                   select new ListResult(zone, $"d{subject}.example", ListReading.NotListed, null, default),
            ],
            [],
            [.. Enumerable.Range(0, 900).Select(i => new HostResult(new($"mx{i}.example", 25), true, default(DateTimeOffset), null, []))],
            [],
            [.. Enumerable.Range(0, 900).Select(i => new Finding($"d{i}.example", "spf", Severity.Good, ""))]);
        await using var site = await ServedSite.StartAsync(options: options, server: null, watch: () => WatchState.Nothing with { Round = round });
        var text = await site.GetAsync("/metrics");
        Assert.DoesNotContain("overflow", text, StringComparison.Ordinal);
        for (var i = 0; i < 300; i++)
        {
            Assert.Contains(
                $"mailflow_messages_total{{direction=\"incoming\",outcome=\"delivered\",server=\"EX{i:000}\"}} 0\n", text, StringComparison.Ordinal);
            Assert.Contains($"mailflow_root_up{{root=\"root{i:000}\"}} ", text, StringComparison.Ordinal);
        }

        Assert.Equal(900, text.Split('\n').Count(l => l.StartsWith("mailflow_next_hop_reachable{", StringComparison.Ordinal)));
        Assert.Equal(900, text.Split('\n').Count(l => l.StartsWith("mailflow_domain_record_valid{", StringComparison.Ordinal)));
        Assert.Equal(30_000, text.Split('\n').Count(l => l.StartsWith("mailflow_blocklist_listed{", StringComparison.Ordinal)));
        Assert.DoesNotContain("mailflow_smtp_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("mailflow_connections_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("mailflow_windows_events_", text, StringComparison.Ordinal);
    }

    static Scrape Count(ref int looks, Scrape scrape)
    {
        looks++;
        return scrape;
    }

    static Failure Failure(string connector) =>
        new(
            false, new DateTime(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc), "SMTP", Direction.Originating, "a@b.example",
            "", "", "", connector, "", Diagnosis.Of("550 5.1.1 User unknown"), 0, 0);

    static MeterProvider Register(Telemetry telemetry, MetricReader reader)
    {
        var builder = Sdk.CreateMeterProviderBuilder();
        telemetry.Register(builder);
        return builder.AddReader(reader).Build();
    }

    sealed class Collected : BaseExporter<OpenTelemetry.Metrics.Metric>
    {
        public Dictionary<string, int> Points { get; } = new(StringComparer.Ordinal);

        public bool Overflowed { get; private set; }

        public override ExportResult Export(in Batch<OpenTelemetry.Metrics.Metric> batch)
        {
            foreach (var metric in batch)
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    Points[metric.Name] = Points.GetValueOrDefault(metric.Name) + 1;
                    foreach (var tag in point.Tags)
                        Overflowed |= tag.Key == "otel.metric.overflow";
                }

            return ExportResult.Success;
        }
    }

    /// <summary>Name, type and labels of each family, sorted.</summary>
    static IEnumerable<string> Families(string text)
    {
        var labels = new Dictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                types[line.Split(' ')[2]] = line.Split(' ')[3];
            if (line.Length == 0 || line[0] == '#')
                continue;
            var name = line[..line.IndexOf('{', StringComparison.Ordinal)];
            var family = types.ContainsKey(name) ? name : name[..name.LastIndexOf('_')];
            if (!labels.TryGetValue(family, out var known))
                labels.Add(family, known = new(StringComparer.Ordinal));
            known.UnionWith(LabelNames().Matches(line).Select(m => m.Groups["label"].Value).Where(l => l != "le"));
        }

        return types.Keys.Order(StringComparer.Ordinal).Select(f => string.Join(' ', [f, types[f], .. labels[f]]));
    }

    [GeneratedRegex("[{,](?<label>[a-z_]+)=\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelNames();

    static Dictionary<string, double> Series(string text) =>
        text.Split('\n')
            .Where(l => l.Length > 0 && l[0] != '#')
            .ToDictionary(
                l => l[..(l.IndexOf("} ", StringComparison.Ordinal) + 1)],
                l => double.Parse(
                    l[(l.IndexOf("} ", StringComparison.Ordinal) + 2)..].Split(' ')[0].Replace("+Inf", "Infinity", StringComparison.Ordinal),
                    CultureInfo.InvariantCulture),
                StringComparer.Ordinal);

    static string Name(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        _ => "histogram",
    };

    static string Begins(Mailflow.Metrics.Metric metric) => metric.Type == MetricType.Gauge ? "" : metric.Birth switch
    {
        Birth.FirstValue => "\n\nSeries begin with their first value, which `increase()` does not see.",
        Birth.Start => "\n\nSeries begin at 0 with the store.",
        Birth.Mail => "\n\nSeries begin at 0: those of a configured server at the start, those of another server with its first log.",
        Birth.Connections => "\n\nSeries begin at 0 with the server's first connectivity log.",
        Birth.Smtp => "\n\nSeries begin at 0 with the server's first protocol log of that direction.",
        Birth.Agents => "\n\nSeries begin at 0 with the server's first agent log.",
        Birth.Events => "\n\nSeries begin at 0 with the server's first Windows event.",
        _ => "",
    };

    static string Unit(string unit) => unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        _ => unit.Trim('{', '}') switch
        {
            "series" => "series",
            "retry" => "retries",
            "search" => "searches",
            var one => one + "s",
        },
    };
}
