using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Mailflow.Analysis.Blocklists;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Exposition;
using Mailflow.Tests.Ship;
using Mailflow.Tests.Web;

namespace Mailflow.Tests.Enrich;

public sealed class WatchTests(DnsBed bed)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<EnrichOptions> OursAsync(MailServer server, params string[] zones) => await bed.OptionsAsync() with
    {
        EgressIps = [IPAddress.Parse("192.0.2.25"), IPAddress.Parse("192.0.2.27")],
        OwnDomains = ["contoso.test"],
        DkimSelectors = ["s2048", "s512"],
        SmartHosts = [new("mx.mail.test", server.Port), new("127.0.0.1", 1)],
        KnockAtMx = false, // they are not on loopback
        Blocklists = [.. zones.Select(BlocklistTable.Find)],
    };

    static async Task<WatchState> OneRoundAsync(EnrichOptions options, TestLog? log = null)
    {
        using var checks = new Checks(options, TimeProvider.System, [Certificates.Root]);
        using var quiet = new TestLog();
        var watch = new Watch(checks, TimeProvider.System, (log ?? quiet).CreateLogger("watch"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var done = watch.Rounds.Next;
        var running = watch.RunAsync(stop.Token);
        await done.Soon();
        await stop.CancelAsync();
        await running;
        return watch.Current;
    }

    [Fact]
    public async Task Own_findings_are_in_metrics_and_problems_first_on_the_page()
    {
        using var certificate = Certificates.For("mx.mail.test");
        await using var server = new MailServer { Certificate = certificate };
        using var log = new TestLog();
        var state = await OneRoundAsync(await OursAsync(server, "good.bl.test", "dead.bl.test", "refusing.bl.test", "dnsbl.sorbs.net"), log);
        await using var site = await ServedSite.StartAsync(watch: () => state);

        Assert.Equal(1, await site.MetricAsync("mailflow_blocklist_listed{list=\"good.bl.test\",subject=\"192.0.2.25\"}"));
        Assert.Equal(0, await site.MetricAsync("mailflow_blocklist_listed{list=\"good.bl.test\",subject=\"192.0.2.27\"}"));
        foreach (var unknown in new[] { "dead.bl.test", "refusing.bl.test", "dnsbl.sorbs.net" })
            Assert.Null(await site.MetricAsync($"mailflow_blocklist_listed{{list=\"{unknown}\",subject=\"192.0.2.25\"}}"));
        Assert.Equal(1, await site.MetricAsync("mailflow_blocklist_healthy{list=\"good.bl.test\"}"));
        Assert.Equal(0, await site.MetricAsync("mailflow_blocklist_healthy{list=\"dead.bl.test\"}"));
        Assert.Null(await site.MetricAsync("mailflow_blocklist_healthy{list=\"refusing.bl.test\"}"));
        Assert.Equal(0, await site.MetricAsync("mailflow_blocklist_healthy{list=\"dnsbl.sorbs.net\"}"));
        Assert.Equal(0, await site.MetricAsync("mailflow_blocklist_lookup_errors_total{list=\"good.bl.test\"}"));
        Assert.True(await site.MetricAsync("mailflow_blocklist_lookup_errors_total{list=\"refusing.bl.test\"}") >= 2);
        Assert.Equal(1, await site.MetricAsync("mailflow_resolver_up{resolver=\"local\"}"));
        Assert.Equal(1, await site.MetricAsync("mailflow_domain_record_valid{domain=\"contoso.test\",record=\"mx\"}"));
        Assert.Equal(0, await site.MetricAsync("mailflow_domain_record_valid{domain=\"contoso.test\",record=\"dkim\"}"));
        Assert.Equal(0, await site.MetricAsync("mailflow_domain_record_valid{domain=\"contoso.test\",record=\"spf\"}"));
        Assert.Equal(1, await site.MetricAsync("mailflow_domain_record_valid{domain=\"contoso.test\",record=\"dmarc\"}"));
        Assert.Equal(1, await site.MetricAsync("mailflow_domain_record_valid{domain=\"192.0.2.25\",record=\"ptr\"}"));
        Assert.Equal(0, await site.MetricAsync("mailflow_domain_record_valid{domain=\"192.0.2.27\",record=\"ptr\"}"));
        Assert.Equal(1, await site.MetricAsync($"mailflow_next_hop_reachable{{host=\"mx.mail.test:{server.Port}\"}}"));
        Assert.Equal(0, await site.MetricAsync("mailflow_next_hop_reachable{host=\"127.0.0.1:1\"}"));
        Assert.Equal(
            new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds(),
            await site.MetricAsync($"mailflow_tls_certificate_not_after_timestamp_seconds{{host=\"mx.mail.test:{server.Port}\"}}"));
        foreach (var kind in WatchState.Kinds)
            Assert.NotNull(await site.MetricAsync($"mailflow_check_last_success_timestamp_seconds{{check=\"{kind}\"}}"));

        await site.ReadAsync(new LogText(site.Clock.Now).Deliver(site.Clock.Now.AddMinutes(-1), TimeSpan.FromSeconds(1)));
        var status = JsonElement.Parse(await site.GetAsync("/api/status"));
        var sentence = status.GetProperty("verdict").GetProperty("sentence").GetString()!;
        Assert.StartsWith("192.0.2.25 is listed on good.bl.test; ", sentence, StringComparison.Ordinal);
        Assert.EndsWith("Mail is flowing: no failures in the last hour.", sentence, StringComparison.Ordinal);
        Assert.Contains("Spam from 192.0.2.25", await site.GetAsync("/state"), StringComparison.Ordinal);
        Assert.Equal(state.Round!.Findings.Where(f => f.Severity == Severity.Trouble).DistinctBy(f => (f.Subject, f.Check)).Count(), log.Count(201));
    }

    [Fact]
    public async Task Problem_is_logged_once_and_once_when_resolved()
    {
        var answers = 5;
        await using var dns = new FakeDns(_ => Volatile.Read(ref answers));
        using var log = new TestLog();
        var clock = new TestClock();
        using var checks = new Checks(
            new() { Resolvers = [new("fake", dns.EndPoint)], OwnDomains = ["contoso.test"], Blocklists = [], WatchInterval = TimeSpan.FromMinutes(15) },
            clock);
        var watch = new Watch(checks, clock, log.CreateLogger("watch"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = watch.RunAsync(stop.Token);
        for (var round = 0; round < 3; round++)
        {
            await clock.WaitAsync(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15));
            Assert.Equal(1, log.Count(201)); // the resolver returns REFUSED
            if (round < 2)
                clock.Advance(TimeSpan.FromMinutes(15));
        }

        await RoundAsync(3);
        Assert.Equal((2, 1), (log.Count(201), log.Count(202))); // the resolver is healthy again; the domain does not exist
        await RoundAsync(5);
        Assert.Equal((3, 1), (log.Count(201), log.Count(202))); // unknown is not resolved
        await stop.CancelAsync();
        await running;

        async Task RoundAsync(int code)
        {
            Volatile.Write(ref answers, code);
            var done = watch.Rounds.Next;
            clock.Advance(TimeSpan.FromMinutes(15));
            await done.Soon();
            await clock.WaitAsync(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15));
        }
    }

    [Fact]
    public async Task Unchecked_finding_of_a_down_host_is_not_resolved()
    {
        using var expired = Certificates.For("mx.mail.test", -60, -1);
        using var good = Certificates.For("mx.mail.test");
        var server = new MailServer(Ports.Claim()) { Certificate = expired };
        using var log = new TestLog();
        var clock = new TestClock();
        var options = await bed.OptionsAsync() with
        {
            SmartHosts = [new("mx.mail.test", server.Port)],
            Blocklists = [],
            WatchInterval = TimeSpan.FromMinutes(15),
        };
        using var checks = new Checks(options, TimeProvider.System, [Certificates.Root]);
        var watch = new Watch(checks, clock, log.CreateLogger("watch"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = watch.RunAsync(stop.Token);
        await clock.WaitAsync(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15));
        Assert.Equal((1, 0), (log.Count(201), log.Count(202))); // the certificate
        var port = server.Port;
        await server.DisposeAsync();
        await RoundAsync();
        Assert.Equal((2, 0), (log.Count(201), log.Count(202))); // nothing listens there
        await using var renewed = new MailServer(port) { Certificate = good };
        await RoundAsync();
        Assert.Equal((2, 2), (log.Count(201), log.Count(202)));
        await stop.CancelAsync();
        await running;

        async Task RoundAsync()
        {
            var done = watch.Rounds.Next;
            clock.Advance(TimeSpan.FromMinutes(15));
            await done.Soon();
            await clock.WaitAsync(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15));
        }
    }

    [Fact]
    public void Partly_unknown_record_is_not_valid()
    {
        var round = new WatchRound(DateTimeOffset.UnixEpoch, [], [], [], [], [],
        [
            new("contoso.test", "spf", Severity.Good, ""), new("contoso.test", "spf", Severity.Unknown, ""),
            new("contoso.test", "dmarc", Severity.Good, ""),
            new("contoso.test", "dkim s1", Severity.Unknown, ""), new("contoso.test", "dkim s2", Severity.Trouble, ""),
            new("contoso.test", "tlsa", Severity.Good, ""), new("contoso.test", "tlsa", Severity.Note, ""),
        ]);
        var scrape = new Scrape(
            DateTimeOffset.UnixEpoch, Mailflow.Ledger.Snapshot.Empty, new(), [], [], 0)
        {
            Watch = WatchState.Nothing with { Round = round },
        };
        Assert.Equal([("dmarc", 1), ("dkim", 0), ("tlsa", 1)], scrape.Records().Select(r => (r.Key.Record.Value, (int)r.Value)));
    }

    [Fact]
    public async Task Resolver_that_invents_answers_is_not_up()
    {
        var state = await OneRoundAsync(new()
        {
            Resolvers = [new("honest", await bed.StartAsync()), new("inventing", await bed.StartInventingAsync())],
            Deadline = TimeSpan.FromSeconds(5),
        });
        await using var site = await ServedSite.StartAsync(watch: () => state);
        Assert.Equal(1, await site.MetricAsync("mailflow_resolver_up{resolver=\"honest\"}"));
        Assert.Equal(0, await site.MetricAsync("mailflow_resolver_up{resolver=\"inventing\"}"));
        Assert.Contains(
            "it returns false answers: for a name that cannot exist (mailflow-check.invalid) it returned 203.0.113.9",
            await site.GetAsync("/state"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MX_hosts_of_own_domains_are_probed_once()
    {
        using var certificate = Certificates.For("mx.mail.test");
        await using var server = new MailServer { Certificate = certificate };
        var options = await bed.OptionsAsync() with
        {
            OwnDomains = ["mail.test"],
            MxPort = server.Port,
            SmartHosts = [new("mx.mail.test", server.Port)],
            Blocklists = [],
        };
        var state = await OneRoundAsync(options);
        Assert.Equal($"mx.mail.test:{server.Port}", Assert.Single(state.Round!.Hosts, h => h.Reachable).Target.ToString());
        Assert.Single(server.Heard, c => c == "STARTTLS");
        Assert.DoesNotContain(server.Heard, c => c.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase));
        Assert.Empty((await OneRoundAsync(options with { KnockAtMx = false, SmartHosts = [] })).Round!.Hosts);
    }

    [Fact]
    public async Task Silent_resolver_is_down_and_its_findings_are_unknown()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var state = await OneRoundAsync(new()
        {
            Resolvers = [new("silent", (IPEndPoint)silent.Client.LocalEndPoint!)],
            Deadline = TimeSpan.FromMilliseconds(300),
            EgressIps = [IPAddress.Parse("192.0.2.25")],
            OwnDomains = ["contoso.test"],
        });
        await using var site = await ServedSite.StartAsync(watch: () => state);
        Assert.Equal(0, await site.MetricAsync("mailflow_resolver_up{resolver=\"silent\"}"));
        Assert.DoesNotContain("mailflow_blocklist_listed{", await site.GetAsync("/metrics"), StringComparison.Ordinal);
        Assert.DoesNotContain("mailflow_domain_record_valid{", await site.GetAsync("/metrics"), StringComparison.Ordinal);
        Assert.DoesNotContain("mailflow_check_last_success_timestamp_seconds{", await site.GetAsync("/metrics"), StringComparison.Ordinal);
        Assert.True(state.ListErrors["zen.spamhaus.org"] > 0);
    }
}
