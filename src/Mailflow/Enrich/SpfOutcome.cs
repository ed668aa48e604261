using Mailflow.Analysis.Domains;

namespace Mailflow.Enrich;

/// <summary>The SPF result for an address, and its cost.</summary>
/// <param name="Lookups">Terms that cost a lookup; ten are allowed.</param>
/// <param name="Says">The deciding term, or the error.</param>
sealed record SpfOutcome(SpfResult Result, int Lookups, string Says)
{
    /// <summary>The first ip6: term that a receiver does not reach over IPv6, since more than two lookups before it find no AAAA record.</summary>
    public string? Unreached { get; init; }
}
