namespace Mailflow.Pipeline;

/// <summary>Wakes whoever waits; a signal that nobody waited for is not kept, so a waiter looks first and waits then, with a deadline.</summary>
sealed class Signal
{
    TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Taken before looking; completes at the next <see cref="Set"/>.</summary>
    public Task Next => Volatile.Read(ref _source).Task;

    public void Set() =>
        Interlocked.Exchange(ref _source, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
