using System.Net;
using Mailflow.Analysis.Blocklists;

namespace Mailflow.Analysis.Tests.Blocklists;

public sealed class BlocklistTests
{
    [Theory]
    [InlineData("zen.spamhaus.org", "127.0.0.2", ListState.Listed)]
    [InlineData("zen.spamhaus.org", "127.0.0.2,127.0.0.9", ListState.Listed)]
    [InlineData("zen.spamhaus.org", "127.255.255.252", ListState.Refused)]
    [InlineData("zen.spamhaus.org", "127.255.255.254", ListState.Refused)]
    [InlineData("zen.spamhaus.org", "127.255.255.255", ListState.Refused)]
    [InlineData("zen.spamhaus.org", "127.0.0.2,127.255.255.255", ListState.Refused)]
    [InlineData("zen.spamhaus.org", "127.0.0.1", ListState.Error)]
    [InlineData("zen.spamhaus.org", "203.0.113.9", ListState.Error)]
    [InlineData("zen.spamhaus.org", "127.0.0.2,203.0.113.9", ListState.Error)]
    [InlineData("zen.spamhaus.org", "127.0.0.99", ListState.Listed)]
    [InlineData("zen.spamhaus.org", "::1", ListState.Error)]
    [InlineData("dbl.spamhaus.org", "127.0.1.2", ListState.Listed)]
    [InlineData("dbl.spamhaus.org", "127.0.1.255", ListState.Refused)]
    [InlineData("multi.surbl.org", "127.0.0.1", ListState.Refused)]
    [InlineData("multi.surbl.org", "127.0.0.72", ListState.Listed)]
    [InlineData("multi.uribl.com", "127.0.0.1", ListState.Refused)]
    [InlineData("multi.uribl.com", "127.0.0.14", ListState.Listed)]
    [InlineData("multi.uribl.com", "127.0.0.15", ListState.Refused)]
    [InlineData("any.example", "127.0.0.5", ListState.Listed)]
    [InlineData("any.example", "", ListState.Error)]
    public void Blocklist_answer_is_a_listing_only_with_a_documented_code(string zone, string answers, ListState state) =>
        Assert.Equal(
            state,
            ListReading.Of(BlocklistTable.Find(zone), [.. answers.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(IPAddress.Parse)]).State);

    [Fact]
    public void Bitmask_answer_reports_each_list() =>
        Assert.Equal("PH: phishing; ABUSE: spam and abuse", ListReading.Of(BlocklistTable.Find("multi.surbl.org"), [IPAddress.Parse("127.0.0.72")]).Says);

    [Theory]
    [InlineData("192.0.2.25", "25.2.0.192")]
    [InlineData("2001:db8::25", "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2")]
    [InlineData("::ffff:7f00:2", "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0")]
    public void Blocklist_query_reverses_the_address(string address, string name) => Assert.Equal(name, ReverseName.Of(IPAddress.Parse(address)));

    [Theory]
    [InlineData("Client host [192.0.2.25] blocked", null, "192.0.2.25")]
    [InlineData("[203.0.113.9] says: 192.0.2.25 is listed", "203.0.113.9", "192.0.2.25")]
    [InlineData("[2001:DB8:0::9] says: 2001:db8::25 is listed", "2001:DB8:0::9", "2001:db8::25")]
    [InlineData("550 5.7.1 at 10:15:33, Exchange 15.2.1544.4", null, null)]
    public void Blocked_address_is_not_the_remote_servers(string text, string? remote, string? expected) =>
        Assert.Equal(expected, BlockedAddress.Find(text, remote)?.ToString());

    [Fact]
    public void The_guides_four_blocklists_are_in_the_table_and_the_closed_one_is_marked()
    {
        foreach (var zone in new[] { "zen.spamhaus.org", "bl.spamcop.net", "b.barracudacentral.org" })
            Assert.True(BlocklistTable.Find(zone).Default);
        Assert.NotNull(BlocklistTable.Find("dnsbl.sorbs.net").Closed);
    }

    [Fact]
    public void Every_blocklist_has_codes_policy_and_removal_page()
    {
        foreach (var list in BlocklistTable.All)
        {
            Assert.NotEqual(ListKinds.None, list.Kinds);
            Assert.NotEmpty(list.Source);
            Assert.False(list.Closed is not null && list.Default);
            Assert.True(
                list.Closed is not null
                    || (list.Codes.Count > 0 && list.Policy.Length > 0 && list.Delist.Length > 0 && list.Interval >= TimeSpan.FromMinutes(5)),
                list.Zone);
        }

        Assert.Equal(BlocklistTable.All.Count, BlocklistTable.All.DistinctBy(l => l.Zone).Count());
    }
}
