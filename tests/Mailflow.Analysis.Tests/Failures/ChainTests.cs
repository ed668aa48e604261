using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

/// <summary>Nested errors, multi-line replies, and codes that are unusual, missing or contradictory.</summary>
public sealed class ChainTests
{
    [Theory]
    [InlineData(
        "550 5.4.300 Message expired -> 451 4.4.0 DNS query failed. The error was: SMTPSEND.DNS.NonExistentDomain; nonexistent domain",
        "dns-failure", "nxdomain", 550, "permanent")]
    [InlineData("550 5.4.316 Message expired, connection refused(Socket error code 10061)", "network-failure", "refused", 550, "permanent")]
    [InlineData(
        "450 4.4.317 Cannot establish session with remote server [Message=451 5.7.3 STARTTLS is required to send mail]",
        "tls-failure", "starttls-required", 450, "transient")]
    [InlineData(
        "451 4.4.0 Primary target IP address responded with: \"454 4.7.0 TLS not available due to local problem\" Attempted failover to alternate host",
        "tls-failure", "handshake", 451, "transient")]
    [InlineData(
        "451 4.4.0 Primary target IP address responded with: \"550 5.7.1 Unable to relay.\" Attempted failover to alternate host",
        "relay-denied", null, 451, "transient")]
    [InlineData("451 4.4.395 Target host responded with error. -> 421 4.3.2 Service not active", "system-error", "inactive", 451, "transient")]
    [InlineData(
        "550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 5.1.1 User unknown",
        "invalid-recipient", "unknown-user", 550, "permanent")]
    [InlineData(
        "554 5.4.0 <mx.fabrikam.example #5.4.14 smtp; 554 5.4.14 Hop count exceeded - possible mail loop ATTR34>",
        "mail-loop", "hop-count", 554, "permanent")]
    [InlineData("550 4.4.7 QUEUE.Expired; message expired", "message-expired", null, 550, "permanent")]
    [InlineData(
        "550-5.7.26 Unauthenticated email from contoso.example is not accepted due to domain's 550-5.7.26 DMARC policy. 550 5.7.26 gsmtp",
        "sender-auth-failure", "unauthenticated", 550, "permanent")]
    [InlineData(
        "550-5.7.1 Service un-\\r\\n550 5.7.1 available, Client host blocked using zen.spamhaus.org",
        "blocklisted", "zen.spamhaus.org", 550, "permanent")]
    [InlineData("smtp;550 5.2.2 Mailbox full", "mailbox-full", null, 550, "permanent")]
    [InlineData("SMTP; 552 #5.2.2 over quota", "mailbox-full", null, 552, "permanent")]
    [InlineData("host mx.example[192.0.2.1] said: 452 4.2.2 Mailbox full (in reply to RCPT TO command)", "mailbox-full", null, 452, "transient")]
    [InlineData("550 sorry, no mailbox here by that name (#5.1.1)", "invalid-recipient", "unknown-user", 550, "permanent")]
    [InlineData("5.1.1 (bad destination mailbox address)", "invalid-recipient", "unknown-user", null, "permanent")]
    [InlineData("mailbox is full", "mailbox-full", null, null, "permanent")]
    [InlineData("[{LED=550 5.1.1 User unkn", "invalid-recipient", "unknown-user", 550, "permanent")]
    [InlineData(
        "[{LED=450 4.4.316 Connection refused};{MSG=Socket error code 10061};{Last attempted server name=mail.contoso.example",
        "network-failure", "refused", 450, "transient")]
    [InlineData(
        "Reason: [{LED=450 4.4.317 Cannot establish session with remote server [Message=451 5.7.3 STARTTLS is required to send mail]",
        "tls-failure", "starttls-required", 450, "transient")]
    [InlineData("'[{LED=550 5.1.1 <x@remote.example>: it''s unknown};{MSG=};{FQDN=};{IP=};{LRT=}]'", "invalid-recipient", null, 550, "permanent")]
    public void Cause_is_from_the_innermost_reply_and_permanence_from_the_outermost(string text, string cause, string? sub, int? smtp, string permanence)
    {
        var diagnosis = Diagnosis.Of(text);
        Assert.Equal((cause, smtp, permanence), (diagnosis.Cause.Name(), diagnosis.Smtp, diagnosis.Permanence.Name()));
        if (sub is not null)
            Assert.Equal(sub, diagnosis.SubReason);
        Assert.NotEmpty(diagnosis.Evidence);
    }

    [Theory]
    [InlineData("250 2.1.5 Recipient OK")]
    [InlineData("250 2.6.0 <m1@contoso.example> [InternalId=7, Hostname=EX01] Queued mail for delivery")]
    [InlineData("To")]
    [InlineData("")]
    [InlineData("[{LED=};{MSG=};{FQDN=};{IP=};{LRT=}]")]
    [InlineData(";")]
    public void Diagnosis_is_unknown_without_a_failure_or_meaning(string text)
    {
        var diagnosis = Diagnosis.Of(text);
        Assert.Equal(Cause.Unknown, diagnosis.Cause);
        Assert.Equal(Permanence.Unknown, diagnosis.Permanence);
        Assert.InRange(diagnosis.Confidence, 0, 0.2);
    }

    [Theory]
    [InlineData("550 Mailbox unavailable; relay 5.2.1.9 answered", null)]
    [InlineData("550-5.1.1 gone", "5.1.1")]
    [InlineData("451 4.16.5 unknown to the registry", "4.16.5")]
    [InlineData("250 OK, version 5.1.1a", null)]
    [InlineData("550 cuda_nsu 5.1.1 gone", "5.1.1")]
    public void Enhanced_code_is_not_taken_from_an_address(string text, string? enhanced) => Assert.Equal(enhanced, Diagnosis.Of(text).Enhanced);

    [Theory]
    [InlineData("554 5.7.1 Service unavailable; Client host [192.0.2.5] blocked using dnsbl.example.org; see there", "dnsbl.example.org")]
    [InlineData("550 5.7.1 192.0.2.5 listed in bl.example.net", "bl.example.net")]
    [InlineData("550 5.7.1 Your IP address has been blacklisted by 192.0.2.1", null)]
    public void Diagnosis_names_the_blocklist(string text, string? list) => Assert.Equal(list, Diagnosis.Of(text).SubReason);

    [Fact]
    public void Evidence_shows_the_part_it_is_from()
    {
        var evidence = Diagnosis.Of("550 5.4.300 Message expired -> 550 5.1.1 <a@b.example>: User unknown").Evidence;
        Assert.Equal(1, evidence[0].Part);
        Assert.Equal("phrase", evidence[0].Kind);
        Assert.Equal("user unknown", evidence[0].Found);
        Assert.Equal("5.1.1", evidence[1].Found);
        Assert.Equal((0, "message expired"), (evidence[2].Part, evidence[2].Found));
    }
}
