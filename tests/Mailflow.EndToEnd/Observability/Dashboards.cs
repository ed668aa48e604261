using System.Text.Json.Nodes;
using Mailflow.Tests;

namespace Mailflow.EndToEnd.Observability;

/// <summary>The dashboards that Mailflow ships.</summary>
static class Dashboards
{
    public const string Folder = "grafana/dashboards";

    public static IReadOnlyList<(string File, JsonNode Json)> All { get; } =
        [
            .. Directory.EnumerateFiles(Repository.PathOf(Folder), "*.json")
                .Order(StringComparer.Ordinal)
                .Select(f => (Path.GetFileNameWithoutExtension(f), JsonNode.Parse(File.ReadAllText(f))!)),
        ];

    /// <summary>Panels, rows left out.</summary>
    public static IEnumerable<JsonNode> Panels(JsonNode dashboard) => dashboard["panels"]!.AsArray().Select(p => p!).Where(p => Text(p, "type") != "row");

    public static IEnumerable<JsonNode> Targets(JsonNode panel) => panel["targets"]!.AsArray().Select(t => t!);

    public static IEnumerable<JsonNode> Variables(JsonNode dashboard) => dashboard["templating"]!["list"]!.AsArray().Select(v => v!);

    public static IEnumerable<JsonNode> Annotations(JsonNode dashboard) =>
        dashboard["annotations"]!["list"]!.AsArray().Select(a => a!).Where(a => a["expr"] is not null);

    public static string Text(JsonNode node, string name) => node[name]?.GetValue<string>() ?? "";

    /// <summary>All queries of a dashboard, of panels and annotations.</summary>
    public static IEnumerable<string> Queries(JsonNode dashboard) =>
        Panels(dashboard).SelectMany(Targets).Concat(Annotations(dashboard)).Select(t => Text(t, "expr"));
}
