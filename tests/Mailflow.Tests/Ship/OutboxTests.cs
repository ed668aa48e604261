using Mailflow.Analysis.Failures;
using Mailflow.Ledger;
using Mailflow.Tests.Ledger;

namespace Mailflow.Tests.Ship;

public sealed class OutboxTests : IDisposable
{
    static readonly DateTime Old = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    readonly EventStore _events = new();

    public void Dispose() => _events.Dispose();

    Outbox Open(string sink = "seq") => new(_events.Store, sink);

    void Prune() => _events.Store.Prune(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero), TimeSpan.FromDays(30), long.MaxValue);

    [Fact]
    public void Stored_event_is_read_back_unchanged()
    {
        _events.Add(1);
        using var outbox = Open();
        var stored = Assert.Single(outbox.Read(10));
        var judged = Diagnosis.Of(EventStore.UnknownUser);
        Assert.Equal(
            (1, "EX01", "SMTP", "originating", "anna.lang@fabrikam.test", "bert.kurz@contoso.test"),
            (stored.Id, stored.Server, stored.Source, stored.Direction, stored.Recipient, stored.Sender));
        Assert.Equal(
            ("<6f1c@EX01.contoso.test>", "Internet", "exchange/MSGTRK2026030409-1.LOG", 1000),
            (stored.MessageId, stored.Connector, stored.File, stored.Offset));
        Assert.Equal(
            (Cause.InvalidRecipient, judged.Enhanced, judged.SubReason, judged.Fault, judged.Text),
            (stored.Cause, stored.Diagnosis.Enhanced, stored.Diagnosis.SubReason, stored.Diagnosis.Fault, stored.Diagnosis.Text));
        Assert.Equal(("mx.fabrikam.test", "192.0.2.7"), (stored.Diagnosis.RemoteHost, stored.Diagnosis.RemoteAddress));
        Assert.Equal(32, stored.EventId.Length);
        Assert.Equal("", stored.Subject);
    }

    [Fact]
    public void Stored_diagnosis_is_shipped_after_the_rules_have_changed()
    {
        _events.Add(1);
        _events.Execute("UPDATE events SET cause = 'mailbox-full'");
        using var outbox = Open();
        var stored = Assert.Single(outbox.Read(10));
        Assert.Equal((Cause.MailboxFull, Cause.MailboxFull, Fault.Theirs), (stored.Cause, stored.Diagnosis.Cause, stored.Diagnosis.Fault));
        Assert.Empty(stored.Diagnosis.Evidence);
    }

    [Fact]
    public void New_sink_gets_the_history_once_and_continues()
    {
        _events.Add(5);
        using (var first = Open())
        {
            Assert.Equal([1L, 2, 3], first.Read(3).Select(e => e.Id));
            first.Advance(3, 3);
            Assert.Equal([4L, 5], first.Read(10).Select(e => e.Id));
            first.Save();
            first.Save();
        }

        using var again = Open();
        Assert.Equal([4L, 5], again.Read(10).Select(e => e.Id));
        using var other = Open("file");
        Assert.Equal(5, other.Read(10).Count());
    }

    [Fact]
    public void Events_deleted_before_a_sink_was_added_are_not_its_losses()
    {
        _events.Add(4, time: Old);
        _events.Add(3);
        _events.Add(5, time: Old);
        _events.Add(2);
        Prune();
        using (var outbox = Open())
        {
            Assert.Equal((4, 0), (outbox.Last, outbox.Dropped));
            Assert.Equal(5, outbox.Read(100).Count());
            outbox.Advance(14, 5);
            outbox.Save();
        }

        using var again = Open();
        Assert.Equal((14, 0), (again.Last, again.Dropped));
        _events.Add(6, time: Old);
        Prune();
        again.Advance(again.Newest(), 0);
        Assert.Equal((20, 6), (again.Last, again.Dropped));
    }

    [Fact]
    public void Emptied_store_does_not_reuse_event_numbers()
    {
        _events.Add(4, time: Old);
        Prune();
        _events.Execute("DELETE FROM events");
        using var outbox = Open();
        Assert.Equal((4, 4, 0), (outbox.Last, outbox.Newest(), outbox.Dropped));
        _events.Add(1);
        Assert.Equal([5L], outbox.Read(10).Select(e => e.Id));
    }

    [Fact]
    public void Empty_store_has_no_events_to_ship()
    {
        using var outbox = Open();
        Assert.Empty(outbox.Read(10));
        Assert.Equal((0, 0), (outbox.Last, outbox.Newest()));
    }

    [Fact]
    public void Reading_events_does_not_block_the_committer()
    {
        _events.Add(10);
        using var outbox = Open();
        foreach (var _ in outbox.Read(10))
            _events.Add(1);
        Assert.Equal(20, outbox.Newest());
    }
}
