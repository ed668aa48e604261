using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for rules: of the recipient, of the recipient's organisation or provider, and our own.</summary>
static class PolicyAdvice
{
    const string Restrictions =
        "Format-List Name,RequireSenderAuthenticationEnabled,AcceptMessagesOnlyFromSendersOrMembers,RejectMessagesFromSendersOrMembers,ModerationEnabled";

    static readonly Command Group = Local("Get-DistributionGroup '{recipient}' | " + Restrictions, "Group of ours: who may write to it");

    static readonly Command Mailbox = Local("Get-Mailbox '{recipient}' | " + Restrictions, "Mailbox of ours: who may write to it");

    static readonly Command GroupOnline = Group with { Shell = Shell.ExchangeOnline, Says = "Group of our tenant: who may write to it" };

    static readonly Command MailboxOnline = Mailbox with { Shell = Shell.ExchangeOnline, Says = "Mailbox of our tenant: who may write to it" };

    static readonly Command OpenGroup = Local(
        "Set-DistributionGroup '{recipient}' -RequireSenderAuthenticationEnabled $false",
        "Only if people outside, or devices without a login, shall write to the group",
        "the group: everybody may write to it", "Set-DistributionGroup '{recipient}' -RequireSenderAuthenticationEnabled $true");

    /// <summary>With an empty list everybody may write, and a first entry would exclude all others: then the command does nothing.</summary>
    static readonly Command AllowSender = Local(
        "Get-DistributionGroup '{recipient}' | Where-Object { $_.AcceptMessagesOnlyFromSendersOrMembers } "
        + "| Set-DistributionGroup -AcceptMessagesOnlyFrom @{Add='{sender}'}",
        "Group of ours with a list of allowed senders; the sender must be a mailbox, mail user or contact of ours. For a mailbox: Get-Mailbox, Set-Mailbox",
        "the group: this sender may write to it too", "Set-DistributionGroup '{recipient}' -AcceptMessagesOnlyFrom @{Remove='{sender}'}");

    static readonly Command Rules = Local(
        "Get-TransportRule | Where-Object { $_.State -eq 'Enabled' } | Format-List "
        + "Name,Priority,Mode,RejectMessageReasonText,RejectMessageEnhancedStatusCode,Description",
        "Our mail flow rules: the one with the reply's code or text is it");

    static readonly Command RuleEvents = Local(
        "Get-TransportService | Get-MessageTrackingLog -ResultSize Unlimited -Recipients '{recipient}' -Start (Get-Date).AddDays(-2) -EventId FAIL "
        + "-Source AGENT | Format-List Timestamp,Sender,SourceContext,RecipientStatus,CustomData",
        "Which agent or rule of this organisation rejected it: no result means that the rule is elsewhere");

    static readonly Command ExceptSender = Local(
        "Set-TransportRule '<rule>' -ExceptIfFrom (@((Get-TransportRule '<rule>').ExceptIfFrom | Where-Object { $_ }) + '{sender}')",
        "Only if this sender shall be an exception: the present exceptions stay",
        "the rule: it does not apply to this sender", "set ExceptIfFrom to the value that Get-TransportRule showed");

    static readonly Command Forwarding = Online(
        "Get-Mailbox '{sender}' | Format-List Name,ForwardingSmtpAddress,ForwardingAddress,DeliverToMailboxAndForward",
        "Does the mailbox forward, and to whom");

    static readonly Command[] Theirs = [FailedMessages, RuleEvents, Trace];

    static Advice Foreign(string sub, string check) => new(PolicyRestriction, sub, check, Theirs, [], Delivered);

