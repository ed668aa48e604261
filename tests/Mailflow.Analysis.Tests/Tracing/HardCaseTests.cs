using CsCheck;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Tests.Tracing;

public sealed class HardCaseTests
{
    public static TheoryData<string> Names => [.. HardCases.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Fates_are_right(string name) => Assert.Equal(HardCases.All[name].Fates, Rows.Fates(Of(name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Order_of_rows_and_clocks_of_servers_change_no_fate(string name)
    {
        var (rows, fates) = HardCases.All[name];
        var expected = fates.Split(", ").Order(StringComparer.Ordinal);
        var servers = rows.Select(r => r.Server).Distinct().ToArray();
        Gen.Select(Gen.Shuffle(rows), Gen.Int[-720, 720].Array[servers.Length]).Sample(
            (shuffled, seconds) =>
            {
                var moved = shuffled.Select(r => r with { Time = r.Time.AddSeconds(seconds[Array.IndexOf(servers, r.Server)]) });
                var journey = Assert.Single(Journey.Group(moved));
                Assert.Equal(expected, Rows.Fates(journey).Split(", ").Order(StringComparer.Ordinal));
                var before = DateTime.MinValue;
                foreach (var step in journey.Steps)
                {
                    Assert.True(step.Time >= before && step.After >= TimeSpan.Zero, $"{step} after {before}");
                    before = step.Time;
                }
            },
            iter: 50, print: t => string.Join(' ', t.Item2));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Story_has_one_to_four_sentences(string name)
    {
        var story = JourneyStory.Of(Of(name), address => $"«{address}»");
        Assert.InRange(story.Count, 1, 4);
        Assert.All(story, sentence => Assert.EndsWith(".", sentence));
        // Each address went through the function.
        Assert.All(
            string.Join(' ', story).Split('«').Select(part => part[(part.IndexOf('»', StringComparison.Ordinal) + 1)..]),
            text => Assert.DoesNotContain("@", text));
    }

    [Fact]
    public void Deferral_has_its_reason_and_the_next_try()
    {
        var bob = Assert.Single(Of("deferred on the second server").Recipients);
        Assert.Equal(
            ("EX02", "mx.fabrikam.com", Cause.NetworkFailure, new DateTime(2026, 11, 20, 12, 15, 31, DateTimeKind.Utc)),
            (bob.Server, bob.NextHop, bob.Diagnosis!.Cause, bob.Until));
    }

    [Fact]
    public void Drop_has_its_agent_and_rule() =>
        Assert.Equal("Transport Rule Agent, rule 8a5f2c10-9d4e-4f6b-8a52-6c3d2f1e0b9a", Of("dropped by an agent").Recipients[0].By);

    [Fact]
    public void Sent_has_the_remote_server_and_its_reply()
    {
        var sent = Of("to Exchange Online").Recipients[0];
        Assert.Equal("contoso-mail-onmicrosoft-com.mail.protection.outlook.com", sent.NextHop);
        Assert.Equal("250 2.6.0 <1@contoso.com> [InternalId=7] Queued mail for delivery", sent.Reply);
    }

    [Fact]
    public void Rejection_by_a_moderator_has_a_diagnosis()
    {
        var diagnosis = Of("rejected by a moderator").Recipients[0].Diagnosis!;
        Assert.Equal((Cause.PolicyRestriction, "moderation"), (diagnosis.Cause, diagnosis.SubReason));
    }

    [Fact]
    public void Each_recipient_of_a_row_is_judged_by_its_own_state() =>
        Assert.Equal([Cause.MailboxFull, Cause.InvalidRecipient], Of("many recipients with a state each").Recipients.Select(r => r.Diagnosis!.Cause));

    [Fact]
    public void Pending_message_is_where_it_was_handed_to()
    {
        var ann = Assert.Single(Of("handed to a server whose logs are not read").Recipients);
        Assert.Equal(("EX02", "EX05.contoso.local"), (ann.Server, ann.NextHop));
        Assert.Equal(["EX05"], Of("handed to a server whose logs are not read").Missing);
    }

    [Fact]
    public void After_a_failover_the_server_that_took_over_has_it() => Assert.Equal("EX02", Of("taken over after a failover").Recipients[1].Server);

    static Journey Of(string name) => Assert.Single(Journey.Group(HardCases.All[name].Rows));
}
