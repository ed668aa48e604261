using System.Diagnostics;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Facts;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class ReplyFactsTests
{
    // text, facts that must be there ("name=value; ..."), names that must not be there
    public static TheoryData<string, string, string> Replies => new()
    {
        // Authentication
        { "550 5.7.515 Access denied, sending domain NORTHWIND.EXAMPLE does not meet the required authentication level. Spf= Fail , Dkim= Pass , DMARC= Pass",
            "spf=fail; dkim=pass; dmarc=pass; failing_domain=northwind.example", "" },
        { "550 5.7.515 Access denied, sending domain northwind.example doesn't meet the level. Spf=Pass Dkim=Fail DMARC=None",
            "spf=pass; dkim=fail; dmarc=none; failing_domain=northwind.example", "" },
        { "550-5.7.26 Your mail was blocked. Senders must authenticate with either SPF or DKIM.\r\n550-5.7.26 Authentication results:\r\n"
            + "550-5.7.26 DKIM = did not pass\r\n550-5.7.26 SPF [northwind.example] with ip: [192.0.2.10] = did not pass\r\n"
            + "550 5.7.26 See https://help.example/a",
            "spf=fail; dkim=fail; failing_domain=northwind.example; our_address=192.0.2.10; help_url=https://help.example/a", "dmarc" },
        { "550 5.7.9 Authentication results: DKIM = FAILURE - SPF [northwind.example] with ip 192.0.2.170 = FAILURE.",
            "spf=fail; dkim=fail; failing_domain=northwind.example; our_address=192.0.2.170", "" },
        { "421 4.7.0 This message does not pass authentication checks (SPF and DKIM both do not pass). "
            + "SPF check for [northwind.example] does not pass with ip: [192.0.2.1].",
            "spf=fail; dkim=fail; failing_domain=northwind.example", "" },
        { "550-5.7.1 For this message, DKIM checks did not pass and SPF check for [northwind.example] 550-5.7.1 did not pass with ip: [192.0.2.1].",
            "spf=fail; dkim=fail; failing_domain=northwind.example", "" },
        { "550 5.7.509 Access denied, sending domain [NEWS.NORTHWIND.EXAMPLE] does not pass DMARC verification and has a DMARC policy of reject.",
            "dmarc=fail; dmarc_policy=reject; failing_domain=news.northwind.example", "spf; dkim" },
        { "550 5.7.1 <bob@contoso.example>: Recipient address rejected: SPF fail - not authorized. Please see http://www.openspf.net/Why?s=mfrom;"
            + "id=ann%40northwind.example;ip=192.0.2.31;r=contoso.example", "spf=fail; failing_domain=northwind.example; recipient=bob@contoso.example", "" },
        { "550 192.0.2.10 is not allowed to send from <northwind.example> per its SPF Record.", "spf=fail; failing_domain=northwind.example", "" },
        { "550 5.7.20 No DKIM signature", "dkim=none", "spf; dmarc" },
        { "550 DKIM none, SPF softfail", "dkim=none; spf=softfail", "" },
        { "550 [SPF] 192.0.2.31 is not allowed to send mail from northwind.example.", "spf=fail; failing_domain=northwind.example", "" },
        { "550 5.7.26 Unauthenticated email from northwind.example is not accepted due to domain's DMARC policy.",
            "dmarc=fail; failing_domain=northwind.example", "" },
        { "421 4.7.28 unusual rate of unsolicited mail from your SPF domain [northwind.example 15].", "failing_domain=northwind.example", "spf; dkim; dmarc" },
        { "550 5.7.26 Senders must pass SPF or DKIM.", "", "spf; dkim; failing_domain" },
        { "550 5.1.1 User unknown", "", "spf; dkim; dmarc; failing_domain; list; our_address; stage; size_limit; rate_limit; recipient" },

        // Lists
        { "550 5.7.1 Unfortunately, messages from [192.0.2.5] weren't sent. Part of the network is on our block list (S3150).",
            "s_code=S3150; our_address=192.0.2.5; list=Outlook.com's own blocklist", "" },
        { "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.dnsbl.example; https://dnsbl.example/query/ip/192.0.2.7",
            "list=zen.dnsbl.example; lookup_url=https://dnsbl.example/query/ip/192.0.2.7; our_address=192.0.2.7", "help_url" },
        { "550 5.7.1 Helo domain is listed in Spamhaus. (S8001) [AM7EUR03FT003.eop-EUR03.prod.protection.outlook.com]", "list=Spamhaus; s_code=S8001", "" },
        { "550 5.7.501 Spam abuse detected from IP range. S(2017052602)", "", "s_code" },

        // Addresses: ours only where the words say so
        { "441 4.4.1 Error encountered while communicating with primary target IP address: \"Failed to connect. Winsock "
            + "error code: 10060, Win32 error code: 10060.\" "
            + "Attempted failover to alternate host, but that did not succeed. The last endpoint attempted was 203.0.113.8:25", "", "our_address" },
        { "[{LED=450 4.4.317 Cannot connect to remote server};{MSG=};{FQDN=mx.contoso.example};{IP=203.0.113.8};{LRT=}]. "
            + "OutboundProxyTargetIP: 203.0.113.8. OutboundProxyTargetHostName: mx.contoso.example", "", "our_address" },
        { "454 4.7.0 Temporary authentication failure at mx.contoso.example [192.0.2.9]", "", "our_address" },
        { "451 4.4.0 mx1.contoso.example[2001:db8::1a] timed out", "", "our_address" },
        { "550 5.4.1 resolved to IP address 203.0.113.8, no answer", "", "our_address" },
        { "450 4.4.2 reply from 203.0.113.8 was not understood", "", "our_address" },
        { "550 5.7.1 message blocked by mx.contoso.example [203.0.113.8]", "", "our_address" },
        { "Server at contoso.example (203.0.113.8) returned '550 5.7.1 blocked'", "", "our_address" },
        { "421 4.7.0 [192.0.2.7 18] Our system has seen unusual mail", "our_address=192.0.2.7", "" },
        { "550 5.7.1 [2001:db8::7] Our system has seen unusual mail", "our_address=2001:db8::7", "" },
        { "550 blocked using zen.dnsbl.example; https://dnsbl.example/returnc/pub/192.0.2.7", "list=zen.dnsbl.example", "our_address" },
        { "554 5.7.1 192.0.2.7 is on our list", "our_address=192.0.2.7", "" },
        { "550 5.7.1 Your IP 192.0.2.7 has a poor reputation", "our_address=192.0.2.7", "" },
        { "550 192.0.2.7 is listed at dnsbl.example", "our_address=192.0.2.7", "" },
        { "550 5.7.1 Mail from 192.0.2.7 was refused", "our_address=192.0.2.7", "" },
        { "550 5.7.1 Connecting IP [2001:db8::7] is banned", "our_address=2001:db8::7", "" },
        { "451 4.7.650 The mail server [192.0.2.7] has been temporarily rate limited", "our_address=192.0.2.7", "" },
        { "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.7]", "our_address=192.0.2.7", "" },
        { "550 5.7.1 Fix reverse DNS for 192.0.2.7", "our_address=192.0.2.7", "" },
        { "450 4.3.2 <mail.northwind.example[192.0.2.7]>: Client host rejected: try again", "our_address=192.0.2.7", "" },
        { "554 5.7.1 blocked by a blocklist, see https://dnsbl.example/query?ip=192.0.2.7", "our_address=192.0.2.7", "" },
        { "550 5.7.1 192.0.2.7 is not allowed to send mail", "our_address=192.0.2.7", "" },

        // Throttling and greylisting
        { "450 4.7.230 Connecting Exchange server version is out-of-date; connection to Exchange Online throttled for 5 mins/hr.",
            "throttle_minutes=5; throttle_stage=throttling", "retry_after_minutes; rate_limit" },
        { "550 5.7.230 Connecting Exchange server version is out-of-date; connection to Exchange Online blocked for 10 mins/hr.",
            "throttle_minutes=10; throttle_stage=blocking", "" },
        { "450 4.2.0 <bob@contoso.example>: Recipient address rejected: Greylisted for 90 seconds", "retry_after_minutes=2", "" },
        { "451 4.7.1 Greylisting in action, please come back in 00:04:59", "retry_after_minutes=5", "" },
        { "450 4.7.1 try again in 10 minutes", "retry_after_minutes=10", "" },

        // Limits
        { "552 5.3.4 message size 18876259 exceeds size limit 10485760 of server mx.contoso.example[198.51.100.1]",
            "message_size=18876259 bytes; size_limit=10485760 bytes", "" },
        { "552 5.3.4 Message size (41 MB) exceeds the maximum size of 25MB", "message_size=41 MB; size_limit=25 MB", "" },
        { "552 5.2.3 Message size exceeds fixed maximum message size (50000)", "size_limit=50000 bytes", "message_size" },
        { "452 4.5.3 Too many recipients; limit is 100 recipients", "recipient_limit=100", "" },
        { "450 4.7.1 You may send 30 messages per hour", "rate_limit=30 messages per hour", "" },
        { "421 4.7.0 more than 20 connections from 192.0.2.1", "connection_limit=20; our_address=192.0.2.1", "" },
        { "552 5.2.2 mailbox over quota of 1,024 MB", "quota=1024 MB", "" },

        // TLS
        { "450 4.7.320 Certificate validation failed [Message=SubjectMismatch] [LastAttemptedServerName=mail.contoso.example] "
            + "[LastAttemptedIP=198.51.100.25:25]",
            "tls_reason=certificate-name; remote_server=mail.contoso.example; remote_address=198.51.100.25", "our_address" },
        { "454 4.7.5 Certificate validation failure, reason:untrustedroot", "tls_reason=certificate-untrusted", "" },
        { "454 4.7.5 The certificate has expired", "tls_reason=certificate-expired", "" },
        { "451 5.7.3 STARTTLS is required to send mail", "tls_reason=starttls-not-offered", "" },
        { "421 4.7.66 TLS 1.0 and 1.1 are not supported. Please upgrade your client to support TLS 1.2.", "tls_required=TLS 1.2; tls_refused=TLS 1.0", "" },

        // Stage
        { "host mx.contoso.example[198.51.100.1] said: 550 no (in reply to RCPT TO command)",
            "stage=rcpt; remote_server=mx.contoso.example; remote_address=198.51.100.1", "our_address" },
        { "SMTP error from remote mail server after MAIL FROM:<ann@northwind.example> SIZE=1700: 553 no", "stage=mail; sender=ann@northwind.example",
            "recipient" },
        { "host mx.contoso.example[198.51.100.1] refused to talk to me: 421 busy", "stage=connect", "our_address" },
        { "delivery temporarily suspended: mx.contoso.example[2001:db8::1]:25, network is unreachable", "", "our_address" },
        { "Remote Server returned '554 5.7.1 <198.51.100.1 #5.7.1 smtp; 553 5.7.1 Hello [192.0.2.7], not accepted>'", "our_address=192.0.2.7", "" },
        { "550 5.1.1 <bob@contoso.example>... User unknown Remote-MTA: 198.51.100.1", "recipient=bob@contoso.example", "our_address" },
        { "554 blocked: client contoso.example[192.0.2.7]:54321", "our_address=192.0.2.7", "" },
        { "conversation with mx.contoso.example[198.51.100.1] timed out while sending MAIL FROM", "stage=mail; remote_address=198.51.100.1", "" },

        // Parties
        { "550 5.1.8 <ann@northwind.example>: Sender address rejected: Domain not found", "sender=ann@northwind.example", "recipient" },
        { "553 5.7.1 Sender address rejected: user='carl@contoso.example' not owned", "", "recipient" },
        { "553 5.7.1 <ann@northwind.example>: Sender address rejected: not owned by user carl@contoso.example", "sender=ann@northwind.example", "recipient" },
        { "550 5.7.1 authenticated as carl@contoso.example, not allowed to send as ann@northwind.example", "sender=ann@northwind.example", "recipient" },
        { "550 5.1.1 User carl@contoso.example unknown", "recipient=carl@contoso.example", "sender" },
        { "550-Verification failed for <ann@northwind.example> 550-Unrouteable address 550 Sender verify failed", "sender=ann@northwind.example", "recipient" },
        { "550 5.1.1 <bob@contoso.example>... User unknown", "recipient=bob@contoso.example", "sender" },
        { "550 5.7.1 rejected; please contact postmaster@contoso.example", "", "recipient; sender" },
        { "550 5.7.1 Duplicate Message-ID <a$1@northwind.example>", "message_id=<a$1@northwind.example>", "recipient; sender" },
        { "[{LED=450 4.4.101 x};{MSG=};{FQDN=mx.contoso.example};{IP=198.51.100.9};{LRT=}]",
            "remote_server=mx.contoso.example; remote_address=198.51.100.9", "our_address" },

        // IMCEAEX
        { "IMCEAEX-_o=NW_ou=EXCHANGE+20ADMINISTRATIVE+20GROUP+20+28FYDI+29_cn=Recipients_cn=bob+2Esmith@northwind.example #550 5.1.1 not found ##",
            "x500=/o=NW/ou=EXCHANGE ADMINISTRATIVE GROUP (FYDI)/cn=Recipients/cn=bob.smith", "sender" },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void Facts_of_a_reply_are_found(string text, string expected, string absent)
    {
        var facts = ReplyFacts.Of(text);
        foreach (var pair in expected.Split("; ", StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]);
            Assert.Equal(value, facts.Value(name));
        }
        foreach (var name in absent.Split("; ", StringSplitOptions.RemoveEmptyEntries))
            Assert.Null(facts.Value(name));
        Assert.Equal(facts.Count, facts.Select(f => f.Name).Distinct().Count());
    }

    [Fact]
    public void Letter_case_does_not_matter()
    {
        foreach (var row in Replies)
        {
            var facts = ReplyFacts.Of(row.Data.Item1.ToUpperInvariant());
            foreach (var pair in row.Data.Item2.Split("; ", StringSplitOptions.RemoveEmptyEntries))
            {
                var (name, value) = (pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]);
                if (name is "spf" or "dkim" or "dmarc" or "stage" or "tls_reason")
                    Assert.Equal(value, facts.Value(name));
            }
        }
    }

    [Theory]
    [InlineData("a+2", "a+2")]
    [InlineData("+zz_", "+zz/")]
    [InlineData("+2E+2e", "..")]
    public void Encapsulated_addresses_decode_whatever_they_are(string text, string decoded) => Assert.Equal(decoded, ImceaFacts.Decode(text));

    [Fact]
    public void Any_text_has_facts_that_can_be_shown_and_none_throws()
    {
        string[] pieces =
        [
            .. Replies.SelectMany(r => r.Data.Item1.Split(' ')), "\r\n", "\0", "\u202e", "IMCEAEX-+0A@x.example", "IMCEAEX-@", "@", "=", "[", "]",
                "::", "550-", "http://",
            "\ud83d", "id=", ";id=%", "99999999999999999999", "1,", "1,000,000,000,000,000,000", "TLS", "spf", "not", "host", "x[", "(S123)",
        ];
        var random = new Random(13);
        for (var n = 0; n < 4000; n++)
        {
            var text = string.Join(random.Next(3) == 0 ? "" : " ", Enumerable.Range(0, random.Next(40)).Select(_ => pieces[random.Next(pieces.Length)]));
            foreach (var fact in ReplyFacts.Of(text))
                Assert.True(fact.Value.Length is > 0 and <= 512 && !fact.Value.Any(char.IsControl) && fact.Says.Length > 0, $"{fact} of '{text}'");
        }
    }

    [Theory]
    [InlineData("spf ")]
    [InlineData("http")]
    [InlineData("a@b ")]
    [InlineData("[[[[")]
    [InlineData("IMCEAEX-")]
    [InlineData("550-5.7.1 ")]
    public void A_long_text_takes_no_longer_than_its_length(string piece)
    {
        var clock = Stopwatch.StartNew();
        ReplyFacts.Of(string.Concat(Enumerable.Repeat(piece, 200_000)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"{clock.Elapsed}");
    }
}
