using System.Diagnostics;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Incidents;
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
    [InlineData("clock-skew", 5)]
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
                    _ => StoreIncidents.Read(path).Until > logs.Truth.Newest.AddDays(-7),
                    _ => StoreIncidents.Read(path).Until >= last,
                ])
            {
                using var store = new Store(path);
                using var flow = new Flow(Options(logs.Path), store, TimeProvider.System, NullLoggerFactory.Instance);
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                var running = flow.RunAsync(stop.Token, cancel);
                await Waiting.UntilAsync(() => enough(flow), () => $"rows are judged up to {StoreIncidents.Read(path).Until:u}, not {last:u}");
                await stop.CancelAsync();
                await running;
            }

            var found = StoreIncidents.Read(path);
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

    /// <summary>The clock of a server may be ahead, and its rows are then older or newer than those of the others: it is one incident all the same.</summary>
    [Fact]
    public async Task A_server_whose_clock_is_ahead_makes_no_second_incident()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            using var logs = new OutageFolder("clock-skew", seed);
            var truth = Assert.Single(logs.Truth.Incidents);
            var found = Assert.Single(await ScanAsync(logs.Path));
            // The domain, its next hop, or the provider of the hop.
            Assert.Contains(truth.Places, p => p.Name == found.Place.Name || p.Name.EndsWith("." + found.Place.Name, StringComparison.Ordinal));
            Assert.InRange(found.FirstFailure, truth.FirstFailure.AddMinutes(-10), truth.FirstFailure.AddMinutes(10));
            Assert.NotNull(found.Closed);
        }
    }

    /// <summary>Several writers, and copies of several tools, do not keep the order of rows.</summary>
    [Fact]
    public async Task Rows_out_of_order_make_the_same_incidents()
    {
        using var logs = new OutageFolder("three-at-once", 6);
        var expected = Written(await ScanAsync(logs.Path));
        Assert.NotEmpty(expected);
        foreach (var path in logs.LogPaths)
        {
            var lines = await File.ReadAllLinesAsync(path, Cancel);
            var head = lines.TakeWhile(l => l.StartsWith('#')).Count();
            await File.WriteAllTextAsync(
                path, string.Concat(lines[..head].Concat(lines[head..].Chunk(40).SelectMany(c => c.Reverse())).Select(l => l + "\r\n")), Cancel);
        }

        Assert.Equal(expected, Written(await ScanAsync(logs.Path)));
        using var bed = new FlowBed(logs.Path);
        await bed.RunAsync(TimeProvider.System, () => bed.Until >= logs.Truth.Newest.AddMinutes(-2));
        Assert.Equal(expected, Written(bed.Incidents));
    }

    /// <summary>A damaged date or a wrong clock is not the present: incidents of the other rows are judged as without it.</summary>
    [Fact]
    public async Task A_row_of_the_far_future_hides_no_incident()
    {
        using var logs = new OutageFolder("domain-dead", 9);
        var expected = Written(await ScanAsync(logs.Path));
        Assert.NotEmpty(expected);
        var path = logs.LogPaths.First(p => Path.GetFileName(p).StartsWith("MSGTRK2", StringComparison.Ordinal));
        var row = (await File.ReadAllLinesAsync(path, Cancel)).First(l => l.StartsWith("2026-", StringComparison.Ordinal));
        await File.AppendAllTextAsync(path, "9999" + row[4..] + "\r\n", Cancel);
        Assert.Equal(expected, Written(await ScanAsync(logs.Path)));
        using var bed = new FlowBed(logs.Path);
        await bed.RunAsync(TimeProvider.System, () => bed.Rows > logs.Truth.Rows && bed.Until >= logs.Truth.Newest.AddMinutes(-2));
        Assert.Equal(expected, Written(bed.Incidents));
    }

    /// <summary>The logs of a server arrive when all others are judged: its rows are days old, and everything is judged again.</summary>
    [Fact]
    public async Task Logs_of_a_server_that_arrive_days_late_change_the_incidents_to_those_of_all_logs()
    {
        using var logs = new OutageFolder("egress-listed", 7);
        var expected = await ScanAsync(logs.Path);
        var (late, aside) = (Path.Combine(logs.Path, "EX02"), logs.Path + "-late");
        Directory.Move(late, aside);
        Directory.CreateDirectory(late);
        using var bed = new FlowBed(logs.Path);
        // The present of the logs, and the time after it in which a replay is allowed.
        var clock = new ShiftedClock(new DateTimeOffset(logs.Truth.Newest).AddMinutes(3) - DateTimeOffset.UtcNow);
        var (arrived, passed) = (false, false);
        var before = new List<string>();
        await bed.RunAsync(clock, () =>
        {
            if (!arrived && bed.Until >= logs.Truth.Newest.AddMinutes(-2))
            {
                before.AddRange(bed.Incidents.Select(i => i.Id));
                Assert.NotEqual(Judged(expected), Judged(bed.Incidents));
                foreach (var file in Directory.GetFiles(aside))
                    File.Move(file, Path.Combine(late, Path.GetFileName(file)));
                arrived = true;
            }

            if (!arrived || bed.Rows < logs.Truth.Rows)
                return false;
            if (!passed)
                clock.Shift += Detection.ReplayInterval;
            passed = true;
            return Judged(expected).SequenceEqual(Judged(bed.Incidents));
        });
        // It keeps the id under which it may have been told.
        Assert.Equal(before, bed.Incidents.Where(i => i.Kind != IncidentKind.Signal).Select(i => i.Id));
        Directory.Delete(aside, recursive: true);
    }

    /// <summary>Two programs on one log, each with a store of its own, tell of the same incidents under the same ids.</summary>
    [Fact]
    public async Task Two_programs_on_one_log_find_the_same_incidents()
    {
        using var logs = new OutageFolder("two-at-once", 8);
        using var one = new FlowBed(logs.Path, workers: 1);
        using var two = new FlowBed(logs.Path, workers: 4);
        await Task.WhenAll(new[] { one, two }.Select(bed => bed.RunAsync(TimeProvider.System, () => bed.Until >= logs.Truth.Newest.AddMinutes(-2))));
        Assert.NotEmpty(one.Incidents);
        Assert.Equal(Written(one.Incidents), Written(two.Incidents));
        Assert.Equal(Written(await ScanAsync(logs.Path)), Written(one.Incidents));
    }

    /// <summary>A copy of the logs in a second folder has the same messages: they count once.</summary>
    [Fact]
    public async Task A_second_copy_of_the_logs_does_not_count_messages_twice()
    {
        using var logs = new OutageFolder("domain-dead", 9);
        var expected = await ScanAsync(logs.Path);
        foreach (var path in logs.LogPaths)
        {
            var copy = Path.Combine(logs.Path, "copy", Path.GetRelativePath(logs.Path, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        using var bed = new FlowBed(logs.Path);
        await bed.RunAsync(TimeProvider.System, () => bed.Rows >= 2 * logs.Truth.Rows && bed.Until >= logs.Truth.Newest.AddMinutes(-2));
        var found = Assert.Single(bed.Incidents, i => i.Id == expected.Single().Id);
        Assert.Equal(Brief(expected), Brief([found]));
    }

    /// <summary>A file that has a name in two folders is read once.</summary>
    [Fact]
    public async Task A_second_folder_with_the_same_files_changes_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "cp -l makes the second names");
        using var logs = new OutageFolder("domain-dead", 9);
        var expected = Written(await ScanAsync(logs.Path));
        using var copying = Process.Start("cp", ["-rl", Path.Combine(logs.Path, "EX02"), Path.Combine(logs.Path, "copy")]);
        await copying.WaitForExitAsync(Cancel);
        using var bed = new FlowBed(logs.Path);
        await bed.RunAsync(TimeProvider.System, () => bed.Rows >= logs.Truth.Rows && bed.Until >= logs.Truth.Newest.AddMinutes(-2));
        Assert.Equal(logs.Truth.Rows, bed.Rows);
        Assert.Equal(expected, Written(bed.Incidents));
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<IReadOnlyList<Incident>> ScanAsync(string folder) =>
        (await IncidentScan.RunAsync([folder], 1, new() { Current = OwnRules.None }, TimeProvider.System, null, Cancel)).Incidents;

    static IEnumerable<string> Written(IEnumerable<Incident> incidents) =>
        [.. incidents.Where(i => i.Kind != IncidentKind.Signal).Select(IncidentJsonState.Write)];

    /// <summary>Place, times and size, without the id.</summary>
    static IEnumerable<string> Judged(IEnumerable<Incident> incidents) =>
        Brief(incidents.Where(i => i.Kind != IncidentKind.Signal).Select(i => i with { Id = "" }));

    static IEnumerable<string> Brief(IEnumerable<Incident> incidents) =>
        incidents.Select(
            i => $"{i.Id} {i.Kind} {i.Place.Name} {i.FirstFailure:s} {i.Opened:s} {i.LastFailure:s} {i.Closed:s} {i.Messages} {i.Recipients}");

    /// <summary>The time of the system, moved.</summary>
    sealed class ShiftedClock(TimeSpan shift) : TimeProvider
    {
        public TimeSpan Shift { get; set; } = shift;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;

        public override long GetTimestamp() => GetUtcNow().UtcTicks;
    }

    /// <summary>A store of its own, and the flow that fills it.</summary>
    sealed class FlowBed(string logs, int workers = 2) : IDisposable
    {
        readonly string _state = Directory.CreateTempSubdirectory("mailflow-flow-").FullName;
        Committer? _committer;

        public long Rows => _committer?.Current.Sum(Counters.Rows) ?? 0;

        public DateTime? Until => StoreIncidents.Read(StorePath).Until;

        public IReadOnlyList<Incident> Incidents => StoreIncidents.Read(StorePath).Incidents;

        string StorePath => Path.Combine(_state, "mailflow.db");

        public async Task RunAsync(TimeProvider clock, Func<bool> enough)
        {
            using var store = new Store(StorePath);
            using var flow = new Flow(FlowIncidentTests.Options(logs) with { Workers = workers }, store, clock, NullLoggerFactory.Instance);
            _committer = flow.Committer;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var running = flow.RunAsync(stop.Token, Cancel);
            await Waiting.UntilAsync(enough, () => $"{Rows} rows are read, and judged up to {Until:u}: {string.Join(' ', Brief(Incidents))}");
            await stop.CancelAsync();
            await running;
        }

        public void Dispose() => Directory.Delete(_state, recursive: true);
    }

    static MailflowOptions Options(string folder) => new()
    {
        Logs = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(RootOf)],
        Workers = 2,
        Ledger = new() { CommitInterval = TimeSpan.FromMilliseconds(50) },
    };

    /// <summary>A folder has the name of its server; in a copy, the rows name it.</summary>
    static LogRoot RootOf(string folder) => new(Path.GetFileName(folder), folder, Path.GetFileName(folder) is "copy" ? null : Path.GetFileName(folder));
}
