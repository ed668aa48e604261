using System.Diagnostics;

namespace Mailflow.Tests;

/// <summary>Waits for concurrent work of a test, with a limit after which the test fails.</summary>
static class Waiting
{
    /// <summary>Not a measure of speed: a busy machine may be slow.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Awaits a task within the limit.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience, Cancel);

    public static Task Soon(this Task task) => task.WaitAsync(Patience, Cancel);

    /// <summary>Polls a condition that nothing signals: another process, a file.</summary>
    /// <param name="what">A description of the condition, for the message.</param>
    public static async Task UntilAsync(Func<Task<bool>> holds, Func<string> what)
    {
        for (var waited = Stopwatch.StartNew(); !await holds(); await Task.Delay(50, Cancel))
            Assert.True(waited.Elapsed < Patience, $"Not within {Patience.TotalMinutes} minutes: {what()}");
    }

    public static Task UntilAsync(Func<bool> holds, Func<string> what) => UntilAsync(() => Task.FromResult(holds()), what);
}
