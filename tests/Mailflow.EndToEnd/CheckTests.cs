using System.Text.Json;
using Mailflow.Tests.Enrich;

namespace Mailflow.EndToEnd;

/// <summary>The <c>check</c> command, with name servers and a mail server on loopback.</summary>
public sealed class CheckTests(DnsBed bed)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var program = new RunningProgram(
            ["check", "--resolver", $"local={await bed.StartAsync()}", "--set", "Enrichment:Blocklists=good.bl.test", .. arguments]);
        var code = await program.ExitAsync(Cancel);
        return (code, program.Output);
    }

    [Fact]
    public async Task Check_reports_a_listed_address_and_accepts_a_clean_one()
    {
        var (code, output) = await RunAsync("192.0.2.25");
        Assert.Equal(1, code);
        Assert.Contains("Spam from 192.0.2.25", output, StringComparison.Ordinal);
        (code, output) = await RunAsync("192.0.2.25", "--set", "Enrichment:Blocklists=zen.spamhaus.org");
        Assert.Equal(0, code);
        Assert.Contains("No problem found.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_reports_a_refusing_blocklist_as_unknown()
    {
        var (code, output) = await RunAsync("192.0.2.25", "--set", "Enrichment:Blocklists=refusing.bl.test", "--format", "json");
        Assert.Equal(0, code);
        var finding = JsonDocument.Parse(output).RootElement
            .GetProperty("findings")
            .EnumerateArray()
            .Single(f => f.GetProperty("check").GetString() == "refusing.bl.test");
        Assert.Equal("unknown", finding.GetProperty("verdict").GetString());
    }

    /// <summary>A job that uses the exit code must not see success where nothing was checked.</summary>
    [Fact]
    public async Task Check_fails_without_a_working_resolver()
    {
        // It receives queries and never answers.
        using var silent = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var resolver = $"silent={silent.Client.LocalEndPoint}";
        foreach (var arguments in new[] { ["contoso.test"], ["192.0.2.25"], new[] { "contoso.test", "--format", "json" } })
        {
            using var program = new RunningProgram(["check", "--resolver", resolver, "--set", "Enrichment:Deadline=200ms", .. arguments]);
            Assert.Equal(3, await program.ExitAsync(Cancel));
            Assert.Contains("Nothing could be checked: the resolver did not answer.", program.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("No trouble was found", program.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Check_resolves_a_host_with_the_system_resolver()
    {
        await using var server = new MailServer();
        var (code, output) = await RunAsync($"localhost:{server.Port}");
        Assert.Equal(0, code);
        Assert.Contains("it answers: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_ours_gives_the_same_findings_as_the_watch()
    {
        using var certificate = Certificates.For("mx.mail.test");
        await using var server = new MailServer { Certificate = certificate };
        var (code, output) = await RunAsync(
            "--ours", "--format", "json",
            "--set", "Enrichment:EgressIps=192.0.2.25", "--set", "Enrichment:OwnDomains=contoso.test", "--set", "Enrichment:KnockAtMx=false",
            "--set", $"Enrichment:SmartHosts=mx.mail.test:{server.Port}", "--set", "Enrichment:DkimSelectors=s2048");
        Assert.Equal(1, code);
        var found = JsonDocument.Parse(output).RootElement
            .GetProperty("findings")
            .EnumerateArray()
            .Select(f => $"{f.GetProperty("subject").GetString()} {f.GetProperty("check").GetString()} {f.GetProperty("verdict").GetString()}")
            .ToList();
        Assert.Contains("local resolver good", found);
        Assert.Contains("192.0.2.25 good.bl.test trouble", found);
        Assert.Contains("192.0.2.25 ptr good", found);
        Assert.Contains("contoso.test spf good", found);
        Assert.Contains("contoso.test dkim s2048 good", found);
        Assert.Contains($"mx.mail.test:{server.Port} smtp good", found);
        Assert.Contains($"mx.mail.test:{server.Port} certificate warning", found); // issued by the tests' own CA
        Assert.DoesNotContain(server.Heard, c => c.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("a b", "expected a domain")]
    [InlineData("--ours", "--ours: nothing is configured.")]
    public async Task Check_rejects_invalid_targets(string target, string says)
    {
        var (code, output) = await RunAsync(target);
        Assert.Equal(2, code);
        Assert.Contains(says, output, StringComparison.Ordinal);
    }
}
