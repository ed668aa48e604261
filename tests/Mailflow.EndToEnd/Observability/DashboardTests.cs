using System.Globalization;
using System.Text.RegularExpressions;
using Mailflow.Exposition;
using Mailflow.Metrics;
using Mailflow.Tests;
using static Mailflow.EndToEnd.Observability.Dashboards;

namespace Mailflow.EndToEnd.Observability;

/// <summary>
/// The rules of Grafana's dashboard linter, and some of our own, with one exception: the top ten are computed over the whole time range, so
/// that a graph shows the same ten series at all times.
/// </summary>
public sealed partial class DashboardTests
{
    /// <summary>The Grafana units that panels may use (from Grafana's <c>categories.ts</c>).</summary>
    static readonly HashSet<string> Units = new(["none", "short", "s", "bytes", "Bps", "percentunit", "cpm", "mpm", "epm", "rowsps"], StringComparer.Ordinal);

    /// <summary>The unit implied by a metric's name.</summary>
    static readonly (string Form, string Unit)[] UnitOf = [("_seconds(_bucket|_sum)?[:{]", "s"), ("_bytes{", "bytes"), ("_bytes_total{", "Bps")];

    static readonly HashSet<string> Known = new(
        ["datasource", "job", "instance", "server", "seq", "runbooks", "__all", "__rate_interval", "__range", "__from", "__to", "__field", "__data"],
        StringComparer.Ordinal);

    [Fact]
    public void There_are_three_read_only_dashboards_with_fixed_ids()
    {
        Assert.Equal(["mailflow-failures", "mailflow-overview", "mailflow-pipeline"], All.Select(d => d.File));
        foreach (var (file, json) in All)
        {
            Assert.Equal(file, Text(json, "uid"));
            Assert.Null(json["id"]);
            Assert.False(json["editable"]!.GetValue<bool>());
            Assert.InRange(json["schemaVersion"]!.GetValue<int>(), 39, 42);
            Assert.Null(json["__inputs"]);
            Assert.NotEqual("", Text(json, "description"));
        }
    }

    [Fact]
    public void Dashboard_variables_follow_the_linter()
    {
        foreach (var (_, json) in All)
        {
            var variables = Variables(json).ToDictionary(v => Text(v, "name"), StringComparer.Ordinal);
            Assert.Equal(["datasource", "job", "instance", "server", "seq", "runbooks"], Variables(json).Select(v => Text(v, "name")));
            Assert.Equal(("datasource", "prometheus"), (Text(variables["datasource"], "type"), Text(variables["datasource"], "query")));
            foreach (var name in new[] { "job", "instance", "server" })
            {
                var variable = variables[name];
                Assert.Equal(
                    ("query", name, ".+", "$datasource"),
                    (Text(variable, "type"), Text(variable, "label"), Text(variable, "allValue"), Text(variable["datasource"]!, "uid")));
                Assert.True(variable["multi"]!.GetValue<bool>() && variable["includeAll"]!.GetValue<bool>());
                Assert.Equal(2, variable["refresh"]!.GetValue<int>());
                Assert.Matches("^label_values\\(.+, " + name + "\\)$", variable["query"]!["query"]!.GetValue<string>());
            }
        }
    }

    [Fact]
    public void Each_panel_has_title_description_unit_and_query()
    {
        foreach (var (file, json) in All)
            foreach (var panel in Panels(json))
            {
                var where = $"{file}: {Text(panel, "title")}";
                Assert.False(Text(panel, "title").Length == 0 || Text(panel, "description").Length == 0, where);
                var unit = panel["fieldConfig"]!["defaults"]!["unit"]!.GetValue<string>();
                Assert.True(Units.Contains(unit), where);
                Assert.NotEmpty(Targets(panel));
                foreach (var query in Targets(panel).Select(t => Text(t, "expr")))
                    foreach (var (form, expected) in UnitOf)
                        Assert.True(
                            !Regex.IsMatch(query, form, RegexOptions.None, TimeSpan.FromSeconds(1)) || unit == expected,
                            $"{where} has the unit {unit}; expected {expected} for {query}");
                Assert.Equal(("prometheus", "$datasource"), (Text(panel["datasource"]!, "type"), Text(panel["datasource"]!, "uid")));
                Assert.All(Targets(panel), t => Assert.Equal("$datasource", Text(t["datasource"]!, "uid")));
            }
    }

