using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>The recipient domains of one cause.</summary>
/// <param name="TopDomain">The domain with the most of its failures; empty where the failures have no domain.</param>
sealed record CauseSpread(Cause Cause, string TopDomain, long TopCount, long Domains);
