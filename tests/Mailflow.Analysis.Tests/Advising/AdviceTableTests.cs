using System.Text.RegularExpressions;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Advising;

public sealed partial class AdviceTableTests
{
    static IEnumerable<Command> Commands(Advice row) => [.. row.Look, .. row.Fix, .. row.Verify];

    public static TheoryData<string> Pairs => [.. AdviceTable.All.Select(r => $"{r.Cause.Name()}/{r.Sub}")];

    static Advice Row(string pair)
    {
        Assert.True(CauseTable.TryParse(pair.Split('/')[0], out var cause));
        return AdviceTable.Of(cause, pair.Split('/')[1] is { Length: > 0 } sub ? sub : null);
    }

    [Fact]
    public void Each_cause_has_a_row() => Assert.All(Enum.GetValues<Cause>(), cause => Assert.Equal((cause, null), Pair(AdviceTable.Of(cause, null))));

    [Fact]
    public void A_sub_reason_without_a_row_has_the_one_of_its_cause() =>
        Assert.Same(AdviceTable.Of(Cause.Blocklisted, null), AdviceTable.Of(Cause.Blocklisted, "a.list.example"));

    static (Cause, string?) Pair(Advice row) => (row.Cause, row.Sub);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_look_changes_nothing_and_a_fix_says_what_it_changes_and_how_to_undo_it(string pair)
    {
        var row = Row(pair);
        Assert.All([.. row.Look, .. row.Verify], command => Assert.Null(command.Changes));
        Assert.All(row.Fix, command =>
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Changes), command.Text);
            Assert.False(string.IsNullOrWhiteSpace(command.Undo), command.Text);
        });
        Assert.NotEmpty(row.Look);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Texts_are_on_one_line_and_have_no_full_stop_where_one_is_added(string pair)
    {
        var row = Row(pair);
        Assert.Matches(@"\.$", row.Check);
        foreach (var command in Commands(row))
        {
            Assert.All([command.Text, command.Says, command.Changes ?? "", command.Undo ?? ""], text =>
            {
                Assert.DoesNotContain('\n', text);
                Assert.DoesNotContain("CHANGES", text, StringComparison.Ordinal);
            });
            Assert.All([command.Changes ?? "", command.Undo ?? ""], text => Assert.DoesNotMatch(@"\.$", text));
        }
    }

    /// <summary>First thing first: who reads more than two sentences while mail does not flow?</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void What_to_check_is_at_most_two_sentences(string pair) => Assert.InRange(SentenceEnd().Count(Row(pair).Check), 1, 2);

    /// <summary>A message that was returned is not tried again. What is said of retries is in AdviceText.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_row_does_not_promise_retries(string pair)
    {
        var row = Row(pair);
        Assert.All([row.Check, .. Commands(row).Where(c => !c.NeedsQueue).SelectMany(c => new[] { c.Says, c.Changes ?? "", c.Undo ?? "" })],
            text => Assert.DoesNotMatch(Retries(), text));
    }

    [GeneratedRegex(@"\b(wait(s|ing)?|retr(y|ies|ied|ying)|tr(y|ies) again|tried (again|now))\b", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Retries();

    [GeneratedRegex("""[.?!](\s+["A-Z]|$)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SentenceEnd();
}
