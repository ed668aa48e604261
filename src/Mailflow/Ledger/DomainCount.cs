using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>Failures to one recipients' domain.</summary>
/// <param name="TopCause">The cause of most of them.</param>
sealed record DomainCount(string Domain, long Count, Cause TopCause, long TopCount, DateTimeOffset Newest);
