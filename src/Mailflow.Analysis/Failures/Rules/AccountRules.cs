using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>What a relay or a provider says to its own customer: which senders an account may use, and whether it may send at all.</summary>
static class AccountRules
{
    const string Relays = "relays and providers, to their own customers";

    const string MayNot =
        "[not authorized to|not authorised to|not allowed to|not permitted to|cannot|can't|may not|not able to|unable to|no permission to|no right to|"
        + "not entitled to|must not|not have permission to|don't have permission to|not enabled to|are not|is not]";

    const string ThisSender =
        "[from this address|from that address|from this domain|from that domain|from this sender|as this sender|as this user|as this address|"
        + "with this address|with this sender|with this from|this sender address|this from address|this from domain|this sender domain|this email address as|"
        + "on behalf of|from other domains|from addresses|from email addresses|from a domain|from an address|from the domain|for this sender|"
        + "under this address|using this address|using this sender|using this domain|this sending domain]";

    public static Rule[] Rules { get; } =
    [
        new(RelayDenied, "send-as",
            MayNot + " .. [send|use|submit|email|mail|sending|using] .. " + ThisSender + " + !this recipient + !SPF + !IP",
            Relays, "550 You may not send messages from this domain"),
        new(RelayDenied, "send-as",
            "[authentication|authenticated|login|log in|logged in|AUTH|SASL|username|user name|account] .. "
            + "[different|differs|does not match|doesn't match|do not match|not match|mismatch|not the same|not same|must match|must be the same|unequal] .. "
            + "[sender|sender's|from|mail from|envelope|return path|domain of] + !DMARC + !DKIM + !SPF + !aligned + !alignment | "
            + "[sender|sender's|from|mail from|from address|envelope] .. [authentication|authenticated|login|AUTH|SASL|username|account] .. "
            + "[different|differ|differs|does not match|doesn't match|do not match|not match|mismatch|not the same|not same|must match|must be the same] + "
            + "!DMARC + !DKIM + !SPF + !aligned + !alignment | "
            + "[sender|sender's|from|mail from|from address|sender address|envelope] .. "
            + "[not match|does not match|doesn't match|mismatch|different from|differs from|not the same as|must match|must be the same as|not equal] .. "
            + "[authentication|authenticated|login|logged in|AUTH|SASL|username|account] + !DMARC + !DKIM + !SPF + !aligned + !alignment",
            Relays, "550 5.7.1 The domain of your login differs from the sender's domain"),
        new(RelayDenied, "send-as",
            "[sending as|send as] .. [not permitted|not allowed|denied|forbidden|not authorized] | not owned by | must equal authorized | "
            + "same as authorization | authorization user | unauthorized use of .. [sender|from|address|domain] | "
            + "[not one of your|none of your|not in your|not your] .. [identities|addresses|aliases|sender addresses|domains|senders|accounts] | "
            + "[username|login|user] .. and sender .. [match|differ|differs] | [not permitted|not allowed|not authorized|not authorised|"
            + "no permission] .. use .. [domain|sender|address|from]",
            Relays, "553 Unauthorized use of this sender address"),
        new(RelayDenied, null,
            "[sending|outgoing mail|outbound mail|outgoing messages|outbound messages|mail submission|message submission|outgoing email|outbound email] .. "
            + "[is disabled|has been disabled|disabled for|are disabled|is suspended|has been suspended|suspended for|is blocked|has been blocked|"
            + "blocked for|"
            + "is not allowed for|not allowed for|is deactivated|is restricted|not enabled|is locked] | "
            + "[not found|does not exist|not listed|not enabled|not active|not activated] .. [in account|in your account|in this account|for sending|"
            + "for outbound mail] | "
            + "may not be used for sending | sending paused | sending is paused | sending has been paused | account under review | account is under review | "
            + "for customers only | customers only | check mail before | check your mail before | check your mail first | "
            + "[account|user|customer|mailbox|domain|you] .. [disabled|suspended|blocked|restricted|locked|banned|barred|prevented|stopped] .. "
            + "[from sending|for sending|to send mail|from sending mail|for outgoing|from outgoing]",
            Relays, "550 Outgoing mail has been disabled for your account"),
        new(SenderRejected, "not-verified",
            "[sender|sender address|sender domain|from address|from domain|sending domain|identity|email address is|sending address|sender email] .. "
            + "[not verified|not been verified|unverified|is not confirmed|not been confirmed|not validated|not configured|unconfigured|not registered|"
            + "not been registered|not set up|not activated|not approved|not an approved|not an authorized sender|not an allowed sender] | "
            + "[unconfigured|unverified|unregistered|unapproved] .. [sending domain|sender|from address|from domain|sender domain|sender address]",
            Relays, "550 The sender domain has not been verified in your account"),
    ];
}
