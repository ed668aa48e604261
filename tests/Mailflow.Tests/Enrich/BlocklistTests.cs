using System.Net;
using Mailflow.Analysis.Blocklists;
using Mailflow.Configuration;
using Mailflow.Enrich;

namespace Mailflow.Tests.Enrich;

public sealed class BlocklistTests(DnsBed bed)
{
    static readonly IPAddress Listed = IPAddress.Parse("192.0.2.25");
    static readonly IPAddress Clean = IPAddress.Parse("192.0.2.99");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<Checks> AskingAsync(Secret? key = null, params string[] zones) =>
        new(await bed.OptionsAsync() with { Blocklists = [.. zones.Select(BlocklistTable.Find)], SpamhausKey = key }, TimeProvider.System);

    [Theory]
    [InlineData("good.bl.test", "192.0.2.25", "Listed")]
    [InlineData("good.bl.test", "192.0.2.99", "NotListed")]
    [InlineData("refusing.bl.test", "192.0.2.25", "Refused")]
    [InlineData("wildcard.bl.test", "192.0.2.25", "Unhealthy")]
    [InlineData("dead.bl.test", "192.0.2.25", "Unhealthy")]
    [InlineData("parked.bl.test", "192.0.2.25", "Error")]
    [InlineData("nobody.servfail.test", "192.0.2.25", "Error")]
    [InlineData("dnsbl.sorbs.net", "192.0.2.25", "Closed")]
    [InlineData("zen.spamhaus.org", "192.0.2.26", "Listed")]
    [InlineData("zen.spamhaus.org", "192.0.2.25", "NotListed")]
    public async Task Blocklist_is_used_only_if_it_passes_its_test(string zone, string address, string state)
    {
        using var checks = await AskingAsync(null, zone);
        var result = await checks.Lists.AskAsync(checks.Lists.Lists[0], IPAddress.Parse(address), Cancel);
        Assert.Equal(state, result.State.ToString());
        Assert.Equal(
            state switch
            {
                "Listed" => Severity.Trouble,
                "NotListed" => Severity.Good,
                "Closed" => Severity.Warning,
                _ => Severity.Unknown,
            },
            result.Finding.Severity);
        if (state is not ("Listed" or "NotListed"))
            Assert.DoesNotContain("not listed", result.Finding.Says, StringComparison.Ordinal);
        Assert.Equal(state is "Listed" or "NotListed" or "Closed" ? 0 : 1, checks.Lists.Errors.GetValueOrDefault(zone));
    }

    [Fact]
    public async Task Listing_has_meaning_text_and_removal_page()
    {
        using var checks = await AskingAsync(null, "good.bl.test", "zen.spamhaus.org");
        var plain = await checks.Lists.AskAsync(checks.Lists.Lists[0], Listed, Cancel);
        Assert.Equal("Spam from 192.0.2.25, see http://good.bl.test/", plain.Reason);
        var zen = await checks.Lists.AskAsync(checks.Lists.Lists[1], IPAddress.Parse("192.0.2.26"), Cancel);
        Assert.Equal(["127.0.0.10"], zen.Reading.Codes);
        Assert.StartsWith("PBL", zen.Reading.Says, StringComparison.Ordinal);
        Assert.Contains("https://check.spamhaus.org", zen.Finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2001:db8::25", ListState.Listed)]
    [InlineData("2001:db8::26", ListState.NotListed)]
    public async Task Blocklist_query_writes_IPv6_as_nibbles(string address, ListState state)
    {
        using var checks = await AskingAsync();
        var list = new Blocklist("good.bl.test", ListKinds.Ipv4 | ListKinds.Ipv6, [], "", "", "", TimeSpan.FromMinutes(1));
        Assert.Equal(state, (await checks.Lists.AskAsync(list, IPAddress.Parse(address), Cancel)).State);
    }

    [Fact]
    public async Task Domain_blocklists_use_bitmask_and_refusal_codes()
    {
        using var checks = await AskingAsync(null, "multi.surbl.org", "multi.uribl.com", "dbl.spamhaus.org");
        var phish = (await checks.Lists.AskAsync("phish.test", Cancel)).ToDictionary(r => r.List.Zone);
        Assert.Equal(["127.0.0.8", "127.0.0.64"], phish["multi.surbl.org"].Reading.Codes);
        Assert.Equal(ListState.Refused, phish["multi.uribl.com"].State);
        Assert.Equal(ListState.NotListed, phish["dbl.spamhaus.org"].State);
        Assert.Equal(ListState.Listed, (await checks.Lists.AskAsync("fabrikam.test", Cancel)).Single(r => r.List.Zone == "dbl.spamhaus.org").State);
    }

    [Fact]
    public async Task Blocklist_key_is_used_and_never_shown()
    {
        using var checks = await AskingAsync(new("s3cretkey"), "zen.spamhaus.org");
        var result = await checks.Lists.AskAsync(checks.Lists.Lists[0], Listed, Cancel);
        Assert.Equal((ListState.Listed, "zen.spamhaus.org"), (result.State, result.List.Zone));
        Assert.Equal("asked for as 25.2.0.192.(key).zen.dq.spamhaus.net", result.Reason);
        Assert.DoesNotContain("s3cretkey", $"{result} {result.Finding} {checks.Options}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blocklist_is_not_queried_more_often_than_its_interval()
    {
        var clock = new ResolverTests.ShiftedClock();
        using var checks = new Checks(await bed.OptionsAsync() with { Blocklists = [BlocklistTable.Find("good.bl.test")] }, clock);
        var asked = 0;
        checks.Resolver.Servers[0].Asked = (_, _, _) => Interlocked.Increment(ref asked);
        await checks.Lists.AskAsync(Clean, Cancel);
        Assert.Equal(3, asked); // both test queries, and the query itself
        clock.Shift = TimeSpan.FromMinutes(14);
        await checks.Lists.AskAsync(Clean, Cancel);
        Assert.Equal(3, asked);
        clock.Shift = TimeSpan.FromMinutes(59);
        await checks.Lists.AskAsync(Clean, Cancel);
        Assert.Equal(4, asked);
        clock.Shift = TimeSpan.FromMinutes(120);
        await checks.Lists.AskAsync(Clean, Cancel);
        Assert.Equal(7, asked);
    }
}
