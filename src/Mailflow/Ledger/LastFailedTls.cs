using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>When TLS failed last on a connector with this error, since the start. The names are labels.</summary>
sealed record LastFailedTls(SmtpDirection Direction, TlsError Error, string Connector, string Server, DateTime Newest);
