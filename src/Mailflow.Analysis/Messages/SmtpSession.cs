namespace Mailflow.Analysis.Messages;

/// <summary>A finished session.</summary>
public readonly record struct SmtpSession(SmtpDirection Direction, SmtpOutcome Outcome, TlsVersion Tls);
