using System.Text.RegularExpressions;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Mailflow.EndToEnd.Observability;

/// <summary>A recording rule or an alert in a rule file.</summary>
public sealed class Rule
{
    public string? Record { get; set; }

    public string? Alert { get; set; }

    public string Expr { get; set; } = "";

    public string? For { get; set; }

    public string? KeepFiringFor { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public Dictionary<string, string>? Annotations { get; set; }
}

/// <summary>A group of rules, which are evaluated in order.</summary>
public sealed class RuleGroup
{
    public string Name { get; set; } = "";

    public string? Interval { get; set; }

    public List<Rule> Rules { get; set; } = [];
}

/// <summary>One rule file.</summary>
public sealed class RuleFile
{
    public List<RuleGroup> Groups { get; set; } = [];
}

/// <summary>The rules that Mailflow ships, and parts of them.</summary>
static partial class RuleFiles
{
    public const string Folder = "deploy/prometheus";

    public static readonly string[] Names = ["thresholds.yml", "recording.yml", "alerts.yml"];

    static readonly IDeserializer Reader = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build();
    static readonly ISerializer Writer = new SerializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull)
        .Build();

    public static IReadOnlyList<Rule> Alerts => [.. Load("alerts.yml").Groups.SelectMany(g => g.Rules)];

    public static IReadOnlyList<Rule> Thresholds => [.. Load("thresholds.yml").Groups.SelectMany(g => g.Rules)];

    public static IReadOnlyList<Rule> Recordings => [.. Load("recording.yml").Groups.SelectMany(g => g.Rules)];

    public static IReadOnlyList<string> AlertNames => [.. Alerts.Select(a => a.Alert!).Distinct(StringComparer.Ordinal)];

    public static RuleFile Load(string name) => Reader.Deserialize<RuleFile>(File.ReadAllText(Mailflow.Tests.Repository.PathOf(Path.Combine(Folder, name))));

    public static T Read<T>(string path) => Reader.Deserialize<T>(File.ReadAllText(Mailflow.Tests.Repository.PathOf(path)));

    /// <summary>The rules that an expression uses, directly and indirectly.</summary>
    public static HashSet<string> Needs(IEnumerable<Rule> rules)
    {
        var recorded = Thresholds.Concat(Recordings).ToDictionary(r => r.Record!, StringComparer.Ordinal);
        var needs = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(rules.Select(r => r.Expr));
        while (open.TryDequeue(out var expression))
            foreach (Match name in RecordedName().Matches(expression))
                if (needs.Add(name.Value))
                    open.Enqueue(recorded[name.Value].Expr);
        return needs;
    }

    /// <summary>
    /// Writes one alert with the rules it uses and its test into a folder, laid out as in the repository: a tenth of the work of all rules.
    /// </summary>
    /// <param name="change">Changes a rule before it is written.</param>
    /// <returns>The test.</returns>
    public static string WriteOne(string alert, string folder, Action<Rule>? change = null)
    {
        Directory.CreateDirectory(Path.Combine(folder, "tests"));
        var needs = Needs(Alerts.Where(a => a.Alert == alert));
        foreach (var name in Names)
        {
            var file = Load(name);
            foreach (var group in file.Groups)
            {
                group.Rules.RemoveAll(r => r.Alert != alert && (r.Record is null || !needs.Contains(r.Record)));
                group.Rules.ForEach(r => change?.Invoke(r));
            }

            file.Groups.RemoveAll(g => g.Rules.Count == 0);
            File.WriteAllText(Path.Combine(folder, name), Writer.Serialize(file));
        }

        var test = Path.Combine(folder, "tests", alert + ".yml");
        File.Copy(Mailflow.Tests.Repository.PathOf($"{Folder}/tests/{alert}.yml"), test, overwrite: true);
        return test;
    }

    public static void Save(RuleFile file, string path) => File.WriteAllText(path, Writer.Serialize(file));

    [GeneratedRegex("mailflow:[a-z0-9_:]+", RegexOptions.None, 1000)]
    private static partial Regex RecordedName();
}
