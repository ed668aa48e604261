using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Ship;

/// <summary>A clock that a test moves, and that tells which waits were begun: moved before, it would move past them.</summary>
sealed class TestClock() : FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero))
{
    readonly Happenings<TimeSpan> _timers = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        // Deadlines are no waits: they belong to a request.
        if (state is not CancellationTokenSource)
            _timers.Add(dueTime);
        return timer;
    }

    /// <summary>The next wait of such a length, once it has begun.</summary>
    public Task<TimeSpan> WaitAsync(TimeSpan least, TimeSpan most) => _timers.NextAsync(t => t >= least && t <= most);
}
