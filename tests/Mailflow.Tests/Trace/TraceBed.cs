using System.Text;
using Mailflow.Analysis.Tracing;
using Mailflow.Hosting;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Trace;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests.Trace;

/// <summary>A folder with logs, and searches in it: directly, or over the store of a program that has read them.</summary>
sealed class TraceBed : IDisposable
{
    public const string Header =
        "#Software: Microsoft Exchange Server\r\n#Version: 15.02.2562.017\r\n#Log-type: Message Tracking Log\r\n#Date: 2026-11-20T12:00:00.000Z\r\n"
        + "#Fields: date-time,server-hostname,source,event-id,message-id,network-message-id,recipient-address,recipient-status,sender-address,"
        + "message-subject\r\n";

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-trace-").FullName;

    public TraceBed() => Logs = Directory.CreateDirectory(Path.Combine(_folder, "logs")).FullName;

    public string Logs { get; }

    public string StorePath => Path.Combine(_folder, "mailflow.db");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A row of <see cref="Header"/>.</summary>
    public static string Row(
        string time, string messageId, string networkId, string recipient = "bob@fabrikam.com", string @event = "RECEIVE", string sender = "ann@contoso.com",
        string status = "", string subject = "") =>
        $"2026-11-20T{time}.000Z,EX01,SMTP,{@event},{messageId},{networkId},{recipient},{status},{sender},{subject}\r\n";

    public string Write(string name, params string[] rows) => WriteText(name, Header + string.Concat(rows));

    public string WriteText(string name, string text, Encoding? encoding = null)
    {
        var path = Path.Combine(Logs, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, encoding ?? new UTF8Encoding(false));
        return path;
    }

    public TraceSearch Files(TimeProvider? clock = null, SearchLimits? limits = null, params string[] paths) =>
        TraceFiles.In(paths.Length == 0 ? [Logs] : paths, limits ?? Limits, clock ?? TimeProvider.System);

    public static SearchLimits Limits => new(Waiting.Patience, Waiting.Patience, 2);

    public Task<TraceResult> FindAsync(TraceQuery query, int limit = 100, RowPlace? after = null) => Files().FindAsync(query, limit, after, null, Cancel);

    public Task<TraceResult> FindInStoreAsync(TraceQuery query, int limit = 100, RowPlace? after = null) =>
        new StoreTrace(StorePath).FindAsync(query, limit, Waiting.Patience, null, Cancel, after);

    /// <summary>Reads all logs into a store, as `run` does, and stops.</summary>
    /// <param name="rows">The rows of the logs.</param>
    public async Task ReadAsync(long rows)
    {
        using var store = new Store(StorePath);
        using var flow = new Flow(
            new() { Logs = [new("mail", Logs, null)], Workers = 2, Ledger = new() { CommitInterval = TimeSpan.FromMilliseconds(20) } },
            store, TimeProvider.System, NullLoggerFactory.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = flow.RunAsync(stop.Token, Cancel);
        for (var next = flow.Committer.NewEvents.Next; flow.Committer.Current.Sum(Counters.Rows) < rows; next = flow.Committer.NewEvents.Next)
            await Task.WhenAny(next, running).Soon();
        await stop.CancelAsync();
        await running;
    }

    /// <summary>The Message-IDs of a result, in its order.</summary>
    public static string Ids(TraceResult result) => string.Join(' ', result.Journeys.Select(j => j.MessageId));
}
