using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Tests.Enrich;

[assembly: AssemblyFixture(typeof(DnsBed))]

namespace Mailflow.Tests.Enrich;

/// <summary>
/// Real name servers on loopback ports, started when the first test needs them: rbldnsd with blocklists, an unbound with an unsigned zone,
/// which can also invent answers, and an unbound that resolves both and validates. Tests are skipped where they are not installed.
/// </summary>
public sealed class DnsBed : IAsyncDisposable
{
    const string Unbound = "/usr/sbin/unbound";
    const string Rbldnsd = "/usr/sbin/rbldnsd";

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-dns-").FullName;
    readonly List<Process> _processes = [];
    readonly Lazy<Task<int>> _port;
    int _inventing;

    public DnsBed() => _port = new(StartServersAsync);

    /// <summary>The resolver.</summary>
    public async Task<IPEndPoint> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Unbound) && File.Exists(Rbldnsd), "Needs unbound and rbldnsd: apt-get install unbound rbldnsd");
        return new(IPAddress.Loopback, await _port.Value);
    }

    /// <summary>A resolver that returns an address for names that do not exist.</summary>
    public async Task<IPEndPoint> StartInventingAsync()
    {
        await StartAsync();
        return new(IPAddress.Loopback, _inventing);
    }

    /// <summary>Options with this resolver only.</summary>
    internal async Task<EnrichOptions> OptionsAsync() => new() { Resolvers = [new("local", await StartAsync())], Deadline = TimeSpan.FromSeconds(5) };

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    async Task<int> StartServersAsync()
    {
        var (lists, unsigned, port) = (Ports.Claim(), Ports.Claim(), Ports.Claim());
        _inventing = unsigned;
        // rbldnsd does not run as root: it must be able to read these files.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                _folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        foreach (var (name, text) in Zones)
            await File.WriteAllTextAsync(Path.Combine(_folder, name), text);
        Start(
            Rbldnsd,
            [
                "-n", "-b", $"127.0.0.1/{lists}", .. Environment.UserName == "root" ? ["-u", "nobody:nogroup"] : Array.Empty<string>(),
                "-w", _folder,
                .. Lists.Select(l => $"{l.Zone}:{l.Kind}:{l.File}"),
            ]);
        await File.WriteAllTextAsync(Path.Combine(_folder, "unsigned.conf"), Configuration(unsigned, """
            module-config: "iterator"
              local-zone: "invalid." redirect
              local-data: "invalid. 60 IN A 203.0.113.9"
            auth-zone:
              name: "bogus.test"
              zonefile: "bogus.zone"
              for-downstream: yes
              for-upstream: no
            """));
        Start(Unbound, ["-d", "-c", Path.Combine(_folder, "unsigned.conf")]);
        await File.WriteAllTextAsync(Path.Combine(_folder, "resolver.conf"), Configuration(port, $"""
            module-config: "validator iterator"
            trust-anchor: "bogus.test. IN DS 12345 8 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
            {string.Join("\n", Lists.Select(l => l.Zone).Distinct().Select(z => $"  domain-insecure: \"{z}\"\n  local-zone: \"{z}\" transparent"))}
            {string.Join("\n", Records.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(r => $"  local-data: '{r}'"))}
            {string.Join("\n", StaticZones.Select(z => $"  local-zone: \"{z}\" static"))}
              local-zone: "refused.test" refuse
              local-zone: "bogus.test" transparent
              local-zone: "servfail.test" transparent
              local-zone: "100.51.198.in-addr.arpa" transparent
              local-zone: "." static
              local-data: ". 60 IN NS localhost."
            {string.Join("\n", Lists.Select(l => l.Zone).Distinct().Select(z => $"stub-zone:\n  name: \"{z}\"\n  stub-addr: 127.0.0.1@{lists}"))}
            stub-zone:
              name: "bogus.test"
              stub-addr: 127.0.0.1@{unsigned}
            stub-zone:
              name: "servfail.test"
              stub-addr: 127.0.0.1@{lists}
            stub-zone:
              name: "100.51.198.in-addr.arpa"
              stub-addr: 127.0.0.1@{lists}
            """));
        Start(Unbound, ["-d", "-c", Path.Combine(_folder, "resolver.conf")]);
        foreach (var each in new[] { lists, unsigned, port })
            await AnswersAsync(each);
        return port;
    }

    string Configuration(int port, string rest) => $"""
        server:
          directory: "{_folder}"
          chroot: ""
          username: ""
          pidfile: ""
          use-syslog: no
          log-servfail: yes
          interface: 127.0.0.1
          port: {port}
          do-ip6: no
          num-threads: 1
          do-not-query-localhost: no
          access-control: 127.0.0.0/8 allow
          {rest}
        remote-control:
          control-enable: no
        """.ReplaceLineEndings("\n");

    void Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, e) => Say(program, e.Data);
        process.OutputDataReceived += (_, e) => Say(program, e.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _processes.Add(process);
    }

    readonly StringBuilder _said = new();

    void Say(string program, string? line)
    {
        lock (_said)
            _said.AppendLine(CultureInfo.InvariantCulture, $"{Path.GetFileName(program)}: {line}");
    }

    string Said()
    {
        lock (_said)
            return _said.ToString();
    }

    /// <summary>Repeats a query until there is a response.</summary>
    async Task AnswersAsync(int port)
    {
        var question = UncheckedQuestion.Write("ready.test", 1);
        await Waiting.UntilAsync(
            async () =>
            {
                Assert.False(_processes.Exists(p => p.HasExited), $"A name server ended:\n{Said()}");
                using var socket = new UdpClient(AddressFamily.InterNetwork);
                socket.Connect(IPAddress.Loopback, port);
                try
                {
                    await socket.SendAsync(question);
                    await socket.ReceiveAsync().WaitAsync(TimeSpan.FromMilliseconds(200));
                    return true;
                }
                catch (Exception e) when (e is TimeoutException or SocketException)
                {
                    return false;
                }
            },
            () => $"a name server answers:\n{Said()}");
    }

    static readonly (string Zone, string Kind, string File)[] Lists =
    [
        ("good.bl.test", "ip4set", "good4"), ("good.bl.test", "ip6trie", "good6"),
        ("refusing.bl.test", "ip4trie", "refusing"), ("wildcard.bl.test", "ip4trie", "wildcard"), ("dead.bl.test", "ip4set", "dead"),
        ("parked.bl.test", "ip4trie", "parked"),
        ("zen.spamhaus.org", "ip4set", "zen"), ("s3cretkey.zen.dq.spamhaus.net", "ip4set", "zenkey"), ("multi.surbl.org", "dnset", "surbl"),
        ("multi.uribl.com", "dnset", "uribl"), ("dbl.spamhaus.org", "dnset", "dbl"),
    ];

    static readonly (string Name, string Text)[] Zones =
    [
        ("good4", "127.0.0.2:127.0.0.2:listed $\n192.0.2.25:127.0.0.2:Spam from $, see http://good.bl.test/\n"),
        ("good6", ":127.0.0.2:Listed\n::ffff:7f00:2/128\n2001:db8::25/128\n"),
        ("refusing", "0.0.0.0/0:127.255.255.254:Error: open resolver\n"),
        ("wildcard", "0.0.0.0/0:127.0.0.2:Everything\n"),
        ("dead", "# emptied\n"),
        ("parked", "0.0.0.0/0:203.0.113.9:Buy this domain\n"),
        ("zen", "127.0.0.2:127.0.0.2:SBL\n127.0.0.2:127.0.0.4:XBL\n127.0.0.2:127.0.0.10:PBL\n192.0.2.26:127.0.0.10:PBL\n"),
        ("zenkey", "127.0.0.2:127.0.0.2:SBL\n192.0.2.25:127.0.0.3:asked for as 25.2.0.192.s3cretkey.zen.dq.spamhaus.net\n"),
        ("surbl", "surbl-org-permanent-test-point.com :127.0.0.254:test\nphish.test :127.0.0.72:ph and abuse\n"),
        ("uribl", ".test.uribl.com :127.0.0.1:127.0.0.1 -> Query Refused\n"),
        ("dbl", "dbltest.com :127.0.1.2:test\nfabrikam.test :127.0.1.5:malware\n"),
        (
            "bogus.zone",
            "$ORIGIN bogus.test.\n$TTL 60\n@ SOA ns.bogus.test. admin.bogus.test. 1 3600 600 86400 60\n@ NS ns.bogus.test.\nns A 127.0.0.1\n"
            + "@ MX 10 mx.bogus.test.\nmx A 192.0.2.80\n"),
    ];

    static readonly string[] StaticZones =
    [
        "fabrikam.test", "fabrikm.test", "contoso.test", "nullmx.test", "textonly.test", "noaddress.test", "large.test", "nowhere.test",
        "spf.test", "2.0.192.in-addr.arpa", "mail.test",
    ];

    static readonly string Records = $"""
        fabrikam.test. 60 IN MX 10 mx.fabrikam.test.
        fabrikam.test. 60 IN MX 20 mx2.fabrikam.test.
        mx.fabrikam.test. 60 IN A 192.0.2.70
        mx2.fabrikam.test. 60 IN A 192.0.2.71
        fabrikam.test. 60 IN TXT "v=spf1 mx -all"
        contoso.test. 60 IN MX 10 mx.contoso.test.
        mx.contoso.test. 60 IN A 192.0.2.25
        contoso.test. 60 IN TXT "v=spf1 ip4:192.0.2.25 include:spf.test ~all"
        _dmarc.contoso.test. 60 IN TXT "v=DMARC1; p=reject; rua=mailto:d@contoso.test"
        s2048._domainkey.contoso.test. 60 IN TXT "v=DKIM1; k=rsa; p={DkimKeys.Rsa(2048)[..200]}" "{DkimKeys.Rsa(2048)[200..]}"
        s512._domainkey.contoso.test. 60 IN TXT "v=DKIM1; k=rsa; p={DkimKeys.Rsa(512)}"
        gone._domainkey.contoso.test. 60 IN TXT "v=DKIM1; p="
        _mta-sts.contoso.test. 60 IN TXT "v=STSv1; id=20260101"
        _smtp._tls.contoso.test. 60 IN TXT "v=TLSRPTv1; rua=mailto:t@contoso.test"
        _25._tcp.mx.contoso.test. 60 IN TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        mta-sts.contoso.test. 60 IN A 127.0.0.1
        spf.test. 60 IN TXT "v=spf1 a:a.spf.test exists:%{"{i}"}.ok.spf.test ?all"
        a.spf.test. 60 IN A 192.0.2.44
        192.0.2.45.ok.spf.test. 60 IN A 127.0.0.2
        many.spf.test. 60 IN TXT "v=spf1 {string.Join(" ", Enumerable.Range(0, 11).Select(i => $"a:a{i}.spf.test"))} -all"
        loop.spf.test. 60 IN TXT "v=spf1 include:loop.spf.test -all"
        void.spf.test. 60 IN TXT "v=spf1 a:v1.spf.test a:v2.spf.test a:v3.spf.test -all"
        late6.spf.test. 60 IN TXT "v=spf1 a:a.spf.test a:a.spf.test a:a.spf.test ip6:2001:db8::25 -all"
        early6.spf.test. 60 IN TXT "v=spf1 ip6:2001:db8::25 a:a.spf.test a:a.spf.test a:a.spf.test -all"
        mx6.spf.test. 60 IN TXT "v=spf1 mx include:early6.spf.test -all"
        mx6.spf.test. 60 IN MX 10 a.spf.test.
        mx6.spf.test. 60 IN MX 20 mx.contoso.test.
        mx6.spf.test. 60 IN MX 30 a.spf.test.
        mx6.spf.test. 60 IN MX 40 192.0.2.45.ok.spf.test.
        twice.spf.test. 60 IN TXT "v=spf1 -all"
        twice.spf.test. 60 IN TXT "v=spf1 +all"
        wrong.spf.test. 60 IN TXT "v=spf1 ipv4:192.0.2.1 -all"
        open.spf.test. 60 IN TXT "v=spf1 +all"
        redirect.spf.test. 60 IN TXT "v=spf1 redirect=fabrikam.test"
        broken.spf.test. 60 IN TXT "v=spf1 include:x.servfail.test -all"
        ptr.spf.test. 60 IN TXT "v=spf1 ptr:contoso.test -all"
        nullmx.test. 60 IN MX 0 .
        textonly.test. 60 IN TXT "nothing to see"
        noaddress.test. 60 IN MX 10 mx.noaddress.test.
        {string.Join("\n", Enumerable.Range(0, 30).Select(i => $"large.test. 60 IN TXT \"{i} {new string('x', 200)}\""))}
        25.2.0.192.in-addr.arpa. 60 IN PTR mx.contoso.test.
        26.2.0.192.in-addr.arpa. 60 IN PTR stranger.fabrikam.test.
        28.2.0.192.in-addr.arpa. 60 IN PTR x.servfail.test.
        control.spf.test. 60 IN TXT "v=spf1 a\010line -all"
        mxbroken.spf.test. 60 IN MX 10 x.servfail.test.
        mxbroken.spf.test. 60 IN TXT "v=spf1 mx -all"
        two.mail.test. 60 IN A 127.0.0.1
        two.mail.test. 60 IN AAAA fe80::1
        mail.test. 60 IN MX 10 mx.mail.test.
        mx.mail.test. 60 IN A 127.0.0.1
        """;
}
