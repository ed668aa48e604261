using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for limits of rate and number, and for greylisting.</summary>
static class RateAdvice
{
    static readonly Command OutboundLimits = Local(
        "Get-TransportService | Format-Table Name,MaxPerDomainOutboundConnections,MaxOutboundConnections",
        "How many connections each server opens at once to one domain, and in all");

    static readonly Command FewerConnections = Local(
        "Set-TransportService '{server}' -MaxPerDomainOutboundConnections 10",
        "Only if the present value is higher (the default is 20): fewer connections at once, not fewer messages",
        "this server: at most 10 connections at once to each domain", "set it to the value that Get-TransportService showed");

    static readonly Command SenderLimits = Local("Get-Mailbox '{sender}' | Format-List Name,RecipientLimits,ThrottlingPolicy",
        "The sender's limit of recipients per message");

    static readonly Command SenderLimitsOnline = Online("Get-Mailbox '{sender}' | Format-List Name,RecipientLimits",
        "The sender's limit of recipients per message");

    static readonly Command SenderRecipients = Local(
        "Set-Mailbox '{sender}' -RecipientLimits '<number>'",
        "Only if our own limit refused a legitimate mailing; a distribution group counts as one recipient and needs no change",
        "this sender's mailbox: recipients per message", "set it to the value that Get-Mailbox showed");

    static readonly Command Usage = Online("Get-LimitsEnforcementStatus | Format-List", "The tenant's limit of outside recipients, and how much of it is used");

    static readonly Command SpamPolicies = Online(
        "Get-HostedOutboundSpamFilterPolicy | Format-List Name,IsDefault,RecipientLimitExternalPerHour,RecipientLimitPerDay,ActionWhenThresholdReached",
        "Limits of our own outbound spam policies");

    static readonly Command CheckSender = Windows("mailflow check '{sender_domain}'", "SPF, DMARC and MX of the sender's domain");

    static readonly Command CheckOurs = Windows("mailflow check --ours", "Blocklists, PTR and EHLO name of all our outgoing addresses");

    /// <summary>Said under two causes: 4.7.230 slows our mail down, 5.7.230 rejects it.</summary>
    internal const string OutdatedCheck =
        "Exchange Online slows down or rejects mail of our server because its Exchange build is out of support or too old. Install the newest "
        + "cumulative and security update, or move the server to a supported version; the restriction grows in stages until then.";

    internal static readonly Command[] OutdatedLook =
    [
        Local("Get-ExchangeServer | Format-Table Name,Edition,AdminDisplayVersion,ServerRole", "Product and cumulative update of each server"),
        Windows("Get-Command ExSetup.exe | ForEach-Object { $_.FileVersionInfo }", "Run it on each server: the build with its security update"),
        Online("Get-OnPremServerReportInfo | Format-List", "What Exchange Online knows about our servers, and the stage of the restriction"),
        Local("Get-SendConnector | Where-Object { $_.CloudServicesMailEnabled } | Format-List Name,SourceTransportServers",
            "The servers that send to Exchange Online"),
    ];

    internal static readonly Command[] OutdatedVerify =
    [
        Local("Get-ExchangeServer | Format-Table Name,AdminDisplayVersion", "The new build; Exchange Online sees it with the next messages"),
        Arrived, TraceArrived,
    ];

