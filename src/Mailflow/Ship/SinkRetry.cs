using System.Diagnostics.CodeAnalysis;
using Polly;
using Polly.Retry;

namespace Mailflow.Ship;

/// <summary>
/// Retries a sink for ever: Polly's exponential backoff with jitter up to <see cref="MaxDelay"/>, or the time that the sink asks for, or a
/// fixed time where a person has to change something first.
/// </summary>
static class SinkRetry
{
    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(60);

    /// <summary>The longest Retry-After that is honoured.</summary>
    public static readonly TimeSpan MaxAsked = TimeSpan.FromHours(1);

    public static readonly TimeSpan MisconfiguredDelay = TimeSpan.FromSeconds(60);

    static readonly TimeSpan BaseDelay = TimeSpan.FromSeconds(1);

    /// <summary>Runs a step again until its answer is no trouble; null is the answer of a step without events.</summary>
    public static ResiliencePipeline<Answer?> Create(TimeProvider clock) =>
        new ResiliencePipelineBuilder<Answer?> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<Answer?>
            {
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { Verdict: Verdict.Later or Verdict.Misconfigured }),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = BaseDelay,
                MaxDelay = MaxDelay,
                DelayGenerator = args => ValueTask.FromResult(Asked(args.Outcome.Result)),
            })
            .Build();

    /// <summary>Null: Polly's delay. Jitter is added to what the sink asks for, so that programs that failed together do not return together.</summary>
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Jitter is no secret.")]
    static TimeSpan? Asked(Answer? answer) => answer switch
    {
        { Verdict: Verdict.Misconfigured } => MisconfiguredDelay,
        { RetryAfter: { } time } when time > TimeSpan.Zero => (time < MaxAsked ? time : MaxAsked) + (BaseDelay * Random.Shared.NextDouble()),
        _ => null,
    };
}
