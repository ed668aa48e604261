using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>Failures of one recipient domain.</summary>
/// <param name="TopCause">The most frequent cause.</param>
sealed record DomainCount(string Domain, long Count, Cause TopCause, long TopCount, DateTimeOffset Newest);
