using System.Text.RegularExpressions;
using Mailflow.Tests;

namespace Mailflow.EndToEnd.Observability;

/// <summary>Rules, their tests, runbooks and dashboards match.</summary>
public sealed partial class RuleTests
{
    static readonly string[] Severities = ["critical", "warning", "info", "none"];
    static readonly string[] Sections = ["## Meaning", "## Impact", "## Diagnosis", "## Mitigation", "## Verification"];

    /// <summary>Alerts without a silent test, with the reason.</summary>
    static readonly Dictionary<string, string> NeverSilent = new(StringComparer.Ordinal) { ["MailflowWatchdog"] = "it always fires: its silence is the alarm" };

    /// <summary>Alerts whose link cannot take the instance from a label.</summary>
    static readonly string[] ByQuery = ["MailflowAbsent", "MailflowDown", "MailflowWatchdog"];

    static string[] Files(string folder, string pattern) =>
        [.. Directory.EnumerateFiles(Repository.PathOf(folder), pattern).Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Fact]
    public void Each_alert_has_severity_summary_description_and_runbook()
    {
        foreach (var alert in RuleFiles.Alerts)
        {
            Assert.Contains(alert.Labels!["severity"], Severities);
            foreach (var annotation in new[] { "summary", "description", "runbook_url", "dashboard_url" })
                Assert.False(string.IsNullOrWhiteSpace(alert.Annotations!.GetValueOrDefault(annotation)), $"{alert.Alert} has no {annotation}.");
            // Mailflow serves its runbooks. Where the alert has no instance, or its instance is down, the link names another one.
            var instance = ByQuery.Contains(alert.Alert!, StringComparer.Ordinal)
                ? "{{ with query `.*` }}.*{{ else }}127\\.0\\.0\\.1:9464{{ end }}"
                : "{{ \\$labels\\.instance }}";
            Assert.Matches($"^http://{instance}/docs/runbooks/{alert.Alert}\\.md$", alert.Annotations!["runbook_url"]);
            var uid = Uid().Match(alert.Annotations["dashboard_url"]).Groups["uid"].Value;
            Assert.Contains(uid, Files("grafana/dashboards", "*.json"));
        }
    }

    /// <summary>Nobody is paged because of what senders mistype or what a remote side has decided.</summary>
    [Fact]
    public void Critical_alerts_on_failures_look_at_our_side()
    {
        foreach (var alert in RuleFiles.Alerts.Where(a => a.Labels!["severity"] == "critical"))
        {
            var recorded = RuleFiles.Needs([alert]).Select(n => RuleFiles.Recordings.FirstOrDefault(r => r.Record == n)?.Expr);
            var needs = string.Join(' ', recorded.Append(alert.Expr));
            foreach (Match failures in Failures().Matches(needs))
                Assert.Contains("fault=\"ours\"", failures.Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Each_alert_has_one_runbook_with_all_sections()
    {
        Assert.Equal(RuleFiles.AlertNames.Order(StringComparer.Ordinal), Files("docs/runbooks", "Mail*.md"));
        var index = File.ReadAllText(Repository.PathOf("docs/runbooks/README.md"));
        foreach (var alert in RuleFiles.AlertNames)
        {
            var page = File.ReadAllText(Repository.PathOf($"docs/runbooks/{alert}.md"));
            Assert.StartsWith($"# {alert}\n", page, StringComparison.Ordinal);
            Assert.Equal(Sections, page.Split('\n').Where(l => l.StartsWith("## ", StringComparison.Ordinal)));
            Assert.Contains($"[{alert}]({alert}.md)", index, StringComparison.Ordinal);
            foreach (Match link in Link().Matches(page))
                Assert.True(
                    File.Exists(Path.Combine(Repository.PathOf("docs/runbooks"), link.Groups["to"].Value)),
                    $"{alert}.md links to {link.Groups["to"].Value}, which is not there.");
        }
    }

    [Fact]
    public void Each_alert_has_a_firing_and_a_silent_test()
    {
        Assert.Equal(RuleFiles.AlertNames.Order(StringComparer.Ordinal), Files("deploy/prometheus/tests", "*.yml"));
        foreach (var rules in RuleFiles.Alerts.GroupBy(a => a.Alert!, StringComparer.Ordinal))
        {
            var cases = RuleFiles.Read<RuleTestFile>($"deploy/prometheus/tests/{rules.Key}.yml").Tests.SelectMany(t => t.AlertRuleTest).ToList();
            Assert.All(cases, c => Assert.Equal(rules.Key, c.Alertname));
            foreach (var rule in rules)
                Assert.True(
                    cases.Any(c => c.ExpAlerts.Any(a => a.ExpLabels["severity"] == rule.Labels!["severity"])),
                    $"{rules.Key} ({rule.Labels!["severity"]}) fires in no test.");
            Assert.True(NeverSilent.ContainsKey(rules.Key) || cases.Any(c => c.ExpAlerts.Count == 0), $"{rules.Key} is silent in no test.");
        }
    }

    [Fact]
    public void Thresholds_are_in_one_file_and_all_are_used()
    {
        foreach (var rule in RuleFiles.Alerts)
        {
            var plain = Duration().Replace(Quoted().Replace(RecordedName().Replace(rule.Expr, ""), ""), "");
            Assert.True(Number().Matches(plain).All(n => n.Value is "0" or "1"), $"{rule.Alert}: its numbers belong into thresholds.yml: {rule.Expr}");
        }

        Assert.All(RuleFiles.Thresholds, t => Assert.Matches("^mailflow:threshold:[a-z0-9_]+$", t.Record));
        Assert.All(RuleFiles.Thresholds, t => Assert.Matches("^vector\\([0-9.]+\\)$", t.Expr));
        var used = RuleFiles.Needs(RuleFiles.Alerts);
        Assert.All(RuleFiles.Thresholds, t => Assert.Contains(t.Record!, used));
    }

    /// <summary>A promtool test; only the parts that are read here.</summary>
    public sealed class RuleTestFile
    {
        public List<string> RuleFiles { get; set; } = [];

        public List<string> GroupEvalOrder { get; set; } = [];

        public string EvaluationInterval { get; set; } = "";

        public List<RuleTest> Tests { get; set; } = [];
    }

    public sealed class RuleTest
    {
        public string Name { get; set; } = "";

        public string Interval { get; set; } = "";

        public List<Dictionary<string, string>> InputSeries { get; set; } = [];

        public List<AlertCase> AlertRuleTest { get; set; } = [];
    }

    public sealed class AlertCase
    {
        public string EvalTime { get; set; } = "";

        public string Alertname { get; set; } = "";

        public List<Expected> ExpAlerts { get; set; } = [];
    }

    public sealed class Expected
    {
        public Dictionary<string, string> ExpLabels { get; set; } = [];

        public Dictionary<string, string> ExpAnnotations { get; set; } = [];
    }

    [GeneratedRegex("mailflow_(connector_)?failures_(total|last_hour)({[^}]*})?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Failures();

    [GeneratedRegex("/d/(?<uid>[a-z-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uid();

    [GeneratedRegex(@"\]\((?<to>[^)#:]+\.md)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\b[0-9]+[smhdwy]\b", RegexOptions.None, 1000)]
    private static partial Regex Duration();

    [GeneratedRegex(@"\b[0-9][0-9.]*\b", RegexOptions.None, 1000)]
    private static partial Regex Number();

    [GeneratedRegex("mailflow:[a-z0-9_:]+", RegexOptions.None, 1000)]
    private static partial Regex RecordedName();
}
