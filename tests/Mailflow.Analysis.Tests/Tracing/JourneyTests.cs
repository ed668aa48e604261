using CsCheck;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Tests.Tracing;

public sealed class JourneyTests
{
    static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);

    static readonly TraceRow[] ToGroup =
    [
        Row(0, "EX01", "SMTP", "RECEIVE", ["all@contoso.com", "bob@fabrikam.com"]),
        Row(1, "EX01", "ROUTING", "EXPAND", ["ann@contoso.com", "carl@contoso.com"], related: "all@contoso.com"),
        Row(2, "EX01", "SMTP", "DEFER", ["bob@fabrikam.com"], status: "451 4.4.1 Connection timed out"),
        Row(
            3, "EX01", "SMTP", "SEND", ["ann@contoso.com", "carl@contoso.com"], remote: "EX02.contoso.local",
            connector: "Intra-Organization SMTP Send Connector"),
        Row(4, "EX02", "STOREDRIVER", "DELIVER", ["ann@contoso.com"]),
        Row(5, "EX02", "STOREDRIVER", "FAIL", ["carl@contoso.com"], status: "554 5.2.2 mailbox full"),
        Row(60, "EX01", "SMTP", "SENDEXTERNAL", ["bob@fabrikam.com"], status: "250 2.1.5 Recipient OK", remote: "mx.fabrikam.com"),
    ];

    [Fact]
    public void Each_recipient_has_its_fate()
    {
        var journey = Journey.Of(ToGroup);
        Assert.Equal(
            [
                ("all@contoso.com", Fate.Replaced), ("bob@fabrikam.com", Fate.Sent), ("ann@contoso.com", Fate.Delivered), ("carl@contoso.com", Fate.Failed),
            ],
            journey.Recipients.Select(r => (r.Address, r.Fate)));
        Assert.Equal(["ann@contoso.com", "carl@contoso.com"], journey.Recipients[0].Became);
        Assert.Equal(("EX01", "mx.fabrikam.com", Noon.AddSeconds(60)), (journey.Recipients[1].Server, journey.Recipients[1].NextHop, journey.Recipients[1].At));
        Assert.Equal(Cause.MailboxFull, journey.Recipients[3].Diagnosis!.Cause);
        Assert.Equal(["EX01", "EX02"], journey.Servers);
        Assert.Empty(journey.Missing);
    }

    [Fact]
    public void Result_does_not_depend_on_the_order_of_the_rows() =>
        Gen.Shuffle(ToGroup).Sample(rows => Assert.Equivalent(Journey.Of(ToGroup), Journey.Of(rows)), iter: 100);

    [Fact]
    public void Server_without_rows_is_named()
    {
        var journey = Journey.Of(ToGroup[..4]);
        Assert.Equal(["EX02"], journey.Missing);
        var ann = journey.Recipients.Single(r => r.Address == "ann@contoso.com");
        Assert.Equal((Fate.Pending, "EX01", "EX02.contoso.local"), (ann.Fate, ann.Server, ann.NextHop));
    }

    [Theory]
    [InlineData("DELIVER", "FAIL", Fate.Delivered)]
    [InlineData("FAIL", "DELIVER", Fate.Delivered)]
    [InlineData("DEFER", "RECEIVE", Fate.Pending)]
    [InlineData("RECEIVE", "DEFER", Fate.Deferred)]
    [InlineData("DROP", "FAIL", Fate.Failed)]
    [InlineData("FAIL", "DEFER", Fate.Failed)]
    [InlineData("RECEIVE", "AGENTINFO", Fate.Pending)]
    [InlineData("DELIVER", "DUPLICATEDELIVER", Fate.Delivered)]
    [InlineData("INITMESSAGECREATED", "MODERATORREJECT", Fate.Failed)]
    [InlineData("HARECEIVE", "HADISCARD", null)]
    public void An_end_wins_over_a_delay_and_a_delivery_over_a_failure(string first, string second, Fate? fate)
    {
        var journey = Journey.Of([Row(0, "EX01", "SMTP", first, ["ann@contoso.com"]), Row(9, "EX01", "SMTP", second, ["ann@contoso.com"])]);
        Assert.Equal(fate, journey.Recipients.SingleOrDefault()?.Fate);
    }

    [Fact]
    public void Mailbox_that_forwards_and_keeps_a_copy_is_delivered()
    {
        var journey = Journey.Of(
        [
            Row(0, "EX01", "SMTP", "RECEIVE", ["ann@contoso.com"]),
            Row(1, "EX01", "ROUTING", "REDIRECT", ["ann@contoso.com"], related: "ann@contoso.com"),
            Row(1, "EX01", "ROUTING", "REDIRECT", ["ann@contoso.com"], related: "bob@fabrikam.com"),
            Row(2, "EX01", "STOREDRIVER", "DELIVER", ["ANN@contoso.com"]),
        ]);
        Assert.Equal(
            [("ann@contoso.com", Fate.Delivered, 1), ("bob@fabrikam.com", Fate.Pending, 0)],
            journey.Recipients.Select(r => (r.Address, r.Fate, r.Became.Count)));
    }

    [Fact]
    public void Messages_with_the_same_Message_ID_are_told_apart_by_the_network_message_id()
    {
        TraceRow[] rows =
        [
            Row(0, "EX01", "SMTP", "RECEIVE", ["ann@contoso.com"]) with { NetworkMessageId = "one" },
            Row(1, "EX01", "SMTP", "RECEIVE", ["ann@contoso.com"]) with { NetworkMessageId = "two" },
            Row(2, "EX01", "STOREDRIVER", "DELIVER", ["ann@contoso.com"]) with { NetworkMessageId = "two" },
        ];
        Assert.Equal([("one", Fate.Pending), ("two", Fate.Delivered)], Journey.Group(rows).Select(j => (j.NetworkMessageId, j.Recipients[0].Fate)));
    }

    [Fact]
    public void Row_without_a_network_message_id_belongs_to_the_only_message_with_its_Message_ID()
    {
        TraceRow[] rows =
        [
            Row(0, "EX01", "SMTP", "RECEIVE", ["ann@contoso.com"]) with { NetworkMessageId = "one" },
            Row(2, "EX01", "STOREDRIVER", "DELIVER", ["ann@contoso.com"]),
        ];
        Assert.Equal(Fate.Delivered, Assert.Single(Journey.Group(rows)).Recipients[0].Fate);
    }

    static TraceRow Row(
        int second, string server, string source, string eventId, string[] recipients, string status = "", string related = "", string remote = "",
        string connector = "Internet") =>
        new(
            Noon.AddSeconds(second), server, source, eventId, "<1@contoso.com>", "", 1, "sender@contoso.com", "sender@contoso.com",
            [.. recipients.Select(r => new TraceRecipient(r, status))], related, "", "Hello", 1000, "a.log", second)
        {
            Remote = new(remote, ""),
            Connector = connector,
        };
}
