using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Messages;

/// <summary>Which side opened an SMTP session: this server (SEND logs) or the remote side (RECV logs).</summary>
public enum SmtpDirection
{
    Send,
    Receive,
}

/// <summary>The result of an SMTP session, counted once at its end.</summary>
public enum SmtpOutcome
{
    /// <summary>At least one message was accepted, and nothing was rejected.</summary>
    Accepted,

    /// <summary>At least one message was accepted, and something else was rejected.</summary>
    PartlyRefused,

    /// <summary>A 4xx or 5xx reply, and no message was accepted.</summary>
    Refused,

    /// <summary>TLS negotiation failed, and no message was accepted.</summary>
    TlsFailed,

    /// <summary>Authentication failed without an error reply, and no message was accepted.</summary>
    AuthFailed,

    /// <summary>The connection was lost after the first command, and no message was accepted.</summary>
    Broken,

    /// <summary>No error and no message: for example a load balancer's probe.</summary>
    NoMessage,

    /// <summary>The session started in another file, so its first part is not known.</summary>
    UnknownStart,

    /// <summary>Removed before its end was seen, because too many sessions were open.</summary>
    Incomplete,
}

/// <summary>The command that a reply answers.</summary>
public enum SmtpStage
{
    Banner,
    Ehlo,
    Starttls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Other,
}

/// <summary>The encryption protocol of a session.</summary>
public enum TlsVersion
{
    None,
    Ssl,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
    Other,
}

/// <summary>A finished session.</summary>
public readonly record struct SmtpSession(SmtpDirection Direction, SmtpOutcome Outcome, TlsVersion Tls);

/// <summary>A 4xx or 5xx reply: from the remote server where we send, from this server where it receives.</summary>
/// <param name="Time">When, UTC, as the row says.</param>
/// <param name="Session">The session's id, which tracking rows may refer to.</param>
/// <param name="Remote">The remote side's address and port.</param>
/// <param name="Tls">The session's encryption at that time.</param>
public sealed record SmtpRefusal(
    SmtpDirection Direction,
    SmtpStage Stage,
    DateTime Time,
    string Session,
    string Connector,
    string Remote,
    TlsVersion Tls,
    Diagnosis Diagnosis);