    [Fact]
    public void Panel_thresholds_equal_alert_thresholds()
    {
        // A stat changes colour at 11 where the alert fires above 10. 0, 1 and 2 are states; the remaining error budget has no alert.
        var known = RuleFiles.Thresholds.Select(
            t => double.Parse(t.Expr.Replace("vector(", "", StringComparison.Ordinal).TrimEnd(')'), CultureInfo.InvariantCulture)).ToHashSet();
        foreach (var (file, json) in All)
            foreach (var panel in Panels(json).Where(p => Text(p, "title") != "Error budget left"))
                foreach (var step in panel["fieldConfig"]!["defaults"]!["thresholds"]!["steps"]!.AsArray().Where(s => s!["value"] is not null))
                {
                    var value = step!["value"]!.GetValue<double>();
                    Assert.True(
                        value is 0 or 1 or 2 || known.Contains(value) || known.Contains(value - 1),
                        $"{file}: {Text(panel, "title")} turns {Text(step, "color")} at {value}, which thresholds.yml does not have.");
                }
    }

    [Fact]
    public void Panels_have_unique_ids_and_do_not_overlap()
    {
        foreach (var (file, json) in All)
        {
            var panels = json["panels"]!.AsArray().Select(p => p!).ToList();
            Assert.Equal(panels.Count, panels.Select(p => p["id"]!.GetValue<int>()).Distinct().Count());
            Assert.Equal(Panels(json).Count(), Panels(json).Select(p => Text(p, "title")).Distinct(StringComparer.Ordinal).Count());
            var taken = new Dictionary<(int X, int Y), string>();
            foreach (var panel in panels)
            {
                int At(string name) => panel["gridPos"]![name]!.GetValue<int>();
                Assert.True(At("x") + At("w") <= 24, $"{file}: {Text(panel, "title")} is too wide.");
                for (var x = At("x"); x < At("x") + At("w"); x++)
                    for (var y = At("y"); y < At("y") + At("h"); y++)
                        Assert.True(taken.TryAdd((x, y), Text(panel, "title")), $"{file}: {Text(panel, "title")} lies on {taken[(x, y)]}.");
            }
        }
    }

