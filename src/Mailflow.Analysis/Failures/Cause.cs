namespace Mailflow.Analysis.Failures;

/// <summary>Why a message was not delivered: a closed set, the first twenty after what mail servers say and unknown.</summary>
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

/// <summary>Whether a retry can help: what the outermost reply says (RFC 5321 section 4.2.1, RFC 3463 section 2).</summary>
public enum Permanence
{
    Unknown,
    Permanent,
    Transient,
}

/// <summary>Whose it is to mend.</summary>
public enum Fault
{
    Unknown,
    Ours,
    Theirs,
    Sender,
    Policy,
}
