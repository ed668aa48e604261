using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for refusals of the sender, of our server or its address.</summary>
static class SenderAdvice
{
    public static readonly Advice[] Rows =
    [
        new(Cause.RelayDenied, null,
            "Check that the smart host accepts our IP address or credentials, and that the MX of the domain is the server that rejected the message.",
            [
                new(Shell.OnPremises, "Get-SendConnector '{connector}' | Format-List Name,SmartHosts,SmartHostAuthMechanism,Port,RequireTLS",
                    "The smart host, and how the connector logs in"),
                Shared.Mx,
                new(Shell.OnPremises, "Get-AcceptedDomain | Format-Table DomainName,DomainType", "The domains that are ours"),
                new(Shell.OnPremises, "Get-ReceiveConnector | Format-List Identity,PermissionGroups,RemoteIPRanges,AuthMechanism",
                    "Who may send through us"),
            ],
            [],
            [Shared.Failures]),
        new(Cause.SenderAuthFailure, null,
            "Check that SPF lists every sending IP address, that DKIM signs outgoing mail, and that both align with the From address.",
            [
                new(Shell.Windows, "Resolve-DnsName '{sender_domain}' -Type TXT | Where-Object { $_.Strings -like 'v=spf1*' }",
                    "The SPF record of the sender's domain"),
                new(Shell.Windows, "Resolve-DnsName '_dmarc.{sender_domain}' -Type TXT", "Its DMARC record"),
                Shared.Connector,
            ],
            [],
            [new(Shell.Windows, "Resolve-DnsName '{sender_domain}' -Type TXT", "The record has every address that sends")]),
        new(Cause.SenderRejected, null,
            "Check that the sender domain resolves, that our sending IP address has a PTR record, and that the connector's FQDN matches it.",
            [
                new(Shell.Windows, "Resolve-DnsName '{sender_domain}' -Type MX", "Whether the sender's domain exists and accepts mail"),
                new(Shell.OnPremises, "Get-SendConnector '{connector}' | Format-List Name,Fqdn,SourceTransportServers",
                    "The name that the connector gives in EHLO"),
            ],
            [],
            [Shared.Failures]),
        new(Cause.Blocklisted, null,
            "First find the reason (a compromised account, an open relay, a bulk mailing) and stop it. Then ask the named blocklist for removal.",
            [Shared.TopSenders, Shared.Connector],
            [],
            [Shared.Queue]),
        new(Cause.RateLimited, null,
            "Look for a sender or an application that sends in bulk.",
            [
                Shared.TopSenders,
                new(Shell.OnPremises, "Get-TransportService '{server}' | Format-List MaxPerDomainOutboundConnections,MaxOutboundConnections",
                    "How many connections the server opens"),
            ],
            [],
            [Shared.Queue]),
        new(Cause.Greylisted, null,
            "Nothing has to be changed. If it continues for hours, check that all attempts come from the same IP address.",
            [Shared.Queue, Shared.Connector],
            [],
            [Shared.Queue]),
    ];
}
