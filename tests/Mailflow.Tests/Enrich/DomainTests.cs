using System.Net;
using Mailflow.Enrich;

namespace Mailflow.Tests.Enrich;

public sealed class DomainTests(DnsBed bed)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("contoso.test", "192.0.2.25", "Pass", 0)]
    [InlineData("contoso.test", "192.0.2.44", "Pass", 2)]
    [InlineData("contoso.test", "192.0.2.45", "Pass", 3)]
    [InlineData("contoso.test", "192.0.2.46", "SoftFail", 3)]
    [InlineData("fabrikam.test", "192.0.2.71", "Pass", 1)]
    [InlineData("fabrikam.test", "192.0.2.72", "Fail", 1)]
    [InlineData("redirect.spf.test", "192.0.2.71", "Pass", 2)]
    [InlineData("textonly.test", "192.0.2.1", "None", 0)]
    [InlineData("many.spf.test", "192.0.2.1", "PermError", null)]
    [InlineData("loop.spf.test", "192.0.2.1", "PermError", 11)]
    [InlineData("void.spf.test", "192.0.2.1", "PermError", 3)]
    [InlineData("twice.spf.test", "192.0.2.1", "PermError", 0)]
    [InlineData("wrong.spf.test", "192.0.2.1", "PermError", 0)]
    [InlineData("broken.spf.test", "192.0.2.1", "TempError", 1)]
    [InlineData("ptr.spf.test", "192.0.2.25", "Pass", 1)]
    [InlineData("ptr.spf.test", "192.0.2.26", "Fail", 1)]
    [InlineData("ptr.spf.test", "198.51.100.1", "Fail", 1)]
    [InlineData("mxbroken.spf.test", "192.0.2.1", "TempError", 1)]
    [InlineData("open.spf.test", "2001:db8::1", "Pass", 0)]
    public async Task SPF_result_is_evaluated_as_by_a_receiver(string domain, string address, string result, int? lookups)
    {
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        var outcome = await new SpfEvaluation(checks.Resolver, Cancel).EvaluateAsync(domain, IPAddress.Parse(address));
        Assert.Equal(result, outcome.Result.ToString());
        if (lookups is { } count)
            Assert.Equal(count, outcome.Lookups);
    }

    [Theory]
    [InlineData("contoso.test", 3)]
    [InlineData("many.spf.test", 11)]
    [InlineData("fabrikam.test", 1)]
    [InlineData("mxbroken.spf.test", 1)]
    public async Task SPF_lookups_are_counted_to_the_end_of_the_record(string domain, int lookups)
    {
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        Assert.Equal(lookups, (await new SpfEvaluation(checks.Resolver, Cancel).CountAsync(domain)).Lookups);
    }

    [Theory]
    [InlineData("contoso.test", null)]
    [InlineData("early6.spf.test", null)]
    [InlineData("void.spf.test", null)]
    [InlineData("late6.spf.test", "'ip6:2001:db8::25/128' of late6.spf.test")]
    [InlineData("mx6.spf.test", "'ip6:2001:db8::25/128' of early6.spf.test")]
    public async Task Hosts_without_IPv6_keep_receivers_from_an_ip6_term(string domain, string? unreached)
    {
        using var checks = new Checks(await bed.OptionsAsync() with { Blocklists = [] }, TimeProvider.System);
        Assert.Equal(unreached, (await new SpfEvaluation(checks.Resolver, Cancel).CountAsync(domain)).Unreached);
        var warned = (await checks.Domains.CheckAsync(domain, own: false, Cancel)).Any(f => f.Check == "spf" && f.Severity == Severity.Warning);
        Assert.Equal(unreached is not null, warned);
    }

    [Fact]
    public async Task Own_domain_is_checked_for_all_records()
    {
        var options = await bed.OptionsAsync() with
        {
            EgressIps = [IPAddress.Parse("192.0.2.25"), IPAddress.Parse("192.0.2.99")],
            DkimSelectors = ["s2048", "contoso.test:s512", "contoso.test:gone", "contoso.test:missing", "other.test:s1"],
            Blocklists = [],
        };
        using var checks = new Checks(options, TimeProvider.System);
        var found = (await checks.Domains.CheckAsync("contoso.test", own: true, Cancel)).Select(f => $"{f.Check}: {f.Severity}: {f.Says}").ToList();
        Assert.Equal(
        [
            "mx: Good: mail servers: mx.contoso.test",
            "spf: Good: 3 of 10 lookups; other senders get softfail",
            "spf: Good: 192.0.2.25 gets pass: 'ip4:192.0.2.25/32' of contoso.test decides",
            "spf: Trouble: 192.0.2.99 gets softfail: '~all' of contoso.test decides",
            "dmarc: Good: p=reject",
            "dkim s2048: Good: rsa, 2048 bits",
            "dkim s512: Trouble: rsa, 512 bits: receivers reject fewer than 1024 (RFC 8301)",
            "dkim gone: Trouble: the key is revoked (p= is empty)",
            "dkim missing: Trouble: there is no key at missing._domainkey.contoso.test",
            "mta-sts: Good: the record exists (id 20260101); its policy was not fetched",
            "tls-rpt: Good: TLS failure reports are requested",
            "tlsa: Note: mx.contoso.test has 1 TLSA record(s); this resolver does not validate their signatures",
        ], found);
    }

    [Theory]
    [InlineData("x.nowhere.test", "mx", "Trouble", "does not exist")]
    [InlineData("nullmx.test", "mx", "Trouble", "accepts no mail")]
    [InlineData("bogus.test", "mx", "Trouble", "bogus")]
    [InlineData("textonly.test", "spf", "Warning", "no SPF record")]
    [InlineData("many.spf.test", "spf", "Trouble", "11 DNS lookups, more than the 10")]
    [InlineData("open.spf.test", "spf", "Trouble", "every sender")]
    [InlineData("sub.contoso.test", "dmarc", "Good", "p=reject, from contoso.test")]
    public async Task Problems_of_own_domain_are_reported(string domain, string check, string severity, string says)
    {
        using var checks = new Checks(await bed.OptionsAsync() with { Blocklists = [] }, TimeProvider.System);
        var finding = check == "dmarc"
            ? await checks.Domains.DmarcAsync(domain, false, Cancel)
            : (await checks.Domains.CheckAsync(domain, own: false, Cancel)).First(f => f.Check == check);
        Assert.Equal(severity, finding.Severity.ToString());
        Assert.Contains(says, finding.Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DNS_record_cannot_break_a_log_line()
    {
        using var checks = new Checks(await bed.OptionsAsync() with { Blocklists = [] }, TimeProvider.System);
        var spf = (await checks.Domains.CheckAsync("control.spf.test", own: false, Cancel)).First(f => f.Check == "spf");
        Assert.Equal((Severity.Trouble, "permerror: control.spf.test: 'a?line' is not a term of SPF"), (spf.Severity, spf.Says));
    }

    [Fact]
    public async Task Findings_are_unknown_without_a_resolver()
    {
        using var checks = new Checks(new() { Resolvers = [] }, TimeProvider.System);
        Assert.All(await checks.Domains.CheckAsync("contoso.test", own: true, Cancel), f => Assert.Equal(Severity.Unknown, f.Severity));
    }

    [Fact]
    public async Task Disagreeing_resolvers_are_reported()
    {
        var other = new FakeDns(name => name == "fabrikam.test" ? 0 : 3);
        await using var _ = other;
        var options = await bed.OptionsAsync();
        using var checks = new Checks(options with { Resolvers = [.. options.Resolvers, new("other", other.EndPoint)], Blocklists = [] }, TimeProvider.System);
        var mx = (await checks.Domains.CheckAsync("fabrikam.test", own: false, Cancel)).Single(f => f.Check == "mx");
        Assert.Equal(Severity.Warning, mx.Severity);
        Assert.Contains("disagree: local: mail servers: mx.fabrikam.test, mx2.fabrikam.test; other:", mx.Says, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.25", "Good", "mx.contoso.test, and that name resolves to it")]
    [InlineData("192.0.2.26", "Trouble", "stranger.fabrikam.test does not resolve to it")]
    [InlineData("192.0.2.27", "Trouble", "no PTR record")]
    [InlineData("192.0.2.28", "Unknown", "SERVFAIL")]
    public async Task Reverse_name_must_resolve_to_the_address(string address, string severity, string says)
    {
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        var finding = await checks.Addresses.ReverseAsync(IPAddress.Parse(address), Cancel);
        Assert.Equal(severity, finding.Severity.ToString());
        Assert.Contains(says, finding.Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_addresses_are_never_queried()
    {
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        var asked = 0;
        checks.Resolver.Servers[0].Asked = (_, _, _) => asked++;
        Assert.Equal(Severity.Warning, (await checks.Addresses.CheckAsync(IPAddress.Parse("10.1.2.3"), Cancel)).Single().Severity);
        Assert.Equal(0, asked);
    }
}
