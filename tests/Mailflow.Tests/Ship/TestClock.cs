using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Ship;

/// <summary>A clock advanced by the test. It reports started waits, because advancing before a wait starts would miss it.</summary>
sealed class TestClock() : FakeTimeProvider(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero))
{
    readonly Happenings<TimeSpan> _timers = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        // Deadlines of requests are not counted as waits.
        if (state is not CancellationTokenSource)
            _timers.Add(dueTime);
        return timer;
    }

    /// <summary>Completes when a wait of this length has started.</summary>
    public Task<TimeSpan> WaitAsync(TimeSpan least, TimeSpan most) => _timers.NextAsync(t => t >= least && t <= most);
}
