using System.Collections.Concurrent;
using System.Globalization;
using Mailflow.Hosting;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests;

/// <summary>Tests of all stages together.</summary>
public sealed class FlowTests
{
    [Fact]
    public async Task K12_Several_workers_commit_the_blocks_of_each_file_in_order()
    {
        const int Files = 9;
        const int Rows = 20_000;
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("mailflow-flow-").FullName;
        var logs = Directory.CreateDirectory(Path.Combine(folder, "logs")).FullName;
        for (var file = 0; file < Files; file++)
            await File.WriteAllLinesAsync(
                Path.Combine(logs, $"MSGTRK2024050607-{file}.LOG"),
                [
                    "#Log-type: Message Tracking Log", $"#Date: 2024-05-06T07:00:0{file}.000Z",
                    "#Fields: date-time,source,event-id,message-id",
                    .. Enumerable.Range(0, Rows).Select(
                        n => string.Create(CultureInfo.InvariantCulture, $"2024-05-06T07:08:09.123Z,SMTP,RECEIVE,<{n}@contoso.example>")),
                ],
                cancel);
        try
        {
            using var store = new Store(Path.Combine(folder, "mailflow.db"));
            using var flow = new Flow(
                new() { Logs = [new("tracking", logs, "EX01")], Workers = 4, Ledger = new() { CommitInterval = TimeSpan.FromMilliseconds(50) } },
                store, TimeProvider.System, NullLoggerFactory.Instance);
            var ends = new ConcurrentDictionary<long, long>();
            var gaps = new ConcurrentQueue<string>();
            var blocks = 0;
            flow.Committer.Committed = committed =>
            {
                if (committed is not RowDelta delta)
                    return;
                blocks++;
                if (ends.TryGetValue(delta.File.Id, out var end) && end != delta.Offset)
                    gaps.Enqueue($"{delta.File.Name}: {end}, then {delta.Offset}");
                ends[delta.File.Id] = delta.End;
            };
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var running = flow.RunAsync(stop.Token, cancel);
            for (var next = flow.Committer.NewEvents.Next; flow.Committer.Current.Sum(Counters.Rows) < Files * Rows; next = flow.Committer.NewEvents.Next)
                await next.Soon();
            await stop.CancelAsync();
            await running;
            Assert.Equal(Files * Rows, flow.Committer.Current.Sum(Counters.Rows));
            Assert.Empty(gaps);
            Assert.True(blocks > 4 * Files, $"{blocks} blocks");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Rows_of_overlapping_exports_count_once_also_after_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-flow-").FullName;
        var logs = Directory.CreateDirectory(Path.Combine(folder, "logs")).FullName;
        try
        {
            Export("a.csv", 0, 3000);
            Assert.Equal((3000, 3000), await RunAsync(3000));
            // The second export is written again, longer; the third one is another form of rows that are known.
            Export("b.csv", 2000, 3500);
            Assert.Equal((3500, 3500), await RunAsync(3500));
            Export("b.csv", 2000, 4000);
            Assert.Equal((4000, 4000), await RunAsync(4000));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Export(string name, int from, int to)
        {
            var path = Path.Combine(logs, name);
            File.WriteAllLines(path,
            [
                "Timestamp,Source,EventId,MessageId,Recipients,RecipientStatus",
                .. Enumerable.Range(from, to - from).Select(
                    n => string.Create(
                        CultureInfo.InvariantCulture, $"2026-11-20T08:00:05Z,SMTP,FAIL,<{n}@contoso.example>,bob@example.net,550 5.1.1 User unknown")),
            ]);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1).AddSeconds(to));
        }

        async Task<(long Failures, long Stored)> RunAsync(int rows)
        {
            var cancel = TestContext.Current.CancellationToken;
            using var store = new Store(Path.Combine(folder, "mailflow.db"));
            using var flow = new Flow(
                new() { Logs = [new("tracking", logs, "EX01")], Ledger = new() { CommitInterval = TimeSpan.FromMilliseconds(20) } },
                store, TimeProvider.System, NullLoggerFactory.Instance);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var running = flow.RunAsync(stop.Token, cancel);
            for (var next = flow.Committer.NewEvents.Next; flow.Committer.Current.Sum(Counters.Rows) < rows; next = flow.Committer.NewEvents.Next)
                await next.Soon();
            await stop.CancelAsync();
            await running;
            return (flow.Committer.Current.Sum(Counters.Failures), store.Load("SELECT count(*) FROM events", r => r.GetInt64(0))[0]);
        }
    }
}