    public static readonly Advice[] Rows =
    [
        new(RateLimited, null,
            "Find the source of the volume: a newsletter, an alarm system, or a compromised account. Slow the sender down or move the mailing to a "
            + "service for bulk mail.",
            [TopSenders, TopClients, OutboundLimits, Queues, TopSendersOnline],
            [FewerConnections],
            QueueSent),
        new(RateLimited, "recipient-limit",
            "Split the message or use a distribution group. If our own limit refused it (RESOLVER.ADR.RecipLimit), check the limits of the sender's "
            + "mailbox and of the organisation.",
            [
                SenderLimits,
                Local("Get-TransportConfig | Format-List MaxRecipientEnvelopeLimit", "The limit of our organisation, for mailboxes without one of their own"),
                OfSender,
                SenderLimitsOnline,
                TraceOfSender,
            ],
            [SenderRecipients],
            [SenderLimits, Arrived, TraceArrived]),
        new(RateLimited, "sending-limit",
            "Check first whether the account is compromised. A mailing of this size needs a service for bulk mail, or several days.",
            [OfSender, TopSenders, TraceOfSender, SpamPolicies, SenderLimitsOnline],
            [],
            Delivered),
        new(RateLimited, "tenant-quota",
            "Find the mailing that used the quota up. After 24 hours the senders must send the rest again; send bulk mail with Azure Communication "
            + "Services or a mailing service.",
            [Usage, TopSendersOnline, TraceOfSender, SpamPolicies],
            [],
            [Usage, TraceArrived]),
        new(RateLimited, "onmicrosoft-limit",
            "Give the sender an address of a domain of ours, then send again: with onmicrosoft.com a tenant reaches only 100 outside recipients a day.",
            [
                Online("Get-Recipient '{sender}' | Format-List Name,RecipientTypeDetails,PrimarySmtpAddress,EmailAddresses,IsDirSynced",
                    "The sender's primary address"),
                Online("Get-AcceptedDomain | Format-Table DomainName,Default", "The domains of the tenant"),
                TraceOfSender,
            ],
            [
                Online("Set-Mailbox '{sender}' -WindowsEmailAddress '<address of our domain>'",
                    "A mailbox that is not synchronised; otherwise change it in Active Directory",
                    "the mailbox: its primary address; the old one stays as a second address", "Set-Mailbox '{sender}' -WindowsEmailAddress '{sender}'"),
            ],
            [TraceArrived]),
        new(RateLimited, "connection-limit",
            "Lower the number of connections, not of messages.",
            [OutboundLimits, Queues, TopSenders, TopSendersOnline],
            [FewerConnections],
            QueueSent),
        new(RateLimited, "recipient-rate",
            "Check whether a loop, an alarm system or a rule of ours writes to the recipient; otherwise nothing is wrong here.",
            [Deferrals, TopSenders, Trace],
            [],
            QueueSent),
        new(RateLimited, "throttled",
            "Look for a sender or an application that sends in bulk, and raise the volume of a new address slowly. If the status names STOREDRV, the "
            + "limit is our own server's: many messages at once to one mailbox or database.",
            [TopSenders, TopClients, Queues, OutboundLimits, TopSendersOnline],
            [FewerConnections],
            QueueSent),
        new(RateLimited, "mailbox-throttled",
            "If the server is ours: many messages at once to one mailbox or database. Find what sends them (an alarm system, a journal, a loop of "
            + "rules); the database may also be slow.",
            [Deferrals, TopSenders, TopClients, Trace],
            [],
            QueueSent),
        .. Each(RateLimited, ["reputation", "reputation-domain", "reputation-url", "penalty"],
            "Find and stop bulk mail, compromised accounts and mail to dead addresses, and check SPF and DKIM. Outlook.com (S775 and others): look at "
            + "SNDS (sendersupport.olc.protection.outlook.com/snds); Gmail: postmaster.google.com.",
            [TopSenders, TopClients, CheckOurs, CheckSender, TopSendersOnline],
            [FewerConnections],
            [CheckOurs, QueueIsEmpty, TraceArrived]),
        .. Each(RateLimited, ["outdated-server"], OutdatedCheck, OutdatedLook, [], OutdatedVerify),

        new(Greylisted, null,
            "Nothing is wrong: the server defers mail from senders that it does not know yet. If it lasts for hours, check that all attempts come "
            + "from the same address.",
            [
                Deferrals,
                Queues,
                Local("Get-SendConnector | Format-Table Name,AddressSpaces,SourceTransportServers",
                    "Several source servers with different addresses prolong greylisting"),
                Trace,
            ],
            [],
            QueueSent),
    ];
}
