using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Messages;

/// <summary>Who opened an SMTP session: we (SEND logs) or another (RECV logs).</summary>
public enum SmtpDirection
{
    Send,
    Receive,
}

/// <summary>What became of an SMTP session, counted once at its end.</summary>
public enum SmtpOutcome
{
    /// <summary>A message or more was taken, and nothing was refused.</summary>
    Accepted,

    /// <summary>A message or more was taken, and something was refused besides.</summary>
    PartlyRefused,

    /// <summary>A reply of 4xx or 5xx, and no message was taken.</summary>
    Refused,

    /// <summary>TLS was not agreed on, and no message was taken.</summary>
    TlsFailed,

    /// <summary>One side could not prove who it is, no reply says so, and no message was taken.</summary>
    AuthFailed,

    /// <summary>The connection broke after the first command, and no message was taken.</summary>
    Broken,

    /// <summary>Nothing went wrong and nothing was sent: a probe of a load balancer, for example.</summary>
    NoMessage,

    /// <summary>The start stands in another file: what came before is not known.</summary>
    UnknownStart,

    /// <summary>Its end was not seen before there were too many open ones.</summary>
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

/// <summary>The protocol that encrypts a session.</summary>
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

/// <summary>A session that ended.</summary>
public readonly record struct SmtpSession(SmtpDirection Direction, SmtpOutcome Outcome, TlsVersion Tls);

/// <summary>A reply of 4xx or 5xx: by another server to us where we send, by us to another where we receive.</summary>
/// <param name="Time">When, UTC, as the row says.</param>
/// <param name="Session">The session's id, by which a tracking row may name it.</param>
/// <param name="Remote">The other side's address and port.</param>
/// <param name="Tls">What encrypted the session by then.</param>
public sealed record SmtpRefusal(SmtpDirection Direction, SmtpStage Stage, DateTime Time, string Session, string Connector, string Remote, TlsVersion Tls, Diagnosis Diagnosis);
