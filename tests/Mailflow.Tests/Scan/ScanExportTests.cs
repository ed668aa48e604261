using System.Text;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Configuration;
using Mailflow.Metrics;
using Mailflow.Privacy;
using Mailflow.Scan;
using Mailflow.Simulator;
using Mailflow.Tests.Web;

namespace Mailflow.Tests.Scan;

/// <summary>A scan reads exports together with logs, and combines their data.</summary>
public sealed class ScanExportTests : IDisposable
{
    static readonly DateTimeOffset At = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-scan-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Overlapping_exports_count_events_once_and_join_the_log()
    {
        Write("MSGTRK2026030410-1.LOG", new LogText(At).Fail(At, "a@remote.example", "550 5.1.1 User unknown").ToString());
        // Message 1 is in the log, 2 is not, 3 will be retried.
        var events = new[]
        {
            (1L, 2004, At, new[] { "Internet Send", "<1@contoso.test>", "550 5.1.1 User unknown" }),
            (2L, 2004, At, new[] { "Internet Send", "<2@contoso.test>", "550 5.7.1 Relaying denied" }),
            (3L, 2004, At, new[] { "Internet Send", "<3@contoso.test>", "451 4.7.1 Greylisted, try again later" }),
            (
                4L, 15004, At,
                new[] { "Normal", "High", "The following resources are under pressure:\nVersion buckets = 2000 [High] [Normal=80 Medium=120 High=200]" }),
        };
        Write("all.xml", SampleExports.Events(events));
        Write("some.xml", "<?xml version=\"1.0\"?>\n<Events>" + SampleExports.Events(events.AsSpan(0, 2)) + "</Events>");
        await using (var file = File.Create(Path.Combine(_folder, "all.evtx")))
        using (var writer = new EvtxWriter(file))
            foreach (var (record, id, time, strings) in events)
                writer.Add(new("MSExchangeTransport", id, 16388, 4, time.UtcDateTime, record, "EX01.contoso.test", "Application", strings, null));
        var report = await ScanAsync();
        Assert.Empty(report.LeftAlone);
        Assert.Equal(4, report.Sum(Counters.WindowsEvents));
        Assert.Equal(3, report.Sum(Counters.Refusals));
        Assert.Equal([("invalid-recipient", 1L), ("relay-denied", 1L)], report.By(Counters.Failures, k => k.Cause.Name()).Order());
        Assert.Equal(2, report.Reasons.Sum(r => r.Count));
        Assert.Contains(report.Snapshots.Single().Pressure, p => p is { Resource: ResourcePressure.Overall, Level: PressureLevel.High });
        Assert.Contains(report.Snapshots.Single().Pressure, p => p is { Resource: "Version buckets", Level: PressureLevel.High });
    }

    /// <summary>The log has the fractions of seconds; the exports have local times of an unknown zone, and minutes.</summary>
    [Fact]
    public async Task Row_that_is_in_a_log_and_in_exports_counts_once()
    {
        Write("MSGTRK2026030410-1.LOG", """
            #Log-type: Message Tracking Log
            #Fields: date-time,source,event-id,internal-message-id,message-id,recipient-address,recipient-status
            2026-03-04T10:00:05.123Z,SMTP,FAIL,1,<1@contoso.test>,a@remote.example;b@remote.example,550 5.1.1 User unknown
            2026-03-04T10:00:06.123Z,SMTP,DEFER,2,<2@contoso.test>,a@remote.example,451 4.7.1 Greylisted

            """);
        Write("local.csv", """
            "Timestamp","Source","EventId","InternalMessageId","MessageId","Recipients","RecipientStatus"
            "3/4/2026 3:30:05 PM","SMTP","FAIL","1","<1@contoso.test>","b@remote.example a@remote.example","550 5.1.1 User unknown"
            "3/14/2026 3:30:05 PM","SMTP","FAIL","3","<3@contoso.test>","a@remote.example","550 5.1.1 User unknown"
            """);
        Write("minutes.csv", """
            Timestamp;Source;EventId;MessageId;Recipients;RecipientStatus
            04.03.2026 15:30;SMTP;FAIL;<1@contoso.test>;b@remote.example;550 5.1.1 User unknown
            14.03.2026 15:30;SMTP;FAIL;<3@contoso.test>;a@remote.example;550 5.1.1 User unknown
            14.03.2026 15:30;SMTP;FAIL;<4@contoso.test>;a@remote.example;550 5.1.1 User unknown
            """);
        var report = await ScanAsync();
        // Messages 1 (two recipients), 3 and 4.
        Assert.Equal(4, report.Sum(Counters.Failures));
        Assert.Equal((4L, 3L), (report.Sum(Counters.Rows), report.Shared!.Left));
        Assert.Contains("3 rows of exports are also in a log", Assert.Single(ScanExports.SharedLines(report)), StringComparison.Ordinal);
    }

