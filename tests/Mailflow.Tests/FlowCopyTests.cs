using Mailflow.Configuration;
using Mailflow.Hosting;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Scan;
using Mailflow.Simulator;
using Mailflow.Tests.Simulate;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests;

/// <summary>Messages on their way, by all stages of the service together.</summary>
public sealed class FlowCopyTests
{
    [Fact]
    public async Task Several_roots_and_workers_find_what_a_scan_finds_also_after_restarts()
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("mailflow-flow-").FullName;
        try
        {
            List<LogRoot> roots = [];
            for (var n = 1; n <= 3; n++)
            {
                var logs = Directory.CreateDirectory(Path.Combine(folder, $"EX0{n}")).FullName;
                await SimulatedFolder.Write(
                    new() { Folder = logs, Server = $"EX0{n}", Seed = n, SizeBytes = 5_000_000, FileBytes = 500_000, Version = ExchangeVersion.Exchange2019 });
                roots.Add(new($"root{n}", logs, $"EX0{n}"));
            }

            using var scanning = new Scanning(2, new TailOptions(), TimeProvider.System, new());
            var scan = await scanning.RunAsync([.. roots.Select(r => r.Folder)], null, cancel);
            var rows = scan.Sum(Counters.Rows);
            // Stopped a few times on the way.
            for (var part = 1; part <= 4; part++)
                using (var store = new Store(Path.Combine(folder, "mailflow.db")))
                using (var flow = new Flow(
                    new() { Logs = roots, Workers = 4, Ledger = new() { CommitInterval = TimeSpan.FromMilliseconds(50) } }, store, TimeProvider.System,
                    NullLoggerFactory.Instance))
                {
                    using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                    var running = flow.RunAsync(stop.Token, cancel);
                    var next = flow.Committer.NewEvents.Next;
                    for (; flow.Committer.Current.Sum(Counters.Rows) < rows * part / 4; next = flow.Committer.NewEvents.Next)
                        await next.Soon();
                    await stop.CancelAsync();
                    await running;
                    if (part < 4)
                        continue;
                    Assert.Equal(
                        scan.Copies.Select(c => (c.Server, c.Count, c.Elsewhere)), flow.Committer.Current.Copies.Select(c => (c.Server, c.Count, c.Elsewhere)));
                    using var reader = store.OpenReader();
                    Assert.Equal(scan.Open, OpenCopies.Count(reader));
                    var page = OpenCopies.Read(reader, take: int.MaxValue);
                    Assert.Equal(scan.Copies.Sum(c => c.Count + c.Elsewhere), page.All);
                    Assert.Equal(page.Copies.Select(c => c.Received), page.Copies.Select(c => c.Received).Order());
                    Assert.Equal(scan.Copies.Min(c => c.Since), flow.Committer.Current.Copies.Min(c => c.Since));
                }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
