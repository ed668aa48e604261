namespace Mailflow.Analysis.Messages;

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
