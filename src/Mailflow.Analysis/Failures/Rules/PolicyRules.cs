using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>What a recipient or its organization does not want. The same words (blocked, banned, refused) are said of lists and mailboxes.</summary>
static class PolicyRules
{
    public static Rule[] Rules { get; } =
    [
        new(PolicyRestriction, "sender-not-allowed",
            "[recipient|user|addressee|mailbox owner|owner of this mailbox|customer|recipient's domain|recipient domain] .. "
            + "[has banned mail|has banned you|has banned your|has blocked you|has blocked mail|has blocked your|has blocked messages|refuses mail|"
            + "refuses your|refuses to receive|refuses to take|refuses messages|does not want|doesn't want|do not want|does not wish|not wish to|"
            + "has declined|declines mail|declines your|does not accept mail from|doesn't accept mail from|does not accept messages from|"
            + "is not accepting mail from|has chosen not to|has rejected your|only accepts mail|only accepts messages|only accepts email|"
            + "accepts mail only|accepts messages only|accept mail only from]",
            "rules of a recipient", "550 The recipient has banned mail from your domain"),
        new(PolicyRestriction, "blocked-sender",
            "[blacklisted|blocklisted|blocked|banned|rejected|refused|denied|barred|deleted|discarded] .. "
            + "[by the recipient|by recipients|by the user|by this user|by user's|by the addressee|by the mailbox owner|by the account owner|by the owner of|"
            + "by the customer|by recipient's] | "
            + "[recipient's|user's|addressee's|personal|individual|private] .. [blacklist|black list|blocklist|block list|reject list|deny list|"
            + "blocked senders|"
            + "blocked sender list|spam list|filter list|list of blocked] | recipient policy | recipient's policy | per recipient policy | "
            + "policy of the recipient",
            "rules of a recipient", "554 discarded by the addressee"),
        new(PolicyRestriction, "delivery-restriction",
            "[matches|matched|caught by|hit] .. [filter rule|filter rules|filtering rule]",
            "Winmail: a rule of the system or of the recipient", "550 the message matches the filter rule of the system"),
        new(PolicyRestriction, "delivery-restriction",
            "no-reply mailbox | noreply mailbox | no-reply address | noreply address | send-only mailbox | send-only address | sending only | "
            + "for sending only | not monitored | "
            + "unmonitored | "
            + "outgoing mail only | does not accept replies | cannot receive mail + !full + !quota | not meant to receive | replies are not accepted",
            "mailboxes that only send", "550 This is an unmonitored address, replies are not accepted"),
        new(PolicyRestriction, "content",
            "[plain text|text/plain] part | HTML-only | HTML mail .. [not accepted|refused|rejected|not allowed] | attachments are not accepted | "
            + "no attachments",
            "servers that want plain text", "550 HTML-only messages are refused"),
        new(PolicyRestriction, "sender-not-allowed",
            "[no permission|not have permission|don't have permission|doesn't have permission|lacks permission|without permission|not permitted|"
            + "not authorized|not authorised|not allowed|insufficient authorization|no right] .. "
            + "[send to this recipient|send to the recipient|mail this recipient|send mail to this|send to this user|send to this group|"
            + "send to this list|mail this address|mail this group|write to this|contact this|deliver to this|send messages to this|"
            + "email this|mail this user|send email to this|send to this address|send to this mailbox]",
            "rules of a recipient", "550 You have no permission to send to this recipient"),
        new(PolicyRestriction, "rejected-by-recipient",
            "accept mail from this address | accept your mail | accept your messages | want mail from you | want your mail | want your messages | "
            + "want to receive mail from you",
            "Sieve scripts of recipients (RFC 5429 reject)", "I do not accept mail from this address."),
        new(PolicyRestriction, "content",
            "[character set|character sets|charset|charsets|language|languages|encoding] .. "
            + "[not wanted|unwanted|not welcome|not allowed|not accepted|is blocked|are blocked|forbidden|refused] | "
            + "[does not accept|not accept|not accepting|refuses|rejects|does not want|block|blocks] .. [character set|character sets|charset|language]",
            "rules of a recipient", "550 Messages in this character set are not wanted here"),
        new(PolicyRestriction, "delivery-restriction",
            "accept bounces + !return path + !sender's + !sender address | bounces not accepted | bounces are not accepted | "
            + "bounce messages are not accepted | not accept bounce messages | "
            + "accept null senders | null sender not | null senders not | null senders are not | null sender is not | empty sender not | "
            + "empty sender is not | "
            + "invalid bounce | bounce not accepted",
            "servers that take no delivery reports, against RFC 5321 section 6.1", "550 Bounces not accepted here"),
    ];
}
