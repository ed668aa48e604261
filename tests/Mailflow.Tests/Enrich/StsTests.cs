using Mailflow.Enrich;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Mailflow.Tests.Enrich;

public sealed class StsTests(DnsBed bed)
{
    const string Good = "version: STSv1\r\nmode: enforce\r\nmx: *.contoso.test\r\nmax_age: 604800\r\n";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<StsFetch> FetchAsync(string text, int status = 200, string certificateFor = "mta-sts.contoso.test")
    {
        using var certificate = Certificates.For(certificateFor);
        // Other builders watch every folder below the working directory.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.WebHost
            .UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        await using var app = builder.Build();
        app.MapGet("/.well-known/mta-sts.txt", async (HttpContext http) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = status == 301 ? "/" : default;
            await http.Response.WriteAsync(text);
        });
        await app.StartAsync(Cancel);
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        using var fetcher = new StsFetcher(checks.Resolver, TimeProvider.System, [Certificates.Root], new Uri(app.Urls.Single()).Port);
        return await fetcher.FetchAsync("contoso.test", Cancel);
    }

    [Fact]
    public async Task MTA_STS_policy_is_fetched_from_the_domains_server()
    {
        var fetched = await FetchAsync(Good);
        Assert.Equal("", fetched.Says);
        Assert.True(fetched.Policy!.Allows("mx.contoso.test"));
        Assert.False(fetched.Policy.Allows("a.b.contoso.test"));
        Assert.False(fetched.Policy.Allows("contoso.test"));
    }

    [Theory]
    [InlineData(Good, 200, "mta-sts.fabrikam.test", "the certificate of its server is not valid")]
    [InlineData(Good, 301, "mta-sts.contoso.test", "answers 301")]
    [InlineData("version: STSv1\nmode: maybe\n", 200, "mta-sts.contoso.test", "mode is none of")]
    [InlineData("huge", 200, "mta-sts.contoso.test", "cannot be reached")]
    public async Task MTA_STS_problems_are_reported(string text, int status, string certificateFor, string says)
    {
        var fetched = await FetchAsync(text == "huge" ? new string('x', 100_000) : text, status, certificateFor);
        Assert.Null(fetched.Policy);
        Assert.Contains(says, fetched.Says, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mx.contoso.test", "enforce", "Good")]
    [InlineData("mx.fabrikam.test", "enforce", "Trouble")]
    [InlineData("mx.fabrikam.test", "testing", "Warning")]
    public async Task MTA_STS_policy_that_excludes_an_MX_is_reported(string allowed, string mode, string severity)
    {
        var options = await bed.OptionsAsync() with { Blocklists = [] };
        using var checks = new Checks(options, TimeProvider.System);
        var domains = new DomainCheck(checks.Resolver, checks.Lists, options, (_, _) => Task.FromResult(new StsFetch(new(mode, [allowed]), "")));
        Assert.Equal(severity, (await domains.CheckAsync("contoso.test", own: true, Cancel)).Single(f => f.Check == "mta-sts").Severity.ToString());
    }
}
