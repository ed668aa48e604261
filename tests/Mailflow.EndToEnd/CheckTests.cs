using System.Text.Json;
using Mailflow.Tests.Enrich;

namespace Mailflow.EndToEnd;

/// <summary><c>check</c> as a person types it, against name servers and a mail server on loopback.</summary>
public sealed class CheckTests(DnsBed bed)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var program = new RunningProgram(["check", "--resolver", $"local={await bed.StartAsync()}", "--set", "Enrichment:Blocklists=good.bl.test", .. arguments]);
        var code = await program.ExitAsync(Cancel);
        return (code, program.Output);
    }

    [Fact]
    public async Task A_listed_address_is_trouble_and_a_clean_one_is_not()
    {
        var (code, output) = await RunAsync("192.0.2.25");
        Assert.Equal(1, code);
        Assert.Contains("Spam from 192.0.2.25", output, StringComparison.Ordinal);
        (code, output) = await RunAsync("192.0.2.25", "--set", "Enrichment:Blocklists=zen.spamhaus.org");
        Assert.Equal(0, code);
        Assert.Contains("No trouble was found.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_refuses_is_not_known()
    {
        var (code, output) = await RunAsync("192.0.2.25", "--set", "Enrichment:Blocklists=refusing.bl.test", "--format", "json");
        Assert.Equal(0, code);
        var finding = JsonDocument.Parse(output).RootElement.GetProperty("findings").EnumerateArray().Single(f => f.GetProperty("check").GetString() == "refusing.bl.test");
        Assert.Equal("unknown", finding.GetProperty("verdict").GetString());
    }

    /// <summary>A job that looks at the exit code must not see health where nobody looked.</summary>
    [Fact]
    public async Task A_resolver_that_is_dead_lets_nothing_be_checked()
    {
        // It takes what comes and never answers.
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
    public async Task A_host_is_looked_up_as_this_machine_knows_it()
    {
        await using var server = new MailServer();
        var (code, output) = await RunAsync($"localhost:{server.Port}");
        Assert.Equal(0, code);
        Assert.Contains("it answers: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_ours_is_checked_as_the_watch_does_it()
    {
        using var certificate = Certificates.For("mx.mail.test");
        await using var server = new MailServer { Certificate = certificate };
        var (code, output) = await RunAsync("--ours", "--format", "json", "--set", "Enrichment:EgressIps=192.0.2.25", "--set", "Enrichment:OwnDomains=contoso.test", "--set", "Enrichment:KnockAtMx=false",
            "--set", $"Enrichment:SmartHosts=mx.mail.test:{server.Port}", "--set", "Enrichment:DkimSelectors=s2048");
        Assert.Equal(1, code);
        var found = JsonDocument.Parse(output).RootElement.GetProperty("findings").EnumerateArray().Select(f => $"{f.GetProperty("subject").GetString()} {f.GetProperty("check").GetString()} {f.GetProperty("verdict").GetString()}").ToList();
        Assert.Contains("local resolver good", found);
        Assert.Contains("192.0.2.25 good.bl.test trouble", found);
        Assert.Contains("192.0.2.25 ptr good", found);
        Assert.Contains("contoso.test spf good", found);
        Assert.Contains("contoso.test dkim s2048 good", found);
        Assert.Contains($"mx.mail.test:{server.Port} smtp good", found);
        Assert.Contains($"mx.mail.test:{server.Port} certificate warning", found); // its authority is the tests' own
        Assert.DoesNotContain(server.Heard, c => c.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("a b", "expected a domain")]
    [InlineData("--ours", "Nothing is ours")]
    public async Task What_cannot_be_checked_is_said(string target, string says)
    {
        var (code, output) = await RunAsync(target);
        Assert.Equal(2, code);
        Assert.Contains(says, output, StringComparison.Ordinal);
    }
}
