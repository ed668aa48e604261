namespace Mailflow.Tests;

/// <summary>Stages do not use each other: shared code is in folders of its own, and only the composing code uses all of them.</summary>
public sealed class LayeringTests
{
    static readonly string[] Stages = ["Tail", "Read", "Ledger", "Enrich", "Ship", "Exposition", "Web", "Scan", "Commands"];
    static readonly string[] Shared = ["Configuration", "Pipeline", "Privacy", "Printing", "Logging", "Metrics"];

    /// <summary>The folders that a stage may use besides the root types and Mailflow.Analysis.</summary>
    static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Tail"] = [],
        ["Read"] = [],
        ["Ledger"] = [],
        // Both query the store, each through its own class there; the page also shows the state of tailers and shippers.
        ["Ship"] = ["Ledger"],
        ["Enrich"] = ["Ledger"],
        // The metrics show the status of all stages.
        ["Exposition"] = ["Ledger", "Tail", "Enrich"],
        ["Web"] = ["Exposition", "Ledger", "Tail", "Enrich", "Ship"],
        // A scan composes stages, as Flow does; commands compose everything.
        ["Scan"] = ["Tail", "Read", "Ledger"],
        ["Commands"] = Stages,
    };

    public static TheoryData<string> Folders =>
        [
            .. Directory.EnumerateDirectories(Repository.PathOf("src/Mailflow"))
                .Select(d => Path.GetFileName(d))
                .Where(d => d is not ("bin" or "obj" or "Properties" or "wwwroot"))
                .Except(Shared),
        ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Stages_do_not_use_each_other(string stage)
    {
        Assert.Contains(stage, Allowed.Keys);
        var forbidden = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf($"src/Mailflow/{stage}"), "*.cs", SearchOption.AllDirectories))
            foreach (var other in Stages.Where(s => s != stage && !Allowed[stage].Contains(s)))
                if (File.ReadLines(file).Any(l => Uses(l, other)))
                    forbidden.Add($"{Path.GetFileName(file)} uses Mailflow.{other}");
        Assert.Empty(forbidden);
    }

    [Fact]
    public void Analysis_does_not_use_the_program() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Repository.PathOf("src/Mailflow.Analysis"), "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines),
            l => Stages.Any(s => l.Contains($"Mailflow.{s};", StringComparison.Ordinal) || l.Contains($"Mailflow.{s}.", StringComparison.Ordinal)));

    /// <summary>A deadline without a clock uses the system clock: a test with a fake clock would wait for it.</summary>
    [Fact]
    public void Deadlines_use_the_given_clock() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Repository.PathOf("src/Mailflow"), "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines),
            l => System.Text.RegularExpressions.Regex.IsMatch(
                l, @"new CancellationTokenSource\([^,()]+\)", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));

    /// <summary>A using line, or a name that starts with the folder: inside the namespace Mailflow no using line is needed.</summary>
    static bool Uses(string line, string stage)
    {
        var code = line.TrimStart();
        if (code.StartsWith("//", StringComparison.Ordinal))
            return false;
        return code.StartsWith($"using Mailflow.{stage};", StringComparison.Ordinal)
            || code.StartsWith($"using static Mailflow.{stage}.", StringComparison.Ordinal)
            || code.Contains($"Mailflow.{stage}.", StringComparison.Ordinal)
            || System.Text.RegularExpressions.Regex.IsMatch(
                code, $@"(?<![\w.""]){stage}\.[A-Z]\w*[ (.;,)]", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))
                && !code.Contains($" {stage} ", StringComparison.Ordinal);
    }
}
