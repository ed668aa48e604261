namespace Mailflow.Pipeline;

/// <summary>Whether the file system answers. A share that is gone may let a call wait for minutes, and nothing but time tells it then.</summary>
sealed class Pulse(TimeProvider clock)
{
    const long Idle = long.MinValue;

    long _asked = Idle;

    /// <summary>For how long the call has waited that is under way; zero where none is.</summary>
    public TimeSpan Waiting => Volatile.Read(ref _asked) is var asked && asked != Idle ? clock.GetElapsedTime(asked) : TimeSpan.Zero;

    /// <summary>A call begins.</summary>
    public void Ask() => Volatile.Write(ref _asked, clock.GetTimestamp());

    /// <summary>It has ended, however it did.</summary>
    public void Answered() => Volatile.Write(ref _asked, Idle);
}
