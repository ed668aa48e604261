using System.Text.Json;
using System.Text.RegularExpressions;
using Mailflow.Tests;

namespace Mailflow.EndToEnd;

/// <summary><c>trace</c> on simulated logs, compared with the lines that contain the text.</summary>
public sealed class TraceTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-trace-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Trace_finds_exactly_the_rows_of_a_message()
    {
        var logs = Path.Combine(_folder, "logs");
        Assert.Equal(0, (await RunAsync("simulate", logs, "--size", "6MB", "--file-size", "1MB")).Code);
        var lines = Directory.EnumerateFiles(logs, "*.LOG", SearchOption.AllDirectories).SelectMany(File.ReadLines).Where(l => l[0] != '#').ToList();
        // Message-ids of the columns, of rows spread over the logs.
        var ids = lines.Select(l => l.Split(',')).Where(c => c.Length > 11 && c[10].StartsWith('<')).Select(c => c[10]).Distinct().ToList();
        foreach (var id in Enumerable.Range(0, 20).Select(i => ids[i * ids.Count / 20]))
        {
            var (code, output) = await RunAsync("trace", "--message-id", id, "--rows", "--format", "json", logs);
            Assert.Equal(0, code);
            var answer = JsonDocument.Parse(output).RootElement;
            Assert.Equal(0, answer.GetProperty("incomplete").GetArrayLength());
            var rows = answer.GetProperty("messages").EnumerateArray().SelectMany(m => m.GetProperty("rows").EnumerateArray()).Count();
            // The column after message-id is network-message-id; the column reference may have the id of another message.
            Assert.Equal(lines.Count(l => Regex.IsMatch(l, "," + Regex.Escape(id) + ",[0-9a-f-]{36},", RegexOptions.None, TimeSpan.FromSeconds(5))), rows);
        }
    }

    [Fact]
    public async Task Trace_shows_the_address_that_was_asked_for_and_masks_the_others()
    {
        var file = Path.Combine(_folder, "MSGTRK2026112012-1.LOG");
        await File.WriteAllTextAsync(
            file,
            """
            #Software: Microsoft Exchange Server
            #Version: 15.02.2562.017
            #Log-type: Message Tracking Log
            #Date: 2026-11-20T12:00:00.000Z
            #Fields: date-time,server-hostname,source,event-id,message-id,network-message-id,recipient-address,recipient-status,sender-address
            2026-11-20T12:00:00.000Z,EX01,SMTP,RECEIVE,<1@contoso.com>,n1,bob@fabrikam.com;eve@fabrikam.com,,ann@contoso.com
            2026-11-20T12:00:05.000Z,EX01,SMTP,FAIL,<1@contoso.com>,n1,bob@fabrikam.com,550 5.1.1 User unknown,ann@contoso.com

            """,
            Cancel);
        var (code, output) = await RunAsync("trace", "--recipient", "BOB@fabrikam.com", file);
        Assert.Equal(0, code);
        Assert.Contains("failed     bob@fabrikam.com on EX01 at 2026-11-20 12:00:05: invalid recipient", output, StringComparison.Ordinal);
        Assert.Contains("pending    e***@fabrikam.com on EX01", output, StringComparison.Ordinal);
        Assert.DoesNotContain("ann@contoso.com", output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("trace", "--recipient", "nobody@fabrikam.com", file)).Code);
        Assert.Equal(2, (await RunAsync("trace", file)).Code);
        Assert.Equal(2, (await RunAsync("trace", "--since", "soon", file)).Code);
        Assert.Equal(3, (await RunAsync("trace", "--recipient", "bob@fabrikam.com", Path.Combine(_folder, "missing"))).Code);
    }

    [Fact]
    public async Task Trace_searches_the_logs_of_a_running_program_and_says_where_it_finds_no_store()
    {
        var logs = Path.Combine(_folder, "logs");
        Assert.Equal(0, (await RunAsync("simulate", logs, "--size", "1MB")).Code);
        var lines = Directory.EnumerateFiles(logs, "*.LOG", SearchOption.AllDirectories).SelectMany(File.ReadLines).Where(l => l[0] != '#');
        var id = lines.Select(l => l.Split(',')).First(c => c[10].StartsWith('<')).ElementAt(10);
        var state = Path.Combine(_folder, "state");
        using var program = new RunningProgram("run", "--logs", "mail=" + logs, "--state", state, "--set", "Web:Listen=");
        await Waiting.UntilAsync(() => File.Exists(Path.Combine(state, "mailflow.db")), () => program.Output);
        // Rows that are not read yet are found too, as soon as the store knows the folder.
        await Waiting.UntilAsync(async () => (await RunAsync("trace", "--message-id", id, "--state", state)).Code == 0, () => program.Output);
        var (code, output) = await RunAsync("trace", "--message-id", id, "--state", Path.Combine(_folder, "none"));
        Assert.Equal(3, code);
        Assert.Contains("there is no mailflow.db in this folder", output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("trace", "--message-id", id, "--state", state, logs)).Code);
    }

    static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var program = new RunningProgram(arguments);
        var code = await program.ExitAsync(Cancel);
        return (code, program.Output);
    }
}
