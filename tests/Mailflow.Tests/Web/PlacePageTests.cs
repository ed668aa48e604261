using System.Net;
using System.Text.Json;
using Mailflow.Tests.Incidents;

namespace Mailflow.Tests.Web;

public sealed class PlacePageTests
{
    static LogText Log(ServedSite site)
    {
        var log = new LogText(site.Clock.Now.AddHours(-30));
        for (var i = 0; i < 30; i++)
            log.Fail(site.Clock.Now.AddMinutes(-i), $"a{i}@fabrikam.example", "552 5.2.2 Mailbox is full");
        log.Fail(site.Clock.Now.AddHours(-20), "b@contoso.example", "550 5.1.1 User unknown");
        return log.Deliver(site.Clock.Now, TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("/causes/mailbox-full", 30)]
    [InlineData("/causes/mailbox-full?window=all", 30)]
    [InlineData("/causes/invalid-recipient", 1)]
    [InlineData("/causes/invalid-recipient?window=1h", 0)]
    [InlineData("/domains/fabrikam.example", 30)]
    [InlineData("/domains/Fabrikam.Example?window=all", 30)]
    [InlineData("/domains/none.example", 0)]
    [InlineData("/servers/ex01?window=24h", 31)]
    [InlineData("/senders/1", 31)]
    [InlineData("/connectors/none", 0)]
    public async Task Each_place_has_its_failures_and_the_same_as_downloads(string path, int failures)
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Log(site));
        var page = WebUtility.HtmlDecode(await site.GetAsync(path));
        Assert.Contains($">{failures} failure{(failures == 1 ? "" : "s")} in ", page, StringComparison.Ordinal);
        var with = path + (path.Contains('?', StringComparison.Ordinal) ? '&' : '?');
        Assert.Equal(failures, (await site.GetAsync(with + "format=csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length - 1);
        using var json = JsonDocument.Parse(await site.GetAsync(with + "format=json"));
        Assert.Equal(failures, json.RootElement.GetProperty("rows").GetArrayLength());
    }

    [Theory]
    [InlineData("/causes/none", 404)]
    [InlineData("/senders/999", 404)]
    [InlineData("/incidents/none", 404)]
    [InlineData("/servers/EX01?window=2h", 400)]
    [InlineData("/servers/EX01?format=xml", 400)]
    [InlineData("/?zone=Nowhere", 400)]
    [InlineData("/messages?outcome=failed&zone=Nowhere", 400)]
    public async Task What_does_not_exist_is_said(string path, int status)
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Log(site));
        Assert.Equal(status, (await site.TryAsync(path)).Status);
    }

    [Fact]
    public async Task Open_incidents_come_first_with_their_next_step_and_ended_ones_with_their_proof()
    {
        await using var site = await ServedSite.StartAsync(incidents: [IncidentShown.Full, IncidentShown.Over]);
        var page = WebUtility.HtmlDecode(await site.GetAsync("/"));
        var open = page.IndexOf("1 open incident", StringComparison.Ordinal);
        Assert.InRange(open, 1, page.IndexOf("Key figures", StringComparison.Ordinal));
        Assert.Contains("<b>Next step:</b>", page, StringComparison.Ordinal);
        Assert.Contains("remote side</span>", page, StringComparison.Ordinal);
        Assert.Contains("over, verified</span>", page, StringComparison.Ordinal);
        Assert.Contains("14 messages delivered to contoso.com over the same connector", page, StringComparison.Ordinal);
        var one = WebUtility.HtmlDecode(await site.GetAsync("/incidents/0123456789ab"));
        string[] parts = ["What to do", "Timeline", "Evidence", "For their support", "<a href=\"/domains/contoso.com\">", "34 messages to 56 recipients"];
        foreach (var says in parts)
            Assert.Contains(says, one, StringComparison.Ordinal);
        Assert.DoesNotContain("ann.archer", page + one + await site.GetAsync("/incidents?format=csv"), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await site.GetAsync("/incidents/0123456789ab?format=json"));
        Assert.Equal("0123456789ab", json.RootElement.GetProperty("incidents")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_reader_chooses_the_time_zone_and_the_colours()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Log(site));
        var page = WebUtility.HtmlDecode(await site.GetAsync("/?zone=%2B05:30"));
        Assert.Contains("Times are UTC+05:30 ", page, StringComparison.Ordinal);
        Assert.Contains("Times are UTC+05:30 ", WebUtility.HtmlDecode(await site.GetAsync("/messages?outcome=failed&zone=%2B05:30")), StringComparison.Ordinal);
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { BaseAddress = site.Http.BaseAddress };
        (string, string)[] ways =
            [("/incidents?x=1", "/incidents?x=1"), ("//evil.example/", "/"), ("https://evil.example", "/"), ("/\\evil.example", "/"), ("/\u00fc", "/")];
        foreach (var (back, to) in ways)
        {
            using var answer = await http.GetAsync(
                new Uri($"/view?colours=dark&zone=UTC&back={Uri.EscapeDataString(back)}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((302, to), ((int)answer.StatusCode, answer.Headers.Location!.OriginalString));
        }

        // The cookies are kept by the handler.
        Assert.Contains(
            ":root { color-scheme: dark; }", await http.GetStringAsync(new Uri("/style.css", UriKind.Relative), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.DoesNotContain(":root { color-scheme: dark; }", await site.GetAsync("/style.css"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_cannot_be_a_formula()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(new LogText(site.Clock.Now.AddHours(-1)).Fail(site.Clock.Now, "a@b.example", "550 5.1.1 User unknown", "=cmd,1"));
        Assert.Contains(",\"'=cmd,1\",", await site.GetAsync("/causes/invalid-recipient?format=csv"), StringComparison.Ordinal);
    }
}