    const string Columns = "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,"
        + "internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,"
        + "related-recipient-address,reference,message-subject,sender-address,return-path,"
        + "message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data,transport-traffic-type,log-id,schema-version";

    /// <summary>
    /// Import-Csv and Export-Csv of a log, quoted or not, in the words of Start-HistoricalSearch, and with fewer columns, as another version has them.
    /// </summary>
    [Theory]
    [InlineData("'", "date-time", '-', 30)]
    [InlineData("", "date-time", '-', 30)]
    [InlineData("", "date_time_utc", '_', 26)]
    [InlineData("'", "date-time", '-', 27)]
    public async Task Line_of_names_makes_an_export_and_nothing_is_assumed(string quote, string time, char between, int columns)
    {
        string[] rows =
        [
            Row(1, "RECEIVE", ""), Row(1, "FAIL", "550 5.1.1 User unknown"), Row(2, "FAIL", "552 5.2.2 Mailbox full"), Row(3, "SENDEXTERNAL", "250 2.1.5 OK"),
        ];
        Write("MSGTRK2026030410-1.LOG", $"#Log-type: Message Tracking Log\r\n#Fields: {Columns}\r\n" + string.Concat(rows.Take(3).Select(r => r + "\r\n")));
        var names = Columns.Replace("date-time", time, StringComparison.Ordinal).Replace('-', between);
        Write("again.csv", string.Concat(rows.Prepend(names).Select(r => Cells(r) + "\r\n")));
        var report = await ScanAsync();
        Assert.Equal((4, 0, 2), (report.Sum(Counters.Rows), report.Sum(Counters.UnreadableRows), report.Sum(Counters.Failures)));
        Assert.Equal(3, report.Shared!.Left);
        Assert.Empty(report.Assumed);
        Assert.Empty(report.LeftAlone);

        static string Row(int message, string name, string status) =>
            $"2026-03-04T10:00:0{message}.123Z,192.0.2.1,EX01,192.0.2.20,mx,,Internet,SMTP,{name},{message},<{message}@contoso.test>,"
            + $"1-2-{message},a@remote.example,{status},2048,1,,,Figures,b@contoso.test,b@contoso.test,,Originating,,,,,Email,1-1,15.02.1544.025";

        string Cells(string row) => string.Join(',', row.Split(',').Take(columns).Select(c => quote.Length > 0 ? $"\"{c}\"" : c));
    }

    [Theory]
    [InlineData("\"date-time\",\"session\",\"source\",\"Destination\",\"direction\",\"description\"")]
    [InlineData("date-time,session,source,Destination,direction,description")]
    public async Task Line_of_names_of_another_log_is_its_header_in_any_encoding(string names)
    {
        var text = names + "\r\n2026-03-04T10:00:01.000Z,08DD5AB1C2D3E501,SMTP,remote.example,+,DnsConnectorDelivery\r\n";
        Write("utf8.txt", text);
        File.WriteAllText(Path.Combine(_folder, "utf16.txt"), text.Replace("E501", "E502", StringComparison.Ordinal), Encoding.Unicode);
        var report = await ScanAsync();
        Assert.Equal((2, 2, 0), (report.Files, report.Sum(Counters.Rows), report.Sum(Counters.UnreadableRows)));
        Assert.Empty(report.Assumed);
    }

