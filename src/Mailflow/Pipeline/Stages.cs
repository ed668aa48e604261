using System.Threading.Channels;

namespace Mailflow.Pipeline;

/// <summary>How stages end: each when its input has ended, and all when one fails.</summary>
static class Stages
{
    /// <summary>Waits until all tasks of a stage have ended, and then ends the input of the next stage. When one fails, all stages are cancelled.</summary>
    /// <param name="endNext">What ends the input of the next stage: nothing after the last stage.</param>
    public static async Task EndAsync(IEnumerable<Task> stage, CancellationTokenSource failed, params IReadOnlyList<Action> endNext)
    {
        try
        {
            var running = stage.ToList();
            while (running.Count > 0)
            {
                var ended = await Task.WhenAny(running);
                running.Remove(ended);
                await ended;
            }
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
        finally
        {
            foreach (var end in endNext)
                end();
        }
    }

    /// <summary>Ends the input of a stage.</summary>
    public static void Complete<T>(params IEnumerable<Channel<T>> channels)
    {
        foreach (var channel in channels)
            channel.Writer.TryComplete();
    }

    /// <summary>How long the other stages may take to end when one has failed. One that hangs in a system call never ends.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    /// <summary>Waits for all stages, and throws the first failure, not the cancellations that it caused.</summary>
    public static async Task AllAsync(params Task[] stages)
    {
        var running = stages.ToList();
        while (running.Count > 0 && !stages.Any(s => s.IsFaulted))
            running.Remove(await Task.WhenAny(running));
        var all = Task.WhenAll(stages);
        await ((Task)all).WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stages.Select(s => s.Exception?.InnerException).FirstOrDefault(e => e is not null and not OperationCanceledException) is { } first)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        await all;
    }
}
