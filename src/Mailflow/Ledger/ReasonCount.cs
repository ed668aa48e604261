using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>Failures that have cause, code and kind in common.</summary>
/// <param name="Status">The newest one's status text, as the log has it.</param>
sealed record ReasonCount(Cause Cause, string Reason, long Count, DateTimeOffset Newest, string Status, string Domain, string Connector, string Server, string Recipient, string Sender);
