using System.Globalization;
using System.Text;

namespace Mailflow.EndToEnd;

/// <summary>The program's memory is bounded however long the fields of logs are, also when it is killed and restarted on the same logs.</summary>
public sealed class MemoryTests : IDisposable
{
    const int Rows = 40;
    const int MostMegabytes = 250;

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-memory-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Huge_statuses_and_recipient_lists_are_read_with_bounded_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc tells the memory.");
        var cancel = TestContext.Current.CancellationToken;
        var logs = Directory.CreateDirectory(Path.Combine(_folder, "logs")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(logs, "MSGTRK2024050607-1.LOG"),
            Log(Enumerable.Range(0, Rows).Select(i => Row(i, "r@far.example", $"550 5.1.1 {i} {new string('x', 3_900_000)}"))),
            cancel);
        await File.WriteAllTextAsync(
            Path.Combine(logs, "MSGTRK2024050608-1.LOG"),
            Log(Enumerable.Range(0, 6).Select(i => Row(
                i,
                string.Join(';', Enumerable.Range(0, 10_000).Select(r => $"r{r}@far.example")),
                string.Join(';', Enumerable.Range(0, 10_000).Select(r => $"550 5.1.1 {i} {r} {new string('y', 250)}"))))),
            cancel);
        string[] arguments = ["run", "--logs", $"A={logs}", "--state", Path.Combine(_folder, "state"), "--listen"];
        using var http = new HttpClient();
        // The second run has a store with these rows, and half the memory that the first version of the program needed.
        foreach (var limit in (string[])["", "0x8000000"])
        {
            var url = $"http://127.0.0.1:{RunningProgram.FreePort()}/";
            using var program = new RunningProgram([], [.. arguments, url], variables: ("DOTNET_GCHeapHardLimit", limit));
            await program.WaitUntilUpAsync(http, new(url + "healthz"), cancel);
            await WaitForAsync(http, url, Rows + 60_000, cancel);
            Assert.Contains("far.example", await http.GetStringAsync(new Uri(url + "?window=all"), cancel), StringComparison.Ordinal);
            Assert.InRange(PeakMegabytes(program.Id), 1, MostMegabytes);
            program.Kill();
        }
    }

    static async Task WaitForAsync(HttpClient http, string url, long failures, CancellationToken cancel)
    {
        var until = DateTime.UtcNow.AddMinutes(1);
        long found;
        do
        {
            await Task.Delay(50, cancel);
            var metrics = await http.GetStringAsync(new Uri(url + "metrics"), cancel);
            found = metrics.Split('\n')
                .Where(l => l.StartsWith("mailflow_failures_total{", StringComparison.Ordinal))
                .Sum(l => long.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture));
        }
        while (found < failures && DateTime.UtcNow < until);
        Assert.Equal(failures, found);
    }

    static long PeakMegabytes(int process) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/status")
                .Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^2]
                .TrimStart(),
            CultureInfo.InvariantCulture) / 1024;

    static string Row(int id, string recipients, string status) =>
        $"2024-05-06T07:08:{id % 60:00}.123Z,SMTP,FAIL,<{id}@contoso.example>,{recipients},{status},s@contoso.example\r\n";

    static string Log(IEnumerable<string> rows) =>
        new StringBuilder(
            "#Log-type: Message Tracking Log\r\n#Date: 2024-05-06T07:00:00.000Z\r\n"
            + "#Fields: date-time,source,event-id,message-id,recipient-address,recipient-status,sender-address\r\n")
            .AppendJoin("", rows).ToString();
}
