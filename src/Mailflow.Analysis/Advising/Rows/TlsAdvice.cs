using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for failures of TLS. The TLS settings of an existing connector are never lowered: a domain gets a connector of its own.</summary>
static class TlsAdvice
{
    /// <summary>A new connector without this name or these servers greets with the internal name of the server, or sends from every server.</summary>
    const string LikeTheOther = "-Fqdn $other.Fqdn -SourceTransportServers $other.SourceTransportServers }";

    /// <summary>Nothing is created while the name of the other connector is open or wrong.</summary>
    const string IfThereIsTheOther = "if ($other = Get-SendConnector '{connector}') { ";

    static readonly Command Send = Local(
        "Get-SendConnector | Format-List Name,AddressSpaces,SmartHosts,RequireTLS,TlsAuthLevel,TlsDomain,TlsCertificateName,IgnoreSTARTTLS",
        "What each of our send connectors requires, and which certificate it shows");

    static readonly Command Receive = Local(
        "Get-ReceiveConnector | Format-List Identity,TransportRole,Bindings,Fqdn,AuthMechanism,TlsCertificateName",
        "Which certificate our receive connectors show: the FrontendTransport connector on port 25 is what Exchange Online and the internet see");

    static readonly Command Certificates = Local(
        "Get-ExchangeCertificate | Format-List Thumbprint,Subject,Issuer,NotAfter,Status,Services",
        "Our certificates on this server: expired, and assigned to SMTP?");

    static readonly Command OnlineSend = Online(
        "Get-OutboundConnector | Format-List Name,Enabled,RecipientDomains,SmartHosts,TlsSettings,TlsDomain",
        "What the tenant requires when it sends to this domain");

    static readonly Command OnlineReceive = Online(
        "Get-InboundConnector | Format-List Name,Enabled,ConnectorType,SenderDomains,RequireTls,TlsSenderCertificateName,RestrictDomainsToCertificate",
        "What the tenant requires of mail that it receives");

    static readonly Command OwnConnectorWithTls = Local(
        IfThereIsTheOther + "New-SendConnector -Name '{recipient_domain} with TLS' -AddressSpaces 'SMTP:{recipient_domain};1' -DNSRoutingEnabled $true "
        + "-RequireTLS $true " + LikeTheOther,
        "Only if the remote server requires TLS, and the domain's mail goes by MX: TLS is always used for this domain, and for no other",
        "the routing of this domain: the new connector sends its mail", "Remove-SendConnector '{recipient_domain} with TLS'");

    static readonly Command OwnConnectorWithoutTls = Local(
        IfThereIsTheOther + "New-SendConnector -Name '{recipient_domain} TLS optional' -AddressSpaces 'SMTP:{recipient_domain};1' -DNSRoutingEnabled $true "
        + LikeTheOther,
        "Only if our connector requires TLS, the domain offers none, and its mail may go without encryption. Other domains keep their TLS",
        "the routing of this domain: the new connector sends its mail, without encryption where the remote server offers none",
        "Remove-SendConnector '{recipient_domain} TLS optional'");

    static readonly Command Schannel = Windows(
        "Get-WinEvent -FilterHashtable @{LogName='System'; ProviderName='Schannel'; Level=2} -MaxEvents 20 | Format-List TimeCreated,Id,Message",
        "Errors of TLS on this server: run it on the server that sends");

    static readonly Command Protocols = Windows(
        """Get-ChildItem -Path 'HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols' -Recurse | Format-List Name,Property""",
        "Settings of TLS versions in the registry. No TLS 1.2 entry: the default of Windows, which allows it");

    static readonly Command ShowWhenSending = Local(
        "if ($cert = Get-ExchangeCertificate -Server '{server}' -Thumbprint '<thumbprint>') { "
        + "Set-SendConnector '{connector}' -TlsCertificateName ('<I>' + $cert.Issuer + '<S>' + $cert.Subject) }",
        "Our certificate in outbound mail",
        "the connector: it shows this certificate", "set TlsCertificateName to the value that Get-SendConnector showed");

    static readonly Command ShowWhenReceiving = Local(
        "if ($cert = Get-ExchangeCertificate -Server '{server}' -Thumbprint '<thumbprint>') { Get-ReceiveConnector -Server '{server}' | Where-Object "
        + "{ $_.Name -like 'Default Frontend*' } | Set-ReceiveConnector -TlsCertificateName ('<I>' + $cert.Issuer + '<S>' + $cert.Subject) }",
        "Our certificate in inbound mail, also from Exchange Online",
        "the receive connector: it shows this certificate", "set TlsCertificateName to the value that Get-ReceiveConnector showed");

    static readonly Command AssignToSmtp = Local(
        "Enable-ExchangeCertificate -Server '{server}' -Thumbprint '<thumbprint>' -Services SMTP",
        "If the new certificate is not assigned to SMTP. Answer No if it asks to replace the default certificate: inside mail uses that",
        "the server: SMTP may use this certificate too", "not possible for a certificate; the old one keeps SMTP too, and TlsCertificateName decides "
        + "which is shown");

