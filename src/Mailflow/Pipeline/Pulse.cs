namespace Mailflow.Pipeline;

/// <summary>Detects a file system that does not answer: calls to an unavailable share may hang for minutes, which only their duration shows.</summary>
sealed class Pulse(TimeProvider clock)
{
    const long Idle = long.MinValue;

    long _asked = Idle;

    /// <summary>How long the current call has been waiting; zero without one.</summary>
    public TimeSpan Waiting => Volatile.Read(ref _asked) is var asked && asked != Idle ? clock.GetElapsedTime(asked) : TimeSpan.Zero;

    /// <summary>A call begins.</summary>
    public void Ask() => Volatile.Write(ref _asked, clock.GetTimestamp());

    /// <summary>The call has ended, successfully or not.</summary>
    public void Answered() => Volatile.Write(ref _asked, Idle);
}
