using Mailflow.Simulator;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Simulate;

public sealed class LiveTests
{
    static readonly DateTimeOffset Morning = new(2026, 2, 3, 9, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Live_files_may_end_inside_a_line()
    {
        using var folder = new SimulatedFolder();
        await using var live = new LiveRun(folder.Options() with { Rate = 400 }, Morning);
        var torn = 0;
        for (var tick = 0; tick < 60; tick++)
        {
            await live.Tick();
            torn += folder.LogPaths.Count(path => LastByte(path) != '\n');
        }
        await live.Stop();

        Assert.True(torn > 30, $"{torn} torn files seen");
        var recount = Recount.Of(folder.LogPaths);
        Assert.Equal(0, recount.Misfits);
        Assert.Equal(folder.Truth.Events, recount.Events);
        Assert.Equal(folder.Truth.Bytes, recount.Bytes);
        Assert.True(folder.Truth.Finished);
    }

    [Fact]
    public async Task Simulation_keeps_the_exact_rate()
    {
        using var folder = new SimulatedFolder();
        await using var live = new LiveRun(folder.Options() with { Rate = 250, Duration = TimeSpan.FromSeconds(8) }, Morning);
        for (var tick = 0; tick < 80; tick++)
            await live.Tick();
        Assert.Equal(1000, live.Last.Rows);
        for (var tick = 80; tick < 160; tick++)
            await live.Tick();
        await live.Ended;

        Assert.Equal(2000, folder.Truth.Rows);
        Assert.Equal(2000, Recount.Of(folder.LogPaths).Rows);
    }

    [Fact]
    public async Task Rows_carry_the_time_at_which_they_are_written()
    {
        using var folder = new SimulatedFolder();
        await using var live = new LiveRun(folder.Options() with { Rate = 100, Duration = TimeSpan.FromSeconds(1) }, Morning);
        for (var tick = 0; tick < 20; tick++)
            await live.Tick();
        await live.Ended;

        var times = folder.LogPaths
            .SelectMany(File.ReadLines)
            .Where(line => line.StartsWith('2'))
            .Select(line => line[..24])
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.Equal(100, times.Count);
        Assert.Equal("2026-02-03T09:30:00.010Z", times[0]);
        Assert.Equal("2026-02-03T09:30:01.000Z", times[^1]);
    }

    [Fact]
    public async Task Simulation_opens_new_files_each_hour()
    {
        using var folder = new SimulatedFolder();
        await using var live = new LiveRun(folder.Options() with { Rate = 2000 }, new(2026, 2, 3, 9, 59, 59, TimeSpan.Zero));
        for (var tick = 0; tick < 40; tick++)
            await live.Tick();
        await live.Stop();

        Assert.Contains("MSGTRK2026020309-1.LOG", folder.LogNames, StringComparison.Ordinal);
        Assert.Contains("MSGTRK2026020310-1.LOG", folder.LogNames, StringComparison.Ordinal);
        Assert.Contains("MSGTRKMD2026020310-1.LOG", folder.LogNames, StringComparison.Ordinal);
        Assert.Equal(folder.Truth.Events, Recount.Of(folder.LogPaths).Events);
    }

    [Fact]
    public async Task Truth_of_a_running_simulation_counts_whole_rows()
    {
        using var folder = new SimulatedFolder();
        await using var live = new LiveRun(folder.Options() with { Rate = 300 }, Morning);
        for (var tick = 0; tick < 70; tick++)
            await live.Tick();

        var truth = folder.Truth;
        Assert.False(truth.Finished);
        Assert.Equal(900, truth.Rows);
        Assert.Equal(truth.Rows, truth.Events.Values.Sum());
        await live.Stop();
        Assert.True(folder.Truth.Finished);
    }

    [Fact]
    public async Task Restarted_simulation_continues_the_last_file_without_a_new_header()
    {
        using var folder = new SimulatedFolder();
        await RunFor(folder, ticks: 20, Morning);
        var before = folder.LogNames;
        var first = folder.Truth;
        await RunFor(folder, ticks: 20, Morning.AddMinutes(1));

        Assert.Equal(before, folder.LogNames);
        var recount = Recount.Of(folder.LogPaths);
        Assert.Equal(0, recount.Misfits);
        Assert.Equal(first.Rows + folder.Truth.Rows, recount.Rows);
        Assert.All(folder.LogPaths, path => Assert.Single(File.ReadLines(path), line => line.StartsWith("#Fields", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Simulation_does_not_continue_an_incomplete_file()
    {
        using var folder = new SimulatedFolder();
        await RunFor(folder, ticks: 20, Morning);
        var path = Path.Combine(folder.Path, "MSGTRK2026020309-1.LOG");
        await File.AppendAllTextAsync(path, "2026-02-03T09:3", TestContext.Current.CancellationToken);
        await RunFor(folder, ticks: 20, Morning.AddMinutes(1));

        Assert.Contains("MSGTRK2026020309-2.LOG", folder.LogNames, StringComparison.Ordinal);
        Assert.EndsWith("2026-02-03T09:3", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    static async Task RunFor(SimulatedFolder folder, int ticks, DateTimeOffset start)
    {
        await using var live = new LiveRun(folder.Options() with { Rate = 400 }, start);
        for (var tick = 0; tick < ticks; tick++)
            await live.Tick();
        await live.Stop();
    }

    static int LastByte(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length == 0)
            return '\n';
        file.Position = file.Length - 1;
        return file.ReadByte();
    }

    /// <summary>A live simulation whose clock is advanced by the test.</summary>
    sealed class LiveRun : IAsyncDisposable
    {
        readonly FakeTimeProvider _clock;
        readonly Simulation _simulation;
        readonly SemaphoreSlim _reported = new(0);
        readonly CancellationTokenSource _stop = new();

        public LiveRun(SimulationOptions options, DateTimeOffset start)
        {
            _clock = new(start);
            _simulation = new(options, _clock);
            Ended = _simulation.RunAsync(
                new Immediately(progress =>
                {
                    Last = progress;
                    _reported.Release();
                }),
                _stop.Token);
        }

        public Task Ended { get; }

        public SimulationProgress Last { get; private set; }

        public async Task Tick()
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            await _reported.WaitAsync(TestContext.Current.CancellationToken);
        }

        public async Task Stop()
        {
            await _stop.CancelAsync();
            await Ended;
        }

        public async ValueTask DisposeAsync()
        {
            await Stop();
            _simulation.Dispose();
            _reported.Dispose();
            _stop.Dispose();
        }
    }
}
