using Mailflow.Configuration;

namespace Mailflow.Enrich;

/// <summary>What a mail server answers to somebody who wants to send.</summary>
/// <param name="Reachable">Whether it greets and takes EHLO.</param>
/// <param name="NotAfter">When its certificate ends; null where it showed none.</param>
/// <param name="MaxSize">The size that it announces, in bytes; null where it announces none.</param>
sealed record HostResult(HostTarget Target, bool Reachable, DateTimeOffset? NotAfter, long? MaxSize, IReadOnlyList<Finding> Findings);
