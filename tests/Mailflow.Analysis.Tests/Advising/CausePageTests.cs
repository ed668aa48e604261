using System.Text;
using System.Text.RegularExpressions;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;
using Mailflow.Tests;

namespace Mailflow.Analysis.Tests.Advising;

/// <summary>
/// The documents of the causes are written from the tables: <see cref="CauseTable"/>, <see cref="SubReasons"/> and <see cref="AdviceTable"/>. By hand are
/// the sections "How to recognise it" and "Prevent", and what stands before the table of "What it means". UPDATE_DOCS=1 writes them.
/// </summary>
public sealed partial class CausePageTests
{
    public static TheoryData<string> Causes => [.. CauseTable.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Causes))]
    public void The_document_of_a_cause_has_what_the_tables_say(string cause)
    {
        Assert.True(CauseTable.TryParse(cause, out var known));
        var facts = CauseTable.Of(known);
        var path = Repository.PathOf(facts.Page);
        var old = File.ReadAllText(path);
        var text = Written(facts, old);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, text);
        else
            Assert.Equal(text, old);
    }

    /// <summary>A sub-reason is a heading, and its link must work on GitHub and on the page.</summary>
    [Fact]
    public void Sub_reasons_with_advice_can_be_linked_to() => Assert.All(
        AdviceTable.All.Where(r => r.Sub is not null),
        row => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", row.Sub!));

    [Fact]
    public void Each_sub_reason_with_advice_exists() => Assert.All(AdviceTable.All.Where(r => r.Sub is not null), row =>
        Assert.True(SubReasons.Of(row.Cause, row.Sub) is not null, $"{row.Cause.Name()}/{row.Sub} is not in SubReasons"));

    static string Written(CauseFacts facts, string old)
    {
        var page = new StringBuilder();
        var rows = AdviceTable.All.Where(r => r.Cause == facts.Cause).ToList();
        var usually = facts.DefaultPermanence == Permanence.Unknown ? "as the SMTP code says" : facts.DefaultPermanence.Name();
        page.Append($"# {facts.Name}\n\n");
        page.Append($"{facts.Summary} Event 2004 guide: {facts.GuideCause}. Usually {usually}. Responsible: {Side(facts.DefaultFault)}.\n\n");
        page.Append($"## What it means\n\n{ByHand(old, "What it means")}\n\n");
        var subs = SubReasons.All.Where(s => s.Cause == facts.Cause).ToList();
        if (subs.Count > 0)
        {
            page.Append("| sub-reason | meaning | responsible |\n|---|---|---|\n");
            foreach (var sub in subs)
                page.Append($"| {(rows.Any(r => r.Sub == sub.Sub) ? $"[{sub.Sub}](#{sub.Sub})" : sub.Sub)} | {sub.Meaning} | {Side(sub.Fault)} |\n");
            page.Append('\n');
        }

        page.Append($"## How to recognise it\n\n{ByHand(old, "How to recognise it")}\n\n");
        page.Append($"## What to check\n\n{rows[0].Check}\n\n");
        page.Append("## Commands\n\nReplace what is in angle brackets; `mailflow explain` fills in what the text and its options say. ");
        page.Append("Commands below `# CHANGES` change something; all others only look.\n\n");
        foreach (var row in rows)
        {
            var like = rows.TakeWhile(r => r != row).FirstOrDefault(r => r.Look == row.Look && r.Fix == row.Fix && r.Verify == row.Verify);
            if (row.Sub is not null)
                page.Append($"### {row.Sub}\n\n{SubReasons.Of(row.Cause, row.Sub)?.Meaning}{(like?.Check == row.Check ? "" : " " + row.Check)}\n\n");
            if (like is not null)
            {
                page.Append($"Commands: {(like.Sub is null ? "those at the top" : $"those of [{like.Sub}](#{like.Sub})")}.\n\n");
                continue;
            }

            // What looks and is at the top is not repeated: the page would be five times as long.
            var top = row.Sub is null ? [] : rows[0].Look.Concat(rows[0].Verify).ToHashSet();
            if (row.Look.Concat(row.Verify).Any(top.Contains))
                page.Append("Commands: those at the top that look, and these.\n\n");
            Group(page, Purpose.Look, row.Look.Where(c => !top.Contains(c)));
            Group(page, Purpose.Fix, row.Fix);
            Group(page, Purpose.Verify, row.Verify.Where(c => !top.Contains(c)));
        }

        return page.Append($"## Prevent\n\n{ByHand(old, "Prevent")}\n").ToString();
    }

    static void Group(StringBuilder page, Purpose purpose, IEnumerable<Command> commands)
    {
        foreach (var shell in commands.GroupBy(c => c.Shell))
        {
            page.Append($"{purpose.Title()} ({shell.Key.Title()}):\n\n```powershell\n");
            foreach (var command in shell.Select(c => c.For(new())))
                page.Append($"# {command.Says}\n{(command.Mark is { } mark ? mark + "\n" : "")}{command.Text}\n");
            page.Append("```\n\n");
        }
    }

    /// <summary>What was written by hand: the text of a section without its tables.</summary>
    static string ByHand(string page, string heading)
    {
        var section = Section().Matches(page).FirstOrDefault(s => s.Groups["heading"].Value == heading)?.Groups["text"].Value ?? "";
        return string.Join('\n', section.Split('\n').Where(l => heading != "What it means" || !l.StartsWith('|'))).Trim();
    }

    static string Side(Fault fault) => fault switch
    {
        Fault.Ours => "our side",
        Fault.Theirs => "remote side",
        Fault.Sender => "sender",
        Fault.Policy => "policy rule",
        _ => "not clear",
    };

    [GeneratedRegex("^## (?<heading>[^\n]+)\n(?<text>.*?)(?=^## |\\z)", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Section();
}
