namespace Mailflow.Ship;

/// <summary>A sink's result.</summary>
/// <param name="Reason">The reason, for display: without addresses or secrets.</param>
/// <param name="RetryAfter">When to retry, where the sink says so.</param>
readonly record struct SinkAnswer(SinkOutcome Outcome, string Reason = "", TimeSpan? RetryAfter = null)
{
    public static SinkAnswer Taken => new(SinkOutcome.Taken);
}
