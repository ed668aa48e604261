using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for the way to the next server: DNS, network, TLS, loops.</summary>
static class RouteAdvice
{
    public static readonly Advice[] Rows =
    [
        new(Cause.DnsFailure, null,
            "Resolve the MX of the domain on this server. If only this server fails, correct its DNS settings.",
            [
                Shared.Mx,
                new(Shell.OnPremises,
                    "Get-TransportService '{server}' | Format-List ExternalDNSServers,ExternalDNSAdapterEnabled,InternalDNSServers,InternalDNSAdapterEnabled",
                    "Which DNS servers the server asks"),
                new(Shell.OnPremises, "Get-SendConnector '{connector}' | Format-List Name,DNSRoutingEnabled,UseExternalDNSServersEnabled",
                    "Whether the connector uses the external DNS servers"),
                Shared.Queue,
            ],
            [
                new(Shell.Windows, "Clear-DnsClientCache", "Forget an old answer", "the DNS cache of this machine: it is emptied", "not needed"),
                Shared.Retry,
            ],
            [Shared.Mx, Shared.Queue]),
        new(Cause.NetworkFailure, null,
            "Test port 25 of the server that the queue names. Check the firewall and whether the provider blocks port 25.",
            [
                Shared.Queue,
                Shared.Mx,
                new(Shell.Windows, "Test-NetConnection -ComputerName '{mx}' -Port 25",
                    "Whether the mail server (a host of the MX, or the smart host) answers on port 25"),
                Shared.Connector,
            ],
            [Shared.Retry],
            [new(Shell.Windows, "Test-NetConnection -ComputerName '{mx}' -Port 25", "TcpTestSucceeded is True"), Shared.Queue]),
        new(Cause.MessageExpired, null,
            "Look at the deferrals (DEFER) of this message: their text has the cause.",
            [
                Shared.Failures,
                Shared.Queue,
                new(Shell.OnPremises, "Get-TransportService '{server}' | Format-List MessageExpirationTimeout", "How long a message stays in a queue"),
                Shared.Trace,
            ],
            [],
            [Shared.Failures]),
        new(Cause.MailLoop, null,
            "Check whether the domain is an internal relay domain without this recipient, and whether a connector sends the mail back to its source.",
            [
                new(Shell.OnPremises, "Get-AcceptedDomain | Format-Table DomainName,DomainType", "The domains that are ours, and how"),
                new(Shell.OnPremises,
                    "Get-SendConnector | Where-Object { $_.AddressSpaces -like '*{recipient_domain}*' } | Format-List Name,AddressSpaces,SmartHosts",
                    "Connectors for the domain"),
                new(Shell.ExchangeOnline, "Get-AcceptedDomain | Format-Table DomainName,DomainType", "The domains of the tenant, and how"),
                new(Shell.ExchangeOnline, "Get-OutboundConnector | Format-List Name,Enabled,RecipientDomains,SmartHosts,UseMXRecord",
                    "Where Exchange Online sends mail"),
                Shared.Mx,
            ],
            [],
            [Shared.Failures]),
        new(Cause.TlsFailure, null,
            "Check the certificate and the TLS settings of the connector, then those of the remote server.",
            [
                new(Shell.OnPremises, "Get-SendConnector '{connector}' | Format-List Name,RequireTLS,TlsAuthLevel,TlsDomain,TlsCertificateName,IgnoreSTARTTLS",
                    "The TLS settings of the connector"),
                new(Shell.OnPremises,
                    "Get-ExchangeCertificate | Where-Object { $_.Services -like '*SMTP*' } | Format-List Thumbprint,Subject,NotAfter,Services",
                    "The certificates of SMTP, and until when they are valid"),
                new(Shell.ExchangeOnline, "Get-InboundConnector | Format-List Name,Enabled,ConnectorType,SenderDomains,RequireTls,TlsSenderCertificateName",
                    "What Exchange Online expects of our certificate"),
            ],
            [],
            [Shared.Queue]),
    ];
}
