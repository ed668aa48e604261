using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>What keeps two servers apart: DNS, the network, TLS.</summary>
static class NetworkRules
{
    public static Rule[] Rules { get; } =
    [
        new(DnsFailure, "null-mx", "null MX|does not accept mail|domain doesn't accept mail", "RFC 7505", "556 5.1.10 Recipient address has null MX"),
        new(DnsFailure, "nxdomain", "NonExistentDomain|nonexistent domain|host unknown|unknown host|host not found|domain not found + !sender", "RFC 1035 RCODE 3", "550 5.1.2 <user@example.com>... Host unknown (Name server: example.com: host not found)"),
        new(DnsFailure, "nxdomain", "DNS domain|DNS .. does not exist|InfoDomainNonexistent", "Exchange Online NDR codes 5.4.310", "550 5.4.310 DNS domain contoso.example reported an error"),
        new(DnsFailure, "query-failed", "DNS query failed|DNS lookup failed|no MX records|unrouteable address|unable to resolve", "Exchange Server queue errors", "451 4.4.0 DNS query failed"),
        new(TlsFailure, "starttls-required", "STARTTLS is required|must issue a STARTTLS command|TLS required|encryption required", "RFC 3207 section 4", "451 5.7.3 STARTTLS is required to send mail"),
        new(TlsFailure, "certificate", "TLS|certificate .. UntrustedRoot|validation failure|expired|invalid|failed|channel", "Exchange Server queue errors", "454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied"),
        new(NetworkFailure, "refused", "connection refused|refused connection", "RFC 3463 X.4.1", "450 4.4.316 Connection refused [Message=Socket error code 10061]"),
        new(NetworkFailure, "timeout", "connection timed out|connect timed out|timed out|timeout|failed to connect|unable to connect|could not connect|connection dropped|connection reset", "RFC 3463 X.4.2", "421 4.4.2 Connection dropped due to ConnectionReset"),
        new(MailLoop, null, "hop count exceeded|too many hops|mail loop|routing loop|loops back to myself|loop detected|message is looping", "RFC 5321 section 6.3", "554 5.4.14 Hop count exceeded - possible mail loop ATTR34"),
    ];
}