    static readonly Command TlsRetry = RetryQueue;

    public static readonly Advice[] Rows =
    [
        new(TlsFailure, null,
            "Find out which side demands TLS and which fails: the protocol log shows STARTTLS, the answer and the certificate. Check our certificate "
            + "first, then the name and validity of the remote one.",
            [Send, Certificates, ProtocolLogs, CheckDomain, OnlineSend, OnlineReceive],
            [WriteProtocolLog, TlsRetry],
            [QueueIsEmpty, CheckDomain, TraceArrived]),
        new(TlsFailure, "certificate",
            "Tell the postmaster of the remote server: only they can renew it. If the remote server is ours, see own-certificate.",
            [CheckDomain, Send, ProtocolLogs, OnlineSend],
            [TlsRetry],
            [CheckDomain, QueueIsEmpty, TraceArrived]),
        new(TlsFailure, "own-certificate",
            "If a server that we send to refuses our certificate, or our send connector is named, look at the send connector; if Exchange Online reports it "
            + "while it sends to us, at the receive connector (Default Frontend). After a renewal with another issuer or subject both still name the old one.",
            [Certificates, Send, Receive, OnlineSend, OnlineReceive],
            [ShowWhenSending, ShowWhenReceiving, AssignToSmtp, TlsRetry],
            [Certificates, QueueIsEmpty, TraceArrived]),
        new(TlsFailure, "validation",
            "Compare the name and issuer of the certificate with what our connector expects (TlsAuthLevel, TlsDomain; in Exchange Online the connector "
            + "for our server), and check that this server trusts the root.",
            [Send, Receive, Certificates, CheckDomain, OnlineSend, OnlineReceive],
            [ShowWhenSending, ShowWhenReceiving, TlsRetry],
            [QueueIsEmpty, CheckDomain, TraceArrived]),
        new(TlsFailure, "require-tls",
            "If the content allows it, send the message again without the mark REQUIRETLS; otherwise the server on the way must support it.",
            [CheckDomain, FailedMessages, Trace],
            [],
            Delivered),
        .. Each(TlsFailure, ["starttls-required", "encryption-required"],
            "\"STARTTLS is required to send mail\": our own connector requires TLS, and the server offered none, or a firewall that inspects SMTP removed "
            + "it. All other texts: the remote server requires TLS of us; check IgnoreSTARTTLS of our connector, and the certificate of this server.",
            [Send, Certificates, CheckDomain, ProtocolLogs, OnlineSend],
            [OwnConnectorWithTls, OwnConnectorWithoutTls, TlsRetry],
            [QueueIsEmpty, CheckDomain, TraceArrived]),
        new(TlsFailure, "starttls-not-offered",
            "Test what the server offers: a firewall that inspects SMTP may hide STARTTLS. In a hybrid organisation the server that offers none may be "
            + "ours.",
            [Send, CheckDomain, ProtocolLogs, OnlineSend],
            [OwnConnectorWithoutTls, TlsRetry],
            [QueueIsEmpty, CheckDomain, TraceArrived]),
        new(TlsFailure, "dane",
            "Tell the domain's postmaster. If the domain is ours, correct the TLSA record or DNSSEC, and publish the next certificate's record before you "
            + "change the certificate.",
            [CheckDomain, Mx, Online("Get-SmtpDaneInboundStatus -DomainName '{recipient_domain}'", "Only for a domain of our tenant: is its DANE valid?")],
            [TlsRetry],
            [CheckDomain, QueueIsEmpty, TraceArrived]),
        new(TlsFailure, "mta-sts",
            "Only the domain's owner can correct that. If the domain is ours, correct the policy file or the certificate of the MX.",
            [CheckDomain, Windows("Resolve-DnsName -Name '_mta-sts.{recipient_domain}' -Type TXT", "The record of the policy"), Mx],
            [TlsRetry],
            [CheckDomain, QueueIsEmpty, TraceArrived]),
        new(TlsFailure, "handshake",
            "If one destination fails, see which TLS versions and certificate it offers, and tell its postmaster; if many fail, look at this server (Schannel "
            + "errors, certificate).",
            [Schannel, CheckDomain, ProtocolLogs, OnlineSend],
            [WriteProtocolLog, TlsRetry],
            [QueueIsEmpty, CheckDomain, TraceArrived]),
        new(TlsFailure, "version",
            "Enable TLS 1.2 for clients and .NET on the server that sends, as the Exchange Server TLS guidance describes; it takes effect after a "
            + "restart. For a device or application: update it, or let it send through a server of ours.",
            [
                Protocols,
                Windows("Get-ItemProperty -Path 'HKLM:\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319' | Format-List "
                    + "SystemDefaultTlsVersions,SchUseStrongCrypto",
                    "Both must be 1"),
                Schannel,
            ],
            [],
            [CheckDomain, QueueIsEmpty]),
    ];
}
