using System.Net;
using System.Text.Json;
using Mailflow.Analysis.Incidents;
using Mailflow.Tests.Ship;

namespace Mailflow.Tests.Web;

public sealed class ApiTests
{
    const string First = "11111111-1111-4111-8111-111111111111";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<ServedSite> StartAsync(IReadOnlyList<Incident>? incidents = null)
    {
        var site = await ServedSite.StartAsync(incidents: incidents);
        var log = new TraceLog(site.Clock.Now.AddMinutes(-30))
            .Row(0, "SMTP", "RECEIVE", "<one@contoso.test>", First, "bob@fabrikam.example;eve@fabrikam.example")
            .Row(5, "SMTP", "FAIL", "<one@contoso.test>", First, "bob@fabrikam.example", "550 5.1.1 User unknown");
        for (var i = 0; i < 7; i++)
            log.Row(60 + i, "SMTP", "RECEIVE", $"<m{i}@contoso.test>", "", "zoe@fabrikam.example");
        site.Write("MSGTRK2026030409-1.LOG", log.ToString());
        await site.ReadAsync(log.Rows);
        return site;
    }

    static async Task<JsonElement> JsonAsync(ServedSite site, string path)
    {
        using var json = JsonDocument.Parse(await site.GetAsync(path));
        return json.RootElement.Clone();
    }

    [Fact]
    public async Task Messages_are_found_and_masked()
    {
        await using var site = await StartAsync();
        var answer = await JsonAsync(site, "/api/v1/messages?recipient=BOB@fabrikam.example&outcome=failed");
        var message = Assert.Single(answer.GetProperty("messages").EnumerateArray());
        Assert.Equal(First, message.GetProperty("network_message_id").GetString());
        Assert.Equal("a***@contoso.test", message.GetProperty("sender").GetString());
        Assert.Equal(
            ["bob@fabrikam.example failed", "e***@fabrikam.example pending"],
            message.GetProperty("recipients").EnumerateArray().Select(r => $"{r.GetProperty("address")} {r.GetProperty("outcome")}"));
        Assert.Equal(2, message.GetProperty("rows").GetArrayLength());
        Assert.Equal(8, (await JsonAsync(site, "/api/v1/messages?address=@fabrikam.example")).GetProperty("messages").GetArrayLength());
        Assert.Empty((await JsonAsync(site, "/api/v1/messages?server=EX09")).GetProperty("messages").EnumerateArray());
    }

    [Fact]
    public async Task Pages_follow_each_other_by_their_link()
    {
        await using var site = await StartAsync();
        var ids = new List<string>();
        for (var next = "/api/v1/messages?domain=fabrikam.example&limit=3&rows=true"; next is not null;)
        {
            using var answer = await site.Http.GetAsync(new Uri(next, UriKind.Relative), Cancel);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
            ids.AddRange(json.RootElement.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("message_id").GetString()!));
            next = answer.Headers.TryGetValues("Link", out var links) ? Assert.Single(links).Split('<', '>')[1] : null;
            Assert.Equal(json.RootElement.GetProperty("more").GetBoolean(), next is not null);
        }

