using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Rules;
using Mailflow.Tests.Ship;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests.Rules;

public sealed class RulesFileTests : IDisposable
{
    const string Good = """[{ "text": "held by gateway", "cause": "policy-restriction" }]""";

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-rules-").FullName;
    readonly RulesInForce _inForce = new();
    readonly FakeTimeProvider _clock = new(new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero));
    readonly TestLog _log = new();

    string File => Path.Combine(_folder, "own.json");

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Changed_file_replaces_the_rules()
    {
        var file = Load(Good);
        Assert.Equal(Cause.PolicyRestriction, Diagnosis.Of("550 held by gateway", _inForce.Current).Cause);
        Assert.Equal((1, null, _clock.GetUtcNow()), (file.Status.Rules, file.Status.Problem, file.Status.LastSuccess));
        System.IO.File.WriteAllText(File, Good.Replace("policy-restriction", "greylisted", StringComparison.Ordinal));
        file.Load();
        Assert.Equal(Cause.Greylisted, Diagnosis.Of("550 held by gateway", _inForce.Current).Cause);
    }

    [Fact]
    public void File_with_a_fault_changes_nothing_and_is_reported_once()
    {
        var file = Load(Good);
        var before = _inForce.Current;
        _clock.Advance(TimeSpan.FromMinutes(1));
        System.IO.File.WriteAllText(File, Good.Replace("policy", "polic", StringComparison.Ordinal));
        file.Load();
        file.Load();
        Assert.Same(before, _inForce.Current);
        Assert.StartsWith("line 1, column 40: 'cause': expected one of", file.Status.Problem, StringComparison.Ordinal);
        Assert.Equal(_clock.GetUtcNow() - TimeSpan.FromMinutes(1), file.Status.LastSuccess);
        Assert.Single(_log.Lines, l => l.Id == 211);
        System.IO.File.WriteAllText(File, Good);
        file.Load();
        Assert.Null(file.Status.Problem);
    }

    [Fact]
    public void Missing_file_is_reported_and_read_when_it_appears()
    {
        var file = new RulesFile(File, _inForce, _clock, _log);
        file.Load();
        file.Load();
        Assert.Equal("the file does not exist", file.Status.Problem);
        Assert.Single(_log.Lines);
        System.IO.File.WriteAllText(File, Good);
        file.Load();
        Assert.Equal((1, null), (file.Status.Rules, file.Status.Problem));
    }

    [Fact]
    public void Deleted_file_leaves_its_rules_in_force()
    {
        var file = Load(Good);
        System.IO.File.Delete(File);
        file.Load();
        Assert.Equal((1, "the file does not exist"), (file.Status.Rules, file.Status.Problem));
        Assert.Single(_inForce.Current.All);
    }

    [Fact]
    public void Folder_and_an_empty_name_are_no_rules_files()
    {
        Assert.Equal("this is a folder", RulesFile.Content(_folder).Problem);
        Assert.Equal("expected the name of a file", RulesFile.Content("").Problem);
    }

    [Fact]
    public void File_that_is_too_large_is_not_read()
    {
        System.IO.File.WriteAllBytes(File, new byte[OwnRulesReader.MaxBytes + 1]);
        var file = new RulesFile(File, _inForce, _clock, _log);
        file.Load();
        Assert.StartsWith("it has 1,048,577 bytes", file.Status.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Trial_counts_what_the_rules_would_change()
    {
        var trial = new RulesTrial(Read("""
            [{ "text": "held by gateway", "cause": "policy-restriction" },
             { "text": "user unknown", "cause": "invalid-recipient", "sub_reason": "unknown-user" },
             { "text": "never seen", "cause": "greylisted" }]
            """));
        for (var i = 0; i < 3; i++)
            trial.Add("550 5.1.1 User unknown");
        trial.Add("554 held by gateway");
        trial.Add("552 5.2.2 Mailbox full");
        Assert.Equal((5, 1), (trial.Tried, trial.Changed));
        Assert.Equal([(1, 1), (3, 0), (0, 0)], trial.Effects.Select(e => (e.Matched, e.Changed)));
    }

    RulesFile Load(string content)
    {
        System.IO.File.WriteAllText(File, content);
        var file = new RulesFile(File, _inForce, _clock, _log);
        file.Load();
        return file;
    }

    static OwnRules Read(string file) => OwnRulesReader.Read(System.Text.Encoding.UTF8.GetBytes(file), "own.json", out _)!;
}
