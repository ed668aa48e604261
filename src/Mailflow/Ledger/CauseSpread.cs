using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>How a cause spreads over recipients' domains.</summary>
/// <param name="TopDomain">The domain with the most of its failures; empty where they have none.</param>
sealed record CauseSpread(Cause Cause, string TopDomain, long TopCount, long Domains);
