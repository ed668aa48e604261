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
