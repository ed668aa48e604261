using System.Buffers;
using System.Text;
using System.Text.Json;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Privacy;
using Mailflow.Ship;

namespace Mailflow.Tests.Ship;

public sealed class IncidentEventTests
{
    static readonly DateTime Ten = new(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc);

    public static Incident Refused { get; } = new()
    {
        Id = "00a1b2c3d4e5",
        Kind = IncidentKind.Failures,
        Cause = Cause.Blocklisted,
        Sub = "zen.spamhaus.org",
        Fault = Fault.Ours,
        Place = new(PlaceKind.Sender, "anna.lang@contoso.test"),
        FirstFailure = Ten,
        Opened = Ten.AddMinutes(2),
        LastFailure = Ten.AddMinutes(5),
        Severity = IncidentSeverity.Major,
        Messages = 12,
        Recipients = 14,
        Domains = [new("fabrikam.test", 9), new("adatum.test", 5)],
    };

    [Fact]
    public void Every_field_is_documented_and_no_address_is_shown()
    {
        using var json = new IncidentEventJson(Masking.Default);
        var output = new ArrayBufferWriter<byte>();
        json.Write(new(7, Ten, "closed", Refused with { Closed = Ten.AddHours(1), Verified = Verified.Delivered, Servers = [new("EX01", 14)] }), output);
        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.DoesNotContain("anna.lang", text, StringComparison.Ordinal);
        var page = File.ReadAllText(Repository.PathOf("docs/events.md"));
        foreach (var field in JsonDocument.Parse(text).RootElement.EnumerateObject())
            Assert.Contains($"| `{field.Name}` |", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_event_has_the_same_id_each_time_and_another_event_another_id()
    {
        var happened = new StoredHappening(7, Ten, "opened", Refused);
        Assert.Equal(IncidentEventJson.EventId(happened), IncidentEventJson.EventId(happened with { Incident = Refused with { Recipients = 99 } }));
        Assert.NotEqual(IncidentEventJson.EventId(happened), IncidentEventJson.EventId(happened with { Event = "closed" }));
        Assert.Matches("^[0-9a-f]{32}$", IncidentEventJson.EventId(happened));
    }

    [Fact]
    public void A_sink_gets_each_event_after_its_cursor_in_order()
    {
        using var store = new EventStore();
        Commit(store, IncidentEvent.Opened, IncidentEvent.Changed);
        using (var outbox = new IncidentOutbox(store.Store, "seq"))
        {
            Assert.Equal(["opened", "changed"], outbox.Read(20).Select(e => e.Event));
            outbox.Advance(1);
            Assert.Equal(2, outbox.Newest());
        }

        Commit(store, IncidentEvent.Closed);
        using var later = new IncidentOutbox(store.Store, "seq");
        Assert.Equal(["changed", "closed"], later.Read(20).Select(e => e.Event));
        using var other = new IncidentOutbox(store.Store, "file");
        Assert.Equal(3, other.Read(20).Count);
    }

    /// <summary>A sink that will never take one of them does not keep the others, and the failures, from their way.</summary>
    [Fact]
    public async Task A_rejected_event_of_an_incident_is_set_aside_and_the_others_arrive()
    {
        using var store = new EventStore();
        Commit(store, IncidentEvent.Opened, IncidentEvent.Changed, IncidentEvent.Closed);
        store.Add(2);
        var clock = new TestClock();
        using var log = new TestLog();
        await using var seq = await FakeSeq.StartAsync(p => p.Body.Contains("\"changed\"", StringComparison.Ordinal) ? 400 : 201);
        await using var running = new Running(store, clock, log, new MailflowOptions { EventsSeq = new(seq.Url, null) });
        await seq.TakenAsync(4);
        await running.StopAsync();

        // Together, then one by one, then the failures; the rejected one is tried once more alone.
        Assert.Equal([3, 1, 1, 1, 2], seq.All.Select(p => p.Events.Count));
        var aside = await File.ReadAllTextAsync(store.PathOf("rejected-seq.jsonl"), TestContext.Current.CancellationToken);
        Assert.Contains("\"changed\"", Assert.Single(aside.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.DoesNotContain("anna.lang", aside, StringComparison.Ordinal);
        Assert.Equal((1, null), (running.Status.Rejected, running.Status.Problem));
        Assert.Equal(1, log.Count(103));
        using var outbox = new IncidentOutbox(store.Store, "seq");
        Assert.Empty(outbox.Read(20));
    }

    static void Commit(EventStore store, params IReadOnlyList<IncidentEvent> events) => store.Store.Commit(
        [
            new IncidentDelta
            {
                ReadAt = default, Until = Ten, Incidents = [new(Refused, true)], Events = [.. events.Select(e => new IncidentChange(e, Ten, Refused))],
            },
        ],
        new Totals(new()), false, false, DateTimeOffset.UnixEpoch);
}
