using Mailflow.Analysis.Domains;

namespace Mailflow.Enrich;

/// <summary>What SPF says of one address, and what it cost.</summary>
/// <param name="Lookups">Terms that cost a lookup: ten are allowed.</param>
/// <param name="Says">Which term decided, or what is wrong.</param>
sealed record SpfOutcome(SpfResult Result, int Lookups, string Says)
{
    /// <summary>The first ip6: term that a receiver does not reach over IPv6, since more than two lookups before it find no AAAA record.</summary>
    public string? Unreached { get; init; }
}
