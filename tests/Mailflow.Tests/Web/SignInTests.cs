using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Mailflow.Configuration;

namespace Mailflow.Tests.Web;

/// <summary>Real requests over loopback and over another address of this machine.</summary>
public sealed class SignInTests
{
    const string Token = "0123456789abcdef-token";

    static readonly string[] Closed =
    [
        "/", "/api/status", "/api/v1/messages?since=1h", "/api/v1/incidents", "/messages", "/docs/", "/openapi/v1.json", "/nope", "/live.js",
    ];
    static readonly string[] Open = ["/healthz", "/readyz", "/metrics", "/style.css", "/icon.svg"];

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_sign_in_only_loopback_is_answered()
    {
        await using var site = await StartAsync(new());
        foreach (var path in Closed)
        {
            var (status, text) = await GetAsync(Loopback(site), path);
            Assert.NotEqual(403, status);
            Assert.NotEqual(401, status);
            (status, text) = await GetAsync(Other(site), path);
            Assert.Equal(403, status);
            Assert.StartsWith("Mailflow shows this to other machines only with a sign-in. Set Web:TokenFile", text, StringComparison.Ordinal);
        }

        foreach (var path in Open)
            Assert.Equal(200, (await GetAsync(Other(site), path)).Status);
        Assert.Equal(403, (await GetAsync(Other(site), "/metrics/")).Status);
        Assert.Equal(403, (await GetAsync(Other(site), "/sign-in")).Status);
        // What a client says about itself decides nothing.
        foreach (var header in new[] { ("Host", "localhost"), ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=127.0.0.1"), ("Remote-User", "root") })
            Assert.Equal(403, (await GetAsync(Other(site), "/", header)).Status);
        // Another name over loopback may be that of another web page.
        Assert.Equal(403, (await GetAsync(Loopback(site), "/", ("Host", "attacker.example"))).Status);
        Assert.Equal(200, (await GetAsync(Loopback(site), "/metrics", ("Host", "attacker.example"))).Status);
        Assert.Equal(200, (await GetAsync(Loopback(site), "/", ("Host", Environment.MachineName))).Status);
    }

    [Fact]
    public async Task Browsers_get_the_refusal_as_a_page_without_any_figure()
    {
        await using var site = await StartAsync(new());
        var (status, text) = await GetAsync(Other(site), "/messages?q=bob@fabrikam.test", ("Accept", "text/html"));
        Assert.Equal(403, status);
        Assert.Contains("<h1>Not allowed</h1>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("fabrikam", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everybody_is_answered_if_anonymous_access_is_allowed()
    {
        await using var site = await StartAsync(new() { AllowAnonymous = true });
        Assert.Equal(200, (await GetAsync(Other(site), "/")).Status);
        Assert.Equal(200, (await GetAsync(Other(site), "/api/status")).Status);
    }

    [Fact]
    public async Task Token_opens_the_api_and_a_wrong_one_does_not()
    {
        await using var site = await StartAsync(new() { Token = new(Token) });
        foreach (var url in new[] { Other(site), Loopback(site) })
        {
            foreach (var path in Closed)
                Assert.Equal(401, (await GetAsync(url, path)).Status);
            foreach (var path in Open)
                Assert.Equal(200, (await GetAsync(url, path)).Status);
            Assert.Equal(200, (await GetAsync(url, "/api/status", ("Authorization", "Bearer " + Token))).Status);
            Assert.Equal(200, (await GetAsync(url, "/", ("Authorization", "bearer  " + Token))).Status);
            Assert.Equal(404, (await GetAsync(url, "/nope", ("Authorization", "Bearer " + Token))).Status);
        }

        foreach (var wrong in new[] { "Bearer " + Token + "x", "Bearer " + Token[..^1], "Bearer ", "Basic " + Token, Token })
            Assert.Equal(401, (await GetAsync(Other(site), "/api/status", ("Authorization", wrong))).Status);
        Assert.Equal(401, (await GetAsync(Other(site), "/api/status?token=" + Token)).Status);
        var (_, text) = await GetAsync(Other(site), "/api/status", ("Authorization", "Bearer wrong"));
        Assert.StartsWith("This token is wrong.", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_sets_a_cookie_that_scripts_and_other_sites_cannot_use()
    {
        await using var site = await StartAsync(new() { Token = new(Token) });
        var (status, form) = await GetAsync(Other(site), "/messages?q=5.7.1&x=%22%3E", ("Accept", "text/html"));
        Assert.Equal(401, status);
        Assert.Contains("<input type=hidden name=to value=\"/messages?q=5.7.1&amp;x=%22%3E\">", form, StringComparison.Ordinal);

        using var answer = await PostAsync(Other(site), ("token", Token), ("to", "/messages?q=5.7.1"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/messages?q=5.7.1", answer.Headers.Location!.ToString());
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.EndsWith("; path=/; samesite=strict; httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, cookie, StringComparison.Ordinal);
        var pair = cookie.Split(';')[0];
        Assert.Equal(200, (await GetAsync(Other(site), "/", ("Cookie", pair))).Status);

        // A cookie with another end or code is not ours, and ours ends.
        var (end, code) = (pair.Split('=')[1].Split('.')[0], pair.Split('.')[1]);
        foreach (var forged in new[] { $"{long.Parse(end, null) + 1}.{code}", $"{end}.{new string('0', code.Length)}", $"{end}.", "x.y", $"-1.{code}", Token })
            Assert.Equal(401, (await GetAsync(Other(site), "/", ("Cookie", "mailflow-sign-in=" + forged))).Status);
        site.Clock.Now = site.Clock.Now.AddHours(13);
        Assert.Equal(401, (await GetAsync(Other(site), "/", ("Cookie", pair))).Status);
    }

    [Theory]
    [InlineData("//attacker.example/")]
    [InlineData("/\\attacker.example/")]
    [InlineData("https://attacker.example/")]
    [InlineData("/a\r\nSet-Cookie: a=b")]
    [InlineData("")]
    public async Task Form_does_not_lead_to_another_site(string to)
    {
        await using var site = await StartAsync(new() { Token = new(Token) });
        using var answer = await PostAsync(Loopback(site), ("token", Token), ("to", to));
        Assert.Equal("/", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Form_accepts_only_a_small_form()
    {
        await using var site = await StartAsync(new() { Token = new(Token) });
        using var http = new HttpClient();
        using var text = new StringContent(Token);
        using var plain = await http.PostAsync(new Uri(Loopback(site), "/sign-in"), text, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, plain.StatusCode);
        using var large = await PostAsync(Loopback(site), ("token", new string('x', 20_000)), ("to", "/"));
        Assert.Equal(HttpStatusCode.BadRequest, large.StatusCode);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("token", Token)]);
        using var elsewhere = await http.PostAsync(new Uri(Loopback(site), "/"), form, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, elsewhere.StatusCode);
    }

    [Fact]
    public async Task Ten_wrong_tokens_block_further_ones_for_a_minute()
    {
        await using var site = await StartAsync(new() { Token = new(Token) });
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await PostAsync(Loopback(site), ("token", "wrong"), ("to", "/"));
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        // The right one, too: otherwise the answer would say which one is right.
        using var right = await PostAsync(Loopback(site), ("token", Token), ("to", "/"));
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
        Assert.Equal(60, right.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.False(right.Headers.Contains("Set-Cookie"));
        Assert.Equal(429, (await GetAsync(Loopback(site), "/", ("Authorization", "Bearer " + Token))).Status);
        Assert.Equal(200, (await GetAsync(Other(site), "/", ("Authorization", "Bearer " + Token))).Status);
        site.Clock.Now = site.Clock.Now.AddSeconds(61);
        Assert.Equal(200, (await GetAsync(Loopback(site), "/", ("Authorization", "Bearer " + Token))).Status);
    }

    [Fact]
    public async Task Header_of_the_proxy_counts_only_from_the_proxy()
    {
        await using var site = await StartAsync(
            new() { ProxyHeader = "Remote-User", TrustedProxies = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("203.0.113.0/24")] });
        Assert.Equal(200, (await GetAsync(Loopback(site), "/", ("Remote-User", "ann"))).Status);
        Assert.Equal(403, (await GetAsync(Loopback(site), "/")).Status);
        Assert.Equal(403, (await GetAsync(Loopback(site), "/", ("Remote-User", ""))).Status);
        Assert.Equal(403, (await GetAsync(Loopback(site), "/", ("Remote-User", "eve, ann"))).Status);
        Assert.Equal(403, (await GetAsync(Loopback(site), "/", ("Remote_User", "ann"))).Status);
        var (status, text) = await GetAsync(Other(site), "/", ("Remote-User", "ann"), ("X-Forwarded-For", "203.0.113.7"));
        Assert.Equal(403, status);
        Assert.StartsWith("Only users of the reverse proxy may read this", text, StringComparison.Ordinal);
        Assert.Equal(200, (await GetAsync(Other(site), "/healthz")).Status);
    }

    [Fact]
    public async Task Header_that_is_sent_twice_is_refused()
    {
        await using var site = await StartAsync(new() { ProxyHeader = "Remote-User", TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")] });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Loopback(site).Port, Cancel);
        await client.GetStream().WriteAsync(
            "GET /api/status HTTP/1.1\r\nHost: localhost\r\nRemote-User: eve\r\nRemote-User: ann\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancel);
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith("HTTP/1.1 403", await reader.ReadToEndAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_and_proxy_can_be_used_together()
    {
        await using var site = await StartAsync(
            new() { Token = new(Token), ProxyHeader = "Remote-User", TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")] });
        Assert.Equal(200, (await GetAsync(Loopback(site), "/", ("Remote-User", "ann"))).Status);
        Assert.Equal(401, (await GetAsync(Other(site), "/", ("Remote-User", "ann"))).Status);
        Assert.Equal(200, (await GetAsync(Other(site), "/", ("Authorization", "Bearer " + Token))).Status);
    }

    [Fact]
    public async Task Metrics_can_be_protected_too()
    {
        await using var site = await StartAsync(new() { Token = new(Token), ProtectMetrics = true });
        foreach (var path in new[] { "/metrics", "/METRICS", "/metrics/" })
            Assert.Equal(401, (await GetAsync(Other(site), path)).Status);
        Assert.Equal(200, (await GetAsync(Other(site), "/metrics", ("Authorization", "Bearer " + Token))).Status);
        foreach (var path in new[] { "/healthz", "/readyz" })
            Assert.Equal(200, (await GetAsync(Other(site), path)).Status);
    }

    static Task<ServedSite> StartAsync(AccessOptions access) =>
        ServedSite.StartAsync(options: new MailflowOptions { Listen = new("http://0.0.0.0:0"), Access = access });

    static Uri Loopback(ServedSite site) => new($"http://127.0.0.1:{site.Http.BaseAddress!.Port}");

    /// <summary>The site by an address of this machine that is not loopback.</summary>
    static Uri Other(ServedSite site)
    {
        var address = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        Assert.SkipWhen(address is null, "This machine has no address but loopback.");
        return new($"http://{address}:{site.Http.BaseAddress!.Port}");
    }

    static async Task<(int Status, string Text)> GetAsync(Uri site, string path, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site, path));
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        using var answer = await http.SendAsync(request, Cancel);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    static async Task<HttpResponseMessage> PostAsync(Uri site, params (string Name, string Value)[] fields)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(handler);
        using var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await http.PostAsync(new Uri(site, "/sign-in"), form, Cancel);
    }
}
