using Mailflow.Analysis.Tracing;
using static Mailflow.Analysis.Tests.Tracing.Rows;

namespace Mailflow.Analysis.Tests.Tracing;

public sealed class TimelineTests
{
    const string Greylisted = "[{LED=451 4.7.1 Greylisted, try again later};{MSG=};{FQDN=mx.fabrikam.com};{IP=203.0.113.25};{LRT=}]";

    const string Tracker =
        "2026-11-20T12:00:00.000Z;LSRV=EX01.contoso.local:TOTAL-HUB=843.000|SMR=0.112(SMRPI=0.100)|CAT=0.500(CATRS-Transport Rule Agent=0.300)"
        + "|QDE=820.000|SMSC=1.388|SMS=21.000|X-SMSDR=0.010";

    static readonly TraceRow[] Waited =
    [
        Row(0, "EX01", "SMTP RECEIVE", "bob@fabrikam.com", host: "mail.contoso.com", connector: @"EX01\Relay"),
        Row(0.1, "EX01", "AGENT AGENTINFO", "bob@fabrikam.com", context: "Transport Rule Agent"),
        Row(0.2, "EX01", "AGENT AGENTINFO", "bob@fabrikam.com", context: "Malware Agent"),
        Row(3, "EX01", "SMTP DEFER", "bob@fabrikam.com", Greylisted, host: "mx.fabrikam.com", info: "2026-11-20T12:05:03.000Z"),
        Row(303, "EX01", "SMTP DEFER", "bob@fabrikam.com", Greylisted, host: "mx.fabrikam.com", info: "2026-11-20T12:10:03.000Z"),
        Row(843, "EX01", "SMTP SENDEXTERNAL", "bob@fabrikam.com", "250 2.1.5 Recipient OK", host: "mx.fabrikam.com", connector: "Internet", info: Tracker),
    ];

    [Fact]
    public void Steps_are_in_words_and_repeated_rows_are_one_step() => Assert.Equal(
        [
            @"12:00:00 EX01 received from mail.contoso.com by EX01\Relay, 1 row",
            "12:00:00 EX01 agents: Transport Rule Agent, Malware Agent, 2 rows",
            "12:00:03 EX01 deferred at mx.fabrikam.com: greylisted (451 4.7.1), 2 times until 12:05:03, next try 12:10:03, 2 rows",
            "12:14:03 EX01 sent to mx.fabrikam.com by Internet, 1 row",
        ],
        Lines(Journey.Of(Waited)));

    [Fact]
    public void Time_is_divided_by_the_latency_tracker()
    {
        var spent = Journey.Of(Waited).TimeSpent;
        Assert.Equal(TimeSpan.FromSeconds(843), spent.Total);
        Assert.Equal("Of 14 min 3 s, 13 min 40 s were waiting in the queue to fabrikam.com.", spent.Sentence);
        Assert.Equal(
            [
                "waiting in the queue to fabrikam.com", "sending by SMTP", "connecting to the next server", "the categorizer: groups, rules and agents",
                "receiving by SMTP",
            ],
            spent.Parts.Select(p => p.What));
        Assert.Equal(820 / 843.0, spent.Parts[0].Share, 6);
        Assert.All(spent.Parts, p => Assert.Equal("EX01", p.Server));
    }

    [Fact]
    public void Without_a_tracker_the_gaps_between_the_steps_are_told()
    {
        var spent = Journey.Of([.. Waited.Select(r => r with { Info = "" })]).TimeSpent;
        Assert.Equal("Of 14 min 3 s, 14 min were waiting to try mx.fabrikam.com again.", spent.Sentence);
        Assert.Equal(1, spent.Parts.Sum(p => p.Share), 6);
    }

    [Fact]
    public void Story_of_a_message_that_waited() => Assert.Equal(
        [
            "sender@contoso.com sent it to bob@fabrikam.com on 2026-11-20 12:00:00 UTC (11.7 KB).",
            "bob@fabrikam.com was sent to mx.fabrikam.com within 14 min 3 s.",
            "Of 14 min 3 s, 13 min 40 s were waiting in the queue to fabrikam.com.",
        ],
        JourneyStory.Of(Journey.Of(Waited), a => a));