    [Theory]
    [InlineData("1.json", "2.json")]
    [InlineData("2.json", "1.json")]
    public async Task Row_that_says_why_counts_in_any_order_of_the_files(string trace, string details)
    {
        Write(trace, string.Join('\n', Enumerable.Range(1, 3).Select(n =>
            "{" + $"\"MessageTraceId\":\"t{n}\",\"MessageId\":\"<{n}@contoso.test>\",\"Received\":\"2026-03-04T10:00:00Z\","
            + "\"SenderAddress\":\"b@contoso.test\",\"RecipientAddress\":\"a@remote.example\",\"Status\":\"Failed\"}")));
        Write(details, string.Join('\n', Enumerable.Range(1, 3).Select(n =>
            "{" + $"\"MessageTraceId\":\"t{n}\",\"MessageId\":\"<{n}@contoso.test>\",\"Date\":\"2026-03-04T10:00:05Z\","
            + "\"SenderAddress\":\"b@contoso.test\",\"RecipientAddress\":\"a@remote.example\",\"Event\":\"Fail\","
            + "\"Detail\":\"Reason: [{LED=550 5.1.1 User unknown};{MSG=};{FQDN=};{IP=};{LRT=}]\"}")));
        var report = await ScanAsync();
        Assert.Equal([("invalid-recipient", 3L)], report.By(Counters.Failures, k => k.Cause.Name()));
        Assert.Equal(3, report.Shared!.Left);
    }

    [Fact]
    public async Task Scan_shows_snapshots_and_reports_truncated_ones()
    {
        Write("queues.csv", SampleExports.Queues);
        Write("certificates.csv", SampleExports.Certificates(At.AddDays(20)));
        Write("cut.json", """
            [{"Identity":"EX02\\1","DeliveryType":"DnsConnectorDelivery","NextHopDomain":"a.example","MessageCount":5,"Status":"Retry"},
            {"Identity":"EX02\\2","Deliv
            """);
        Write("other.json", """{"hello":"world"}""");
        var report = await ScanAsync();
        Assert.Equal([(SnapshotKind.Queues, "EX01"), (SnapshotKind.Certificates, "EX01")], report.Snapshots.Select(s => (s.Kind, s.Server)).Order());
        Assert.Equal(560, ScanExports.Queued(report.Snapshots.Single(s => s.Kind == SnapshotKind.Queues)));
        Assert.Contains(report.Faults, f => f.Fault.Reason == ExportProblem.Truncated && f.File.EndsWith("cut.json", StringComparison.Ordinal));
        Assert.Contains("objects of an unknown kind", Assert.Single(report.LeftAlone).Why, StringComparison.Ordinal);
        using var json = new MemoryStream();
        ScanJson.Write(report, Masking.Default, json);
        Assert.Contains("\"next_hop\": \"slow.example\"", Encoding.UTF8.GetString(json.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scan_finds_the_simulated_counts()
    {
        using var simulation = new Simulation(new SimulationOptions { Folder = _folder, SizeBytes = 6_000_000, Exports = true }, TimeProvider.System);
        await simulation.RunAsync(null, TestContext.Current.CancellationToken);
        var truth = SimulationTruth.Load(_folder);
        Assert.True(truth.LoneRefusals > 3 && truth.Queues.Count > 3 && truth.WindowsEvents["2004"] > 100, "The simulation says too little.");
        var report = await ScanAsync();
        Assert.Empty(report.LeftAlone);
        Assert.Empty(report.Faults);
        // Each event is exported as XML and as .evtx.
        Assert.Equal(truth.WindowsEvents["2004"], report.Sum(Counters.WindowsEvents));
        Assert.Equal(truth.WindowsEvents["2004"], report.Sum(Counters.Refusals));
        Assert.Equal(truth.Failures.Values.Sum() + truth.LoneRefusals, report.Sum(Counters.Failures));
        var queues = report.Snapshots.Single(s => s.Kind == SnapshotKind.Queues);
        Assert.Equal(truth.Queues.Values.Sum(), ScanExports.Queued(queues));
        Assert.Equal(
            truth.Queues.Take(50),
            queues.Queues
                .Concat(queues.OtherQueues)
                .Where(q => q is { Kind: QueueKind.Dns })
                .ToDictionary(q => q.NextHop, q => q.Messages, StringComparer.Ordinal)
                .OrderBy(q => q.Key, StringComparer.Ordinal)
                .Take(50));
    }

    async Task<ScanReport> ScanAsync()
    {
        using var scanning = new Scanning(2, new TailOptions(), TimeProvider.System, new());
        return await scanning.RunAsync([_folder], null, TestContext.Current.CancellationToken);
    }

    void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
