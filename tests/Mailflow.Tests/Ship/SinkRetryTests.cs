using Mailflow.Ship;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Ship;

public sealed class SinkRetryTests
{
    /// <summary>Runs every delay at once and remembers it.</summary>
    sealed class HurryingClock : FakeTimeProvider
    {
        public List<TimeSpan> Delays { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Delays.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    static async Task<List<TimeSpan>> DelaysAsync(SinkAnswer trouble, int times)
    {
        var clock = new HurryingClock();
        var calls = 0;
        var answer = await SinkRetry.Create(clock).ExecuteAsync(
            _ => ValueTask.FromResult<SinkAnswer?>(calls++ < times ? trouble : SinkAnswer.Taken),
            TestContext.Current.CancellationToken);
        Assert.Equal(SinkAnswer.Taken, answer);
        Assert.Equal(times, clock.Delays.Count);
        return clock.Delays;
    }

    [Fact]
    public async Task Delays_grow_to_the_limit_and_the_retries_never_end()
    {
        var delays = await DelaysAsync(new(SinkOutcome.Later), 3000);
        Assert.All(delays, d => Assert.InRange(d, TimeSpan.FromTicks(1), SinkRetry.MaxDelay));
        Assert.InRange(delays[0], TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.All(delays[20..], d => Assert.InRange(d, SinkRetry.MaxDelay / 2, SinkRetry.MaxDelay));
        Assert.True(delays[20..].Distinct().Count() > 2000, "the longest delay has no jitter: programs that failed together return together");
    }

    [Fact]
    public async Task Retry_after_replaces_the_delay_and_is_limited()
    {
        var hour = await DelaysAsync(new(SinkOutcome.Later, RetryAfter: TimeSpan.FromDays(3)), 5);
        Assert.All(hour, d => Assert.InRange(d, SinkRetry.MaxAsked, SinkRetry.MaxAsked + TimeSpan.FromSeconds(1)));
        var minutes = await DelaysAsync(new(SinkOutcome.Later, RetryAfter: TimeSpan.FromMinutes(2)), 5);
        Assert.All(minutes, d => Assert.InRange(d, TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(121)));
    }

    [Fact]
    public async Task A_sink_that_needs_a_person_is_tried_once_a_minute() =>
        Assert.All(await DelaysAsync(new(SinkOutcome.Misconfigured), 5), d => Assert.Equal(SinkRetry.MisconfiguredDelay, d));
}
