namespace Mailflow.Pipeline;

/// <summary>Edge-triggered event. It is not latched: check the state first, then wait with a timeout.</summary>
sealed class Wakeup
{
    TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Get it before checking the state; it completes at the next <see cref="Set"/>.</summary>
    public Task Next => Volatile.Read(ref _source).Task;

    public void Set() =>
        Interlocked.Exchange(ref _source, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
