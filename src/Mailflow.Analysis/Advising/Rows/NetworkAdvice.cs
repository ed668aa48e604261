using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for connections that fail, messages that expire, and loops.</summary>
static class NetworkAdvice
{
    static readonly Command OnlineConnectors = Online(
        "Get-OutboundConnector | Format-List Name,Enabled,ConnectorType,RecipientDomains,UseMXRecord,SmartHosts",
        "Which connector of the tenant sends to this domain, and to which host");

    static readonly Command Forwarding = Local(
        "Get-Mailbox '{recipient}' | Format-List Name,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward", "Where the mailbox forwards to");

    static readonly Command Rules = Local(
        "Get-InboxRule -Mailbox '{recipient}' | Where-Object { $_.ForwardTo -or $_.RedirectTo } | Format-List Name,Enabled,ForwardTo,RedirectTo",
        "Rules of the mailbox that forward");

    static readonly Command Authoritative = Local(
        "Set-AcceptedDomain '<name of the accepted domain>' -DomainType Authoritative",
        "Only if no other system, here or in Exchange Online, has mailboxes of this domain: their mail would be rejected at once",
        "the domain: mail to recipients that are not here is rejected with 5.1.10 and no longer relayed",
        "Set-AcceptedDomain '<name of the accepted domain>' -DomainType InternalRelay, or the type that Get-AcceptedDomain showed");

    static readonly Command OneConnector = Local(
        "Get-SendConnector | Where-Object { $_.SmartHosts } | Format-List Name,AddressSpaces,SmartHosts",
        "Connectors to a smart host: does one send the mail back to its source?");

    public static readonly Advice[] Rows =
    [
        new(NetworkFailure, null,
            "Test port 25 of the MX from the Exchange server that sends; with a smart host, test the smart host and its port. If one destination "
            + "fails, the remote side or a firewall between is the reason; if all fail, our firewall or our provider blocks port 25.",
            [Mx, Port25, Connectors, Queues, OnlineConnectors],
            [RetryQueue],
            [Port25, QueueIsEmpty, TraceArrived]),
        new(NetworkFailure, "refused",
            "Check that the MX is up to date. If the host is ours, check its transport service and firewall: Exchange Online must reach it on port 25.",
            [Mx, Port25, Connectors, OnlineConnectors],
            [RetryQueue],
            [Port25, QueueIsEmpty, TraceArrived]),
        .. Each(NetworkFailure, ["timeout", "no-answer", "connect"],
            "If no connection was made, test it from the Exchange server itself, to every MX; if several domains fail at once, check our firewall, and "
            + "whether our provider blocks port 25. If it broke later (after the content or another command), read the protocol log: a content filter that "
            + "is too slow, a firewall that inspects SMTP, or an MTU problem.",
            [Mx, Port25, Queues, Connectors, ProtocolLogs, OnlineConnectors],
            [RetryQueue],
            [Port25, QueueIsEmpty, TraceArrived]),
        .. Each(NetworkFailure, ["reset", "dropped", "session"],
            "The protocol log shows after which command it broke: after STARTTLS it is TLS, after DATA a firewall that inspects SMTP or an MTU problem, "
            + "before the banner a limit or a blocklist of the remote server.",
            [ProtocolLogs, Queues, Port25, OnlineConnectors, Trace],
            [WriteProtocolLog, RetryQueue],
            QueueSent),
        new(NetworkFailure, "unreachable",
            "A router on the way reported it. If one destination fails, it is the remote side; if many fail, check our network.",
            [Mx, Port25, Queues, OnlineConnectors],
            [RetryQueue],
            [Port25, QueueIsEmpty, TraceArrived]),
        new(NetworkFailure, "no-network",
            "Check the default gateway of this server. If the address is IPv6 and this site has no IPv6, that is the reason: Exchange tries the IPv4 "
            + "address too, if the MX has one.",
            [
                Windows("Get-NetRoute -DestinationPrefix '0.0.0.0/0','::/0' | Format-Table DestinationPrefix,NextHop,InterfaceAlias",
                    "The default routes for IPv4 and IPv6"),
                Mx,
                Port25,
            ],
            [RetryQueue],
            [Port25, QueueIsEmpty]),

        new(MessageExpired, null,
            "Look for the last error in the deferrals of this message: it is the cause. After it is removed the sender must send the message again.",
            [Deferrals, Queues, Local("Get-TransportService | Format-Table Name,MessageExpirationTimeout",
                "How long Exchange keeps a message before it returns it"), Trace],
            [RetryQueue],
            QueueSent),

        new(MessageExpired, "unreachable",
            "A connector is disabled or scoped to other servers, or the mailbox database of the recipient was not reachable. After it is corrected the "
            + "sender must send the message again.",
            [
                Local("""Get-TransportService | Get-Queue -Filter 'DeliveryType -eq "Unreachable"' | Format-List Identity,MessageCount,LastError""",
                    "The messages without a route, and the reason"),
                Connectors,
                Local("Get-MailboxDatabase -Status | Format-Table Name,Server,Mounted", "Our databases: which are not mounted"),
                Deferrals,
            ],
            [],
            [Arrived]),

        .. Each(MailLoop, [null, "hop-count"],
            "Read the Received lines of the returned message: the two systems that repeat send it to each other. Usually the domain is an internal "
            + "relay domain on both sides, and neither has this recipient.",
            [AcceptedDomains, Recipient, Connectors, Mx, AcceptedDomainsOnline, RecipientOnline, OnlineConnectors],
            [Authoritative, Authoritative with { Shell = Shell.ExchangeOnline }],
            [
                Arrived with { Says = "After a message to an address that does not exist in the domain: it fails with 5.1.1 or 5.1.10, not with 5.4.6 "
                    + "or 5.4.14." },
                TraceArrived,
            ]),
        new(MailLoop, "alias-loop",
            "Tell the postmaster of the recipient's server by another way, with the text of the reply.",
            [FailedMessages, Trace],
            [],
            Delivered),
        new(MailLoop, "forwarding",
            "Follow the forwarding and the inbox rules from this recipient until they return, and end one of them.",
            [Forwarding, Rules, Recipient, Forwarding with { Shell = Shell.ExchangeOnline }, Rules with { Shell = Shell.ExchangeOnline }],
            [
                Local("Set-Mailbox '{recipient}' -ForwardingAddress $null -ForwardingSmtpAddress $null", "On one mailbox of the circle",
                    "the mailbox: it forwards no more", "set both to the values that Get-Mailbox showed"),
                Online("Set-Mailbox '{recipient}' -ForwardingAddress $null -ForwardingSmtpAddress $null", "On one mailbox of the circle",
                    "the mailbox: it forwards no more", "set both to the values that Get-Mailbox showed"),
            ],
            Delivered),
        new(MailLoop, "loopback-mx",
            "If the domain is ours, accept it here; if not, its owner must correct the MX.",
            [Mx, AcceptedDomains, OneConnector],
            [
                Local("New-AcceptedDomain -Name '<our domain>' -DomainName '<our domain>' -DomainType Authoritative",
                    "Only if the domain is ours and all its recipients are here: never for a foreign domain with a wrong MX",
                    "the organisation: it accepts mail for this domain", "Remove-AcceptedDomain '<our domain>'"),
            ],
            [Arrived]),
    ];
}
