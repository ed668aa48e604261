using System.Net;
using System.Text.RegularExpressions;

namespace Mailflow.Tests.Web;

/// <summary>Counts on the page, and the lists that they link to.</summary>
public sealed partial class FailureListTests
{
    static DateTimeOffset At(ServedSite site, double minutesAgo) => site.Clock.Now.AddMinutes(-minutesAgo);

    static readonly string[] Rare =
    [
        "552 5.3.4 Message size exceeds fixed limit", "550 5.4.310 DNS domain does not exist", "550 5.7.26 DMARC policy", "554 5.6.0 Invalid message content",
        "550 5.7.1 Unable to relay", "421 4.4.2 Connection dropped", "530 5.7.0 Must issue a STARTTLS command first", "451 4.7.650 rate limited",
    ];

    static LogText Log(ServedSite site)
    {
        var log = new LogText(site.Clock.Now.AddHours(-30));
        for (var i = 0; i < 120; i++)
            log.Fail(At(site, 0.3 * i), $"person{i}@domain{i % 7}.example", "550 5.1.1 User unknown", source: i % 3 == 0 ? "ROUTING" : "SMTP");
        for (var i = 0; i < 15; i++)
            log.Fail(At(site, 40 + i), $"full{i}@fabrikam.example", "552 5.2.2 Mailbox is full", connector: "Partner");
        for (var i = 0; i < 9; i++)
            log.Fail(At(site, 20), $"x{i}@fabrikam.example", "550 5.7.1 Service unavailable, Client host [192.0.2.5] blocked using zen.spamhaus.org");
        foreach (var (i, status) in Rare.Index())
            log.Fail(At(site, 5 + i), $"other{i}@fabrikam.example", status);
        return log.Fail(At(site, 26 * 60), "old@fabrikam.example", "550 5.1.1 User unknown").Deliver(At(site, 0.2), TimeSpan.FromSeconds(2));
    }

