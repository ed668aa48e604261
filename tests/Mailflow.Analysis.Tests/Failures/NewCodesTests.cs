using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

/// <summary>Replies of 2024 to 2026, in words of our own around the codes that providers document.</summary>
public sealed class NewCodesTests
{
    [Theory]
    [InlineData("450 4.7.230 Your Exchange build is out of date: throttled for 5 mins/hr", Cause.RateLimited, "outdated-server", Fault.Ours)]
    [InlineData("550 5.7.230 Your Exchange build is out of date: blocked for 30 mins/hr", Cause.PolicyRestriction, "outdated-server", Fault.Ours)]
    [InlineData("550 5.7.68 TenantInboundAttribution; Direct Send is not allowed here", Cause.PolicyRestriction, "direct-send", Fault.Ours)]
    [InlineData("550 5.7.30 Basic authentication is not supported for Client Submission.", Cause.RelayDenied, "basic-auth", Fault.Ours)]
    [InlineData("550 5.7.30 REQUIRETLS support is needed on the next hop", Cause.TlsFailure, "require-tls", Fault.Theirs)]
    [InlineData("550 5.7.30 Blocked. Gmail requires all large senders to authenticate with DKIM.", Cause.SenderAuthFailure, "dkim", Fault.Ours)]
    [InlineData("550 5.5.105 High Volume Email does not support external recipients", Cause.PolicyRestriction, "hve-external", Fault.Ours)]
    [InlineData("550 5.7.232 The tenant has exceeded its limit for external recipients", Cause.RateLimited, "tenant-quota", Fault.Ours)]
    [InlineData("550 5.7.233 Your tenant external recipient rate limit was exceeded", Cause.RateLimited, "tenant-quota", Fault.Ours)]
    [InlineData("550 5.7.236 Mail from onmicrosoft.com is limited", Cause.RateLimited, "onmicrosoft-limit", Fault.Ours)]
    [InlineData("550 5.1.20 Multiple From addresses without a Sender are not allowed", Cause.ProtocolError, "from-header", Fault.Sender)]
    [InlineData("421 4.7.29 Rate limited, because this message was not sent over TLS", Cause.TlsFailure, "starttls-required", Fault.Ours)]
    [InlineData("421 4.7.28 Unusual rate of unsolicited mail from your DKIM domain [contoso.example]", Cause.RateLimited, "reputation-domain", Fault.Ours)]
    [InlineData("421 4.7.28 Unusual rate of mail from your SPF domain", Cause.RateLimited, "reputation-domain", Fault.Ours)]
    [InlineData("421 4.7.28 Unusual rate of mail with one of your URL domains", Cause.RateLimited, "reputation-url", Fault.Ours)]
    [InlineData("421 4.7.28 Unusual rate of mail from your netblock 192.0.2.0/24", Cause.RateLimited, "reputation", Fault.Ours)]
    [InlineData("421 4.7.28 Limit reached for mail with the same Message-ID", Cause.ProtocolError, "duplicate-message-id", Fault.Sender)]
    [InlineData("550 5.7.1 Encoded-word syntax is not permitted in header To. To reduce spam, it was blocked.", Cause.ProtocolError, "header", Fault.Ours)]
    [InlineData("550 5.7.1 This message has multiple Subject headers. To reduce spam, it was blocked.", Cause.ProtocolError, "header", Fault.Ours)]
    [InlineData("550 5.7.0 Mail relay denied, the account is suspended due to abuse", Cause.Blocklisted, "account", Fault.Ours)]
    [InlineData("421 4.7.1 Messages deferred due to excessive volume", Cause.RateLimited, "throttled", Fault.Sender)]
    [InlineData("550 5.7.1 Relay not permitted for user", Cause.InvalidRecipient, "alias-off", Fault.Policy)]
    [InlineData("451 Internal resources temporarily unavailable", Cause.Greylisted, null, Fault.Unknown)]
    [InlineData("554 Refused: unresolvable RFC.5322 from domain", Cause.SenderRejected, "sender-domain", Fault.Ours)]
    [InlineData("550 Error: open resolver", Cause.SystemError, "list-query-refused", Fault.Theirs)]
    [InlineData(
        "554 5.7.1 Client host [192.0.2.5] blocked using zen.spamhaus.org; excessive number of queries", Cause.SystemError, "list-query-refused", Fault.Theirs)]
    [InlineData("554 5.7.1 blocked using multi.uribl.com: 127.0.0.1, URIBL query refused", Cause.SystemError, "list-query-refused", Fault.Theirs)]
    [InlineData("554 IP=192.0.2.5 - None/bad reputation. (NOWL)", Cause.Blocklisted, "t-online", Fault.Ours)]
    [InlineData("451 4.4.62 Mail sent to the wrong region. ATTR35", Cause.RelayDenied, "wrong-region", Fault.Ours)]
    [InlineData("421 4.7.66 TLS 1.0 is no longer supported", Cause.TlsFailure, "version", Fault.Ours)]
    [InlineData("550 5.7.515 The sending domain does not meet the required authentication level", Cause.SenderAuthFailure, "requirements", Fault.Ours)]
    [InlineData("421 4.7.32 The From header isn't aligned with either SPF or DKIM", Cause.SenderAuthFailure, "alignment", Fault.Ours)]
    [InlineData("451 4.7.651 192.0.2.5 is rate limited due to IP reputation (S774)", Cause.RateLimited, "reputation", Fault.Ours)]
    [InlineData("451 4.7.500 Server busy. Try later. (S77719)", Cause.RateLimited, "reputation", Fault.Ours)]
    [InlineData("421 RP-001 Limits for messages an hour reached", Cause.RateLimited, "reputation", Fault.Ours)]
    [InlineData("550 5.7.5 Certificate validation failure: not in the MTA-STS policy", Cause.TlsFailure, "mta-sts", Fault.Theirs)]
    [InlineData("450 5.7.325 certificate-host-mismatch: names do not match (DANE)", Cause.TlsFailure, "dane", Fault.Theirs)]
    [InlineData("550 5.7.705 Access denied, tenant has exceeded threshold", Cause.Blocklisted, "restricted-tenant", Fault.Ours)]
    [InlineData("550 5.1.8 Access denied, bad outbound sender", Cause.Blocklisted, "restricted-user", Fault.Ours)]
    [InlineData("550 5.7.711 Access denied, bad inbound connector", Cause.RelayDenied, "connector", Fault.Ours)]
    public void Replies_of_2024_to_2026(string text, Cause cause, string? sub, Fault fault)
    {
        var diagnosis = Diagnosis.Of(text);
        Assert.Equal((cause, sub, fault), (diagnosis.Cause, diagnosis.SubReason, diagnosis.Fault));
    }

