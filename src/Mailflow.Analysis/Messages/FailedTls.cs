namespace Mailflow.Analysis.Messages;

/// <summary>A TLS negotiation that failed, from a protocol log.</summary>
/// <param name="Error">Its index in <see cref="TlsErrors.All"/>.</param>
/// <param name="Time">When, UTC, as the row says.</param>
public readonly record struct FailedTls(SmtpDirection Direction, int Error, string Connector, DateTime Time);
