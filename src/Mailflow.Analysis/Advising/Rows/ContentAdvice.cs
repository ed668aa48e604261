using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for what filters find in a message, and for messages with a wrong format.</summary>
static class ContentAdvice
{
    static readonly Command Quarantine = Online(
        "Get-QuarantineMessage -RecipientAddress '{recipient}' -SenderAddress '{sender}' | Format-List "
        + "Identity,ReceivedTime,QuarantineTypes,PolicyName,ReleaseStatus",
        "Mail to a recipient of our tenant: is the message in quarantine, and by which policy?");

    static readonly Command Release = Online(
        "Release-QuarantineMessage -Identity '<identity>' -ReleaseToAll", "Only for a message that is certainly harmless",
        "the message: it is delivered to its recipients", "not possible after delivery");

    static readonly Command SpamPolicies = Online(
        "Get-HostedContentFilterPolicy | Format-List Name,IsDefault,SpamAction,HighConfidenceSpamAction,BulkThreshold,AllowedSenders,BlockedSenders",
        "The spam policies of our tenant");

    static readonly Command RejectedByAgent = Local(
        "Get-AgentLog -StartDate (Get-Date).AddDays(-1) | Where-Object { $_.P1FromAddress -eq '{sender}' } | Format-List "
        + "Timestamp,Agent,Event,Action,Reason,ReasonData",
        "What the filters of this server did with the sender's messages in one day");

    static readonly Command MalwareOnline = Online(
        "Get-MalwareFilterPolicy | Format-List Name,IsDefault,EnableFileFilter,FileTypeAction,FileTypes", "The malware policies of our tenant");

    static readonly Command Malware = Local("Get-MalwareFilterPolicy | Format-List Name,IsDefault,Action", "Our malware policy, if this server scans");

    static readonly Command AttachmentRules = Local(
        "Get-TransportRule | Where-Object { $_.AttachmentExtensionMatchesWords -or $_.AttachmentHasExecutableContent } | Format-List "
        + "Name,State,AttachmentExtensionMatchesWords",
        "Mail flow rules of ours that block attachments");

    static readonly Command RemoteDomains = Local(
        "Get-RemoteDomain | Format-List Name,DomainName,TNEFEnabled,ContentType,CharacterSet,NonMimeCharacterSet", "The format of outbound mail by domain");

    static readonly Command[] ApplicationLook = [OfSender, FailedMessages, ProtocolLogs, TraceOfSender, Trace];

