using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for servers that refuse to relay, logins that fail, and rights to send as somebody.</summary>
static class RelayAdvice
{
    static readonly Command SmartHosts = Local(
        "Get-SendConnector | Format-List "
        + "Name,AddressSpaces,SmartHosts,Port,SmartHostAuthMechanism,RequireTLS,@{n='Login';e={$_.AuthenticationCredential.UserName}}",
        "The smart hosts of our connectors, and how we log on to them");

    static readonly Command Receive = Local(
        "Get-ReceiveConnector | Format-List Identity,Enabled,TransportRole,Bindings,RemoteIPRanges,PermissionGroups,AuthMechanism",
        "If our own server refused a device or application: which connector answered, and whom does it allow?");

    static readonly Command Inbound = Online(
        "Get-InboundConnector | Format-List Name,Enabled,ConnectorType,SenderDomains,SenderIPAddresses,RequireTls,TlsSenderCertificateName,Restrict*",
        "Which address or certificate Exchange Online expects from us");

    static readonly Command Certificates = Local(
        "Get-ExchangeCertificate | Format-List Thumbprint,Subject,CertificateDomains,Issuer,NotAfter,Services", "Our certificates on this server");

    static readonly Command HybridSend = Local(
        "Get-SendConnector | Where-Object { $_.CloudServicesMailEnabled } | Format-List "
        + "Name,Enabled,AddressSpaces,SmartHosts,RequireTLS,TlsCertificateName,SourceTransportServers",
        "The hybrid connector and the certificate that it shows to Exchange Online");

    static readonly Command NewInboundByCertificate = Online(
        "New-InboundConnector -Name 'Our servers and devices' -ConnectorType OnPremises -SenderDomains '{sender_domain}' -RequireTls $true "
        + "-TlsSenderCertificateName '<name in our certificate>'",
        "For a server with a certificate: the name must be a domain of the tenant, or a host in it",
        "the tenant: mail with this certificate is accepted as ours", "Remove-InboundConnector 'Our servers and devices'");

    static readonly Command NewInboundByAddress = Online(
        "New-InboundConnector -Name 'Our devices by address' -ConnectorType OnPremises -SenderDomains '{sender_domain}' -SenderIPAddresses '<our "
        + "public address>'",
        "For devices without a certificate, and only with a static public address that nobody else uses",
        "the tenant: mail from this address is accepted as ours", "Remove-InboundConnector 'Our devices by address'");

