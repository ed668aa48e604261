using System.Text.Json;
using Mailflow.Configuration;

namespace Mailflow.Tests.Web;

public sealed class SuggestionTests
{
    const string Blocked = "554 5.7.1 Service unavailable; Client host [198.51.100.25] blocked using zen.spamhaus.org";

    static async Task<List<string>> SuggestedAsync(MailflowOptions? options = null, int failures = 4)
    {
        await using var site = await ServedSite.StartAsync(options: options);
        site.Export(
            "send-connectors.csv",
            SampleExports.SendConnectors.Replace("\"mx.partner.test\",\"False\"", "\"[192.0.2.7], mx.partner.test\",\"True\"", StringComparison.Ordinal));
        var log = new LogText(site.Clock.Now.AddHours(-1));
        for (var i = 0; i < failures; i++)
            log.Fail(site.Clock.Now.AddMinutes(-40 + i), "ann@fabrikam.example", Blocked);
        log.Fail(site.Clock.Now.AddMinutes(-2), "ann@fabrikam.example", "554 5.7.1 Client host [10.0.0.25] blocked using zen.spamhaus.org");
        site.Write("MSGTRK2026030410-1.LOG", log.ToString());
        await site.ReadAsync(log.Rows, snapshots: 1);
        var page = await site.GetAsync("/state");
        var suggested = JsonElement.Parse(await site.GetAsync("/api/status"))
            .GetProperty("suggestions")
            .EnumerateArray()
            .Select(s => $"{s.GetProperty("setting").GetString()}={s.GetProperty("value").GetString()}: {s.GetProperty("why").GetString()}")
            .ToList();
        Assert.Equal(suggested.Count > 0, page.Contains("Not checked yet, possibly ours", StringComparison.Ordinal));
        return suggested;
    }

    [Fact]
    public async Task Own_domains_and_addresses_in_logs_are_suggested() =>
        Assert.Equal(
            [
                "Enrichment:OwnDomains=contoso.test: our address in 5 of the newest failures",
                "Enrichment:EgressIps=198.51.100.25: named in 4 of the newest blocklist rejections",
                "Enrichment:SmartHosts=192.0.2.7: smart host of connector Partner TLS",
                "Enrichment:SmartHosts=mx.partner.test: smart host of connector Partner TLS",
            ],
            await SuggestedAsync());

    [Fact]
    public async Task Watched_or_rare_names_are_not_suggested() =>
        Assert.Empty(await SuggestedAsync(
            new() { Enrich = new() { OwnDomains = ["contoso.test"], SmartHosts = [new("mx.partner.test", 25), new("192.0.2.7", 25)] } }, failures: 2));

    [Fact]
    public async Task Nothing_is_suggested_without_enrichment() =>
        Assert.Empty(await SuggestedAsync(new() { Enrich = new() { Enabled = false } }));
}