    [Theory]
    [InlineData(-240, "The clock of EX02 is about 4 min behind EX01: its times in the timeline are corrected.")]
    [InlineData(600, "The clock of EX02 is about 10 min ahead of EX01: its times in the timeline are corrected.")]
    [InlineData(30, null)]
    public void Clock_that_contradicts_the_hops_is_corrected(int seconds, string? says)
    {
        TraceRow[] rows =
        [
            Row(0, "EX01", "SMTP RECEIVE", "ann", host: "mail.fabrikam.com"),
            Row(2, "EX01", "SMTP SEND", "ann", host: "EX02.contoso.local"),
            Row(2 + seconds, "EX02", "SMTP RECEIVE", "ann", host: "EX01.contoso.local"),
            Row(5 + seconds, "EX02", "STOREDRIVER DELIVER", "ann"),
        ];
        var journey = Journey.Of(rows);
        Assert.Equal(says is null ? [] : [says], journey.Unknown);
        Assert.Equal([StepKind.Received, StepKind.HandedOver, StepKind.Received, StepKind.Delivered], journey.Steps.Select(s => s.Kind));
        Assert.Equal(TimeSpan.FromSeconds(says is null ? 5 + seconds : 5), journey.Recipients[0].Took);
    }

    [Fact]
    public void Delivery_before_the_hop_shows_a_clock_that_is_behind()
    {
        var journey = Journey.Of([Row(0, "EX01", "SMTP SEND", "ann", host: "EX02"), Row(-180, "EX02", "STOREDRIVER DELIVER", "ann")]);
        Assert.Equal(("EX02", TimeSpan.FromMinutes(-3), "EX01"), (journey.Clocks[0].Server, journey.Clocks[0].Offset, journey.Clocks[0].Reference));
    }

    [Fact]
    public void Sender_writes_its_row_after_the_receiver_and_is_shown_before_it()
    {
        var journey = Journey.Of(
        [
            Row(0, "EX01", "SMTP RECEIVE", "ann", host: "mail.fabrikam.com"),
            Row(1.00, "EX02", "SMTP RECEIVE", "ann", host: "EX01"),
            Row(1.08, "EX01", "SMTP SEND", "ann", host: "EX02"),
        ]);
        Assert.Equal(
            ["received from mail.fabrikam.com", "handed to EX02", "received from EX01"],
            journey.Steps.Select(s => StepWords.Of(s, a => a).Split(" by ")[0]));
    }

    [Fact]
    public void Recipients_of_one_row_that_failed_for_different_reasons_are_different_steps()
    {
        var journey = Journey.Of(HardCases.All["many recipients with a state each"].Rows);
        Assert.Equal(
            ["received by Intra-Organization SMTP Send Connector", "failed: mailbox full (552 5.2.2)", "failed: invalid recipient (550 5.1.1)"],
            journey.Steps.Select(s => StepWords.Of(s, a => a)));
        Assert.Equal([2, 1, 1], journey.Steps.Select(s => s.Recipients));
    }

    [Theory]
    [InlineData("handed to a server whose logs are not read", "It left EX02 for EX05, whose logs are not read: what happened there is not known.")]
    [InlineData(
        "journey that begins in the middle",
        "Its first row here is SEND on EX02 at 2026-11-20 12:00:00 UTC: earlier rows are gone, or on a server whose logs are not read.")]
    [InlineData(
        "only shadow copies",
        "Only rows about shadow copies are here: the rows of the message itself are gone, or on a server whose logs are not read.")]
    [InlineData("one mailbox", null)]
    public void What_is_not_known_is_said(string name, string? says) =>
        Assert.Equal(says is null ? [] : [says], Journey.Of(HardCases.All[name].Rows).Unknown);

    [Fact]
    public void Message_without_ids_and_its_writer_without_a_name()
    {
        var journey = Journey.Of([Row(0, "", "SMTP RECEIVE", "ann") with { MessageId = "", NetworkMessageId = "" }]);
        Assert.Equal(
            [
                "Some rows do not say which server wrote them: name it, or read each server's logs from a folder of its own.",
                "The rows have no Message-ID: only those with the same internal number on the same server are shown.",
            ],
            journey.Unknown);
    }

    [Fact]
    public void Server_between_two_that_are_read_is_no_end()
    {
        var journey = Journey.Of(
        [
            Row(0, "EX01", "SMTP RECEIVE", "ann"), Row(1, "EX01", "SMTP SEND", "ann", host: "EX05"), Row(9, "EX02", "STOREDRIVER DELIVER", "ann"),
        ]);
        Assert.Equal(["It passed EX05, whose logs are not read."], journey.Unknown);
    }

    static IEnumerable<string> Lines(Journey journey) =>
        journey.Steps.Select(s => $"{s.Time:HH:mm:ss} {s.Server} {StepWords.Of(s, a => a)}, {s.Rows} {(s.Rows == 1 ? "row" : "rows")}");
}
