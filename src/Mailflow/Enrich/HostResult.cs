using Mailflow.Configuration;

namespace Mailflow.Enrich;

/// <summary>The state of a mail server, as a sender sees it.</summary>
/// <param name="Reachable">Whether it sends a greeting and accepts EHLO.</param>
/// <param name="NotAfter">When its certificate expires; null where it presented none.</param>
/// <param name="MaxSize">The maximum message size that it announces, in bytes; null where it announces none.</param>
sealed record HostResult(HostTarget Target, bool Reachable, DateTimeOffset? NotAfter, long? MaxSize, IReadOnlyList<Finding> Findings);