        Assert.Equal(8, ids.Count);
        Assert.Equal(8, ids.Distinct().Count());
    }

    [Fact]
    public async Task One_message_has_its_rows()
    {
        await using var site = await StartAsync();
        foreach (var id in new[] { First, "%3Cone%40contoso.test%3E", "one@contoso.test" })
            Assert.Equal(2, (await JsonAsync(site, "/api/v1/messages/" + id)).GetProperty("messages")[0].GetProperty("rows").GetArrayLength());
        Assert.Equal((200, ""), await site.TryAsync("/api/v1/messages/" + First, method: HttpMethod.Head));
    }

    [Theory]
    [InlineData("/api/v1/messages", 400, "Give at least one condition, for example ")]
    [InlineData("/api/v1/messages?recipent=a@b.example", 400, "recipent is not known. Expected: message_id,")]
    [InlineData("/api/v1/messages?outcome=lost", 400, "outcome=lost: expected failed, ")]
    [InlineData("/api/v1/messages?since=soon", 400, "since=soon: expected 2h (ago)")]
    [InlineData("/api/v1/messages?ip=1.2.3.400", 400, "ip=1.2.3.400: expected an IP address.")]
    [InlineData("/api/v1/messages?domain=a..b", 400, "domain=a..b: expected a domain")]
    [InlineData("/api/v1/messages?domain=a.example&limit=0", 400, "limit=0: expected a number from 1 to 1000.")]
    [InlineData("/api/v1/messages?domain=a.example&cursor=%3Cscript%3E", 400, "cursor: expected the value of the link to the next page.")]
    [InlineData("/api/v1/messages?domain=a.example&cursor=YXxifGM", 400, "cursor: expected the value of the link to the next page.")]
    [InlineData("/api/v1/messages?subject=a%00b", 400, "subject has a control character; expected text.")]
    [InlineData("/api/v1/messages/a%00b", 400, "")]
    [InlineData("/api/v1/messages/none", 404, "No row of the tracking logs has the id none; searched: ")]
    [InlineData("/api/v1/messages/none?rows=true", 400, "rows is not known: this address has no parameters.")]
    public async Task Errors_are_problems_with_a_detail(string path, int status, string detail)
    {
        await using var site = await StartAsync();
        using var answer = await site.Http.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        Assert.Equal(status, (int)answer.StatusCode);
        if (detail.Length == 0)
            return;
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        Assert.StartsWith(detail, json.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(status, json.RootElement.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Document_describes_the_real_answers()
    {
        await using var site = await StartAsync([IncidentEventTests.Refused]);
        var document = await JsonAsync(site, "/openapi/v1.json");
        Assert.StartsWith("3.1.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["/api/status", "/api/v1/history", "/api/v1/incidents", "/api/v1/messages", "/api/v1/messages/{id}"],
            document.GetProperty("paths").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.All(document.GetProperty("paths").EnumerateObject(), p => Assert.Equal(["get"], p.Value.EnumerateObject().Select(o => o.Name)));
        foreach (var (path, real, status) in new[]
                 {
                     ("/api/v1/messages", "/api/v1/messages?domain=fabrikam.example", 200),
                     ("/api/v1/messages", "/api/v1/messages?domain=fabrikam.example&rows=true", 200),
                     ("/api/v1/messages", "/api/v1/messages?recipient=nobody@fabrikam.example", 200),
                     ("/api/v1/messages", "/api/v1/messages", 400),
                     ("/api/v1/messages/{id}", "/api/v1/messages/" + First, 200),
                     ("/api/v1/messages/{id}", "/api/v1/messages/none", 404),
                     ("/api/v1/incidents", "/api/v1/incidents?open=true&since=2h", 200),
                     ("/api/v1/incidents", "/api/v1/incidents?state=open", 400),
                     ("/api/v1/history", "/api/v1/history?range=6h", 200),
                     ("/api/v1/history", "/api/v1/history?range=5h", 400),
                     ("/api/status", "/api/status?window=all", 200),
                 })
        {
            var responses = document.GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("responses");
            var response = responses.GetProperty(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
            var content = Assert.Single(response.GetProperty("content").EnumerateObject());
            var (code, text) = await site.TryAsync(real);
            Assert.Equal((real, status), (real, code));
            using var json = JsonDocument.Parse(text);
            var faults = new List<string>();
            JsonForm.Check(document, content.Value.GetProperty("schema"), json.RootElement, "$", faults);
            Assert.Equal((real, ""), (real, string.Join('\n', faults.Distinct())));
        }
    }

    [Fact]
    public async Task Incidents_are_listed_masked_and_by_time()
    {
        var closed = IncidentEventTests.Refused with { Id = "0000000000aa", Closed = IncidentEventTests.Refused.Opened, Verified = Verified.Quiet };
        await using var site = await StartAsync([IncidentEventTests.Refused, closed]);
        async Task<IEnumerable<string?>> IdsAsync(string query) =>
            (await JsonAsync(site, "/api/v1/incidents" + query)).GetProperty("incidents").EnumerateArray().Select(i => i.GetProperty("id").GetString());
        Assert.Equal(["00a1b2c3d4e5", "0000000000aa"], await IdsAsync(""));
        Assert.Equal(["00a1b2c3d4e5"], await IdsAsync("?open=true"));
        Assert.Equal(["00a1b2c3d4e5"], await IdsAsync("?since=2027-01-01"));
        Assert.DoesNotContain("anna.lang", await site.GetAsync("/api/v1/incidents"), StringComparison.Ordinal);
        Assert.Contains("a***@contoso.test", await site.GetAsync("/api/status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_has_each_parameter_and_no_numbers_as_text()
    {
        await using var site = await ServedSite.StartAsync();
        var text = await site.GetAsync("/openapi/v1.json");
        foreach (var name in new[] { "message_id", "network_message_id", "sender", "recipient", "outcome", "limit", "cursor" })
            Assert.Contains($"\"name\": \"{name}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"pattern\": \"^-?(?:0|[1-9]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("networkMessageId", text, StringComparison.Ordinal);
        Assert.Equal((int)HttpStatusCode.MethodNotAllowed, (await site.TryAsync("/openapi/v1.json", method: HttpMethod.Post)).Status);
        Assert.Equal((200, ""), await site.TryAsync("/openapi/v1.json", method: HttpMethod.Head));
        Assert.Equal(404, (await site.TryAsync("/openapi/v2.json")).Status);
    }
}
