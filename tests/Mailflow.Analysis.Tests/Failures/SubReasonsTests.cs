using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class SubReasonsTests
{
    static readonly HashSet<(Cause, string?)> Given =
    [
        .. AllRules.Families.SelectMany(f => f.Rules).Select(r => (r.Cause, r.Sub)),
        .. CodeTable.All.Select(c => (c.Cause, c.Sub)),
        .. CodeTable.AllRanges.Select(c => (c.Cause, c.Sub)),
    ];

    [Fact]
    public void Each_pair_that_a_rule_or_code_gives_has_a_row() =>
        Assert.DoesNotContain(Given, p => p.Item2 is not null && SubReasons.Of(p.Item1, p.Item2) is null);

    [Fact]
    public void Each_row_is_given_by_a_rule_or_code()
    {
        var rows = Given.Select(p => SubReasons.Of(p.Item1, p.Item2)).ToHashSet();
        Assert.DoesNotContain(SubReasons.All, r => !rows.Contains(r));
    }

    [Fact]
    public void Rules_name_a_fault_only_where_it_differs_from_their_pair() =>
        Assert.Empty(AllRules.Families.SelectMany(f => f.Rules)
            .Where(r => r.Fault != Fault.Unknown && r.Fault == SubReasons.FaultOf(r.Cause, r.Sub)).Select(r => r.Sample));

    [Fact]
    public void Meanings_are_sentences() =>
        Assert.All(SubReasons.All, r => Assert.Matches("^[A-Z0-9][^\n]*[^ ][.]$", r.Meaning));

    [Theory]
    [InlineData("bl.spamcop.net")]
    [InlineData("bl.contoso.example")]
    [InlineData("abusix")]
    public void Zones_and_names_of_public_lists_share_a_row(string list) => Assert.Equal(SubReasons.AnyList, SubReasons.Of(Cause.Blocklisted, list)?.Sub);

    [Fact]
    public void Only_blocklists_have_zones() => Assert.Null(SubReasons.Of(Cause.SpamContent, "bl.contoso.example"));

    [Theory]
    [InlineData("550 5.1.1 User unknown", Fault.Sender)]
    [InlineData("550 5.2.0 RESOLVER.CON.NoTarget; contact's external address is missing", Fault.Ours)]
    [InlineData("554 5.7.1 Client host [192.0.2.5] blocked using bl.contoso.example", Fault.Ours)]
    [InlineData("550 4.3.2 QUEUE.Admin; message deleted by administrative action", Fault.Policy)]
    [InlineData("550 4.3.2 QUEUE.TransportAgent; message deleted by transport agent", Fault.Ours)]
    [InlineData("503 5.5.1 Bad sequence of commands", Fault.Ours)]
    public void A_diagnosis_has_the_fault_of_its_pair(string text, Fault fault) => Assert.Equal(fault, Diagnosis.Of(text).Fault);

    [Fact]
    public void A_domain_that_does_not_exist_is_permanent_without_a_code() =>
        Assert.Equal(Permanence.Permanent, Diagnosis.Of("Domain does not exist").Permanence);
}
