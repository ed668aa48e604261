namespace Mailflow.Analysis.Failures;

/// <summary>Why a message was not delivered. A closed set; the first twenty are reasons that mail servers give.</summary>
public enum Cause
{
    Unknown,
    InvalidRecipient,
    MailboxDisabled,
    MailboxFull,
    MessageTooLarge,
    DnsFailure,
    NetworkFailure,
    MessageExpired,
    MailLoop,
    TlsFailure,
    RelayDenied,
    SenderAuthFailure,
    SenderRejected,
    Blocklisted,
    SpamContent,
    MalwareContent,
    PolicyRestriction,
    RateLimited,
    Greylisted,
    ProtocolError,
    SystemError,
}

/// <summary>Whether a retry can help, from the outermost reply (RFC 5321 section 4.2.1, RFC 3463 section 2).</summary>
public enum Permanence
{
    Unknown,
    Permanent,
    Transient,
}

/// <summary>The side that is responsible for a failure.</summary>
public enum Fault
{
    Unknown,
    Ours,
    Theirs,
    Sender,
    Policy,
}
