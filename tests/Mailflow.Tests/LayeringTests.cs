namespace Mailflow.Tests;

/// <summary>No stage knows another: what they share stands in rooms of its own, and only what puts them together knows all.</summary>
public sealed class LayeringTests
{
    static readonly string[] Stages = ["Tail", "Read", "Ledger", "Enrich", "Ship", "Web", "Scan", "Commands"];
    static readonly string[] Shared = ["Configuration", "Pipeline", "Privacy", "Printing", "Logging", "Metrics"];

    /// <summary>What a stage may use besides the root types and Mailflow.Analysis.</summary>
    static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Tail"] = [],
        ["Read"] = [],
        ["Ledger"] = [],
        // Both ask the store, each through a class of its own there; the page also shows what the tailers and shippers say of themselves.
        ["Ship"] = ["Ledger"],
        ["Enrich"] = ["Ledger"],
        ["Web"] = ["Ledger", "Tail", "Enrich", "Ship"],
        // A scan puts stages together, as Flow does; commands put everything together.
        ["Scan"] = ["Tail", "Read", "Ledger"],
        ["Commands"] = Stages,
    };

    public static TheoryData<string> Folders =>
        [.. Directory.EnumerateDirectories(Repository.PathOf("src/Mailflow")).Select(d => Path.GetFileName(d)).Where(d => d is not ("bin" or "obj" or "Properties" or "wwwroot")).Except(Shared)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_stage_uses_no_other(string stage)
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
    public void Analysis_uses_nothing_of_the_program() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Repository.PathOf("src/Mailflow.Analysis"), "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines),
            l => Stages.Any(s => l.Contains($"Mailflow.{s};", StringComparison.Ordinal) || l.Contains($"Mailflow.{s}.", StringComparison.Ordinal)));

    /// <summary>One without the clock that is given goes by the system's: a test with a clock of its own would wait for it.</summary>
    [Fact]
    public void A_deadline_names_its_clock() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Repository.PathOf("src/Mailflow"), "*.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines),
            l => System.Text.RegularExpressions.Regex.IsMatch(l, @"new CancellationTokenSource\([^,()]+\)", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));

    /// <summary>A using line, or a name that starts at the stage where no using line is needed: all stages stand in Mailflow.</summary>
    static bool Uses(string line, string stage)
    {
        var code = line.TrimStart();
        if (code.StartsWith("//", StringComparison.Ordinal))
            return false;
        return code.StartsWith($"using Mailflow.{stage};", StringComparison.Ordinal)
            || code.StartsWith($"using static Mailflow.{stage}.", StringComparison.Ordinal)
            || code.Contains($"Mailflow.{stage}.", StringComparison.Ordinal)
            || System.Text.RegularExpressions.Regex.IsMatch(code, $@"(?<![\w.""]){stage}\.[A-Z]\w*[ (.;,)]", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))
                && !code.Contains($" {stage} ", StringComparison.Ordinal);
    }
}
