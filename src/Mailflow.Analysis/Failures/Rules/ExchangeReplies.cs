using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Replies of Exchange Server and Exchange Online, and the errors that Exchange reports when it cannot send.</summary>
static class ExchangeReplies
{
    const string Exo = "Exchange Online NDR codes";
    const string Ndr = "Exchange Server, DSNs and NDRs";
    const string Send = "Exchange Server SMTP send";
    const string Eop = "Exchange Online Protection attribution";
    const string Delist = "Microsoft delist portal and postmaster.live.com";

    public static Rule[] Rules { get; } =
    [
        // Recipients.
        new(InvalidRecipient, "unknown-user",
            "[#5.4.1|#5.7.504] + recipient address rejected + access denied",
            Exo + " 5.4.1, 5.7.504", "550 5.4.1 Recipient address rejected: Access denied. [contoso.mail.protection.outlook.com]"),
        new(InvalidRecipient, "unknown-user",
            "not found by SMTP address lookup | banned recipient",
            Exo + " 5.1.10, 5.7.505", "550 5.7.505 Access denied, banned recipient"),
        new(PolicyRestriction, "reserved-domain",
            "Recipient address reserved by RFC 2606 | RFC 2606 | single label domains not accepted",
            Ndr, "550 5.1.4 Recipient address reserved by RFC 2606"),
        new(RateLimited, "recipient-limit",
            "daily limit for message recipients | reached your daily limit",
            Exo + " 5.1.90", "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients"),
        new(RateLimited, "sending-limit",
            "submission quota exceeded | sender's submission quota | exceeded permitted limits | message receive limit",
            Exo + " 5.2.2, 5.2.121, 5.2.122, 5.7.508", "550 5.2.2 Submission quota exceeded"),
        new(RateLimited, "sending-limit",
            "message submission rate for this client | excessive message rate from sender | tenant external recipient rate",
            Ndr, "421 4.4.2 Message submission rate for this client has exceeded the configured limit"),
        new(RateLimited, "connection-limit",
            "maximum number of concurrent + connections + [exceeded|exceed*]",
            Ndr, "421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, closing transmission channel"),
        new(RateLimited, "connection-limit",
            "exceeded the maximum number of connections",
            Delist, "451 4.7.652 The mail server [192.0.2.7] has exceeded the maximum number of connections. (S3115)"),
        new(RateLimited, "reputation",
            "rate limited due to IP reputation",
            Delist,
            "451 4.7.650 The mail server [192.0.2.7] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see "
            + "https://postmaster.live.com (S775)"),
        new(RateLimited, "throttled",
            "server busy + [AS*|S77714|#4.7.500] | access denied, please try again later",
            Exo + " 4.7.500-699", "451 4.7.500 Server busy. Please try again later from [192.0.2.7]. (AS77712344)"),

        new(SenderRejected, "sender-address",
            "#x.1.7 + [invalid address|long addresses not supported]",
            Ndr + " 5.1.7", "501 5.1.7 Invalid address", Fault.Sender),

        // Policies.
        new(PolicyRestriction, "tenant-block-list",
            "Tenant Allow Block List | blocked by your organization",
            Exo + " 5.7.703",
            "550 5.7.703 Your message can't be delivered because messages to ann@contoso.example are blocked by your organization using Tenant "
            + "Allow Block List."),
        new(PolicyRestriction, "sender-not-allowed",
            "allowed-senders list | not authenticated by organization | not authenticated for group | not authenticated for mailbox | "
            + "not authenticated for public folder | only accepts messages from",
            Exo + " 5.7.12, 5.7.124, 5.7.133-136", "550 5.7.133 RESOLVER; Sender not authenticated for group"),
        new(PolicyRestriction, "sender-not-allowed",
            "sender was not authenticated + [#5.7.136|#5.7.13|#5.7.135|#5.7.134|#5.7.133|#5.7.12]",
            Exo + " 5.7.136", "550 5.7.136 Sender was not authenticated"),
        new(PolicyRestriction, "rejected-by-recipient",
            "access denied + rejected by recipient | does not accept email over IPv6",
            Exo + " 5.7.507, 5.7.510", "550 5.7.507 Access denied, rejected by recipient"),
        new(PolicyRestriction, "external-forwarding",
            "does not allow external forwarding | external forwarding",
            Exo + " 5.7.520",
            "550 5.7.520 Access denied, Your organization does not allow external forwarding. Please contact your administrator for further "
            + "assistance. AS(7555)"),
        new(PolicyRestriction, "delivery-restriction",
            "delivery not authorized",
            Exo + " 5.7.1, 5.7.171, 5.7.900-999", "550 5.7.900 Delivery not authorized, message refused"),
        new(PolicyRestriction, "journaling",
            "journaling on-premises messages | journaling archive | journal message past expiration | journal reports",
            Exo + " 5.3.190",
            "550 5.3.190 Journaling on-premises messages to Microsoft 365 or Office 365 not supported when Journaling Archive is disabled"),
        new(PolicyRestriction, "nested-attachments",
            "policy violation detected | AS345",
            Exo + " 5.0.350", "550 5.0.350 Requested action not taken: policy violation detected (AS345)"),
        new(PolicyRestriction, "administrator",
            "rejected by administrative action | discarded by administrative action | temporarily disallowed this secure domain | "
            + "message classification was not recognized | submission has been disabled for this account",
            Ndr, "530 5.3.1 Intercepted and rejected by administrative action. PRJCT"),
        new(ProtocolError, "content", "x-dg-ref header", Exo + " 5.0.350", "550 5.0.350 x-dg-ref header is too long"),

        // Sending address, filters.
        new(Blocklisted, "microsoft", "bad outbound sender", Exo + " 5.1.8", "550 5.1.8 Access denied, bad outbound sender. AS(42004)"),
        new(Blocklisted, "customer",
            "customer block list",
            Exo + " 5.7.513", "550 5.7.513 Service unavailable, Client host [192.0.2.7] blocked by contoso.example using Customer Block list (AS16012607)"),
        new(Blocklisted, "microsoft",
            "banned sending IP | banned sender | spam abuse detected | traffic not accepted from this IP | "
            + "tenant has exceeded threshold | blocked from sending from unregistered domains",
            Exo + " 5.7.606-649",
            "550 5.7.606 Access denied, banned sending IP [192.0.2.7]. To request removal from this list please visit https://sender.office.com/"),
        new(Blocklisted, "microsoft",
            "part of their network is on our block list | network is on our block list",
            Delist,
            "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent. Please contact your Internet service provider since part of their "
            + "network is on our block list (S3150)."),
        new(Blocklisted, "microsoft",
            "SC-00* | DY-00* | OU-00* | your IP was found on our block list | blocked by Microsoft | sender.office.com | SNDS",
            Delist, "550 SC-001 (COL004) Unfortunately, messages from 192.0.2.7 weren't sent, see SNDS at https://postmaster.live.com/snds/"),
        new(SenderRejected, "sender-filter", "SenderFilterConfig | SenderFilterAgent | Sender denied", Ndr, "550 5.1.0 Sender denied"),
        new(SpamContent, "content-filter",
            "content filter agent quarantined | rejected as spam by content filtering | rejected as spam by Content Filter*",
            Ndr, "550 5.2.1 Content Filter agent quarantined this message"),
        new(SenderRejected, "helo",
            "Access Denied, Bad HELO | #5.5.4 + invalid domain name | HELO requires domain address | EHLO requires domain address",
            Exo + " 5.7.506", "550 5.7.506 Access Denied, Bad HELO"),
        new(SenderRejected, "from-header",
            "must be RFC 5322 section 3.6.2 compliant | RFC 5322 section 3.6.2",
            Exo + " 5.7.512", "550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant"),
        new(SenderRejected, "reverse-dns",
            "sending IPv6 address + must have a reverse DNS record",
            Exo + " 5.7.25", "550 5.7.25 Access denied, the sending IPv6 address [2001:db8::7] must have a reverse DNS record"),
        new(SenderAuthFailure, "ipv6",
            "must pass either SPF or DKIM validation",
            Exo + " 4.7.26",
            "450 4.7.26 Access denied, a message sent over IPv6 [2001:db8::7] must pass either SPF or DKIM validation, this message is not signed"),
        new(SenderAuthFailure, "requirements",
            "meet the required authentication level",
            Exo + " 5.7.515", "550 5.7.515 Access denied, sending domain CONTOSO.EXAMPLE doesn't meet the required authentication level."),

        // Relaying and authentication.
        new(RelayDenied, "connector",
            "TenantAttribution | no mail-enabled subscriptions",
            Eop, "550 5.7.64 TenantAttribution; Relay Access Denied [ValidationStatus=InvalidChannelForRelay]"),
        new(RelayDenied, "connector",
            "RestrictDomainsToIPAddresses | RestrictDomainsToCertificate | TenantInboundAttribution*",
            Eop,
            "550 5.7.51 TenantInboundAttribution; There is a partner connector configured that matched the message's recipient domain. The "
            + "connector had either the RestrictDomainsToIPAddresses or RestrictDomainsToCertificate set"),
        new(RelayDenied, "send-as",
            "permissions to send as this sender | permissions to send on behalf | send as this sender",
            Ndr, "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
        new(RelayDenied, "authentication",
            "client was not authenticated | client not authenticated | SmtpClientAuthentication is disabled | "
            + "permissions to submit to this server | authentication unsuccessful | Cannot achieve Exchange Server authentication | "
            + "require basic authentication | basic authentication is disabled | authenticated mail from anonymous",
            Ndr, "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM"),
        new(RelayDenied, "authentication",
            "unrecognized authentication type | temporary authentication failure | temporary authorization failure | Require XOORG | "
            + "Internal Transport Certificate",
            Ndr, "504 5.7.4 Unrecognized authentication type"),

        // TLS.
        new(TlsFailure, "starttls-required",
            "encryption required for requested authentication | STARTTLS is required | must issue a STARTTLS command | require STARTTLS",
            Ndr + " 5.7.3", "451 5.7.3 STARTTLS is required to send mail"),
        new(TlsFailure, "starttls-not-offered",
            "starttls-not-supported | must support TLS to receive mail",
            Exo + " 4.7.321", "450 4.7.321 starttls-not-supported: Destination mail server must support TLS to receive mail."),
        new(TlsFailure, "certificate",
            "establish appropriate TLS channel | certificate-expired | certificate-host-mismatch | certificate validation failure | "
            + "certificate is expired | UntrustedRoot | SubjectMismatch | CertificateExpired | cannot load internal transport certificate",
            Exo + " 4.7.322, 4.7.325", "454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied"),
        new(TlsFailure, "dane",
            "tlsa-invalid | dnssec-invalid | DANE validation | invalid DNSSEC records | TLSA record",
            Exo + " 4.7.323, 4.7.324", "450 4.7.323 tlsa-invalid: The domain failed DANE validation."),
        new(TlsFailure, "mta-sts",
            "MTA-STS | failed MTA STS validation | STS policy",
            Exo + " 4.4.8, 4.7.5", "450 4.4.8 MX hosts of 'contoso.example' failed MTA-STS validation"),
        new(TlsFailure, "handshake",
            "TLS negotiation failed | TLS handshake | cryptographic failure | unable to initialize security subsystem | "
            + "maximum TLS rate | TLS cipher strength is too weak | SECURITY_STATUS | SEC_E_* | TLSAuthLevel",
            Send, "451 4.4.101 Failed to create session: TLS negotiation failed with error SocketError"),

        // DNS.
        new(DnsFailure, "servfail",
            "DNS query failed + [ServerFailure|SERVFAIL|server failure]",
            Exo + " 5.4.312", "550 5.4.312 Message expired, DNS query failed(ServerFailure)"),
        new(DnsFailure, "nxdomain",
            "DNS domain .. [does not exist|doesn't exist]",
            Exo + " 5.4.310", "550 5.4.310 DNS domain contoso.example does not exist [Message=Domain]"),
        new(DnsFailure, "query-failed",
            "DNS query failed | DNS lookup failed | DNS type mx lookup | DNS server | DNS returned",
            Send, "451 4.4.0 DNS query failed"),
        new(DnsFailure, "no-route",
            "unable to route due to invalid recipient address | unable to route for address type | matching connector cannot be found | "
            + "unable to route",
            Send, "554 5.4.4 Unable to route due to invalid recipient address"),
        new(MailLoop, "hop-count",
            "hop count exceeded | possible mail loop | message depth exceeded | routing loop detected",
            Exo + " 5.4.6, 5.4.14", "554 5.4.14 Hop count exceeded - possible mail loop ATTR34"),

        // The network.
        new(NetworkFailure, "refused",
            "Socket error code 10061 | Winsock error code 10061 | SocketConnectionRefused",
            Exo + " 4.4.316", "450 4.4.316 Connection refused [Message=Socket error code 10061] [LastAttemptedServerName=mail.contoso.example]"),
        new(NetworkFailure, "timeout",
            "Socket error code 10060 | Winsock error code 10060 | SocketTimedout | Winsock error code 995",
            Send,
            "441 4.4.1 Error encountered while communicating with primary target IP address: \"Failed to connect. Winsock error code: 10060, Win32 "
            + "error code: 10060.\""),
        new(NetworkFailure, "reset",
            "Socket error code 10054 | Winsock error code 10054 | ConnectionReset | connection reset by peer | connection was reset | "
            + "connection reset",
            Send, "421 4.4.2 Connection dropped due to ConnectionReset"),
        new(NetworkFailure, "unreachable",
            "Winsock error code 10051 | Winsock error code 10065 | Socket error code 10051 | Socket error code 10065 | "
            + "network is unreachable | no route to host | network unreachable | host is unreachable | host unreachable | "
            + "NetworkUnreachable | HostUnreachable",
            Send, "421 4.2.1 Unable to connect -> SocketError: Failed to connect. Winsock error code: 10051, Win32 error code: 10051"),
        new(NetworkFailure, "dropped",
            "connection dropped due to | connection dropped | SocketError | remote server disconnected | connection failover",
            Send, "421 4.4.2 Connection dropped due to SocketError"),
        new(NetworkFailure, "connect",
            "Winsock error code | Socket error code | unable to connect | failed to connect | cannot connect to remote server | "
            + "could not be connected",
            Send, "421 4.2.1 Unable to connect"),

        // The servers themselves.
        new(SystemError, "back-pressure", "insufficient system resources", Ndr + " 4.3.1", "452 4.3.1 Insufficient system resources (UsedDiskSpace)"),
        new(SystemError, "proxy",
            "temporary server error + [PRX*|CPRX*|ATTR*|please try again later]",
            Eop, "451 4.7.0 Temporary server error. Please try again later. PRX2"),
        new(SystemError, "proxy",
            "proxy session setup failed | no proxy destinations | proxy layer is discarding | message not proxied | "
            + "fetch attribution data | temporary server network configuration",
            Send, "450 4.7.0 Proxy session setup failed on Frontend with 451 4.4.0 Primary target"),
        new(SystemError, "inactive",
            "service not active | system not accepting network messages | temporary local error initializing data | "
            + "message failed to be made redundant | PFA agent busy | mailbox cannot be accessed | "
            + "recipient deferred because there is no Mdb",
            Ndr + " 4.3.2", "421 4.3.2 Service not active"),
        new(SystemError, "queue",
            "suspended delivery queue | large queue | queue quota exceeded | too many concurrent deliveries",
            Send, "400 4.0.0 Message delivery delayed due to a suspended delivery queue"),
        new(ProtocolError, "malformed",
            "too many related errors | invalid message content | bare line feed* | bare linefeeds | invalid characters | message/partial",
            Ndr + " 5.3.0", "550 5.3.0 Too many related errors", Fault.Sender),
        new(ProtocolError, "response",
            "response was not RFC conformant | EHLO options",
            Send, "421 4.4.0 Remote server response was not RFC conformant"),
    ];
}