    [GeneratedRegex(
        "<a [^>]*href=\"(?<url>/messages\\?[^\"]*outcome=failed[^\"]*)\"[^>]*>(<rect[^>]*><title>[^:]*:[^:]*: )?(?<count>[0-9,]+)[ <]",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CountLink();

    [GeneratedRegex("<tr class=hit>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("<a rel=next href=\"(?<url>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Next();

    /// <summary>The rows of a list over all of its pages.</summary>
    static async Task<int> RowsAsync(ServedSite site, string url)
    {
        var rows = 0;
        for (var next = url; next is not null;)
        {
            var page = await site.GetAsync(next);
            rows += Row().Count(page);
            next = Next().Match(page) is { Success: true } link ? WebUtility.HtmlDecode(link.Groups["url"].Value) : null;
        }

        return rows;
    }

    [Theory]
    [InlineData("1h", 50)]
    [InlineData("24h", 15)]
    [InlineData("all", 15)]
    public async Task Each_count_links_to_a_list_with_as_many_rows(string window, int least)
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Log(site));
        var page = await site.GetAsync($"/?window={window}") + await site.GetAsync($"/failures?window={window}");
        var links = CountLink().Matches(page).Select(m => (Url: WebUtility.HtmlDecode(m.Groups["url"].Value), Count: m.Groups["count"].Value))
            .Distinct().ToList();
        Assert.True(links.Count >= least, $"{links.Count} counts have a link");
        Assert.Contains(links, l => l.Url.Contains("fault=ours", StringComparison.Ordinal));
        Assert.Contains(links, l => l.Url.Contains("domain=fabrikam.example", StringComparison.Ordinal));
        Assert.Contains(links, l => l.Url.Contains("cause=mailbox-full", StringComparison.Ordinal));
        foreach (var (url, count) in links)
        {
            var number = int.Parse(count.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal((url, number), (url, await RowsAsync(site, url)));
            Assert.Contains($"<h1>{count} failure", await site.GetAsync(url), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Old_logs_have_lists_of_their_own_time()
    {
        await using var site = await ServedSite.StartAsync();
        var log = Log(site);
        site.Clock.Now = site.Clock.Now.AddDays(9);
        await site.ReadAsync(log);
        var page = await site.GetAsync("/?window=1h");
        foreach (Match link in CountLink().Matches(page))
            Assert.Equal(
                link.Groups["count"].Value,
                (await RowsAsync(site, WebUtility.HtmlDecode(link.Groups["url"].Value))).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.NotEmpty(CountLink().Matches(page));
    }

    [Theory]
    [InlineData("q=mailbox+full", 15)]
    [InlineData("q=spamhaus", 9)]
    [InlineData("q=5.7.1&as=words", 10)]
    [InlineData("q=blocklisted", 9)]
    [InlineData("q=full0@fabrikam.example&as=words", 0)]
    [InlineData("q=mailbox+full&connector=partner", 15)]
    [InlineData("q=mailbox+full&connector=Internet+Send", 0)]
    [InlineData("q=nothing+like+this", 0)]
    [InlineData("outcome=failed", 153)]
    [InlineData("outcome=failed&server=ex01", 153)]
    [InlineData("outcome=failed&server=EX02", 0)]
    [InlineData("cause=mailbox-full,blocklisted", 24)]
    [InlineData("cause=mailbox-full&since=45m", 6)]
    [InlineData("cause=mailbox-full&until=45m", 9)]
    public async Task Filters_select_failures(string query, int rows)
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Log(site));
        Assert.Equal(rows, await RowsAsync(site, "/messages?" + query));
    }

    [Fact]
    public async Task List_masks_addresses_and_links_by_message()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(Log(site));
        var page = await site.GetAsync("/messages?q=mailbox+full");
        Assert.DoesNotContain("full0@", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>f***@fabrikam.example</bdi>", page, StringComparison.Ordinal);
        Assert.Matches("<a href=\"/messages/%3C[0-9]+%40contoso.test%3E\"><bdi>f\\*\\*\\*@fabrikam.example", page);
        Assert.Contains("Understood as words of a diagnosis.", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("outcome=gone", "outcome=gone: expected failed, dropped, deferred, pending, sent, delivered, replaced.")]
    [InlineData("cause=%3Cscript%3E", "cause=&lt;script&gt;: expected one of ")]
    [InlineData("since=soon", "since=soon: expected 2h (ago)")]
    [InlineData("since=1h&until=2h", "since must be before until.")]
    [InlineData("q=a%00b", "q has a control character; expected text.")]
    [InlineData("q=a&q=b", "q is given 2 times; expected one value.")]
    [InlineData("cursor=x", "cursor: expected the value of a link of this page.")]
    [InlineData("cursor=99999999999999999999_1", "cursor: expected the value of a link of this page.")]
    [InlineData("domain=a..b", "domain=a..b: expected a domain, for example contoso.com.")]
    [InlineData("page=2", "page is not known. Expected: q, as, outcome,")]
    [InlineData("q=fabrikam.example&as=address", "as=address: expected domain, words.")]
    public async Task Values_that_are_not_understood_are_explained(string query, string says)
    {
        await using var site = await ServedSite.StartAsync();
        var (status, page) = await site.TryAsync("/messages?" + query);
        Assert.Equal(400, status);
        Assert.Contains(says, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Equal((400, ""), await site.TryAsync("/messages?" + query, method: HttpMethod.Head));
    }

    [Fact]
    public async Task Long_and_hostile_texts_are_shown_as_text()
    {
        await using var site = await ServedSite.StartAsync();
        Assert.Equal(400, (await site.TryAsync("/messages?q=" + new string('a', 1500))).Status);
        foreach (var text in new[] { "\"><script>alert(1)</script>", "'\"&<>", "a\u202eb", "%25%27", "SELECT * FROM events --", new string('x', 998) })
        {
            var (status, page) = await site.TryAsync(
                $"/messages?q={Uri.EscapeDataString(text)}&as=words&connector={Uri.EscapeDataString(text[..Math.Min(200, text.Length)])}");
            Assert.Equal(200, status);
            Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
            Assert.DoesNotContain("\u202e", page, StringComparison.Ordinal);
            Assert.Contains("No failures", page, StringComparison.Ordinal);
        }
    }
}
