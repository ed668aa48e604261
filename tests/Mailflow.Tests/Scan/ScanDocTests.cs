using System.Text.Json;
using CsvHelper;
using Mailflow.Configuration;
using Mailflow.Privacy;
using Mailflow.Scan;
using Mailflow.Simulator;
using Mailflow.Tests.Web;

namespace Mailflow.Tests.Scan;

/// <summary>docs/scan.md lists exactly the keys that a scan with all kinds of data writes.</summary>
public sealed class ScanDocTests : IDisposable
{
    static readonly DateTimeOffset At = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-scan-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Scan_keys_and_tables_are_documented()
    {
        var report = await RichScanAsync();
        using var bytes = new MemoryStream();
        ScanJson.Write(report, Masking.Default, bytes);
        using var json = JsonDocument.Parse(bytes.ToArray());
        var documented = Documented("## JSON");
        var written = new SortedSet<string>(StringComparer.Ordinal);
        Walk(json.RootElement, "", documented, written);
        Assert.Equal(documented, written);

        using var text = new StringWriter();
        ScanCsv.Write(report, Masking.Default, text);
        using var csv = CsvReader.Create(System.Text.Encoding.UTF8.GetBytes(text.ToString()));
        var tables = new SortedSet<string>(StringComparer.Ordinal);
        while (csv.Read())
            tables.Add(csv.GetString(0));
        Assert.Equal(Documented("## CSV"), tables);
        // Our own texts are not escaped as formulas.
        Assert.Contains("no code unknown: ", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("'-", text.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The first column of the table under a heading.</summary>
    static SortedSet<string> Documented(string heading) =>
        new(
            File.ReadLines(Repository.PathOf("docs/scan.md"))
                .SkipWhile(l => l != heading)
                .Skip(1)
                .TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal))
                .Where(l => l.StartsWith("| `", StringComparison.Ordinal))
                .Select(l => l.Split('`')[1]),
            StringComparer.Ordinal);

    static void Walk(JsonElement element, string path, SortedSet<string> documented, SortedSet<string> written)
    {
        if (element.ValueKind == JsonValueKind.Array)
            foreach (var member in element.EnumerateArray())
                Walk(member, path + "[]", documented, written);
        if (element.ValueKind != JsonValueKind.Object)
            return;
        foreach (var property in element.EnumerateObject())
        {
            var key = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (!documented.Contains(key) && documented.Contains(path + ".*"))
                key = path + ".*";
            // A map is documented by its labels.
            if (!documented.Contains(key + ".*"))
                written.Add(key);
            Walk(property.Value, key, documented, written);
        }
    }

    async Task<ScanReport> RichScanAsync()
    {
        using (var simulation = new Simulation(
            new SimulationOptions { Folder = _folder, SizeBytes = 3_000_000, Exports = true, AllLogs = true }, TimeProvider.System))
            await simulation.RunAsync(null, TestContext.Current.CancellationToken);
        var odd = new LogText(At);
        for (var i = 0; i < 1000; i++)
            odd.Fail(At, "a@remote.example", "something odd");
        Write("odd.log", odd + "a line\r\n");
        Write("way.log", OnTheirWay());
        Write("AgentLog20260304-1.LOG", """
            #Log-type: Agent Log
            #Fields: Timestamp,SessionId,Agent,Event,Action,SmtpResponse
            2026-03-04T09:00:01.000Z,08DD5AB1C2D3E801,Content Filter Agent,OnEndOfData,RejectMessage,550 5.7.1 Message rejected as spam by Content Filtering.

            """);
        Write("other.log", "nothing\r\nof ours\r\n");
        Write("SEND1.LOG", """
            #Log-type: SMTP Send Protocol Log
            #Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context
            2026-03-04T09:00:01.000Z,Internet,08DD5AB1C2D3E701,0,10.0.0.11:501,203.0.113.9:25,*,,TLS negotiation failed with error UnknownCredentials

            """);
        Write("ndr.eml", "From: MAILER-DAEMON@mx.example\n\nThis is the mail system at host mx.example.\n\n<a@remote.example>: 550 5.1.1 no such user\n");
        Write("queues.csv", SampleExports.Queues);
        Write("messages.csv", SampleExports.Messages(At));
        Write("send.csv", SampleExports.SendConnectors);
        Write("receive.csv", SampleExports.ReceiveConnectors);
        Write("certificates.csv", SampleExports.Certificates(At));
        Write("config.csv", SampleExports.TransportConfig);
        Write("pressure.csv", SampleExports.BackPressure);
        Write("cut.json", """
            [{"Identity":"EX02\\1","DeliveryType":"DnsConnectorDelivery","NextHopDomain":"a.example","MessageCount":5,"Status":"Retry"},
            {"Identity":"EX02\\2","Deliv
            """);
        using var scanning = new Scanning(2, new TailOptions(), TimeProvider.System, new());
        return await scanning.RunAsync([_folder], null, TestContext.Current.CancellationToken);
    }

    /// <summary>A lost message, one that went to a server whose logs are not read, and one in a loop.</summary>
    static string OnTheirWay()
    {
        string Row(TimeSpan before, string id, string source, string name, string server) =>
            $"{At - before:yyyy-MM-ddTHH:mm:ss.fffZ},EX07,{server},{source},{name},<{id}@a.example>,{id},r@contoso.example,s@a.example\r\n";
        return "#Software: Microsoft Exchange Server\r\n#Version: 15.02.1118.037\r\n#Log-type: Message Tracking Log\r\n"
            + "#Fields: date-time,client-hostname,server-hostname,source,event-id,message-id,network-message-id,recipient-address,sender-address\r\n"
            + Row(TimeSpan.FromDays(9), "lost", "SMTP", "RECEIVE", "EX07") + Row(TimeSpan.Zero, "gone", "SMTP", "SEND", "EX99")
            + string.Concat(Enumerable.Range(0, 5).Select(_ => Row(TimeSpan.Zero, "loop", "SMTP", "RECEIVE", "EX07")));
    }

    void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
