using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Words that say little: asked only where no code says more.</summary>
static class VagueRules
{
    public static Rule[] Rules { get; } =
    [
        new(PolicyRestriction, null, "policy|not authorized|delivery not authorized|restricted", "RFC 3463 X.7.1", "550 5.7.1 Delivery not authorized, message refused"),
        new(MessageExpired, null, "message expired|retry timeout exceeded", "RFC 3463 X.4.7", "550 5.4.300 Message expired"),
        new(SystemError, null, "temporary failure|internal error|local error|server error|temporarily unavailable|service unavailable|insufficient system resources", "RFC 5321 section 4.2.3", "451 4.3.0 Temporary server error"),
        new(InvalidRecipient, null, "mailbox unavailable|recipient rejected|recipient address rejected", "RFC 5321 section 4.2.3", "550 Requested action not taken: mailbox unavailable"),
    ];
}
