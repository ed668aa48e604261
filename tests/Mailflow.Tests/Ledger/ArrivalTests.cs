using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Snapshots;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;

namespace Mailflow.Tests.Ledger;

/// <summary>Data from exports: each event once, each failure once, and the newest snapshot; also across restarts.</summary>
public sealed class ArrivalTests
{
    const string Refused = "550 5.1.1 User unknown";
    const string Later = "451 4.7.1 Greylisted, try again later";

    static readonly DateTimeOffset Noon = LedgerBed.Noon;

    [Theory]
    [InlineData("1 2 3", "1 2 3")]
    [InlineData("1 2 3", "3 2 1 4")]
    [InlineData("5 4 3", "1 2 3 4 5 6")]
    public async Task Event_in_several_exports_counts_once(string first, string second)
    {
        using var bed = new LedgerBed();
        var all = (first + " " + second).Split(' ').Distinct(StringComparer.Ordinal).Count();
        await bed.CommitAsync(await EventsAsync(bed, first), await EventsAsync(bed, second));
        Assert.Equal(all, bed.Sum(Counters.WindowsEvents));
        bed.Restart();
        await bed.CommitAsync(await EventsAsync(bed, second), await EventsAsync(bed, first));
        Assert.Equal(all, bed.Sum(Counters.WindowsEvents));
    }

