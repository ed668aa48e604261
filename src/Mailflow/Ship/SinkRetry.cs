using System.Diagnostics.CodeAnalysis;
using Polly;
using Polly.Retry;

namespace Mailflow.Ship;

/// <summary>
/// Retries a sink without end. The delay is Polly's exponential backoff with jitter while it grows, then between half and all of
/// <see cref="MaxDelay"/>; or the time that the sink requests; or a fixed time if the configuration must be corrected first.
/// </summary>
static class SinkRetry
{
    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(60);

    /// <summary>The longest Retry-After that is honoured.</summary>
    public static readonly TimeSpan MaxAsked = TimeSpan.FromHours(1);

    public static readonly TimeSpan MisconfiguredDelay = TimeSpan.FromSeconds(60);

    static readonly TimeSpan BaseDelay = TimeSpan.FromSeconds(1);

    /// <summary>Retries until the exponential delay reaches <see cref="MaxDelay"/>: 2^6 seconds.</summary>
    const int Growing = 6;

    /// <summary>Repeats a step until it succeeds or the event is rejected; null is the answer of a step without events.</summary>
    public static ResiliencePipeline<SinkAnswer?> Create(TimeProvider clock) =>
        new ResiliencePipelineBuilder<SinkAnswer?> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<SinkAnswer?>
            {
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { Outcome: SinkOutcome.Later or SinkOutcome.Misconfigured }),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = BaseDelay,
                MaxDelay = MaxDelay,
                DelayGenerator = args => ValueTask.FromResult(DelayOf(args.Outcome.Result, args.AttemptNumber)),
            })
            .Build();

    /// <summary>
    /// Null: Polly's delay. Programs that failed at the same time must not retry at the same time, so jitter is added to the time that the sink
    /// requests, and to the longest delay, since Polly limits its own jitter to MaxDelay (findings/polly-jitter-ends-at-maxdelay.sh).
    /// </summary>
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Jitter is no secret.")]
    static TimeSpan? DelayOf(SinkAnswer? answer, int retries) => answer switch
    {
        { Outcome: SinkOutcome.Misconfigured } => MisconfiguredDelay,
        { RetryAfter: { } time } when time > TimeSpan.Zero => (time < MaxAsked ? time : MaxAsked) + (BaseDelay * Random.Shared.NextDouble()),
        _ => retries < Growing ? null : MaxDelay * (1 + Random.Shared.NextDouble()) / 2,
    };
}
