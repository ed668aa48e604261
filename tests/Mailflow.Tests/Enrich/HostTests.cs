using System.Net;
using System.Net.Sockets;
using Mailflow.Enrich;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Enrich;

public sealed class HostTests(DnsBed bed)
{
    const string Host = "mx.mail.test";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    async Task<HostResult> CheckAsync(int port, TimeProvider? clock = null, string host = Host)
    {
        using var checks = new Checks(await bed.OptionsAsync(), TimeProvider.System);
        return await new HostCheck(checks.Resolver, clock ?? TimeProvider.System, [Certificates.Root]).CheckAsync(new(host, port), Cancel);
    }

    static string Of(HostResult result, string check) =>
        string.Join(" | ", result.Findings.Where(f => f.Check == check).Select(f => $"{f.Severity}: {f.Says}"));

    [Fact]
    public async Task Host_check_completes_the_dialogue_and_sends_no_mail()
    {
        using var certificate = Certificates.For(Host);
        await using var server = new MailServer { Certificate = certificate };
        var result = await CheckAsync(server.Port);
        Assert.True(result.Reachable);
        Assert.Equal(certificate.NotAfter.ToUniversalTime(), result.NotAfter!.Value.UtcDateTime);
        Assert.Equal(36700160, result.MaxSize);
        Assert.All(result.Findings, f => Assert.Equal(Severity.Good, f.Severity));
        Assert.Equal("Good: it accepts messages up to 35 MB", Of(result, "size"));
        Assert.Equal(["EHLO [127.0.0.1]", "STARTTLS", "EHLO [127.0.0.1]", "QUIT"], server.Heard);
    }

    [Theory]
    [InlineData("mx.mail.test", -60, -1, false, "Trouble: it expired on ")]
    [InlineData("mx.mail.test", -30, 60, true, "Warning: it is self-signed")]
    [InlineData("other.example", -30, 60, false, "Warning: it is for other.example, not for mx.mail.test")]
    [InlineData("mx.mail.test", -30, 5, false, "Warning: it expires on ")]
    [InlineData("other.example", -60, -1, true, "Trouble: it expired on ")]
    public async Task Invalid_certificate_is_reported_with_its_reason(string name, int from, int until, bool selfSigned, string says)
    {
        using var certificate = Certificates.For(name, from, until, selfSigned);
        await using var server = new MailServer { Certificate = certificate };
        var result = await CheckAsync(server.Port);
        Assert.True(result.Reachable);
        Assert.StartsWith(says, Of(result, "certificate"), StringComparison.Ordinal);
        Assert.Equal("QUIT", server.Heard[^1]);
    }

    [Fact]
    public async Task Missing_STARTTLS_is_a_warning()
    {
        await using var server = new MailServer();
        var result = await CheckAsync(server.Port);
        Assert.True(result.Reachable);
        Assert.Null(result.NotAfter);
        Assert.StartsWith("Warning: it does not offer STARTTLS", Of(result, "starttls"), StringComparison.Ordinal);
        Assert.Equal(["EHLO [127.0.0.1]", "QUIT"], server.Heard);
    }

    [Fact]
    public async Task Rejected_STARTTLS_is_an_error()
    {
        using var certificate = Certificates.For(Host);
        await using var server = new MailServer { Certificate = certificate, StartTls = "454 4.7.0 TLS not available\r\n" };
        Assert.Equal("Trouble: it offers STARTTLS but rejects it: 454 4.7.0 TLS not available", Of(await CheckAsync(server.Port), "starttls"));
    }

    [Theory]
    [InlineData("554 5.7.1 192.0.2.25 is blocked\r\n", "Trouble: it rejects us: 554 5.7.1 192.0.2.25 is blocked")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "Trouble: it does not speak SMTP: 'SSH-2.0-OpenSSH_9.2'")]
    [InlineData("", "Trouble: it does not speak SMTP")]
    public async Task Error_banner_is_an_error(string banner, string says)
    {
        await using var server = new MailServer { Banner = banner.Length == 0 ? new string('x', 5000) : banner };
        var result = await CheckAsync(server.Port);
        Assert.False(result.Reachable);
        Assert.Equal(says, Of(result, "banner"));
    }

    [Fact]
    public async Task Refused_connection_and_unknown_host_are_distinguished()
    {
        Assert.StartsWith("Trouble: connection refused", Of(await CheckAsync(Ports.Claim()), "connect"), StringComparison.Ordinal);
        Assert.StartsWith("Trouble: its name has no IP address", Of(await CheckAsync(25, host: "x.nowhere.test"), "connect"), StringComparison.Ordinal);
        Assert.StartsWith("Trouble: its name could not be resolved", Of(await CheckAsync(25, host: "x.servfail.test"), "connect"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_addresss_error_is_reported_when_all_fail()
    {
        Assert.StartsWith(
            "Trouble: connection refused", Of(await CheckAsync(Ports.Claim(), host: "two.mail.test"), "connect"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_timeout_is_reported_as_no_connection()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var checks = new Checks(
            new() { Resolvers = [new("silent", (IPEndPoint)silent.Client.LocalEndPoint!)], Deadline = TimeSpan.FromSeconds(30) },
            TimeProvider.System);
        var clock = new FakeTimeProvider();
        var checking = new HostCheck(checks.Resolver, clock).CheckAsync(new("mx.contoso.test", 25), Cancel);
        await silent.ReceiveAsync(Cancel);
        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.StartsWith("Trouble: no connection within 15 s", Of(await checking, "connect"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_server_ends_at_the_deadline()
    {
        await using var server = new MailServer { Silent = true };
        HostResult result;
        var tries = 0;
        do
        {
            var clock = new FakeTimeProvider();
            var checking = CheckAsync(server.Port, clock);
            await server.Taken.Soon();
            // The server has accepted the connection; the check may not have noticed yet.
            await Task.Delay(TimeSpan.FromMilliseconds(300 * (tries + 1)), Cancel);
            clock.Advance(TimeSpan.FromSeconds(15));
            result = await checking;
        }
        while (++tries < 10 && result.Findings.Single().Check == "connect");
        Assert.False(result.Reachable);
        Assert.Contains("sent no answer within 15 s", result.Findings.Single().Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_deadline_uses_the_given_clock()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux lets a connection wait where the listener's queue is full");
        using var full = new Socket(SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var port = ((IPEndPoint)full.LocalEndPoint!).Port;
        using var first = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(IPAddress.Loopback, port, Cancel);
        var clock = new FakeTimeProvider();
        var checking = CheckAsync(port, clock, "127.0.0.1");
        while (!checking.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(5, Cancel);
        }

        Assert.StartsWith("Trouble: no connection within ", Of(await checking, "connect"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", "127.0.0.1 ::1")]
    [InlineData("LocalHost.", "127.0.0.1 ::1")]
    [InlineData("mail.localhost", "127.0.0.1 ::1")]
    [InlineData("relay", "192.0.2.5 2001:db8::5")]
    [InlineData("Relay.contoso.test", "192.0.2.5")]
    [InlineData("old", "")]
    [InlineData("nonsense", "")]
    public void Hosts_file_is_used_before_DNS(string host, string addresses)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "192.0.2.5\trelay relay.contoso.test # the smart host\n#192.0.2.6 old\n2001:db8::5   relay\nnot-an-address nonsense\n\n");
        Assert.Equal(addresses, string.Join(' ', HostsFile.Find(host, file)));
        File.Delete(file);
        Assert.Equal(host.Contains("local", StringComparison.OrdinalIgnoreCase) ? 2 : 0, HostsFile.Find(host, file).Count);
    }
}
