using System.Net;
using System.Security.Cryptography;
using CsCheck;
using Mailflow.Analysis.Domains;

namespace Mailflow.Analysis.Tests.Domains;

public sealed class DomainTests
{
    [Theory]
    [InlineData("v=spf1 -all", 1)]
    [InlineData("v=spf1", 0)]
    [InlineData("v=spf1 a mx:example.com/24 a:x.example//64 mx/24//64 ptr ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.%{d2} exists:%{ir}.%{v}.x ?all", 10)]
    [InlineData("v=spf1  +a   ~all  exp=explain.%{d} unknown=x", 2)]
    [InlineData("V=SPF1 A -ALL", 2)]
    [InlineData("v=spf1 include:a.example. a:a.xn--p1ai/24 mx:a.x-1 exists:%{i}.%{d}", 4)]
    [InlineData("v=spf1 exists:%{l1r-}.%{d1r/}.x%%y%_z%-", 1)]
    public void Valid_spf_records_are_parsed(string text, int terms)
    {
        Assert.True(SpfRecord.IsOne(text));
        Assert.Equal(terms, SpfRecord.Parse(text, out var fault)?.Terms.Count);
        Assert.Empty(fault);
    }

    [Theory]
    [InlineData("v=spf1 ip4:192.0.2")]
    [InlineData("v=spf1 ip4:2001:db8::1")]
    [InlineData("v=spf1 ip4:192.0.2.1/33")]
    [InlineData("v=spf1 ip4:192.0.2.1/08")]
    [InlineData("v=spf1 ipv4:192.0.2.1")]
    [InlineData("v=spf1 include")]
    [InlineData("v=spf1 include:")]
    [InlineData("v=spf1 all:x")]
    [InlineData("v=spf1 a:%{x}.example")]
    [InlineData("v=spf1 a:%{d0}.example")]
    [InlineData("v=spf1 a:100%")]
    [InlineData("v=spf1 redirect=a redirect=b")]
    [InlineData("v=spf1 -all;")]
    [InlineData("v=spf1 +")]
    [InlineData("v=spf1 ip4:192.0.2.010")]
    [InlineData("v=spf1 ip4:0xC0.0.2.1")]
    [InlineData("v=spf1 ip6:[2001:db8::1]")]
    [InlineData("v=spf1 ip6:fe80::1%1")]
    [InlineData("v=spf1 include:a\u001b[2J.example")]
    [InlineData("v=spf1 include:müller.example")]
    [InlineData("v=spf1 a:192.0.2.1 -all")]
    [InlineData("v=spf1 mx:192.0.2.1/24 -all")]
    [InlineData("v=spf1 include:localhost")]
    [InlineData("v=spf1 include:a.example..")]
    [InlineData("v=spf1 redirect=192.0.2.1")]
    [InlineData("v=spf1 exp=a.example exp=b.example")]
    [InlineData("v=spf1 exists:%{c}.example")]
    public void Invalid_spf_records_are_permanent_errors(string text)
    {
        Assert.Null(SpfRecord.Parse(text, out var fault));
        Assert.NotEmpty(fault);
        Assert.DoesNotContain(fault, char.IsControl);
    }

    [Theory]
    [InlineData("v=spf10 -all")]
    [InlineData("spf2.0/pra -all")]
    [InlineData("")]
    public void Other_txt_records_are_not_spf(string text) => Assert.False(SpfRecord.IsOne(text));

    // RFC 7208 section 7.4, with postmaster as the local part of the sender.
    [Theory]
    [InlineData("%{o}", "email.example.com")]
    [InlineData("%{d}", "email.example.com")]
    [InlineData("%{d4}", "email.example.com")]
    [InlineData("%{d2}", "example.com")]
    [InlineData("%{d1}", "com")]
    [InlineData("%{dr}", "com.example.email")]
    [InlineData("%{d2r}", "example.email")]
    [InlineData("%{l}", "postmaster")]
    [InlineData("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{lr-}.lp._spf.%{d2}", "postmaster.lp._spf.example.com")]
    public void Spf_macros_expand_as_in_RFC_7208(string macro, string expected) =>
        Assert.Equal(expected, new SpfMacro(IPAddress.Parse("192.0.2.3"), "email.example.com").Expand(macro, "email.example.com"));

    [Fact]
    public void Spf_macro_writes_ipv6_addresses_as_nibbles() =>
        Assert.Equal(
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com",
            new SpfMacro(IPAddress.Parse("2001:db8::cb01"), "email.example.com").Expand("%{ir}.%{v}._spf.%{d2}", "email.example.com"));

    [Theory]
    [InlineData("192.0.2.0", "192.0.2.255", 24, true)]
    [InlineData("192.0.2.0", "192.0.3.0", 24, false)]
    [InlineData("192.0.2.0", "192.0.3.255", 23, true)]
    [InlineData("192.0.2.1", "203.0.113.1", 0, true)]
    [InlineData("2001:db8::", "2001:db8::1", 127, true)]
    [InlineData("2001:db8::", "2001:db8::2", 127, false)]
    [InlineData("192.0.2.1", "2001:db8::2", 0, false)]
    public void Spf_networks_match_by_prefix_length(string network, string address, int bits, bool covers) =>
        Assert.Equal(covers, new SpfTerm(SpfResult.Pass, SpfMechanism.Ip4, "", null, bits, bits).Covers(IPAddress.Parse(network), IPAddress.Parse(address)));

