using System.Diagnostics.CodeAnalysis;
using Mailflow.Logging;

namespace Mailflow.Ship;

/// <summary>Logs an outage of a sink: once, again if it turns out that the configuration must be corrected, and its end.</summary>
/// <param name="target">Where events go, without secrets.</param>
sealed class SinkTrouble(string sink, string target, TimeProvider clock, ILogger log)
{
    DateTimeOffset _since;

    /// <summary>The last result; null while there is no outage.</summary>
    public SinkOutcome? Outcome { get; private set; }

    public void Failed(SinkAnswer answer)
    {
        if (Outcome is null)
            _since = clock.GetUtcNow();
        if (Outcome is null || (Outcome == SinkOutcome.Later && answer.Outcome == SinkOutcome.Misconfigured))
        {
            if (answer.Outcome == SinkOutcome.Misconfigured)
                Log.SinkMisconfigured(log, sink, target, answer.Reason);
            else
                Log.SinkUnavailable(log, sink, target, answer.Reason);
        }

        Outcome = answer.Outcome;
    }

    /// <summary>The sink works.</summary>
    /// <param name="waiting">Events that are not sent yet.</param>
    /// <returns>Whether an outage ended.</returns>
    public bool Recovered(long waiting)
    {
        if (Outcome is null)
            return false;
        Outcome = null;
        Log.SinkRecovered(log, sink, target, clock.GetUtcNow() - _since, waiting);
        return true;
    }

    /// <summary>
    /// Any exception of a sink is a problem of that sink only. A call that cannot be cancelled (a file on a dead share) does not delay the end.
    /// </summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A sink may fail in any way, which must not affect the others.")]
    public static async Task<SinkAnswer> TryAsync(Func<CancellationToken, Task<SinkAnswer>> send, CancellationToken abort)
    {
        try
        {
            return await Task.Run(() => send(abort), CancellationToken.None).WaitAsync(abort);
        }
        catch (Exception e) when (e is not OperationCanceledException || !abort.IsCancellationRequested)
        {
            return new(SinkOutcome.Later, e.Message);
        }
    }
}
