using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for failures of DNS and of routing.</summary>
static class DnsAdvice
{
    static readonly Command NameServers = Windows("Resolve-DnsName -Name '{recipient_domain}' -Type NS",
        "Its name servers. No answer: the domain is not registered or not delegated");

    static readonly Command Address = Windows("Resolve-DnsName -Name '{recipient_domain}' -Type A", "Without an MX record, mail goes to this address");

    static readonly Command OurDns = Local(
        "Get-TransportService | Format-List "
        + "Name,ExternalDNSAdapterEnabled,ExternalDNSAdapterGuid,ExternalDNSServers,InternalDNSAdapterEnabled,InternalDNSServers",
        "Which DNS servers each transport service uses");

    static readonly Command WhichDns = Local(
        "Get-SendConnector | Format-Table Name,DNSRoutingEnabled,UseExternalDNSServersEnabled",
        "ExternalDNSServers are used only by connectors with UseExternalDNSServersEnabled True; the default is False");

    public static readonly Advice[] Rows =
    [
        new(DnsFailure, null,
            "Resolve the MX of the domain on the server that sends. If only this domain fails, its DNS is the reason; if many domains fail, ours is.",
            [Mx, Address, Queues, CheckDomain],
            [RetryQueue],
            [Mx, QueueIsEmpty]),
        .. Each(DnsFailure, ["nxdomain", "bad-domain"],
            "Check the spelling of the address: the sender must correct it. If the domain is right, its registration may have expired.",
            [Mx, NameServers, FailedMessages],
            [],
            [Mx]),
        new(DnsFailure, "null-mx",
            "Contact the recipient another way, or correct the domain in the address.",
            [Mx],
            [],
            [Mx]),
        new(DnsFailure, "no-mx",
            "Check the spelling of the domain. If it is right, only its owner can correct its DNS.",
            [Mx, Address],
            [],
            [Mx, QueueIsEmpty]),
        .. Each(DnsFailure, ["servfail", "invalid-data"],
            "Compare with a second DNS server of ours. If both fail, tell the owner of the domain; if only one fails, correct that one.",
            [
                Mx,
                Windows("Resolve-DnsName -Name '{recipient_domain}' -Type MX -Server '<second DNS server of ours>'",
                    "The same through another resolver of ours"),
                Queues,
            ],
            [RetryQueue],
            [Mx, QueueIsEmpty]),
        new(DnsFailure, "query-failed",
            "Check each DNS server that Exchange uses: one dead server at the first place is enough. If many domains fail at once, act now.",
            [
                OurDns,
                WhichDns,
                Windows("Get-DnsClientServerAddress -AddressFamily IPv4 | Format-Table InterfaceAlias,ServerAddresses",
                    "The DNS servers of the network adapters"),
                Windows("Resolve-DnsName -Name '{recipient_domain}' -Type MX -Server '<DNS server>'", "Repeat it for each DNS server that is listed"),
            ],
            [
                Local("Set-TransportService '{server}' -ExternalDNSAdapterEnabled $false -ExternalDNSServers '<DNS server 1>','<DNS server 2>'",
                    "Only if the send connector has UseExternalDNSServersEnabled True: without it this has no effect, and the adapter's DNS servers "
                    + "must be corrected",
                    "the DNS servers for outbound mail of this server", "set both parameters to the values that Get-TransportService showed"),
                Windows("Clear-DnsClientCache", "Removes failed answers from the cache of this server", "the DNS cache of this server: it is emptied",
                    "not needed"),
                RetryQueue,
            ],
            [Mx, QueueIsEmpty]),
        new(DnsFailure, "no-route",
            "Check that an enabled send connector covers the domain from this server: a disabled or scoped connector is the usual reason. For a recipient "
            + "of ours, check that its mailbox database is reachable.",
            [
                Local("Get-SendConnector | Format-List Name,Enabled,AddressSpaces,IsScopedConnector,SourceTransportServers",
                    "Which connectors cover the domain, or *; are they enabled, and which servers may use them?"),
                Local("""Get-TransportService | Get-Queue -Filter 'DeliveryType -eq "Unreachable"' | Format-List Identity,MessageCount,LastError""",
                    "The messages without a route"),
                AcceptedDomains,
                Online("Get-OutboundConnector | Format-List Name,Enabled,ConnectorType,RecipientDomains,UseMXRecord,SmartHosts",
                    "The connectors of the tenant for this domain"),
            ],
            [
                Local("Set-SendConnector '{connector}' -Enabled $true", "Only if the connector of this domain is disabled by mistake",
                    "the connector: it sends mail again", "Set-SendConnector '{connector}' -Enabled $false"),
                Local("""Get-TransportService | Get-Queue -Filter 'DeliveryType -eq "Unreachable"' | Retry-Queue -Resubmit $true""",
                    "After the route exists: the messages are routed again",
                    "the Unreachable queues: their messages go through the categorizer again", "not possible, and not needed"),
            ],
            [QueueIsEmpty, Arrived, TraceArrived]),
        new(DnsFailure, "unroutable",
            "Check the spelling of the domain, and whether its MX still is the server that answered.",
            [Mx, Connectors, FailedMessages],
            [],
            Delivered),
    ];
}
