using System.Text.RegularExpressions;
using Mailflow.Printing;

namespace Mailflow.Tests.Web;

public sealed class SiteTests
{
    [Fact]
    public async Task Responses_have_restrictive_security_headers()
    {
        await using var site = await ServedSite.StartAsync();
        string[] paths =
        [
            "/", "/metrics", "/api/status", "/healthz", "/style.css", "/messages", "/messages?q=a@b.example", "/messages/%3Ca@b%3E", "/incidents",
            "/servers/EX01", "/view",
        ];
        foreach (var path in paths)
        {
            using var answer = await site.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(
                "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
                Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("localhost:9464", 200)]
    [InlineData("127.0.0.1:1", 200)]
    [InlineData("[::1]:9464", 200)]
    [InlineData("attacker.example", 400)]
    [InlineData("localhost.attacker.example", 400)]
    [InlineData("192.0.2.1", 400)]
    public async Task Loopback_rejects_other_host_names(string host, int status)
    {
        await using var site = await ServedSite.StartAsync();
        Assert.Equal(status, (await site.TryAsync("/", host)).Status);
        Assert.Equal(status, (await site.TryAsync("/metrics", host)).Status);
    }

    [Fact]
    public async Task Bidirectional_characters_are_escaped_everywhere()
    {
        await using var site = await ServedSite.StartAsync(server: null);
        var log = new LogText(site.Clock.Now);
        foreach (var mark in new[] { "\u202e", "\u2066", "\u200f", "\u061c" })
            log.Fail(site.Clock.Now, $"a@x{mark}gro.example", $"550 5.1.1 User {mark}nwonknu", connector: $"Internet{mark} dneS");
        await site.ReadAsync(log);
        foreach (var path in new[] { "/failures", "/api/status", "/metrics" })
        {
            var text = await site.GetAsync(path);
            // A name with such a character is not used as a label: it is counted as other.
            if (path != "/metrics")
                Assert.Contains("202e", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(text, c => c != '\n' && c != '\r' && Printable.Of($"{c}").Length > 1);
        }
    }

    [Fact]
    public async Task Page_times_are_in_the_named_zone()
    {
        await using var site = await ServedSite.StartAsync(
            new StillClock { Zone = TimeZoneInfo.CreateCustomTimeZone("Here", TimeSpan.FromHours(5.5), "Here", "Here") });
        var old = site.Clock.Now.AddDays(-20);
        await site.ReadAsync(new LogText(old).Fail(old, "a@fabrikam.test", "550 5.1.1 User unknown"));
        var page = System.Net.WebUtility.HtmlDecode(await site.GetAsync("/"));
        Assert.Contains("Times are UTC+05:30", page, StringComparison.Ordinal);
        Assert.Contains("The time range ends at the latest log entry: 2026-02-12 15:30:00 UTC+05:30.", page, StringComparison.Ordinal);
        Assert.Contains("These logs end at 2026-02-12 15:30", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Site_accepts_no_changes()
    {
        await using var site = await ServedSite.StartAsync();
        Assert.Equal(405, (await site.TryAsync("/", method: HttpMethod.Post)).Status);
        Assert.Equal(405, (await site.TryAsync("/metrics", method: HttpMethod.Post)).Status);
        Assert.Equal((200, ""), await site.TryAsync("/", method: HttpMethod.Head));
        Assert.Equal((200, ""), await site.TryAsync("/healthz", method: HttpMethod.Head));
        Assert.Equal(405, (await site.TryAsync("/api/status", method: HttpMethod.Delete)).Status);
        Assert.Equal(404, (await site.TryAsync("/admin")).Status);
    }

    [Fact]
    public async Task Missing_folder_does_not_make_the_service_unready()
    {
        await using var site = await ServedSite.StartAsync();
        Directory.CreateDirectory(site.Logs);
        await site.LookAsync();
        Assert.Equal((200, "ready\n"), await site.TryAsync("/readyz"));
        Directory.Delete(site.Logs);
        await site.LookAsync();
        Assert.Equal((200, "ready\n"), await site.TryAsync("/readyz"));
        Assert.Equal(0, await site.MetricAsync("mailflow_root_up{root=\"tracking\"}"));
        Assert.Equal((200, "alive\n"), await site.TryAsync("/healthz"));
    }

    [Fact]
    public async Task Unready_when_rows_wait_without_a_commit()
    {
        await using var site = await ServedSite.StartAsync();
        await site.ReadAsync(new LogText(site.Clock.Now).Deliver(site.Clock.Now, TimeSpan.FromSeconds(1)));
        site.Write("MSGTRK2026030411-9.LOG", new LogText(site.Clock.Now.AddHours(1)).Deliver(site.Clock.Now, TimeSpan.FromSeconds(1)).ToString());
        await site.LookAsync();
        Assert.Equal(200, (await site.TryAsync("/readyz")).Status);
        site.Clock.Now = site.Clock.Now.AddSeconds(59);
        Assert.Equal(200, (await site.TryAsync("/readyz")).Status);
        site.Clock.Now = site.Clock.Now.AddSeconds(2);
        var (status, text) = await site.TryAsync("/readyz");
        Assert.Equal(503, status);
        Assert.EndsWith(" of logs are unread, and nothing was committed for 1 minute.\n", text, StringComparison.Ordinal);
        site.Write("MSGTRK2026030411-9.LOG", "");
        await site.LookAsync();
        Assert.Equal((200, "ready\n"), await site.TryAsync("/readyz"));
    }

    [Fact]
    public async Task Unreadable_store_is_reported()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not delete what is open");
        await using var site = await ServedSite.StartAsync();
        site.DeleteStore();
        foreach (var path in new[] { "/", "/api/status" })
        {
            var (status, text) = await site.TryAsync(path);
            Assert.Equal(503, status);
            Assert.Contains("The store cannot be read", text, StringComparison.Ordinal);
            Assert.Equal(path == "/", text.Contains("<html", StringComparison.Ordinal));
        }

        Assert.Equal(200, (await site.TryAsync("/metrics")).Status);
    }

    [Fact]
    public async Task Documents_linked_from_page_and_alerts_are_embedded()
    {
        await using var site = await ServedSite.StartAsync();
        foreach (var cause in Mailflow.Analysis.Failures.CauseTable.All)
        {
            var page = await site.GetAsync("/" + cause.Page);
            Assert.Contains($"<h1>{cause.Name}</h1>", page, StringComparison.Ordinal);
            Assert.Contains("<pre><code", page, StringComparison.Ordinal);
        }

        Assert.Contains("<h1>MailLogFolderDown</h1>", await site.GetAsync("/docs/runbooks/MailLogFolderDown.md"), StringComparison.Ordinal);
        foreach (var other in new[] { "/docs/causes/%2e%2e/none.md", "/docs/%3Cscript%3E", "/docs/dashboard-overview.png", "/docs/causes/None.md" })
        {
            var (status, text) = await site.TryAsync(other);
            Assert.Equal(404, status);
            Assert.Contains("This document is not part of the program", text, StringComparison.Ordinal);
            Assert.Contains("<a href=/docs/>", text, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/docs", "<h1>Documents</h1>", "/docs/causes/ /docs/runbooks/ /docs/scan.md /docs/configuration.md")]
    [InlineData("/docs/", "<h1>Documents</h1>", "/docs/causes/ /docs/runbooks/ /docs/scan.md /docs/configuration.md")]
    [InlineData("/docs/causes", "<h1>Causes of delivery failures</h1>", "/docs/causes/dns-failure.md")]
    [InlineData("/docs/causes/", "<h1>Causes of delivery failures</h1>", "/docs/causes/dns-failure.md")]
    [InlineData("/docs/causes/README.md", "<h1>Causes of delivery failures</h1>", "/docs/causes/dns-failure.md")]
    [InlineData("/docs/runbooks", "<h1>Runbooks</h1>", "/docs/runbooks/MailflowDown.md")]
    [InlineData("/docs/runbooks/", "<h1>Runbooks</h1>", "/docs/runbooks/MailflowDown.md")]
    public async Task Document_folder_shows_its_list(string path, string title, string links)
    {
        await using var site = await ServedSite.StartAsync();
        var page = await site.GetAsync(path);
        Assert.Contains(title, page, StringComparison.Ordinal);
        foreach (var link in links.Split(' '))
        {
            Assert.Contains($"<a href=\"{link}\">", page, StringComparison.Ordinal);
            Assert.Equal(200, (await site.TryAsync(link)).Status);
        }
    }

    [Fact]
    public async Task Escaped_pipe_in_table_code_is_shown_without_its_backslash()
    {
        await using var site = await ServedSite.StartAsync();
        var page = await site.GetAsync("/docs/scan.md");
        Assert.Contains("<code>SOURCE|EVENT</code>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\\|", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_between_documents_are_valid()
    {
        await using var site = await ServedSite.StartAsync();
        var (seen, open) = (new HashSet<string>(StringComparer.Ordinal), new Queue<string>(["/docs/"]));
        while (open.TryDequeue(out var path))
            foreach (Match link in Regex.Matches(await site.GetAsync(path), "href=\"(?<to>/docs/[^\"#]*)", RegexOptions.None, TimeSpan.FromSeconds(5)))
                if (seen.Add(link.Groups["to"].Value))
                    open.Enqueue(link.Groups["to"].Value);
        Assert.Contains("/docs/runbooks/MailflowDown.md", seen);
        Assert.True(seen.Count > 50, $"only {seen.Count} documents were found");
    }

    [Theory]
    [InlineData("/docs/events.md")]
    [InlineData("/docs/monitoring.md")]
    public async Task Links_to_a_section_of_the_same_document_are_valid(string path)
    {
        await using var site = await ServedSite.StartAsync();
        var page = await site.GetAsync(path);
        var links = Regex.Matches(page, "href=\"#(?<to>[^\"]+)", RegexOptions.None, TimeSpan.FromSeconds(5));
        Assert.NotEmpty(links);
        foreach (Match link in links)
            Assert.Contains($" id=\"{link.Groups["to"].Value}\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_page_links_to_the_start()
    {
        await using var site = await ServedSite.StartAsync();
        var (status, text) = await site.TryAsync("/nope<b>");
        Assert.Equal(404, status);
        Assert.Contains("/nope&lt;b&gt;: There is no such page.", text, StringComparison.Ordinal);
        Assert.Contains("<a href=/>", text, StringComparison.Ordinal);
        Assert.Equal((405, "Method Not Allowed\n"), await site.TryAsync("/", method: HttpMethod.Post));
        Assert.Equal((404, ""), await site.TryAsync("/nope", method: HttpMethod.Head));
    }
}
