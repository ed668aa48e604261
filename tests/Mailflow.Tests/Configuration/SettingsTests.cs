using Mailflow.Configuration;
using Mailflow.Hosting;
using Mailflow.Privacy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Mailflow.Tests;

public sealed class SettingsTests
{
    static MailflowOptions Read(out IReadOnlyList<string> faults, params (string Key, string Value)[] values) =>
        Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build(), out faults);

    [Fact]
    public void Defaults_are_valid_and_used()
    {
        var set = Settings.All.Where(s => s.Default.Length > 0 && !s.Key.StartsWith("Events:File", StringComparison.Ordinal))
            .Select(s => (s.Key, s.Default))
            .ToArray();
        var withDefaults = Read(out var faults, set);
        Assert.Empty(faults);
        Assert.Equivalent(Read(out _), withDefaults);
    }

    [Fact]
    public void All_errors_are_reported_with_key_value_and_allowed_range()
    {
        Read(
            out var faults, ("Tail:PollInterval", "soon"), ("Store:Keep", "1m"), ("Web:Listen", "ftp://x"),
            ("Read:Workers", "0"), ("Privacy:Addresses", "none"), ("Logs:0:Server", "EX01"), ("Tail:Poll", "1s"),
            ("Log:Level", "loud"));
        Assert.Equal(8, faults.Count);
        Assert.Contains("Tail:PollInterval = 'soon': allowed is 50ms to 1m, written like 250ms, 30s, 5m, 12h, 30d or 00:00:30.", faults);
        Assert.Contains("Privacy:Addresses = 'none': allowed is masked, hashed or plain.", faults);
        Assert.Contains("Logs:0:Folder is not set: allowed is a folder.", faults);
        Assert.Contains(faults, f => f.StartsWith("Tail:Poll: no such setting.", StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_used_as_labels_are_bounded_and_not_addresses()
    {
        Read(
            out var faults,
            [
                ("Enrichment:SmartHosts", string.Join(',', Enumerable.Range(0, Settings.MaxNamed + 1).Select(i => $"h{i}.example"))),
                ("Logs:0:Folder", "/logs"), ("Logs:0:Server", "john.doe@contoso.com"),
            ]);
        Assert.Equal(2, faults.Count);
        Assert.Contains(faults, f => f.StartsWith("Enrichment:SmartHosts: 1001 entries, at most 1000 are allowed", StringComparison.Ordinal));
        var server = Assert.Single(faults, f => f.StartsWith("Logs:0:Server: allowed is a name", StringComparison.Ordinal));
        Assert.DoesNotContain("john", server, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1s", 1000)]
    [InlineData("1m", 60000)]
    [InlineData("00:00:02", 2000)]
    public void Durations_have_a_unit_or_are_times(string text, int milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read(out var faults, ("Tail:PollInterval", text)).Tail.PollInterval);
        Assert.Empty(faults);
    }

    [Fact]
    public void Number_without_a_unit_is_not_a_duration()
    {
        Read(out var faults, ("Store:Keep", "30"));
        Assert.Equal("Store:Keep = '30': allowed is 1h to 3650d, written like 250ms, 30s, 5m, 12h, 30d or 00:00:30.", Assert.Single(faults));
    }

    [Fact]
    public void Secrets_never_appear_in_errors_or_options()
    {
        var options = Read(out var faults, ("Events:Seq:ApiKey", "s3cret"), ("Events:Seq:Url", "nonsense"));
        Assert.NotEmpty(faults);
        Assert.DoesNotContain(faults, f => f.Contains("s3cret", StringComparison.Ordinal));
        Assert.DoesNotContain("s3cret", options.ToString(), StringComparison.Ordinal);
        Assert.Equal("s3cret", options.EventsSeq!.ApiKey);
    }

    [Fact]
    public void Key_is_read_from_its_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "from-file\n");
            Assert.Equal("from-file", Read(out var faults, ("Events:Seq:Url", "http://seq:5341"), ("Events:Seq:ApiKeyFile", file)).EventsSeq!.ApiKey);
            Assert.Empty(faults);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Two_roots_with_one_name_are_an_error()
    {
        Read(out var faults, ("Logs:0:Folder", "/logs/a"), ("Logs:1:Folder", "/logs/a"));
        Assert.Single(faults, f => f.StartsWith("Logs: 2 of them are named", StringComparison.Ordinal));
    }

    [Fact]
    public void Trailing_slash_does_not_make_another_folder()
    {
        Assert.Equal(Read(out _, ("Logs:0:Folder", "/logs/a")).Logs, Read(out _, ("Logs:0:Folder", "/logs/a/")).Logs);
        Read(out var faults, ("Logs:0:Folder", "/logs/a"), ("Logs:1:Folder", "/logs/a/"));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void Root_below_another_is_an_error()
    {
        Read(out var faults, ("Logs:0:Folder", "/logs"), ("Logs:1:Folder", "/logs/ex01"), ("Logs:2:Folder", "/logs-of-others"));
        Assert.Single(faults, f => f.Contains("/logs/ex01 is the same as or below /logs", StringComparison.Ordinal));
    }

    [Fact]
    public void Possible_secrets_are_not_shown()
    {
        Read(
            out var faults, ("Events:Seq:ApiKeyFile", "PASTED-KEY"), ("Events:Seq:Url", "ftp://user:pa55w@seq"), ("Mail:PasswordFile", "PASTED-KEY"),
            ("Notify:Teams:Url", "ftp://host/PASTED-KEY"), ("Notify:Slack:UrlFile", "PASTED-KEY"), ("Notify:Webhook:Url", "https://user:pa55w@host/"));
        Assert.DoesNotContain(faults, f => f.Contains("PASTED-KEY", StringComparison.Ordinal) || f.Contains("pa55w", StringComparison.Ordinal));
        Assert.True(faults.Count >= 6);
    }

    [Fact]
    public void Listening_on_all_addresses_is_possible()
    {
        Assert.Equal("http://0.0.0.0:9464/", Read(out var faults, ("Web:Listen", "http://*:9464")).Listen.ToString());
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("http://u:p@127.0.0.1:9464")]
    [InlineData("http://127.0.0.1:9464/?a=b")]
    [InlineData("http://127.0.0.1:9464/?a=:9464")]
    [InlineData("http://127.0.0.1:9464/#a")]
    [InlineData("http://127.0.0.1:9464/page")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]")]
    [InlineData("http://example.com:9464")]
    public void Listen_setting_is_only_address_and_port(string text)
    {
        Read(out var faults, ("Web:Listen", text));
        Assert.EndsWith($"allowed is {Settings.ListenAllowed}.", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Sign_in_settings_that_contradict_each_other_are_faults()
    {
        const string Token = "0123456789abcdef";
        (string[] Set, string Fault)[] cases =
        [
            (["Web:Listen=https://127.0.0.1:9464"], "Web:Listen = 'https://127.0.0.1:9464/' needs a certificate."),
            (["Web:CertificateFile=/c.pem"], "Web:CertificateFile is set, but Web:Listen = 'http://127.0.0.1:9464/' is not encrypted."),
            (["Web:CertificateKeyFile=/k.pem"], "Web:CertificateKeyFile or Web:CertificatePasswordFile is set, but Web:CertificateFile is not."),
            (["Web:ProxyHeader=Remote-User"], "Web:ProxyHeader is set, but Web:TrustedProxies is not: everybody could send this header."),
            (["Web:TrustedProxies=10.0.0.0/8"], "Web:TrustedProxies is set, but Web:ProxyHeader is not."),
            (["Web:AllowAnonymous=true", "Web:Token=" + Token], "Web:AllowAnonymous is true, and Web:Token"),
            (["Web:AllowAnonymous=true", "Web:ProtectMetrics=true"], "Web:AllowAnonymous is true, and Web:Token"),
            (["Web:Token=short"], "Web:Token = (not shown): allowed is a token of 16 to 256 visible ASCII characters."),
            (["Web:TokenFile=" + Token], "Web:TokenFile = (not shown): allowed is a file that holds a token"),
            (["Web:ProxyHeader=a:b"], "Web:ProxyHeader = 'a:b': allowed is the name of an HTTP header."),
            (["Web:ProxyHeader=a", "Web:TrustedProxies=10.1"], "Web:TrustedProxies = '10.1': allowed is addresses and networks"),
        ];
        foreach (var (set, fault) in cases)
        {
            Read(out var faults, [.. set.Select(s => (s.Split('=')[0], s.Split('=')[1]))]);
            Assert.Contains(faults, f => f.StartsWith(fault, StringComparison.Ordinal));
            Assert.DoesNotContain(faults, f => f.Contains(Token, StringComparison.Ordinal));
        }

        var read = Read(
            out var none, ("Web:Listen", "https://*:9464"), ("Web:CertificateFile", "/c.pem"), ("Web:Token", Token), ("Web:ProxyHeader", "Remote-User"),
            ("Web:TrustedProxies", "10.0.0.7, fd00::/64"));
        Assert.Empty(none);
        Assert.Equal("10.0.0.7/32 fd00::/64", string.Join(' ', read.Access.TrustedProxies));
        Assert.DoesNotContain(Token, read.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:80")]
    [InlineData("http://localhost:9464/")]
    [InlineData("http://[::1]:9464")]
    public void Listen_port_may_be_80(string text)
    {
        Assert.Equal(new(text), Read(out var faults, ("Web:Listen", text)).Listen);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("127.0.0.1:9464", "http://127.0.0.1:9464/")]
    [InlineData("9464", "http://127.0.0.1:9464/")]
    [InlineData(":9464", "http://127.0.0.1:9464/")]
    [InlineData("0.0.0.0:9464", "http://0.0.0.0:9464/")]
    [InlineData("*:9464", "http://0.0.0.0:9464/")]
    [InlineData("localhost:9464/", "http://localhost:9464/")]
    [InlineData("[::1]:9464", "http://[::1]:9464/")]
    public void Listen_setting_works_without_a_scheme(string text, string means)
    {
        Assert.Equal(means, Read(out var faults, ("Web:Listen", text)).Listen.ToString());
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData(":")]
    [InlineData("0")]
    [InlineData("99999")]
    [InlineData("127.0.0.1")]
    [InlineData("example.com:9464")]
    [InlineData("u:p@127.0.0.1:9464")]
    [InlineData("127.0.0.1:9464/page")]
    public void Listen_setting_without_a_scheme_is_only_address_and_port(string text)
    {
        Read(out var faults, ("Web:Listen", text));
        Assert.Single(faults);
    }

    [Theory]
    [InlineData("a,b", "it names several")]
    [InlineData("/logs/a;/logs/b", "it names several")]
    [InlineData("a,EX02=b", "it names several")]
    [InlineData("\"/logs\"", "quotation marks")]
    [InlineData("'/logs'", "quotation marks")]
    [InlineData("=/logs", "before '=' is missing")]
    [InlineData("/logs/*", "wildcards are not expanded")]
    [InlineData("/logs/EX0?", "wildcards are not expanded")]
    [InlineData("%ExchangeInstallPath%TransportRoles", "variables are not expanded")]
    [InlineData("$env:ExchangeInstallPath/TransportRoles", "variables are not expanded")]
    [InlineData("${HOME}/logs", "variables are not expanded")]
    public void Implausible_folders_are_errors_with_advice(string folder, string says)
    {
        Read(out var faults, ("Logs:0:Folder", folder));
        Assert.Contains(says, Assert.Single(faults), StringComparison.Ordinal);
        Assert.Contains($"Logs:0:Folder = '{folder}': ", faults[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"C:\logs")]
    [InlineData("C:/logs")]
    [InlineData(@"\\EX01\logs")]
    [InlineData(@"logs\EX01")]
    public void Windows_path_is_an_error_on_other_systems(string folder)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There it is none.");
        Read(out var faults, ("Logs:0:Folder", folder));
        Assert.Contains("it is a Windows path", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Existing_folder_may_have_any_name()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows allows no such names");
        var above = Directory.CreateTempSubdirectory("mailflow-odd-");
        foreach (var name in new[] { "a,b", "EX0*", "'q'", "%X%", @"C:\logs" })
        {
            Read(out var faults, ("Logs:0:Folder", above.CreateSubdirectory(name).FullName));
            Assert.Empty(faults);
        }

        above.Delete(recursive: true);
    }

    [Theory]
    [InlineData("Enrichment:EgressIps", "1.2.3")]
    [InlineData("Enrichment:EgressIps", "192.0.2.1, 16909060")]
    [InlineData("Enrichment:EgressIps", "192.0.2.010")]
    [InlineData("Enrichment:Resolvers", "1.2.3")]
    [InlineData("Enrichment:SmartHosts", "1.2.3")]
    [InlineData("Enrichment:SmartHosts", "1.2.3:25")]
    [InlineData("Enrichment:Resolvers", "own=10.53:53")]
    public void IPv4_address_needs_four_parts(string key, string value)
    {
        Read(out var faults, (key, value));
        Assert.Single(faults);
        Assert.Null(Settings.AddressOf("1.2.3"));
        Assert.NotNull(Settings.AddressOf("2001:DB8::1"));
    }

    [Fact]
    public void Path_of_a_key_file_is_shown()
    {
        Read(out var faults, ("Events:Seq:ApiKeyFile", "/nowhere/seq.key"), ("Otlp:HeaderFile", "Authorization: Bearer s3cret"));
        Assert.Contains("Events:Seq:ApiKeyFile = '/nowhere/seq.key': allowed is a file that holds the key.", faults);
        Assert.DoesNotContain(faults, f => f.Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public void Setting_values_ignore_case()
    {
        var options = Read(
            out var faults, ("Read:Workers", "AUTO"), ("Privacy:Addresses", "Hashed"), ("Log:Level", "Warning"),
            ("Events:Console", "True"), ("LoGs:1:foLDer", "/logs"));
        Assert.Empty(faults);
        Assert.Equal(
            (AddressPrivacy.Hashed, LogLevel.Warning, true, "/logs"),
            (options.Addresses, options.LogLevel, options.EventsConsole, options.Logs[0].Folder));
        Read(out faults, ("Privacy:Addresses", "masked,plain"), ("Log:Level", "None"));
        Assert.Equal(2, faults.Count);
        Assert.True(Settings.IsKnown("LoGs:1:Folder"));
    }

    [Theory]
    [InlineData("/run/state:/other", "/xdg", "/home/ann", "/run/state")]
    [InlineData("", "/xdg", "/home/ann", "/xdg/mailflow")]
    [InlineData(null, "xdg", "/home/ann", "/home/ann/.local/state/mailflow")]
    [InlineData("state", null, "/home/ann", "/home/ann/.local/state/mailflow")]
    [InlineData(null, null, "", null)]
    public void State_folder_must_be_a_full_path(string? given, string? xdg, string home, string? folder)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There it is in ProgramData.");
        Assert.Equal(folder, Settings.DefaultStateFolder(v => v == "STATE_DIRECTORY" ? given : xdg, home));
    }

    [Fact]
    public void Tilde_is_the_home_folder()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var options = Read(out var faults, ("State:Folder", "~/mailflow"), ("Logs:0:Folder", "~/logs"));
        Assert.Empty(faults);
        Assert.Equal((Path.Combine(home, "mailflow"), Path.Combine(home, "logs")), (options.StateFolder, options.Logs[0].Folder));
    }

    [Fact]
    public void Forbidden_port_is_reported_with_advice() =>
        Assert.Equal(
            "Mailflow cannot listen on http://127.0.0.1:80: access denied; on Linux, ports below 1024 need CAP_NET_BIND_SERVICE. Use another "
            + "address or port: --listen URL, or the setting Web:Listen.",
            Service.ListenFault(new("http://127.0.0.1:80"), new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.AccessDenied)));

    [Fact]
    public void Example_configuration_is_valid()
    {
        var file = Repository.PathOf("deploy/appsettings.example.json");
        var options = Settings.Read(new ConfigurationBuilder().AddJsonFile(file).Build(), out var faults);
        Assert.Empty(faults);
        Assert.NotEmpty(options.Logs);
    }

    [Fact]
    public void Settings_page_equals_the_table() =>
        Repository.Holds("docs/configuration.md", "settings", string.Concat(
            "| setting | default | allowed | what for |\n|---|---|---|---|\n",
            string.Concat(Settings.All.Select(s =>
                    $"| `{s.Key}` | {(s.Default.Length == 0 ? "" : $"`{s.Default}`")} | {s.Allowed} |"
                    + $" {s.Why.Replace("|", "\\|", StringComparison.Ordinal)} |\n"))));
}
