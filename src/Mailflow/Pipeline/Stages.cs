using System.Threading.Channels;

namespace Mailflow.Pipeline;

/// <summary>How stages end: each when its input has ended, and all of them when one fails.</summary>
static class Stages
{
    /// <summary>When all of a stage have ended, the next stage's input ends; when one fails, everything does.</summary>
    public static async Task EndAsync<T>(IEnumerable<Task> stage, IReadOnlyList<ChannelWriter<T>> next, CancellationTokenSource failed)
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
            foreach (var writer in next)
                writer.TryComplete();
        }
    }

    /// <summary>How long the others may take to end when one has failed. One that hangs in a call of the system never ends.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    /// <summary>Waits for all, and throws what failed first, not the cancellations that followed from it.</summary>
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