    [Fact]
    public async Task Record_numbers_are_per_log_and_restart_when_it_is_cleared()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await EventsAsync(bed, "1 2 3"));
        await bed.CommitAsync(
            await EventsAsync(bed, "1 2", at: Noon.AddDays(2)), await EventsAsync(bed, "1 2", server: "EX2"),
            await EventsAsync(bed, "1 2", channel: "System"));
        Assert.Equal(9, bed.Sum(Counters.WindowsEvents));
        // The same event with a time without a zone is not another event.
        await bed.CommitAsync(await EventsAsync(bed, "1 2 3", server: "ex2", at: Noon.AddHours(5)));
        Assert.Equal(10, bed.Sum(Counters.WindowsEvents));
    }

    [Fact]
    public async Task Forgotten_events_count_as_seen()
    {
        using var bed = new LedgerBed();
        Task<ExportDelta> Twenty() => bed.ExportAsync(
        [
            .. Enumerable.Range(1, 20).Select(i => new ReportedEvent("MSExchangeTransport", 15004, "EX1", "Application", i, Noon.AddHours(i).UtcDateTime)),
        ]);

        await bed.CommitAsync(await Twenty());
        Assert.Null(ExportTables.Floor(bed.Store, most: 20));
        var floor = ExportTables.Floor(bed.Store, most: 19);
        Assert.Equal(Noon.AddHours(2).ToUnixTimeMilliseconds(), floor);
        Assert.Equal([1], bed.Store.Exports.Forget(floor!.Value));
        Assert.Equal(19, bed.Scalar("SELECT count(*) FROM seen_events"));
        bed.Restart();
        await bed.CommitAsync(await Twenty());
        Assert.Equal(20, bed.Sum(Counters.WindowsEvents));
    }

    [Fact]
    public async Task Only_Exchange_events_get_their_own_labels()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await bed.ExportAsync(
        [
            new("MSExchangeTransport", 15004, "EX1", "Application", 1, Noon.UtcDateTime),
            new("Outlook", 63, "EX1", "Application", 2, Noon.UtcDateTime),
        ]));
        Assert.Equal(1, bed.Committer.Current.Sum(
            Counters.WindowsEvents, k => $"{k.Provider.Value} {k.Id.Value} {k.Server.Value}" == "MSExchangeTransport 15004 EX1"));
        Assert.Equal(1, bed.Committer.Current.Sum(Counters.WindowsEvents, k => $"{k.Provider.Value} {k.Id.Value} {k.Server.Value}" == "other other EX1"));
    }

    public static TheoryData<string> Orders =>
        [
            "event row", "row event", "event+row", "row+event", "event restart row", "row restart event", "event event row",
            "event row event", "event wait row", "event wait restart row", "event wait event row", "event wait row event", "row wait event",
        ];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Failure_in_log_and_event_counts_once_in_any_order(string order)
    {
        using var bed = new LedgerBed();
        var record = 0;
        foreach (var step in order.Split(' '))
        {
            if (step == "restart")
                bed.Restart();
            else if (step == "wait")
                await WaitAsync(bed);
            else
            {
                var deltas = new List<Delta>();
                foreach (var part in step.Split('+'))
                    deltas.Add(part == "row" ? await RowAsync(bed, "<a@contoso.test>") : await RefusalAsync(bed, "<a@contoso.test>", ++record));
                await bed.CommitAsync([.. deltas]);
            }
        }

        await WaitAsync(bed);
        Assert.Equal(1, bed.Sum(Counters.Failures));
        Assert.Equal(1, bed.Scalar("SELECT count(*) FROM events"));
        Assert.Equal(record, bed.Sum(Counters.Refusals));
        Assert.Equal(1, bed.Committer.LastHour.Count(Noon)[Cause.InvalidRecipient]);
    }

    [Fact]
    public async Task Rejection_without_a_row_becomes_a_failure_after_the_wait()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await RefusalAsync(bed, "<a@contoso.test>", 1), await RowAsync(bed, "<b@contoso.test>"));
        Assert.Equal(1, bed.Sum(Counters.Failures));
        bed.Clock.Advance(RejectedMessages.Wait - TimeSpan.FromMinutes(1));
        await bed.CommitAsync(await bed.DeltaAsync(offset: 100, end: 200));
        Assert.Equal(1, bed.Sum(Counters.Failures));
        bed.Restart();
        bed.Clock.Advance(TimeSpan.FromMinutes(2));
        await bed.CommitAsync(await bed.DeltaAsync(offset: 200, end: 300));
        Assert.Equal(2, bed.Sum(Counters.Failures));
        Assert.Equal(
            1,
            bed.Scalar(
                "SELECT count(*) FROM events WHERE source = 'event' AND message_id = '<a@contoso.test>' AND connector = 'Internet Send' AND cause = "
                + "'invalid-recipient'"));
        // The row has three recipients; one of them was already counted as a failure.
        await bed.CommitAsync(await RowAsync(bed, "<a@contoso.test>", recipients: 3));
        Assert.Equal(4, bed.Sum(Counters.Failures));
        bed.Restart();
        Assert.Equal(4, bed.Sum(Counters.Failures));
        Assert.Equal(0, bed.Scalar("SELECT count(*) FROM refusals"));
    }

    [Fact]
    public async Task Wait_for_a_row_ends_without_new_data()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await RefusalAsync(bed, "<a@contoso.test>", 1));
        var channel = System.Threading.Channels.Channel.CreateUnbounded<Delta>();
        var run = bed.Committer.RunAsync(channel.Reader, CancellationToken.None);
        var next = bed.Committer.NewEvents.Next;
        while (!next.IsCompleted)
        {
            bed.Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Equal(1, bed.Sum(Counters.Failures));
        Assert.InRange(bed.Clock.GetUtcNow(), Noon + RejectedMessages.Wait, Noon + RejectedMessages.Wait + TimeSpan.FromMinutes(5));
        channel.Writer.Complete();
        while (!run.IsCompleted)
        {
            bed.Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Temporary_rejection_in_an_event_is_not_a_failure()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await RefusalAsync(bed, "<a@contoso.test>", 1, Later));
        await WaitAsync(bed);
        Assert.Equal(0, bed.Sum(Counters.Failures));
        Assert.Equal(1, bed.Committer.Current.Sum(Counters.Refusals, k => k == (Cause.Greylisted, Permanence.Transient, new ServerName("EX1"))));
    }

    [Fact]
    public async Task Newest_snapshot_per_server_and_kind_survives_a_restart()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await SnapshotAsync(bed, Queues("EX1", Noon, 5)), await SnapshotAsync(bed, Queues("EX2", Noon, 7)));
        await bed.CommitAsync(await SnapshotAsync(bed, Queues("ex1", Noon.AddMinutes(1), 6)), await SnapshotAsync(bed, Queues("EX2", Noon.AddMinutes(-1), 99)));
        Assert.Equal("EX1 6, EX2 7", Said(bed));
        bed.Restart();
        Assert.Equal("EX1 6, EX2 7", Said(bed));
        Assert.Equal(QueueKind.Dns, bed.Committer.Current.Servers[0].Queues[0].Kind);

        static ServerSnapshot Queues(string server, DateTimeOffset taken, long messages) =>
            new(SnapshotKind.Queues, server, taken.UtcDateTime)
            {
                Queues = [new("EX1\\1", QueueKind.Dns, "a.example", QueueStatus.Retry, messages, 0, 0, 0, null, "", null)],
            };

        static string Said(LedgerBed bed) =>
            string.Join(", ", bed.Committer.Current.Servers.Select(s => $"{s.Server.ToUpperInvariant()} {s.Queues[0].Messages}"));
    }

    [Fact]
    public async Task Pressure_is_the_last_known_level_of_each_resource()
    {
        using var bed = new LedgerBed();
        await bed.CommitAsync(await SnapshotAsync(
            bed, new ServerSnapshot(SnapshotKind.BackPressure, "EX1", Noon.UtcDateTime) { Pressure = [Low("Disk"), Low("Memory")] }));
        await bed.CommitAsync(await bed.ExportAsync(
        [
            new(
                "MSExchangeTransport", 15004, "EX1", "Application", 1, Noon.AddMinutes(1).UtcDateTime,
                Pressure: [new("Disk", PressureLevel.High, null, Noon.AddMinutes(1).UtcDateTime)]),
            new(
                "MSExchangeTransport", 15004, "EX1", "Application", 2, Noon.AddMinutes(-1).UtcDateTime,
                Pressure: [new("Memory", PressureLevel.High, null, Noon.AddMinutes(-1).UtcDateTime)]),
        ]));
        Assert.Equal("Disk High, Memory Low", Said());
        bed.Restart();
        Assert.Equal("Disk High, Memory Low", Said());
        // A resource named only by an event becomes low when the overall level is low.
        await bed.CommitAsync(await bed.ExportAsync(
        [
            new(
                "MSExchangeTransport", 15005, "EX1", "Application", 3, Noon.AddMinutes(2).UtcDateTime,
                Pressure: [new(ResourcePressure.Overall, PressureLevel.Low, null, Noon.AddMinutes(2).UtcDateTime)]),
        ]));
        Assert.Equal("Disk Low, Memory Low, overall Low", Said());

        static ResourcePressure Low(string resource) => new(resource, PressureLevel.Low, 3, Noon.UtcDateTime);

        string Said() =>
            string.Join(
                ", ",
                bed.Committer.Current.Servers.Single().Pressure.OrderBy(p => p.Resource, StringComparer.Ordinal).Select(p => $"{p.Resource} {p.Level}"));
    }

    static async Task WaitAsync(LedgerBed bed)
    {
        bed.Clock.Advance(RejectedMessages.Wait + TimeSpan.FromMinutes(1));
        await bed.CommitAsync(await bed.DeltaAsync(file: 9, rows: 0));
    }

    static Task<ExportDelta> EventsAsync(LedgerBed bed, string records, string server = "EX1", string channel = "Application", DateTimeOffset? at = null) =>
        bed.ExportAsync(
        [
            .. records.Split(' ').Select(record => new ReportedEvent(
                "MSExchangeTransport", 15004, server, channel,
                long.Parse(record, System.Globalization.CultureInfo.InvariantCulture),
                (at ?? Noon).UtcDateTime)),
        ]);

    static Task<ExportDelta> RefusalAsync(LedgerBed bed, string messageId, int record, string status = Refused) =>
        bed.ExportAsync(
        [
            new("MSExchangeTransport", 2004, "EX1", "Application", record, Noon.UtcDateTime, new(messageId, "Internet Send", Diagnosis.Of(status))),
        ]);

    static async Task<Delta> RowAsync(LedgerBed bed, string messageId, int recipients = 1)
    {
        var delta = await bed.DeltaAsync(file: 2, failures: recipients);
        var failures = delta.Tally.Failures;
        for (var i = 0; i < failures.Count; i++)
            failures[i] = failures[i] with { MessageId = messageId };
        return delta;
    }

    static Task<ExportDelta> SnapshotAsync(LedgerBed bed, ServerSnapshot snapshot) => bed.ExportAsync([], snapshot);
}
