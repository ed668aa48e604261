using System.Text;
using Mailflow.Tests;

namespace Mailflow.EndToEnd.Observability;

/// <summary>The manifests for the Prometheus operator are generated from the same rules and scrape configuration. UPDATE_DOCS=1 writes them.</summary>
public sealed class ManifestTests
{
    const string Folder = "deploy/kubernetes/monitoring";
    static readonly string[] Addressed = ["deploy", "grafana"];

    [Fact]
    public void PrometheusRule_manifest_has_the_rules()
    {
        var text = new StringBuilder(
            $"# Made of {RuleFiles.Folder}/*.yml: change it there, then run the tests with UPDATE_DOCS=1.\napiVersion: monitoring.coreos.com/v1\n"
            + $"kind: PrometheusRule\nmetadata:\n  name: mailflow\n  labels: {{app.kubernetes.io/name: mailflow}}\nspec:\n  groups:\n");
        foreach (var name in RuleFiles.Names)
        {
            var lines = File.ReadAllLines(Repository.PathOf($"{RuleFiles.Folder}/{name}"));
            foreach (var line in lines[(Array.IndexOf(lines, "groups:") + 1)..])
                text.Append(line.Length == 0 ? "" : "  ").Append(line).Append('\n');
        }

        Holds("prometheusrule.yaml", text.ToString());
        var manifest = RuleFiles.Read<Manifest>($"{Folder}/prometheusrule.yaml");
        Assert.Equal(
            RuleFiles.Names.SelectMany(n => RuleFiles.Load(n).Groups).Select(g => (g.Name, g.Interval, g.Rules.Count)),
            manifest.Spec.Groups.Select(g => (g.Name, g.Interval, g.Rules.Count)));
    }

    [Fact]
    public void ServiceMonitor_manifest_matches_the_scrape_configuration()
    {
        var config = RuleFiles.Read<PrometheusConfig>($"{RuleFiles.Folder}/prometheus.yml");
        var job = Assert.Single(config.ScrapeConfigs);
        // The label becomes the job name that the rules expect: mailflow.
        Assert.Equal("mailflow", job.JobName);
        var text = new StringBuilder(
            $"# Made of {RuleFiles.Folder}/prometheus.yml: change it there, then run the tests with UPDATE_DOCS=1.\n"
            + $"apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata:\n  name: mailflow\n"
            + $"  labels: {{app.kubernetes.io/name: mailflow}}\nspec:\n  jobLabel: app.kubernetes.io/name\n  selector:\n"
            + $"    matchLabels: {{app.kubernetes.io/name: {job.JobName}}}\n  endpoints:\n  - port: http\n    path: /metrics\n"
            + $"    interval: {config.Global["scrape_interval"]}\n    metricRelabelings:\n");
        foreach (var relabel in job.MetricRelabelConfigs)
            text.Append("    - {sourceLabels: [")
                .AppendJoin(", ", relabel.SourceLabels)
                .Append("], regex: '")
                .Append(relabel.Regex)
                .Append("', action: ")
                .Append(relabel.Action)
                .Append("}\n");
        Holds("servicemonitor.yaml", text.ToString());
    }

    /// <summary>Runs the documented command on a copy.</summary>
    [Fact]
    public async Task Documented_command_replaces_the_placeholder_addresses()
    {
        var folder = Directory.CreateTempSubdirectory("mailflow-addresses-").FullName;
        try
        {
            foreach (var file in Addressed.SelectMany(f => Directory.GetFiles(Repository.PathOf(f), "*", SearchOption.AllDirectories)))
            {
                var copy = Path.Combine(folder, Path.GetRelativePath(Repository.PathOf("."), file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            var command = File.ReadAllLines(Repository.PathOf("docs/monitoring.md")).Single(l => l.StartsWith("sed -i ", StringComparison.Ordinal));
            var (code, output) = await Tool.RunAsync("/bin/sh", ["-c", $"cd \"{folder}\" && {command}"], TestContext.Current.CancellationToken);
            Assert.True(code == 0, output);
            Assert.All(
                Directory.GetFiles(folder, "*", SearchOption.AllDirectories),
                f => Assert.DoesNotMatch(@"(runbooks|grafana)\.example", File.ReadAllText(f)));
            Assert.Contains(
                "runbook_url: https://wiki.contoso.test/mailflow/runbooks/MailflowDown.md",
                await File.ReadAllTextAsync(Path.Combine(folder, Folder, "prometheusrule.yaml"), TestContext.Current.CancellationToken),
                StringComparison.Ordinal);

            // The tests of the alerts contain the addresses too, and pass.
            (code, output) = await Tool.RunAsync(
                Tool.Promtool,
                ["test", "rules", Path.Combine(folder, RuleFiles.Folder, "tests/MailflowDown.yml")],
                TestContext.Current.CancellationToken);
            Assert.True(code == 0, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Holds(string name, string expected)
    {
        var path = Repository.PathOf($"{Folder}/{name}");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path));
    }

    public sealed class Manifest
    {
        [YamlDotNet.Serialization.YamlMember(Alias = "apiVersion", ApplyNamingConventions = false)]
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public Dictionary<string, object> Metadata { get; set; } = [];

        public RuleFile Spec { get; set; } = new();
    }

    public sealed class PrometheusConfig
    {
        public Dictionary<string, string> Global { get; set; } = [];

        public List<string> RuleFiles { get; set; } = [];

        public Dictionary<string, object> Alerting { get; set; } = [];

        public List<ScrapeConfig> ScrapeConfigs { get; set; } = [];
    }

    public sealed class ScrapeConfig
    {
        public string JobName { get; set; } = "";

        public List<Dictionary<string, List<string>>> StaticConfigs { get; set; } = [];

        public List<Relabel> MetricRelabelConfigs { get; set; } = [];
    }

    public sealed class Relabel
    {
        public List<string> SourceLabels { get; set; } = [];

        public string Regex { get; set; } = "";

        public string Action { get; set; } = "";
    }
}
