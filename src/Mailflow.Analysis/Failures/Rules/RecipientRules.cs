using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>What is wrong at the recipient: no such mailbox, a full one, a message too large for it.</summary>
static class RecipientRules
{
    public static Rule[] Rules { get; } =
    [
        new(MailboxFull, null, "over quota|overquota|quota exceed*|exceeded quota|mailbox full|mailbox is full|mailfolder is full|inbox is full|disk quota|not enough storage|insufficient storage|quota violation", "RFC 3463 X.2.2",
            "552 5.2.2 <user@example.com>: Over quota"),
        new(MailboxFull, null, "exceed*|over|reached .. quota|storage limit|allowed size", "RFC 3463 X.2.2", "User mailbox exceeds allowed size: user@example.com"),
        new(MessageTooLarge, null, "message too large|message too big|message size exceed*|exceeds maximum message size|message length exceeds|size limit", "RFC 3463 X.3.4",
            "552 5.3.4 Message size exceeds fixed maximum message size"),
        new(InvalidRecipient, "unknown-user", "email account that you tried to reach + !disabled", "Gmail SMTP errors", "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces."),
        new(InvalidRecipient, "unknown-user", "#5.4.1 + recipient address rejected + access denied", "Exchange Online NDR codes 5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)"),
        new(MailboxDisabled, null, "mailbox|account|user|recipient .. disabled|suspended|inactive", "RFC 3463 X.2.1", "550 5.2.1 The email account that you tried to reach is disabled."),
        new(InvalidRecipient, "unknown-user", "user unknown|unknown user|no such user|no such recipient|mailbox not found|user not found|recipient not found|addressee unknown|does not exist|doesn't exist|no mailbox here by that name|unknown recipient|invalid recipient|userunknown", "RFC 5321 section 3.5.3",
            "550 5.1.1 <user@example.com>... User unknown"),
    ];
}
