using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mailflow.Tests;

namespace Mailflow.EndToEnd;

/// <summary>The pages of the real program in Chromium, held against axe-core: light and dark, at the width of a desk and of a phone.</summary>
public sealed partial class BrowserTests : IDisposable
{
    /// <summary>Screens of a phone that the start page has at most.</summary>
    const double MostScreens = 6;

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-browser-").FullName;

    static string Packages => Repository.PathOf("artifacts/browser");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    [Fact(Timeout = 600_000)]
    public async Task Pages_are_accessible_fit_a_phone_and_renewal_keeps_what_the_reader_did()
    {
        var chromium = Browsers.FirstOrDefault(File.Exists);
        Assert.SkipUnless(
            chromium is not null && Directory.Exists(Path.Combine(Packages, "node_modules", "axe-core")),
            "Chromium, node, and the packages axe-core and playwright-core in artifacts/browser are needed: ./test --install");
        var logs = Path.Combine(_folder, "logs");
        using (var simulate = new RunningProgram("simulate", logs, "--scenario", "two-at-once", "--days", "12"))
            Assert.Equal(0, await simulate.ExitAsync(TestContext.Current.CancellationToken));
        var url = $"http://127.0.0.1:{RunningProgram.FreePort()}";
        using var program = new RunningProgram("run", "--logs", logs, "--state", Path.Combine(_folder, "state"), "--listen", url);
        using var http = new HttpClient { BaseAddress = new(url) };
        var id = await IncidentAsync(http);
        var failure = MessageLink().Match(await TextAsync(http, "/messages?outcome=failed")).Groups["path"].Value;
        string[] paths =
        [
            "/?window=all", "/failures?window=all", "/incidents", $"/incidents/{id}", "/servers", "/state", "/servers/EX01?window=all",
            "/causes/invalid-recipient?window=all", "/senders/1?window=all", "/view", "/messages", "/messages?outcome=failed", failure,
            "/docs/", "/docs/causes/dns-failure.md", "/no-such-page",
        ];
        var said = await RunAsync("node", [Repository.PathOf("tests/Mailflow.EndToEnd/Browser/axe.js"), Packages, chromium, url, .. paths]);
        Assert.DoesNotContain(said, l => l.StartsWith("found ", StringComparison.Ordinal) && !l.Contains("404 (Not Found)", StringComparison.Ordinal));
        var screens = said.Single(l => l.StartsWith("screens /?window=all 390 ", StringComparison.Ordinal)).Split(' ')[^1];
        Assert.InRange(double.Parse(screens, CultureInfo.InvariantCulture), 0.5, MostScreens);
        Assert.Contains("renewal open true focus SUMMARY", said);
        Assert.Contains("renewal paused true", said);
        Assert.Equal(paths.Length * 3, said.Count(l => l.StartsWith("screens ", StringComparison.Ordinal)));
    }

    static async Task<string> IncidentAsync(HttpClient http)
    {
        for (var end = Stopwatch.StartNew(); end.Elapsed < TimeSpan.FromMinutes(3); await Task.Delay(500, TestContext.Current.CancellationToken))
            try
            {
                var incidents = JsonElement.Parse(await TextAsync(http, "/api/v1/incidents")).GetProperty("incidents");
                if (incidents.GetArrayLength() >= 2)
                    return incidents[0].GetProperty("id").GetString()!;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

        throw new TimeoutException("The incidents of the logs were not found in three minutes.");
    }

    static Task<string> TextAsync(HttpClient http, string path) =>
        http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    static ProcessStartInfo Started(string program, IEnumerable<string> arguments) =>
        new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };

    static async Task<IReadOnlyList<string>> RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(Started(program, arguments))!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromMinutes(5));
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, await errors);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex("href=\"(?<path>/messages/[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MessageLink();
}