    [Theory]
    [InlineData("554 5.7.1 Client host [192.0.2.5] blocked using dnsbl.sorbs.net")]
    [InlineData("554 5.7.1 Client host [192.0.2.5] blocked using ix.dnsbl.manitu.net")]
    public void Nobody_can_be_removed_from_a_list_that_is_closed(string text)
    {
        var diagnosis = Diagnosis.Of(text);
        Assert.Equal(SubReasons.DeadList, SubReasons.Of(diagnosis.Cause, diagnosis.SubReason)?.Sub);
        Assert.Equal(Fault.Theirs, diagnosis.Fault);
    }

    [Theory]
    [InlineData("550 5.7.1 Trend Micro Email Reputation Service blocks 192.0.2.5")]
    [InlineData("554 Connection refused: bad reputation of 192.0.2.5")]
    [InlineData("421 4.7.0 Sender IP has insufficient reputation")]
    public void Only_Cisco_is_called_senderbase(string text)
    {
        Assert.Equal(Cause.Blocklisted, Diagnosis.Of(text).Cause);
        Assert.NotEqual("senderbase", Diagnosis.Of(text).SubReason);
    }

    [Theory]
    [InlineData("454 4.7.5 The certificate specified in TlsCertificateName of the SendConnector could not be found.", Cause.TlsFailure, Fault.Ours)]
    [InlineData("454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied", Cause.TlsFailure, Fault.Ours)]
    [InlineData("451 5.7.3 STARTTLS is required to send mail", Cause.TlsFailure, Fault.Ours)]
    [InlineData("450 4.7.321 starttls-not-supported: the server must support TLS to receive mail", Cause.TlsFailure, Fault.Theirs)]
    [InlineData("A matching connector cannot be found to route the external recipient", Cause.DnsFailure, Fault.Ours)]
    [InlineData("451 4.4.0 DNS query failed: NXDOMAIN", Cause.DnsFailure, Fault.Sender)]
    [InlineData("451 4.4.0 DNS query failed", Cause.DnsFailure, Fault.Ours)]
    [InlineData("550 5.4.312 Message expired, DNS query failed(ServerFailure)", Cause.DnsFailure, Fault.Theirs)]
    [InlineData("550 4.4.7 QUEUE.Expired; message expired in unreachable destination queue", Cause.MessageExpired, Fault.Ours)]
    [InlineData("550 5.2.0 RESOLVER.PF.InvalidTarget; public folder target is not valid", Cause.InvalidRecipient, Fault.Ours)]
    [InlineData("550 5.2.0 RESOLVER.ADR.BadPrimary; primary address is not valid", Cause.InvalidRecipient, Fault.Ours)]
    [InlineData("432 4.2.0 STOREDRV.Deliver; mailbox database is offline", Cause.SystemError, Fault.Ours)]
    [InlineData("connect to mx.contoso.example[2001:db8::5]:25: Network is unreachable", Cause.NetworkFailure, Fault.Ours)]
    [InlineData("connect to mx.contoso.example[192.0.2.5]:25: No route to host", Cause.NetworkFailure, Fault.Theirs)]
    [InlineData("550 5.2.122 The recipient has exceeded their limit of messages an hour", Cause.RateLimited, Fault.Theirs)]
    [InlineData("554 5.6.0 STOREDRV.Deliver; Corrupt message content", Cause.ProtocolError, Fault.Sender)]
    [InlineData("550 5.4.1 All recipient addresses rejected : Access denied", Cause.InvalidRecipient, Fault.Sender)]
    [InlineData("451 Open relay not allowed", Cause.RelayDenied, Fault.Ours)]
    public void The_responsible_side_is_the_one_that_can_mend_it(string text, Cause cause, Fault fault) =>
        Assert.Equal((cause, fault), (Diagnosis.Of(text).Cause, Diagnosis.Of(text).Fault));
}