    public static readonly Advice[] Rows =
    [
        new(RelayDenied, null,
            "Compare the server that refused with the MX of the domain: if it is another, our route is out of date; if it is our smart host, it does not "
            + "accept our address or login. If our own server refused a device, the device needs a login or a receive connector for its address.",
            [Mx, SmartHosts, Receive, AcceptedDomains, Trace],
            [
                Local(
                    "New-ReceiveConnector -Name 'Relay for one device' -Server '{server}' -TransportRole FrontendTransport -Usage Custom -Bindings "
                    + "'0.0.0.0:25' -RemoteIPRanges '<address of the device>' -PermissionGroups AnonymousUsers",
                    "Only if our own server refused a device of ours that cannot log on. One address, never a range of the internet",
                    "the server: a connector of its own for this one address",
                    "remove the connector 'Relay for one device' of this server with Remove-ReceiveConnector"),
                Local(
                    "Get-ReceiveConnector -Server '{server}' | Where-Object { $_.Name -eq 'Relay for one device' } | Add-ADPermission -User 'NT "
                    + "AUTHORITY\\ANONYMOUS LOGON' -ExtendedRights 'Ms-Exch-SMTP-Accept-Any-Recipient'",
                    "Lets this device send to other domains",
                    "that connector: its one address can relay without a login", "the same with Remove-ADPermission in place of Add-ADPermission"),
            ],
            Delivered),
        new(RelayDenied, "authentication",
            "If a smart host refused us, the login in our send connector, or our address in the smart host's settings, is missing or wrong; if our own server "
            + "refused a device, its login or receive connector is. Exchange Online (5.7.57, 5.7.139): SMTP AUTH is off for the tenant or the mailbox, or a "
            + "policy refused the login.",
            [
                SmartHosts,
                Receive,
                Online("Get-TransportConfig | Format-List SmtpClientAuthenticationDisabled", "SMTP AUTH for the tenant; the setting of a mailbox overrides it"),
                Online("Get-CASMailbox '{sender}' | Format-List SmtpClientAuthenticationDisabled", "SMTP AUTH for this mailbox; empty: as the tenant"),
                Online("Get-AuthenticationPolicy | Format-Table Name,AllowBasicAuthSmtp", "A policy with False blocks basic SMTP AUTH for its users"),
            ],
            [
                Local("Set-SendConnector '{connector}' -AuthenticationCredential (Get-Credential)",
                    "Only if our smart host refused the stored login: enter the account that its provider gave. The smart host stays the same",
                    "the connector: it logs on with this account", "enter the account from before in the same way"),
                Online("Set-CASMailbox '{sender}' -SmtpClientAuthenticationDisabled $false", "Only for 5.7.57 or 5.7.139, and only for this mailbox",
                    "the mailbox: clients may use SMTP AUTH",
                    "Set-CASMailbox '{sender}' -SmtpClientAuthenticationDisabled $null, or the value that Get-CASMailbox showed"),
            ],
            Delivered),
        new(RelayDenied, "basic-auth",
            "Microsoft is removing it: let the device or application log on with OAuth, or send through an inbound connector or a server of ours. For bulk "
            + "mail: High Volume Email to recipients of the tenant, Azure Communication Services to all.",
            [
                TraceOfSender,
                Inbound,
                Receive with { Says = "A server of ours as relay: which connector may the device use?" },
            ],
            [NewInboundByCertificate, NewInboundByAddress],
            Delivered),
        new(RelayDenied, "send-as",
            "Give the account Send As on the mailbox, or let the application send as its own account.",
            [
                Local("Get-Mailbox '{sender}' | Get-ADPermission | Where-Object { $_.ExtendedRights -like 'Send-As' } | Format-Table User,Deny,IsInherited",
                    "Who may send as this mailbox"),
                OfSender,
                Online("Get-RecipientPermission '{sender}' | Format-Table Trustee,AccessRights", "Who may send as this mailbox of the tenant"),
            ],
            [
                Local("Get-Mailbox '{sender}' | Add-ADPermission -User '<account>' -ExtendedRights 'Send As'",
                    "The account that logs on. It works after some minutes",
                    "the mailbox: this account may send as it",
                    "Get-Mailbox '{sender}' | Remove-ADPermission -User '<account>' -ExtendedRights 'Send As'"),
                Online("Add-RecipientPermission '{sender}' -Trustee '<account>' -AccessRights SendAs", "The account that logs on. It works after up to an hour",
                    "the mailbox: this account may send as it", "Remove-RecipientPermission '{sender}' -Trustee '<account>' -AccessRights SendAs"),
            ],
            Delivered),
        new(RelayDenied, "connector",
            "Usually our certificate was renewed under another name, or our public address changed: compare both with the inbound connector.",
            [HybridSend, Certificates, Inbound],
            [
                Local(
                    "if ($cert = Get-ExchangeCertificate -Server '{server}' -Thumbprint '<thumbprint>') { Set-SendConnector '{connector}' "
                    + "-TlsCertificateName ('<I>' + $cert.Issuer + '<S>' + $cert.Subject) }",
                    "If the hybrid connector still names an old certificate",
                    "the connector: it shows this certificate", "set TlsCertificateName to the value that Get-SendConnector showed"),
                Online("Set-InboundConnector '<inbound connector>' -TlsSenderCertificateName '<name in our certificate>'",
                    "If the name in our certificate changed; the name must be a domain of the tenant, or a host in it",
                    "the inbound connector: it accepts this certificate in place of the old one", "set it to the value that Get-InboundConnector showed"),
                Online("Set-InboundConnector '<inbound connector>' -SenderIPAddresses @{Add='<our public address>'}",
                    "If the connector goes by address and ours changed",
                    "the inbound connector: it accepts this address in addition",
                    "Set-InboundConnector '<inbound connector>' -SenderIPAddresses @{Remove='<our public address>'}"),
                RetryQueue,
            ],
            [QueueIsEmpty, Arrived, TraceArrived]),
        new(PolicyRestriction, "direct-send",
            "Give the device, application or server an inbound connector by certificate or by address. Leave RejectDirectSend on: it stops forged inside "
            + "senders.",
            [
                Online("Get-OrganizationConfig | Format-List RejectDirectSend", "True: direct send is rejected"),
                Inbound,
                HybridSend,
                OfSender,
            ],
            [NewInboundByCertificate, NewInboundByAddress],
            Delivered),
        new(RelayDenied, "wrong-region",
            "The right host is in the Microsoft 365 admin center, or in the domain's MX record: compare it with our smart host.",
            [Mx, Connectors, Windows("Resolve-DnsName -Name '{mx}' -Type A",
                "Does the host still exist"), Online("Get-AcceptedDomain | Format-Table DomainName,Default", "The domains of our tenant")],
            [
                Local(
                    "if ((Get-SendConnector '{connector}').SmartHosts -like '*.protection.outlook.com') { "
                    + "Set-SendConnector '{connector}' -SmartHosts '<our tenant>.mail.protection.outlook.com' }",
                    "Does nothing unless the connector already sends to a host of Exchange Online",
                    "the connector: its mail goes to this host", "set SmartHosts to the value that Get-SendConnector showed"),
                RetryQueue,
            ],
            [QueueIsEmpty, Arrived]),
        new(RelayDenied, "public-folder-rights",
            "Give the sender the right to create items in the folder; mail from outside needs it for Anonymous.",
            [
                Local("Get-MailPublicFolder '{recipient}' | Format-List Name,EntryId,Identity", "The folder behind the address"),
                Local("Get-PublicFolderClientPermission '<\\path of the folder>' | Format-Table User,AccessRights", "Who may create items in it"),
                Online("Get-PublicFolderClientPermission '<\\path of the folder>' | Format-Table User,AccessRights", "The same in the tenant"),
            ],
            [
                Local("Add-PublicFolderClientPermission '<\\path of the folder>' -User Anonymous -AccessRights CreateItems",
                    "Only if senders from outside shall write to it",
                    "the folder: everybody may send to it", "Remove-PublicFolderClientPermission '<\\path of the folder>' -User Anonymous"),
            ],
            Delivered),
    ];
}
