using System.Net;
using System.Net.Sockets;
using DnsClient;
using Mailflow.Enrich;

namespace Mailflow.Tests.Enrich;

public sealed class ResolverTests(DnsBed bed)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fabrikam.test", QueryType.MX, "answer")]
    [InlineData("x.nowhere.test", QueryType.MX, "nxdomain")]
    [InlineData("textonly.test", QueryType.MX, "nodata")]
    [InlineData("a.servfail.test", QueryType.A, "servfail")]
    [InlineData("refused.test", QueryType.A, "refused")]
    [InlineData("bogus.test", QueryType.MX, "bogus")]
    [InlineData("what is..this", QueryType.A, "nxdomain")]
    public async Task Each_DNS_result_has_its_verdict(string name, QueryType type, string verdict)
    {
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        Assert.Equal(verdict, (await checks.Resolver.AskAsync(name, type, Cancel)).Verdict.Name());
    }

    [Fact]
    public async Task Response_to_another_query_is_ignored()
    {
        await using var dns = new FakeDns(_ => 3) { Spoil = a => [(byte)~a[0], .. a[1..]] };
        using var checks = new Checks(new() { Resolvers = [new("fake", dns.EndPoint)], Deadline = TimeSpan.FromSeconds(1) }, TimeProvider.System);
        Assert.False((await checks.Resolver.AskAsync("contoso.test", QueryType.MX, Cancel)).IsKnown);
    }

    [Fact]
    public async Task Malformed_responses_end_in_a_verdict()
    {
        var random = new Random(1);
        await using var dns = new FakeDns(_ => 0) { Spoil = Record };
        QueryType[] types = [QueryType.A, QueryType.AAAA, QueryType.MX, QueryType.TXT, QueryType.PTR, QueryType.TLSA, QueryType.NS];
        for (var i = 0; i < 60; i++)
        {
            // A few each, so that the circuit breaker stays closed.
            using var checks = new Checks(new() { Resolvers = [new("fake", dns.EndPoint)], Deadline = TimeSpan.FromMilliseconds(400) }, TimeProvider.System);
            foreach (var type in types)
            {
                var answer = await checks.Resolver.AskAsync($"d{i}.example", type, Cancel);
                _ = (answer.Texts, answer.Addresses);
            }
        }

        // A record of any type, whose length field may be wrong.
        byte[] Record(byte[] answer)
        {
            int[] known = [1, 2, 5, 6, 12, 15, 16, 28, 33, 43, 46, 47, 48, 50, 52, 41, 257, random.Next(65536)];
            var type = random.Next(3) > 0 ? (answer[^4] << 8) | answer[^3] : known[random.Next(known.Length)];
            var data = new byte[random.Next(40)];
            random.NextBytes(data);
            var says = random.Next(4) > 0 ? data.Length : random.Next(200);
            answer[7] = (byte)random.Next(1, 3);
            answer[2] = random.Next(20) > 0 ? answer[2] : (byte)random.Next(256);
            var name = random.Next(8) > 0 ? (byte)12 : (byte)random.Next(256);
            byte[] typeAndClass = [(byte)(type >> 8), (byte)type, 0, 1];
            byte[] timeToLive = [(byte)random.Next(256), 0, 0, 60];
            return [.. answer, 0xC0, name, .. typeAndClass, .. timeToLive, (byte)(says >> 8), (byte)says, .. data];
        }
    }

    [Fact]
    public async Task Truncated_response_is_retried_over_TCP()
    {
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        Assert.Equal(30, (await checks.Resolver.AskAsync("large.test", QueryType.TXT, Cancel)).Texts.Count);
    }

    [Theory]
    [InlineData("fabrikam.test", "Resolves")]
    [InlineData("nullmx.test", "NullMx")]
    [InlineData("textonly.test", "NoData")]
    [InlineData("noaddress.test", "NoAddress")]
    [InlineData("mx.mail.test", "Resolves")]
    [InlineData("x.nowhere.test", "NxDomain")]
    [InlineData("bogus.test", "Bogus")]
    [InlineData("x.servfail.test", "ServFail")]
    public async Task MX_lookup_has_its_verdict(string domain, string verdict)
    {
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        Assert.Equal(verdict, (await MailRoute.FindAsync(checks.Resolver, null, domain, Cancel)).Verdict.ToString());
    }

    [Fact]
    public async Task MX_hosts_are_sorted_by_preference()
    {
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        Assert.Equal(["mx.fabrikam.test", "mx2.fabrikam.test"], (await MailRoute.FindAsync(checks.Resolver, null, "fabrikam.test", Cancel)).Hosts);
    }

    [Fact]
    public async Task Silent_resolver_times_out_and_is_then_skipped()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var checks = new Checks(
            new() { Resolvers = [new("silent", (IPEndPoint)silent.Client.LocalEndPoint!)], Deadline = TimeSpan.FromMilliseconds(300) },
            TimeProvider.System);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => checks.Resolver.AskAsync($"d{i}.test", QueryType.MX, Cancel)));
        Assert.All(answers, a => Assert.Equal(DnsVerdict.Timeout, a.Verdict));
        Assert.False(checks.Resolver.Servers[0].IsUp);
        var before = silent.Available;
        Assert.Equal(DnsVerdict.Timeout, (await checks.Resolver.AskAsync("later.test", QueryType.MX, Cancel)).Verdict);
        Assert.Equal(before, silent.Available); // no query, so no wait
    }

    [Fact]
    public async Task Next_resolver_is_used_when_the_first_is_silent()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var checks = new Checks(
            new()
            {
                Resolvers = [new("silent", (IPEndPoint)silent.Client.LocalEndPoint!), new("local", await bed.StartAsync())],
                Deadline = TimeSpan.FromSeconds(2),
            },
            TimeProvider.System);
        var answer = await checks.Resolver.AskAsync("fabrikam.test", QueryType.MX, Cancel);
        Assert.Equal((DnsVerdict.Answer, "local"), (answer.Verdict, answer.Server));
        var each = await MailRoute.FindEachAsync(checks.Resolver, "fabrikam.test", Cancel);
        Assert.Equal([RouteVerdict.Timeout, RouteVerdict.Resolves], each.Select(r => r.Verdict));
        Assert.False(MailRoute.Disagree(each));
    }

    [Fact]
    public async Task Queries_are_shared_in_flight_and_cached_by_TTL()
    {
        var clock = new ShiftedClock();
        using var checks = new Checks(await bed.OptionsAsync(), clock);
        var asked = 0;
        checks.Resolver.Servers[0].Asked = (_, _, _) => Interlocked.Increment(ref asked);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => checks.Resolver.AskAsync("Fabrikam.TEST.", QueryType.MX, Cancel)));
        Assert.Equal(1, asked);
        clock.Shift = TimeSpan.FromSeconds(50);
        await checks.Resolver.AskAsync("fabrikam.test", QueryType.MX, Cancel);
        Assert.Equal(1, asked);
        clock.Shift = TimeSpan.FromSeconds(61);
        await checks.Resolver.AskAsync("fabrikam.test", QueryType.MX, Cancel);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Resolver_cache_is_bounded()
    {
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        for (var i = 0; i < Resolver.MaxKept + 2000; i += 500)
            await Task.WhenAll(Enumerable.Range(i, 500).Select(n => checks.Resolver.AskAsync($"n{n}.nowhere.test", QueryType.A, Cancel)));
        Assert.InRange(checks.Resolver.Count, Resolver.MaxKept / 2, Resolver.MaxKept);
    }

    /// <summary>The system clock with an offset.</summary>
    internal sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
