using Mailflow.Analysis.Tracing;
using static Mailflow.Analysis.Tests.Tracing.Rows;

namespace Mailflow.Analysis.Tests.Tracing;

public sealed class JourneyStoryTests
{
    [Theory]
    [InlineData(
        "one mailbox",
        "sender@contoso.com sent it to ann@contoso.com on 2026-11-20 12:00:00 UTC (11.7 KB). ann@contoso.com has it: delivered on EX02 within 0.9 s.")]
    [InlineData(
        "several rows of a large group",
        "sender@contoso.com sent it to 1 address, 4 recipients after groups and forwarding on 2026-11-20 12:00:00 UTC (11.7 KB). "
        + "dora@contoso.com failed: mailbox full (552 5.2.2), on our side. 3 others have it: delivered within 2 s.")]
    [InlineData(
        "group without members",
        "sender@contoso.com sent it to 1 address, 0 recipients after groups and forwarding on 2026-11-20 12:00:00 UTC (11.7 KB). "
        + "Its group has no members: nobody got it.")]
    [InlineData(
        "waiting for a moderator",
        "sender@contoso.com sent it to all@contoso.com on 2026-11-20 12:00:00 UTC (11.7 KB). "
        + "all@contoso.com has no end yet: waiting for a moderator since 2026-11-20 12:00:01 UTC.")]
    [InlineData(
        "to Exchange Online",
        "sender@contoso.com sent it to ann@contoso.mail.onmicrosoft.com on 2026-11-20 12:00:00 UTC (11.7 KB). ann@contoso.mail.onmicrosoft.com was sent to "
        + "Exchange Online (contoso-mail-onmicrosoft-com.mail.protection.outlook.com) within 1 s.")]
    [InlineData(
        "dropped by an agent",
        "sender@contoso.com sent it to ann@contoso.com on 2026-11-20 12:00:00 UTC (11.7 KB). ann@contoso.com was dropped by Transport Rule Agent, "
        + "rule 8a5f2c10-9d4e-4f6b-8a52-6c3d2f1e0b9a, without a report to the sender.")]
    [InlineData(
        "handed to a server whose logs are not read",
        "sender@contoso.com sent it to ann@contoso.com on 2026-11-20 12:00:00 UTC (11.7 KB). "
        + "ann@contoso.com has no end yet: handed by EX02 to EX05.contoso.local since 2026-11-20 12:00:02 UTC. "
        + "It left EX02 for EX05, whose logs are not read: what happened there is not known.")]
    [InlineData(
        "deferred on the second server",
        "sender@contoso.com sent it to bob@fabrikam.com on 2026-11-20 12:00:00 UTC (11.7 KB). "
        + "bob@fabrikam.com is deferred on EX02: network failure (451 4.4.1), on the remote side; next try at 2026-11-20 12:15:31 UTC.")]
    public void Story_is_in_plain_words(string name, string story) =>
        Assert.Equal(story, string.Join(' ', JourneyStory.Of(Assert.Single(Journey.Group(HardCases.All[name].Rows)), a => a)));

    [Fact]
    public void Addresses_are_printed_as_the_caller_wants() =>
        Assert.Equal(
            "x sent it to 2 recipients on 2026-11-20 12:00:00 UTC (11.7 KB). x and x failed: mailbox full (552 5.2.2), on our side.",
            string.Join(' ', JourneyStory.Of(Journey.Of([Row(0, "EX01", "STOREDRIVER FAIL", "ann bob", "552 5.2.2 mailbox full")]), _ => "x").Take(2)));

    [Fact]
    public void Many_recipients_are_counted()
    {
        var members = string.Join(' ', Enumerable.Range(0, 1100).Select(i => $"m{i}"));
        var journey = Journey.Of(
        [
            Row(0, "EX01", "SMTP RECEIVE", members), Row(5.7, "EX01", "STOREDRIVER DELIVER", members),
        ]);
        Assert.Equal("All 1,100 recipients have it: delivered within 5.7 s.", JourneyStory.Of(journey, a => a)[1]);
    }

    [Fact]
    public void Many_failures_are_told_by_cause()
    {
        var journey = Journey.Of(
        [
            Row(0, "EX01", "STOREDRIVER FAIL", "a b c", "552 5.2.2 mailbox full"), Row(0, "EX01", "SMTP FAIL", "d e", "550 5.1.1 User unknown"),
            Row(1, "EX01", "STOREDRIVER DELIVER", "f"),
        ]);
        Assert.Equal(
            "5 failed: 3 mailbox full (552 5.2.2), on our side; 2 invalid recipient (550 5.1.1), for the sender to correct. "
            + "1 other has it: delivered within 1 s.",
            JourneyStory.Of(journey, a => a)[1]);
    }

    [Theory]
    [InlineData(0.004, "0.004 s")]
    [InlineData(5.7, "5.7 s")]
    [InlineData(59.99, "1 min")]
    [InlineData(843, "14 min 3 s")]
    [InlineData(3600, "1 h")]
    [InlineData(7500, "2 h 5 min")]
    [InlineData(270_000, "3 d 3 h")]
    [InlineData(-90, "-1 min 30 s")]
    public void Durations_have_their_two_largest_units(double seconds, string words) => Assert.Equal(words, Spans.Words(TimeSpan.FromSeconds(seconds)));
}
