using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>Failures with the same cause, code, kind and responsible side. Status, domain and so on are those of the newest one.</summary>
/// <param name="Status">The status text as in the log.</param>
sealed record ReasonCount(
    Cause Cause,
    string Reason,
    long Count,
    DateTimeOffset Newest,
    string Status,
    string Domain,
    string Connector,
    string Server,
    string Recipient,
    string Sender,
    string RemoteHost,
    string RemoteAddress);