    public static readonly Advice[] Rows =
    [
        new(PolicyRestriction, null,
            "Whose rule is it? The tracking log shows whether an agent or rule of ours rejected the message; otherwise only the recipient's "
            + "administrator can find it: send the text of the reply to them by another way.",
            [RuleEvents, Rules, FailedMessages, Trace, Rules with { Shell = Shell.ExchangeOnline }],
            [],
            Delivered),
        new(PolicyRestriction, "authentication-required",
            "If the recipient is ours and shall get mail from outside, allow it. If a device or application of ours sends, let it log on.",
            [Group, Mailbox, OfSender, GroupOnline, MailboxOnline],
            [OpenGroup, OpenGroup with { Shell = Shell.ExchangeOnline }],
            [Group, Arrived, TraceArrived]),
        new(PolicyRestriction, "sender-not-allowed",
            "If the recipient is ours, check its delivery restrictions; otherwise ask its owner by another way.",
            [Group, Mailbox, GroupOnline, MailboxOnline],
            [AllowSender, AllowSender with { Shell = Shell.ExchangeOnline }],
            [Group, Arrived, TraceArrived]),
        new(PolicyRestriction, "delivery-restriction",
            "If the recipient is ours, check its delivery restrictions and our rules; otherwise its administrator must change the restriction.",
            [Group, Mailbox, RuleEvents, GroupOnline, MailboxOnline, Trace],
            [],
            Delivered),
        new(PolicyRestriction, "moderation",
            "Ask the moderators. If the recipient is ours, check that they still exist.",
            [
                Local("Get-DistributionGroup '{recipient}' | Format-List Name,ModerationEnabled,ModeratedBy,BypassModerationFromSendersOrMembers",
                    "Who moderates the group"),
                Online("Get-DistributionGroup '{recipient}' | Format-List Name,ModerationEnabled,ModeratedBy,BypassModerationFromSendersOrMembers",
                    "The same in the tenant"),
                FailedMessages,
            ],
            [
                Local("Set-DistributionGroup '{recipient}' -ModeratedBy @{Add='<moderator>'}", "Only if the present moderators are gone",
                    "the group: this person moderates too", "Set-DistributionGroup '{recipient}' -ModeratedBy @{Remove='<moderator>'}"),
            ],
            Delivered),
        new(PolicyRestriction, "transport-rule",
            "If the rule is ours, find it by the code or text of the reply, and decide whether the sender or the rule is right. If the recipient's "
            + "organisation has it, only its administrator can change it.",
            [RuleEvents, Rules, Rules with { Shell = Shell.ExchangeOnline }, Trace],
            [ExceptSender, ExceptSender with { Shell = Shell.ExchangeOnline }],
            Delivered),
        new(PolicyRestriction, "list-expansion",
            "If the list is ours, check its delivery restrictions; otherwise ask its owner by another way.",
            [Group, FailedMessages, GroupOnline],
            [AllowSender, AllowSender with { Shell = Shell.ExchangeOnline }],
            Delivered),
        new(PolicyRestriction, "tenant-block-list",
            "If it is our tenant's list, check why the entry was made before you remove it; otherwise only the other organisation can.",
            [
                Online("Get-TenantAllowBlockListItems -ListType Sender -Block | Format-List Value,ExpirationDate,Notes,LastModifiedDateTime",
                    "The blocked addresses and domains of our tenant"),
                FailedMessages,
            ],
            [
                Online("Remove-TenantAllowBlockListItems -ListType Sender -Entries '<blocked address or domain>'",
                    "The entry as the list shows it, if it is wrong",
                    "the tenant: the address or domain is no longer blocked",
                    "New-TenantAllowBlockListItems -ListType Sender -Block -Entries '<blocked address or domain>' with -ExpirationDate as the list showed "
                    + "it, or -NoExpiration"),
            ],
            Delivered),
        new(PolicyRestriction, "external-forwarding",
            "Check that the user set up the forwarding: an attacker may have. Allow it for this mailbox only if it is needed.",
            [
                Forwarding,
                Online("Get-InboxRule -Mailbox '{sender}' | Where-Object { $_.ForwardTo -or $_.RedirectTo } | Format-List Name,Enabled,ForwardTo,RedirectTo",
                    "Rules that forward"),
                Online("Get-HostedOutboundSpamFilterPolicy | Format-Table Name,IsDefault,AutoForwardingMode", "Automatic and Off both block forwarding"),
                Local("Get-RemoteDomain | Format-Table Name,DomainName,AutoForwardEnabled", "On our own servers the remote domain decides"),
            ],
            [
                Online("New-HostedOutboundSpamFilterPolicy -Name 'External forwarding' -AutoForwardingMode On",
                    "A policy of its own; the next command limits it to this mailbox",
                    "nothing yet: a policy without a rule applies to nobody", "Remove-HostedOutboundSpamFilterPolicy 'External forwarding'"),
                Online("New-HostedOutboundSpamFilterRule -Name 'External forwarding' -HostedOutboundSpamFilterPolicy 'External forwarding' -From "
                    + "'<mailbox that forwards>'",
                    "The mailbox that forwards",
                    "this mailbox: it may forward to outside addresses", "Remove-HostedOutboundSpamFilterRule 'External forwarding'"),
            ],
            [TraceArrived]),
        new(PolicyRestriction, "forwarding",
            "Send the message to the final recipient directly.",
            [
                Local("Get-Mailbox '{recipient}' | Format-List Name,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward",
                    "Where the mailbox forwards to"),
                FailedMessages,
                Trace,
            ],
            [],
            Delivered),
        new(PolicyRestriction, "delegate",
            "Remove and add the delegate again in Outlook, or correct the delegates of the resource.",
            [
                Local("Get-CalendarProcessing '{recipient}' | Format-List Identity,ResourceDelegates,ForwardRequestsToDelegates",
                    "The delegates of a resource"),
                Local("Get-InboxRule -Mailbox '{recipient}' -IncludeHidden | Where-Object { $_.ForwardTo -or $_.RedirectTo } | Format-List "
                    + "Name,Enabled,ForwardTo,RedirectTo",
                    "Hidden rules of delegates"),
                Online("Get-CalendarProcessing '{recipient}' | Format-List Identity,ResourceDelegates,ForwardRequestsToDelegates", "The same in the tenant"),
            ],
            [],
            Delivered),
        new(PolicyRestriction, "journaling",
            "Check that the journal rule's mailbox exists and is not in Exchange Online, which accepts no journal reports. Use a journal mailbox on a "
            + "server of ours or an archive service.",
            [
                Local("Get-JournalRule | Format-List Name,Enabled,Scope,Recipient,JournalEmailAddress", "The journal rules and their mailboxes"),
                Local("Get-TransportConfig | Format-List JournalingReportNdrTo", "Where undeliverable journal reports go"),
                Online("Get-JournalRule | Format-List Name,Enabled,Scope,Recipient,JournalEmailAddress", "The journal rules of the tenant"),
            ],
            [],
            Delivered),
        new(PolicyRestriction, "administrator",
            "Ask who did it and why before the message is sent again.",
            [
                Local("Search-AdminAuditLog -Cmdlets Remove-Message -StartDate (Get-Date).AddDays(-7) -EndDate (Get-Date) | Format-List "
                    + "RunDate,Caller,CmdletName,CmdletParameters",
                    "Who removed messages from queues in seven days"),
                FailedMessages,
                Trace,
            ],
            [],
            Delivered),
        new(PolicyRestriction, "transport-agent",
            "It is antivirus, signature or archive software on our server: its own log has the reason.",
            [RuleEvents, Local("Get-TransportAgent | Format-Table Identity,Enabled,Priority", "The agents of this server"), FailedMessages],
            [],
            [Arrived]),
        new(PolicyRestriction, "quarantined",
            "Find the client, add-in or item that crashed the store before you release the mailbox.",
            [Local("Get-MailboxStatistics '{sender}' | Format-List DisplayName,IsQuarantined,DatabaseName", "Is the mailbox in quarantine")],
            [
                Local("Disable-MailboxQuarantine '{sender}'", "After the client, add-in or item is known",
                    "the mailbox: it leaves quarantine", "Enable-MailboxQuarantine '{sender}'"),
            ],
            [Local("Get-MailboxStatistics '{sender}' | Format-List DisplayName,IsQuarantined", "IsQuarantined is False")]),
        new(PolicyRestriction, "hve-external",
            "Send to outside recipients with Azure Communication Services or a mailing service: High Volume Email is only for recipients of the tenant.",
            [TraceOfSender, OfSender],
            [],
            [TraceArrived]),
        .. Each(PolicyRestriction, ["outdated-server"], RateAdvice.OutdatedCheck, RateAdvice.OutdatedLook, [], RateAdvice.OutdatedVerify),
        .. Each(PolicyRestriction, ["anti-spoofing", "spoofing"],
            "Let the receiver's administrator add the sending service, or send with a domain of ours.",
            [OfSender, Windows("mailflow check '{sender_domain}'", "SPF, DMARC and MX of the sender's domain"), Trace],
            [],
            Delivered),
        Foreign("rejected-by-recipient", "Only the recipient or its organisation can change that: contact them another way, with the text of the reply."),
        Foreign("blocked-sender", "Respect it, or ask the recipient by another way to remove the block."),
        Foreign("provider-policy", "Read the page that the reply names, if it names one; then ask the provider's postmaster with the text of the reply."),
        Foreign("gateway-policy", "The gateway's administrator finds the rule by the time and the text of the reply: send both by another way."),
        Foreign("recipient-domain", "The recipient's administrator must change the rule: send the text of the reply by another way."),
        Foreign("content", "Change what the reply names (no subject, a word, a link, an attachment). If it names nothing, send plain text, and ask the "
            + "recipient's postmaster for the rule."),
        Foreign("captcha", "A person must open the link in the reply; an application cannot, so contact the recipient another way."),
        Foreign("nested-attachments", "Send the inner message alone, or save it as a file first."),
        Foreign("reserved-domain", "The sender must use the real address. If an application wrote this one, correct it there."),
    ];
}