    [Fact]
    public void Queries_select_job_and_instance_and_use_the_rate_interval()
    {
        foreach (var (file, json) in All)
            foreach (var query in Queries(json))
            {
                foreach (var (metric, matchers, range) in PromQl.Selectors(query))
                {
                    var where = $"{file}: {metric} in {query}";
                    Assert.True(
                        matchers.Contains("job=~\"$job\"", StringComparison.Ordinal)
                            && matchers.Contains("instance=~\"$instance\"", StringComparison.Ordinal),
                        where);
                    Assert.True(range is "" or "$__rate_interval" || range == "$__range" && query.Contains("topk(", StringComparison.Ordinal), where);
                    var counter = metric.EndsWith("_total", StringComparison.Ordinal)
                        || metric.EndsWith("_bucket", StringComparison.Ordinal)
                        || metric.EndsWith("_sum", StringComparison.Ordinal)
                        || metric.EndsWith("_count", StringComparison.Ordinal);
                    Assert.True(!counter || Regex.IsMatch(query, $@"(rate|increase|irate)\({metric}\{{", RegexOptions.None, TimeSpan.FromSeconds(1)), where);
                    Assert.DoesNotContain("le=", matchers, StringComparison.Ordinal);
                }

                // No metric is selected without matchers.
                Assert.Equal(
                    PromQl.Of(query).Metrics.Order(StringComparer.Ordinal),
                    PromQl.Selectors(query).Select(s => s.Metric).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
            }
    }

    [Fact]
    public void Used_dashboard_variables_exist_and_links_are_valid()
    {
        foreach (var (file, json) in All)
        {
            var text = json.ToJsonString();
            foreach (Match used in Variable().Matches(text))
                Assert.True(Known.Contains(used.Groups["name"].Value), $"{file} uses {used.Value}, which is not there.");
            var others = All.Select(d => d.File).Where(f => f != file);
            var links = json["links"]!.AsArray().Select(l => Text(l!, "url")).ToList();
            foreach (var other in others)
                Assert.Contains("/d/" + other, links);
            Assert.Contains("http://${instance}/", links);
            Assert.Contains(
                links,
                l => l.StartsWith("${seq}/#/events?", StringComparison.Ordinal)
                    && l.Contains("${server:regex}", StringComparison.Ordinal)
                    && l.Contains("${__from:date:iso}", StringComparison.Ordinal));
            foreach (Match page in Page().Matches(text))
                Assert.True(File.Exists(Repository.PathOf("docs/runbooks/" + page.Groups["page"].Value)), $"{file} links to {page.Value}.");
            Assert.Equal(["Starts of Mailflow", "Firing alerts"], Annotations(json).Select(a => Text(a, "name")));
        }
    }

    [Fact]
    public void Named_metrics_and_labels_exist_and_all_metrics_are_used()
    {
        var labels = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var metric in Telemetry.All)
            foreach (var name in metric.Type == MetricType.Histogram ? ["_bucket", "_sum", "_count"] : new[] { "" })
                labels[metric.Name + name] = [.. metric.Labels.Select(l => l.Name), .. name == "_bucket" ? ["le"] : Array.Empty<string>()];
        string[] others =
        [
            "up", "scrape_duration_seconds", "scrape_samples_scraped", "dotnet_gc_pause_time_seconds_total",
            "dotnet_gc_last_collection_heap_size_bytes",
        ];
        foreach (var name in others)
            labels[name] = name.Contains("heap_size", StringComparison.Ordinal) ? ["gc_heap_generation"] : [];
        labels["ALERTS"] = ["alertname", "alertstate", "severity", "server", "cause"];
        labels["mailflow_*"] = ["server", "otel_metric_overflow"];

        var used = new HashSet<string>(StringComparer.Ordinal);
        HashSet<string> Check(string query, string where)
        {
            var names = PromQl.Of(query);
            Assert.True(names.Metrics.Count > 0 || query.StartsWith("vector(", StringComparison.Ordinal), $"{where} names no metric: {query}");
            var allowed = new HashSet<string>(["job", "instance"], StringComparer.Ordinal);
            foreach (var metric in names.Metrics)
            {
                Assert.True(labels.ContainsKey(metric), $"{where} names {metric}, which is not there.");
                used.Add(metric);
                allowed.UnionWith(labels[metric]);
            }

            foreach (var label in names.Labels)
                Assert.True(allowed.Contains(label), $"{where} names the label {label}, which is not there: {query}");
            return allowed;
        }

        foreach (var rule in RuleFiles.Thresholds.Concat(RuleFiles.Recordings))
            labels[rule.Record!] = Check(rule.Expr, rule.Record!);
        foreach (var alert in RuleFiles.Alerts)
            Check(alert.Expr, alert.Alert!);
        foreach (var (file, json) in All)
        {
            foreach (var query in Queries(json))
                Check(query, file);
            foreach (var variable in Variables(json).Where(v => Text(v, "type") == "query"))
                Check(
                    LabelValues().Match(variable["query"]!["query"]!.GetValue<string>()).Groups["selector"].Value,
                    $"{file}, variable {Text(variable, "name")}");
        }

        foreach (var page in Directory.EnumerateFiles(Repository.PathOf("docs/runbooks"), "*.md"))
            foreach (Match name in InText().Matches(File.ReadAllText(page)))
                Assert.True(labels.ContainsKey(name.Groups["metric"].Value), $"{Path.GetFileName(page)} names {name.Value}, which is not there.");
        Assert.All(Telemetry.All.Select(m => m.Name), n => Assert.True(used.Overlaps([n, n + "_bucket", n + "_count"]), $"No rule and no panel uses {n}."));
    }

    [GeneratedRegex(@"\$\{?(?<name>[a-z_]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$\{runbooks\}/(?<page>[A-Za-z]+\.md)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Page();

    [GeneratedRegex(@"^label_values\((?<selector>.+), [a-z]+\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelValues();

    [GeneratedRegex("`(?<metric>mailflow_[a-z_]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InText();
}
