using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Mailflow.Tests;

namespace Mailflow.EndToEnd.Observability;

/// <summary>promtool checks the rules, runs their tests, and fails for every changed number.</summary>
public sealed partial class PromtoolTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-rules-").FullName;

    static readonly ParallelOptions Two = new() { MaxDegreeOfParallelism = 2 };

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Promtool_accepts_rules_and_configuration()
    {
        var promtool = Tool.Promtool;
        foreach (var name in RuleFiles.Names)
        {
            var (code, output) = await Tool.RunAsync(promtool, ["check", "rules", Repository.PathOf($"{RuleFiles.Folder}/{name}")], Cancel);
            Assert.True(code == 0, output);
        }

        var (accepted, said) = await Tool.RunAsync(promtool, ["check", "config", Repository.PathOf($"{RuleFiles.Folder}/prometheus.yml")], Cancel);
        Assert.True(accepted == 0, said);
    }

    [Fact]
    public async Task Alert_tests_pass()
    {
        var promtool = Tool.Promtool;
        var failed = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(RuleFiles.AlertNames, Two, async (alert, _) =>
        {
            var (code, output) = await Tool.RunAsync(promtool, ["test", "rules", RuleFiles.WriteOne(alert, Path.Combine(_folder, alert))], Cancel);
            if (code != 0)
                failed.Add(output);
        });
        Assert.True(failed.IsEmpty, string.Join('\n', failed));
    }

    [Fact]
    public async Task Changing_any_threshold_or_duration_breaks_a_test()
    {
        var promtool = Tool.Promtool;
        var mutants = RuleFiles.AlertNames.SelectMany(Mutants).ToList();
        var survived = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(mutants.Index(), Two, async (m, _) =>
        {
            var (index, (alert, name, change)) = m;
            var folder = Path.Combine(_folder, index.ToString(CultureInfo.InvariantCulture));
            var (code, output) = await Tool.RunAsync(promtool, ["test", "rules", RuleFiles.WriteOne(alert, folder, change)], Cancel);
            // An expectation must fail; an unreadable file does not count.
            if (code == 0 || !output.Contains("exp:", StringComparison.Ordinal))
                survived.Add($"{alert}: {name}");
            Directory.Delete(folder, recursive: true);
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"{mutants.Count} changes, {survived.Count} of them unnoticed");
        Assert.NotEmpty(mutants);
        Assert.True(survived.IsEmpty, "No test notices:\n" + string.Join('\n', survived.Order(StringComparer.Ordinal)));
    }

    /// <summary>Each threshold of an alert, times 1.5 and halved; each duration, doubled and halved.</summary>
    static IEnumerable<(string Alert, string Name, Action<Rule> Change)> Mutants(string alert)
    {
        var rules = RuleFiles.Alerts.Where(a => a.Alert == alert).ToList();
        foreach (var threshold in RuleFiles.Needs(rules).Where(n => n.StartsWith("mailflow:threshold:", StringComparison.Ordinal)))
            foreach (var factor in new[] { 1.5, 0.5 })
                yield return (alert, $"{threshold} x {factor}", r => r.Expr = r.Record == threshold ? Scaled(r.Expr, factor) : r.Expr);
        foreach (var rule in rules)
            foreach (var factor in new[] { 2.0, 0.5 })
            {
                if (rule.For is not null)
                    yield return (alert, $"{rule.Labels!["severity"]}: for {rule.For} x {factor}", r => r.For = Same(r, rule) ? Longer(r.For!, factor) : r.For);
                if (rule.KeepFiringFor is not null)
                    yield return (
                        alert,
                        $"{rule.Labels!["severity"]}: keep_firing_for {rule.KeepFiringFor} x {factor}",
                        r => r.KeepFiringFor = Same(r, rule) ? Longer(r.KeepFiringFor!, factor) : r.KeepFiringFor);
            }
    }

    static bool Same(Rule rule, Rule other) => rule.Alert == other.Alert && rule.Labels?["severity"] == other.Labels?["severity"];

    /// <summary><c>vector(10)</c> becomes <c>vector(15)</c>.</summary>
    static string Scaled(string vector, double factor) =>
        Number().Replace(vector, n => (double.Parse(n.Value, CultureInfo.InvariantCulture) * factor).ToString(CultureInfo.InvariantCulture));

    /// <summary>Minutes in, seconds out.</summary>
    static string Longer(string minutes, double factor) =>
        ((int)(int.Parse(minutes.TrimEnd('m'), CultureInfo.InvariantCulture) * 60 * factor)).ToString(CultureInfo.InvariantCulture) + "s";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex("[0-9.]+", RegexOptions.None, 1000)]
    private static partial Regex Number();
}
