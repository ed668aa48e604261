using Mailflow.Analysis.Failures.Own;
using Mailflow.Configuration;
using Mailflow.Hosting;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Tests.Simulate.Outages;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests.Incidents;

/// <summary>Incidents in the store of the service, against those that a scan finds in the same logs.</summary>
public sealed class FlowIncidentTests
{
    [Theory]
    [InlineData("egress-listed", 3)]
    [InlineData("two-at-once", 4)]
    public async Task The_service_finds_what_a_scan_finds_also_after_restarts(string scenario, int seed)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var logs = new OutageFolder(scenario, seed);
        var state = Directory.CreateTempSubdirectory("mailflow-flow-").FullName;
        try
        {
            var scan = await IncidentScan.RunAsync([logs.Path], 1, new() { Current = OwnRules.None }, TimeProvider.System, null, cancel);
            var path = Path.Combine(state, "mailflow.db");
            var last = logs.Truth.Newest.AddMinutes(-2);
            // Stopped twice on the way: after some rows, and after some judged days.
            foreach (var enough in (Func<Flow, bool>[])
                [
                    flow => flow.Committer.Current.Sum(Counters.Rows) > logs.Truth.Rows / 3,
                    _ => StoreIncidents.Read(path)?.Until > logs.Truth.Newest.AddDays(-7),
                    _ => StoreIncidents.Read(path)?.Until >= last,
                ])
            {
                using var store = new Store(path);
                using var flow = new Flow(Options(logs.Path), store, TimeProvider.System, NullLoggerFactory.Instance);
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                var running = flow.RunAsync(stop.Token, cancel);
                await Waiting.UntilAsync(() => enough(flow), () => $"rows are judged up to {StoreIncidents.Read(path)?.Until:u}, not {last:u}");
                await stop.CancelAsync();
                await running;
            }

            var found = StoreIncidents.Read(path)!;
            Assert.NotEmpty(scan.Incidents);
            Assert.Equal(scan.Incidents.Select(IncidentJsonState.Write), found.Incidents.Select(IncidentJsonState.Write));
            // They are of the past: none is announced.
            using var ended = new Store(path);
            using var events = ended.OpenReader();
            using var told = events.CreateCommand();
            told.CommandText = "SELECT count(*) FROM incident_events";
            Assert.Equal(0L, told.ExecuteScalar());
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    static MailflowOptions Options(string folder) => new()
    {
        Logs = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(f => new LogRoot(Path.GetFileName(f), f, Path.GetFileName(f)))],
        Workers = 2,
        Ledger = new() { CommitInterval = TimeSpan.FromMilliseconds(50) },
    };
}
