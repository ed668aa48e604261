using System.Net.NetworkInformation;

namespace Mailflow.EndToEnd;

/// <summary>Files around the program and environment variables do not affect its web server.</summary>
public sealed class SurroundingsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-around-").FullName;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The program needs no file watcher.</summary>
    [Fact]
    public async Task Program_creates_no_file_watchers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the kernel's list of watches is Linux'");
        for (var i = 0; i < 200; i++)
            Directory.CreateDirectory(Path.Combine(_folder, "tree", $"{i}", "below"));
        using var http = new HttpClient();
        var url = $"http://127.0.0.1:{RunningProgram.FreePort()}";
        using var program = new RunningProgram([], [.. Arguments(url)], folder: Path.Combine(_folder, "tree"));
        await program.WaitUntilUpAsync(http, new Uri(url + "/metrics"), Cancel);
        await http.GetStringAsync(new Uri(url), Cancel);
        Assert.Equal(
            0,
            Directory.EnumerateFiles($"/proc/{program.Id}/fdinfo").Sum(
                f => File.ReadLines(f).Count(l => l.StartsWith("inotify wd:", StringComparison.Ordinal))));
        Assert.Equal(0, await program.StopAsync(Cancel));
    }

    [Fact]
    public async Task Environment_variables_of_ASP_NET_and_OpenTelemetry_are_ignored()
    {
        using var http = new HttpClient();
        var (url, other) = ($"http://127.0.0.1:{RunningProgram.FreePort()}", RunningProgram.FreePort());
        (string, string)[] variables =
        [
            .. ((string[])["ASPNETCORE_", "DOTNET_", ""]).SelectMany(prefix => new[]
            {
                (prefix + "URLS", $"http://127.0.0.1:{other}"), (prefix + "HTTP_PORTS", $"{other}"), (prefix + "CONTENTROOT", "/nowhere"),
                (prefix + "WEBROOT", "/nowhere"), (prefix + "ENVIRONMENT", "Development"),
                (prefix + "AllowedHosts", "nobody.example"), (prefix + "Kestrel__Endpoints__a__Url", $"http://127.0.0.1:{other}"),
                (prefix + "Kestrel__Limits__MaxConcurrentConnections", "1"),
                (prefix + "Logging__LogLevel__Default", "Trace"), (prefix + "hostBuilder__reloadConfigOnChange", "true"),
                (prefix + "HOSTINGSTARTUPASSEMBLIES", "None.Such"), (prefix + "FORWARDEDHEADERS_ENABLED", "true"),
            }),
            ("OTEL_SDK_DISABLED", "true"), ("OTEL_SERVICE_NAME", "other"), ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://127.0.0.1:{other}"),
        ];
        using var program = new RunningProgram([], [.. Arguments(url)], variables: variables);
        await program.WaitUntilUpAsync(http, new Uri(url + "/readyz"), Cancel);
        Assert.Contains("target_info{service_name=\"mailflow\"", await http.GetStringAsync(new Uri(url + "/metrics"), Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners(), l => l.Port == other);
        Assert.Equal(0, await program.StopAsync(Cancel));
        Assert.Equal($"Page: {url}/   Metrics: {url}/metrics   Ctrl-C stops.", program.Output.Trim());
    }

    /// <summary>Files of other programs in subfolders, and files that only ASP.NET reads by default, are not read.</summary>
    [Fact]
    public async Task Only_the_documented_configuration_file_is_read()
    {
        const string Foreign =
            """{ "urls": "http://127.0.0.1:1", "AllowedHosts": "nobody.example", "Kestrel": { "Endpoints": { "a": { "Url": "http://127.0.0.1:1" } } } }""";
        foreach (var name in new[] { "appsettings.Production.json", "appsettings.Development.json", "hostsettings.json", "mailflow.settings.json" })
            await File.WriteAllTextAsync(Path.Combine(_folder, name), Foreign, Cancel);
        using var http = new HttpClient();
        var url = $"http://127.0.0.1:{RunningProgram.FreePort()}";
        using var program = new RunningProgram([], [.. Arguments(url)], folder: _folder, variables: ("DOTNET_ENVIRONMENT", "Development"));
        await program.WaitUntilUpAsync(http, new Uri(url + "/readyz"), Cancel);
        Assert.Equal(0, await program.StopAsync(Cancel));
    }

    [Fact]
    public async Task Open_access_is_reported()
    {
        foreach (var host in new[] { "0.0.0.0", "*", "+", "0", "[::]" })
        {
            using var http = new HttpClient();
            var port = RunningProgram.FreePort();
            using var program = new RunningProgram([], [.. Arguments($"http://{host}:{port}")]);
            await program.WaitUntilUpAsync(http, new Uri($"http://127.0.0.1:{port}/readyz"), Cancel);
            Assert.Equal(0, await program.StopAsync(Cancel));
            Assert.Matches($"WRN No sign-in is set: to other machines the page and the API at http://.*:{port}/ answer 403", program.Output);
        }

        foreach (var (setting, said) in new[] { ("AllowAnonymous=true", "have no password"), ("Token=0123456789abcdef", "The sign-in at .* is not encrypted") })
        {
            using var http = new HttpClient();
            var port = RunningProgram.FreePort();
            using var program = new RunningProgram([], [.. Arguments($"http://*:{port}"), "--set", "Web:" + setting]);
            await program.WaitUntilUpAsync(http, new Uri($"http://127.0.0.1:{port}/readyz"), Cancel);
            Assert.Equal(0, await program.StopAsync(Cancel));
            Assert.Matches($"WRN .*{said}", program.Output);
            Assert.DoesNotContain("0123456789abcdef", program.Output, StringComparison.Ordinal);
        }
    }

    string[] Arguments(string url) =>
        ["run", "--logs", Directory.CreateDirectory(Path.Combine(_folder, "logs")).FullName, "--state", Path.Combine(_folder, "state"), "--listen", url];

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