    [Fact]
    public void Dkim_key_size_is_read_in_both_formats()
    {
        using var rsa = RSA.Create(1024);
        Assert.Equal(new("rsa", 1024), DkimKey.Parse($"v=DKIM1; k=rsa; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}", out _));
        Assert.Equal(new("rsa", 1024), DkimKey.Parse($"p={Convert.ToBase64String(rsa.ExportRSAPublicKey())}", out _));
        Assert.Equal(new("ed25519", 256), DkimKey.Parse($"k=ed25519; p={Convert.ToBase64String(new byte[32])}", out _));
        Assert.True(DkimKey.Parse("v=DKIM1; p=", out _)!.Withdrawn);
    }

    [Theory]
    [InlineData("v=DKIM2; p=AAAA")]
    [InlineData("v=DKIM1; k=rsa")]
    [InlineData("v=DKIM1; p=!!!")]
    [InlineData("v=DKIM1; p=AAAA")]
    [InlineData("k=ed25519; p=AAAA")]
    [InlineData("k=dsa; p=AAAA")]
    [InlineData("nothing")]
    public void Invalid_dkim_keys_are_reported_with_a_reason(string text)
    {
        Assert.Null(DkimKey.Parse(text, out var fault));
        Assert.NotEmpty(fault);
    }

    [Theory]
    [InlineData("v=DMARC1; p=reject; sp=none; rua=mailto:a@b.example", "reject none mailto:a@b.example")]
    [InlineData("v=DMARC1;p=Quarantine", "quarantine quarantine ")]
    [InlineData("v=DMARC1", null)]
    [InlineData("v=DMARC1; p=block", null)]
    [InlineData("v=DMARC1; p=\u001b[2Jblock", null)]
    [InlineData("p=none; v=DMARC2", null)]
    public void Dmarc_records_are_parsed(string text, string? expected)
    {
        var record = DmarcRecord.Parse(text, out var fault);
        Assert.Equal(expected, record is null ? null : $"{record.Policy} {record.SubdomainPolicy} {record.Reports}");
        Assert.Equal(record is null, fault.Length > 0);
        Assert.DoesNotContain(fault, char.IsControl);
    }

    [Theory]
    [InlineData("version: STSv1\r\nmode: enforce\r\nmx: *.Example.com\r\nmx: mx.example.net\r\nmax_age: 86400\r\n", "enforce *.example.com mx.example.net")]
    [InlineData("version: STSv1\nmode: none\nmax_age: 0", "none")]
    [InlineData("version: STSv1\nmode: enforce\nmode: none\nversion: STSv2\nmx: a.example\nmax_age: 86400\nmax_age: x", "enforce a.example")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: a day", null)]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 99999999999999999999", null)]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example", null)]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 86400", null)]
    [InlineData("version: STSv2\nmode: none\nmax_age: 86400", null)]
    public void Mta_sts_policies_are_parsed(string text, string? expected)
    {
        var policy = StsPolicy.Parse(text, out var fault);
        Assert.Equal(expected, policy is null ? null : string.Join(' ', [policy.Mode, .. policy.Hosts]));
        Assert.Equal(policy is null, fault.Length > 0);
    }

    [Theory]
    [InlineData("gmial.com", "gmail.com")]
    [InlineData("gmail.co", "gmail.com")]
    [InlineData("hotnail.com", "hotmail.com")]
    [InlineData("fabrikm.example", "fabrikam.example")]
    [InlineData("entirely-different.example", null)]
    [InlineData("ab.de", null)]
    public void Misspelled_domains_get_the_nearest_known_one(string typed, string? meant) =>
        Assert.Equal(meant, NearestDomain.Find(typed, [.. NearestDomain.Common, "fabrikam.example"]));

    [Theory]
    [InlineData("Contoso.COM.", "contoso.com")]
    [InlineData("müller.example", "xn--mller-kva.example")]
    [InlineData("_dmarc.contoso.com", "_dmarc.contoso.com")]
    [InlineData("a..b", null)]
    [InlineData(".a", null)]
    [InlineData("", null)]
    [InlineData("a b", null)]
    [InlineData("x;rm -rf", null)]
    public void Domain_names_are_normalised_or_rejected(string text, string? expected) => Assert.Equal(expected, DomainNames.Clean(text));

    [Fact]
    public void Parsers_of_dns_records_never_throw() =>
        Gen.Select(Gen.String, Gen.Char["v=spf1DKIM;:%{}/.~-+ioadl rmx24"].Array[0, 60]).Sample((any, likely) =>
        {
            foreach (var text in new[] { any, new string(likely) })
            {
                var record = SpfRecord.Parse("v=spf1 " + text, out _);
                foreach (var term in record?.Terms ?? [])
                    _ = new SpfMacro(IPAddress.Loopback, "contoso.test").Expand(term.Domain, "contoso.test");
                _ = new SpfMacro(IPAddress.IPv6Loopback, "contoso.test").Expand(text, text);
                _ = (
                    DkimKey.Parse(text, out _), DmarcRecord.Parse(text, out _), StsRecord.Id(text),
                    TlsReportRecord.Reports(text), StsPolicy.Parse(text, out _), DomainNames.Clean(text));
            }
        });
}
