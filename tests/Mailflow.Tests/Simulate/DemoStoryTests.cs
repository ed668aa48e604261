using System.Globalization;
using Mailflow.Simulator;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Simulate;

/// <summary>The demo's story: a normal day, then one outage that begins and ends.</summary>
public sealed class DemoStoryTests : IDisposable
{
    static readonly DateTimeOffset Now = new(2026, 2, 3, 9, 30, 0, TimeSpan.Zero);
    static readonly TimeSpan Hour = TimeSpan.FromMinutes(58);

    /// <summary>Rows of the tracking log alone: failed recipients by minute.</summary>
    const string Failed = ",SMTP,FAIL,";

    readonly SimulatedFolder _folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_normal_day_nothing_fails_on_our_side()
    {
        await WriteAsync(new(Now.AddMinutes(1), Now.AddMinutes(9)));

        // The policy is a moderator who rejects a message.
        Assert.Equal(["dns-failure", "invalid-recipient", "mailbox-full", "message-too-large", "policy-restriction"], _folder.Truth.Failures.Keys);
        Assert.Equal(["greylisted"], _folder.Truth.Deferrals.Keys);
        Assert.InRange(_folder.Truth.Failures.Values.Sum(), 40, 200);
    }

    [Fact]
    public async Task The_outage_has_one_cause_a_beginning_and_an_end()
    {
        var (begins, ends) = (Now.AddMinutes(-30), Now.AddMinutes(-22));
        await WriteAsync(new(begins, ends));

        var listed = Lines().Where(line => line.Contains("blocked using zen.spamhaus.org", StringComparison.Ordinal)).Select(TimeOf).ToList();
        Assert.InRange(listed.Count, 60, 400);
        Assert.All(listed, at => Assert.InRange(at, begins, ends.AddSeconds(30)));
        Assert.InRange(listed.Min(), begins, begins.AddSeconds(15));
        Assert.Equal(6, _folder.Truth.Failures.Count);
    }

    [Fact]
    public async Task A_domain_that_does_not_exist_has_no_mailboxes()
    {
        await WriteAsync(new(Now.AddMinutes(-30), Now.AddMinutes(-22)));

        var mistyped = Lines().Where(line => World.MistypedDomains.Any(domain => line.Contains("@" + domain, StringComparison.Ordinal))).ToList();
        Assert.NotEmpty(mistyped);
        Assert.DoesNotContain(mistyped, line => line.Contains(Failed, StringComparison.Ordinal) || line.Contains("SENDEXTERNAL", StringComparison.Ordinal));
        Assert.DoesNotContain(
            Lines().Where(line => line.Contains("does not exist [Message=InfoDomainNonexistent]", StringComparison.Ordinal)),
            line => !World.MistypedDomains.Any(domain => line.Contains("@" + domain, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_next_hops_are_fewer_than_the_labels_for_them()
    {
        await WriteAsync(new(Now.AddMinutes(-30), Now.AddMinutes(-22)));

        var hops = Directory.EnumerateFiles(Path.Combine(_folder.Path, "Connectivity")).SelectMany(File.ReadLines)
            .Where(line => line.StartsWith('2')).Select(line => line.Split(',')[3]).ToHashSet(StringComparer.Ordinal);
        // Two servers write, and Mailflow has 100 labels.
        Assert.InRange(hops.Count, 30, 80);
    }

    [Fact]
    public async Task The_live_part_goes_on_where_history_ends_at_the_same_rate_of_failures()
    {
        var clock = new FakeTimeProvider(Now);
        using var reported = new SemaphoreSlim(0);
        var options = Options(new(Now.AddHours(1), Now.AddHours(2))) with { Rate = 500, Duration = TimeSpan.FromMinutes(2) };
        using var simulation = new Simulation(options, clock);
        await simulation.WriteHistoryAsync(TimeSpan.FromMinutes(4), Cancel);
        var past = simulation.Rows;
        var run = simulation.RunAsync(new Immediately(_ => reported.Release()), Cancel);
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.WhenAny(run, reported.WaitAsync(Cancel));
        }

        Assert.Equal(past + 60_000, simulation.Rows);
        Assert.InRange(past, 115_000, 125_000);
        var recount = Recount.Of(_folder.LogPaths);
        Assert.Equal(0, recount.Misfits);
        Assert.Equal(_folder.Truth.Events, recount.Events);
        var failed = Lines().Where(line => line.Contains(",FAIL,", StringComparison.Ordinal)).Select(TimeOf).ToList();
        var (before, after) = (failed.Count(at => at < Now) / 4.0, failed.Count(at => at >= Now) / 2.0);
        Assert.InRange(after / before, 0.6, 1.6);
    }

    async Task WriteAsync(DemoStory story)
    {
        var clock = new FakeTimeProvider(Now);
        using var simulation = new Simulation(Options(story), clock);
        await simulation.WriteHistoryAsync(Hour, Cancel);
        // Ends at once: the truth is complete.
        await simulation.RunAsync(null, new CancellationToken(canceled: true));
    }

    SimulationOptions Options(DemoStory story) => _folder.Options() with { Rate = 20, AllLogs = true, Story = story };

    IEnumerable<string> Lines() => _folder.LogPaths.SelectMany(File.ReadLines).Where(line => line.StartsWith('2'));

    static DateTimeOffset TimeOf(string line) => DateTimeOffset.Parse(line[..24], CultureInfo.InvariantCulture);

    public void Dispose() => _folder.Dispose();
}