    public static readonly Advice[] Rows =
    [
        new(SpamContent, null,
            "Review links, attachments and bulk text; if all mail of the sender is refused, check reputation and DKIM. If the message is legitimate, ask "
            + "the recipient's postmaster by another way to allow it.",
            [FailedMessages, OfSender, Trace, Quarantine],
            [],
            Delivered),
        new(SpamContent, "content-filter",
            "If the filter is ours, read its reason in the agent log, and ask the sender to change the message if it looks like spam.",
            [RejectedByAgent, Local("Get-ContentFilterConfig | Format-List SCL*,QuarantineMailbox,BypassedSenders",
                "Our content filter"), SpamPolicies, Quarantine],
            [
                Local("Set-ContentFilterConfig -BypassedSenders @{Add='{sender}'}",
                    "Only for a sender whose mail must arrive. A forged sender passes too: remove the entry when the sender has corrected the messages",
                    "the content filter: it does not check mail with this sender address", "Set-ContentFilterConfig -BypassedSenders @{Remove='{sender}'}"),
                Release,
            ],
            Delivered),
        new(SpamContent, "url-list",
            "Find the link, often in a signature or behind a shortener, and send without it. If the domain is ours, look for a compromised website.",
            [FailedMessages, OfSender, Trace],
            [],
            Delivered),

        new(MalwareContent, null,
            "Take it seriously: scan the sender's computer, and check what else it sent. If the attachment is harmless, share it in another way.",
            [OfSender, Malware, TraceOfSender, MalwareOnline, Quarantine],
            [],
            Delivered),
        new(MalwareContent, "virus",
            "Scan the sender's computer before anything else, and check what else the sender sent in the last day.",
            [OfSender, Malware, TraceOfSender, MalwareOnline],
            [],
            [OfSender, TraceOfSender]),
        .. Each(MalwareContent, ["attachment", "banned-content"],
            "Share the file in another way: programs, scripts, macros and archives with a password are what most servers refuse. If our own server "
            + "refused it, the rule or policy below is the one.",
            [FailedMessages, AttachmentRules, Malware, MalwareOnline, Quarantine],
            [],
            Delivered),

        new(ProtocolError, null,
            "Send a plain text message to the same recipient. If it arrives, the format of the first message is the reason: find the application that "
            + "wrote it; if not, the conversation is: read it in the protocol log.",
            ApplicationLook,
            [WriteProtocolLog],
            Delivered),
        .. Each(ProtocolError, ["malformed", "header", "from-header"],
            "Only the application that wrote the message can correct its format: find it by its address.",
            ApplicationLook,
            [],
            Delivered),
        new(ProtocolError, "duplicate-message-id",
            "Find the application and correct it: each message needs a Message-ID of its own, or none, then Exchange adds one.",
            [
                Local(
                    "Get-TransportService | Get-MessageTrackingLog -ResultSize Unlimited -Sender '{sender}' -Start (Get-Date).AddDays(-1) -EventId "
                    + "RECEIVE -Source SMTP | Group-Object MessageId | Sort-Object Count -Descending | Select-Object -First 10 Count,Name",
                    "Message-IDs that occur more than once"),
                OfSender,
                Online("Get-MessageTraceV2 -SenderAddress '{sender}' -ResultSize 5000 | Group-Object MessageId | Sort-Object Count -Descending | "
                    + "Select-Object -First 10 Count,Name",
                    "The same in the tenant; one message to several recipients counts once per recipient"),
            ],
            [],
            Delivered),
        new(ProtocolError, "content",
            "Send it again as plain text. If that works, the attachment or the format (rich text, winmail.dat) is the reason.",
            [FailedMessages, OfSender, RemoteDomains, Trace],
            [
                Local("New-RemoteDomain -Name '{recipient_domain}' -DomainName '{recipient_domain}'",
                    "Only if winmail.dat or rich text is the reason, for this domain alone",
                    "mail to this domain: it no longer follows the settings of the Default remote domain, also for automatic replies",
                    "Remove-RemoteDomain '{recipient_domain}'"),
                Local("Set-RemoteDomain '{recipient_domain}' -TNEFEnabled $false", "After New-RemoteDomain",
                    "mail to this domain: it is never sent as rich text (winmail.dat)", "Set-RemoteDomain '{recipient_domain}' -TNEFEnabled $null"),
            ],
            Delivered),
        .. Each(ProtocolError, ["command", "syntax", "arguments", "pipelining", "response"],
            "Between Exchange and the remote server a firewall or antivirus program often changes SMTP (asterisks in the banner, unknown commands): "
            + "compare the protocol log with what arrives at the other end.",
            [ProtocolLogs, Queues, Port25, Trace],
            [WriteProtocolLog, RetryQueue],
            QueueSent),
        .. Each(ProtocolError, ["sequence", "errors"],
            "Look at the replies before this one in the protocol log: usually the server refused the sender or the recipients first, and that is the reason. "
            + "If there is none, a firewall or antivirus program changes SMTP.",
            [ProtocolLogs, FailedMessages, Queues, Trace],
            [WriteProtocolLog, RetryQueue],
            QueueSent),
        new(ProtocolError, "smtputf8",
            "Ask the recipient for an address with ASCII letters only.",
            [FailedMessages, CheckDomain, Trace],
            [],
            Delivered),
    ];
}
