using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Mailflow.Tests;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Mailflow.EndToEnd;

/// <summary>The files in deploy/, checked with the tools that read them.</summary>
public sealed class DeployTests
{
    static readonly IDeserializer Yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Manifests_are_valid_for_Kubernetes_and_Compose()
    {
        await NeedAsync("kubectl", "npm", "node");
        var folder = Directory.CreateTempSubdirectory("mailflow-manifests-").FullName;
        try
        {
            var files = new List<string>(Directory.GetFiles(Repository.PathOf("deploy/docker"), "*.yaml"));
            foreach (var overlay in Directory.GetDirectories(Repository.PathOf("deploy/kubernetes/overlays")))
            {
                var built = await RunAsync("kubectl", ["kustomize", overlay]);
                Assert.True(built.Code == 0, built.Errors);
                Assert.Contains("runAsNonRoot: true", built.Output, StringComparison.Ordinal);
                Assert.Contains("readOnlyRootFilesystem: true", built.Output, StringComparison.Ordinal);
                Assert.DoesNotContain(":latest", built.Output, StringComparison.Ordinal);
                files.Add(Path.Combine(folder, Path.GetFileName(overlay) + ".yaml"));
                await File.WriteAllTextAsync(files[^1], built.Output, Cancel);
            }

            var dashboards = await RunAsync("kubectl", ["kustomize", Repository.PathOf("grafana")]);
            Assert.True(dashboards.Code == 0, dashboards.Errors);
            files.Insert(0, Path.Combine(folder, "dashboards.yaml"));
            await File.WriteAllTextAsync(files[0], dashboards.Output, Cancel);
            HoldsTheDashboards(dashboards.Output);

            var monitoring = Repository.PathOf("deploy/kubernetes/monitoring");
            files.Insert(0, Path.Combine(monitoring, "prometheusrule.yaml"));
            files.Insert(0, Path.Combine(monitoring, "servicemonitor.yaml"));
            foreach (var file in new[] { "package.json", "validate.mjs" })
                File.Copy(Repository.PathOf("tests/manifests/" + file), Path.Combine(folder, file));
            var installed = await RunAsync("npm", ["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent", "--prefix", folder]);
            Assert.SkipWhen(installed.Code != 0, $"The schemas cannot be installed: {installed.Errors}");
            var valid = await RunAsync("node", [Path.Combine(folder, "validate.mjs"), .. files]);
            Assert.True(valid.Code == 0, valid.Output + valid.Errors);

            // Check of the check: a port without a number is found.
            await File.WriteAllTextAsync(
                files[^1], (await File.ReadAllTextAsync(files[^1], Cancel)).Replace("port: 9464", "prt: 9464", StringComparison.Ordinal), Cancel);
            Assert.Equal(1, (await RunAsync("node", [Path.Combine(folder, "validate.mjs"), files[^1]])).Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Systemd_unit_is_valid_and_sandboxed()
    {
        await NeedAsync("systemd-analyze");
        // systemd-analyze checks that the program exists.
        var unit = await File.ReadAllTextAsync(Repository.PathOf("deploy/systemd/mailflow.service"), Cancel);
        unit = unit.Replace("/usr/lib/mailflow/mailflow", "/bin/true", StringComparison.Ordinal);
        var folder = Directory.CreateTempSubdirectory("mailflow-unit-").FullName;
        try
        {
            var file = Path.Combine(folder, "mailflow.service");
            await File.WriteAllTextAsync(file, unit, Cancel);
            var verified = await RunAsync("systemd-analyze", ["verify", "--man=no", file]);
            Assert.DoesNotContain("mailflow.service", verified.Errors, StringComparison.Ordinal);
            var security = await RunAsync("systemd-analyze", ["security", "--offline=true", "--threshold=20", file]);
            Assert.True(security.Code == 0, security.Output + security.Errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Systemd_is_notified_of_ready_watchdog_and_stopping()
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-systemd-").FullName;
        try
        {
            using var notify = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            notify.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "notify")));
            // .NET detects systemd by the name of its parent process.
            var parent = Path.Combine(folder, "systemd");
            File.Copy("/bin/sh", parent);
            var start = new ProcessStartInfo(parent)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
                WorkingDirectory = folder,
            };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add("dotnet \"$0\" run --logs \"$1\" --state \"$2\" --listen \"$3\" & echo $!; wait $!");
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "mailflow.dll"));
            start.ArgumentList.Add(folder);
            start.ArgumentList.Add(Path.Combine(folder, "state"));
            start.ArgumentList.Add($"http://127.0.0.1:{RunningProgram.FreePort()}");
            start.Environment["NOTIFY_SOCKET"] = Path.Combine(folder, "notify");
            start.Environment["WATCHDOG_USEC"] = "400000";
            using var program = Process.Start(start)!;
            _ = program.StandardError.ReadToEndAsync(Cancel);
            var id = await program.StandardOutput.ReadLineAsync(Cancel);
            try
            {
                var heard = new List<string>();
                while (heard.Count(h => h == "WATCHDOG=1") < 3 || !heard.Contains("READY=1"))
                    heard.Add(await HearAsync(notify));
                using (var kill = Process.Start("kill", ["-TERM", id!]))
                    await kill.WaitForExitAsync(Cancel);
                while (!heard.Contains("STOPPING=1"))
                    heard.Add(await HearAsync(notify));
                await program.WaitForExitAsync(Cancel).Soon();
                Assert.Equal(0, program.ExitCode);
            }
            finally
            {
                if (!program.HasExited)
                    program.Kill(entireProcessTree: true);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// One ConfigMap per dashboard, with the label that Grafana's sidecar looks for. kubectl apply stores the applied text in an annotation,
    /// which Kubernetes limits to 256 KiB.
    /// </summary>
    static void HoldsTheDashboards(string manifests)
    {
        var maps = manifests.Split("\n---\n").Select(m => Yaml.Deserialize<ConfigMap>(m)).ToList();
        Assert.Equal(
            Directory.GetFiles(Repository.PathOf("grafana/dashboards"), "*.json").Select(Path.GetFileName).Order(StringComparer.Ordinal),
            maps.SelectMany(m => m.Data.Keys).Order(StringComparer.Ordinal));
        foreach (var map in maps)
        {
            Assert.Equal("1", map.Metadata.Labels["grafana_dashboard"]);
            var (name, json) = Assert.Single(map.Data);
            Assert.Equal(File.ReadAllText(Repository.PathOf($"grafana/dashboards/{name}")), json);
            Assert.InRange(JsonSerializer.Serialize(map.Data).Length, 1, 250_000);
        }
    }

    static async Task<string> HearAsync(Socket notify)
    {
        var buffer = new byte[4096];
        var length = await notify.ReceiveAsync(buffer, SocketFlags.None, Cancel).AsTask().Soon();
        return Encoding.UTF8.GetString(buffer, 0, length).Trim();
    }

    /// <summary>Skips the test, with a reason, where one of these programs is missing.</summary>
    internal static async Task NeedAsync(params string[] programs)
    {
        foreach (var program in programs)
            Assert.SkipWhen((await RunAsync("/bin/sh", ["-c", $"command -v {program}"])).Code != 0, $"{program} is not installed.");
    }

    internal static async Task<(int Code, string Output, string Errors)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel).WaitAsync(TimeSpan.FromMinutes(3), Cancel);
        return (process.ExitCode, await output, await errors);
    }

    public sealed class ConfigMap
    {
        public ConfigMetadata Metadata { get; set; } = new();

        public Dictionary<string, string> Data { get; set; } = [];
    }

    public sealed class ConfigMetadata
    {
        public Dictionary<string, string> Labels { get; set; } = [];
    }
}
