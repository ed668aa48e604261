namespace Mailflow.Ship;

/// <summary>A sink's answer.</summary>
/// <param name="Reason">Why not, for a person: without addresses or secrets.</param>
/// <param name="RetryAfter">When to come back, where the sink says so.</param>
readonly record struct SinkAnswer(SinkOutcome Outcome, string Reason = "", TimeSpan? RetryAfter = null)
{
    public static SinkAnswer Taken => new(SinkOutcome.Taken);
}
