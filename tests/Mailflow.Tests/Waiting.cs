using System.Diagnostics;

namespace Mailflow.Tests;

/// <summary>How a test waits for what runs beside it. Where it does not come, the test fails instead of waiting for ever.</summary>
static class Waiting
{
    /// <summary>No measure of speed: a busy machine may take long over anything.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Awaits what is about to happen.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience, Cancel);

    public static Task Soon(this Task task) => task.WaitAsync(Patience, Cancel);

    /// <summary>Asks again and again, where nothing tells when it is so: another process, a file.</summary>
    /// <param name="what">What is waited for, for the message.</param>
    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> what)
    {
        for (var waited = Stopwatch.StartNew(); !await holds(); await Task.Delay(50, Cancel))
            Assert.True(waited.Elapsed < Patience, $"Not within {Patience.TotalMinutes} minutes: {what()}");
    }

    public static Task UntilAsync(Func<bool> holds, Func<string> what) => UntilAsync(() => Task.FromResult(holds()), what);
}
