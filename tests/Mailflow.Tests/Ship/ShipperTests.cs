using System.Text;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Ship;
using Mailflow.Tests.Ledger;

namespace Mailflow.Tests.Ship;

public sealed class ShipperTests : IDisposable
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    readonly EventStore _events = new();
    readonly TestClock _clock = new();
    readonly TestLog _log = new();

    public void Dispose()
    {
        _events.Dispose();
        _log.Dispose();
    }

    static MailflowOptions To(FakeSeq seq, string? key = null) => new() { EventsSeq = new(seq.Url, key) };

    [Fact]
    public async Task Stored_events_arrive_in_order_with_masked_addresses()
    {
        await using var seq = await FakeSeq.StartAsync();
        _events.Add(700);
        await using var running = new Running(_events, _clock, _log, To(seq, "s3cr3t"));
        await seq.TakenAsync(700);
        _events.Add(3);
        await seq.TakenAsync(703);
        await running.StopAsync();

        Assert.Equal(_events.EventIds(), seq.EventIds);
        Assert.All(seq.All, p => Assert.DoesNotContain("anna.lang", p.Body, StringComparison.Ordinal));
        Assert.All(seq.All, p => Assert.DoesNotContain("bert.kurz", p.Body, StringComparison.Ordinal));
        Assert.All(seq.All, p => Assert.InRange(Encoding.UTF8.GetByteCount(p.Body), 1, Batch.MaxBytes));
        Assert.All(seq.All, p => Assert.Equal(("/ingest/clef", "s3cr3t", "application/vnd.serilog.clef; charset=utf-8"), (p.Path, p.Key, p.ContentType)));
        Assert.Equal(703, _events.Cursor("seq"));
        Assert.Equal(new("seq", 703, 0, 703, 0, 0, null, _clock.GetUtcNow()), running.Status);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Recovered_sink_gets_missed_events_and_the_outage_is_logged_once()
    {
        var port = Ports.Claim();
        var seq = await FakeSeq.StartAsync(port: port);
        var url = seq.Url;
        await seq.DisposeAsync();
        _events.Add(10);
        await using var running = new Running(_events, _clock, _log, new MailflowOptions { EventsSeq = new(url, null) });
        for (var i = 0; i < 8; i++)
        {
            await _clock.WaitAsync(TimeSpan.Zero, SinkRetry.MaxDelay);
            _clock.Advance(Second * 60);
        }

        await _clock.WaitAsync(TimeSpan.Zero, SinkRetry.MaxDelay);
        Assert.NotNull(running.Status.Problem);
        Assert.Equal(10, running.Status.Backlog);
        _events.Add(5);
        await using var again = await FakeSeq.StartAsync(port: port);
        _clock.Advance(Second * 60);
        await again.TakenAsync(15);
        await _log.LineAsync(102);
        await running.StopAsync();

        Assert.Equal(_events.EventIds(), again.EventIds);
        Assert.Equal((1, 1), (_log.Count(100), _log.Count(102)));
        Assert.Null(running.Status.Problem);
    }

    [Fact]
    public async Task Unanswered_request_is_abandoned_at_the_deadline()
    {
        var requests = 0;
        await using var seq = await FakeSeq.StartAsync(async (_, context) =>
        {
            if (requests++ == 0)
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return 201;
        });
        _events.Add(2);
        await using var running = new Running(_events, _clock, _log, To(seq) with { EventsFile = new(_events.PathOf("events.jsonl"), 1 << 20, 1) });
        await seq.PostedAsync();
        _clock.Advance(SinkHttp.Deadline);
        Assert.Contains("no answer within 10 s", (await _log.LineAsync(100)).Text, StringComparison.Ordinal);
        await _clock.WaitAsync(TimeSpan.Zero, Second * 2);
        _clock.Advance(Second * 2);
        await seq.TakenAsync(2);
        await running.StopAsync();
        Assert.Equal(_events.EventIds(), seq.EventIds);
        Assert.Equal(2, _events.Cursor("file"));
    }

    [Fact]
    public async Task Unavailable_sink_does_not_delay_the_other()
    {
        await using var away = await FakeSeq.StartAsync(async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return 201;
        });
        using var hung = new SeqSink(new(away.Url, null), _clock);
        var sink = new ScriptedSink(_ => SinkAnswer.Taken);
        await using var running = new Running(_events, _clock, _log, hung, sink);
        for (var i = 0; i < 5; i++)
        {
            _events.Add(20);
            await sink.Calls.NextAsync(_ => true);
        }

        await away.PostedAsync();
        running.BeginStop();
        _clock.Advance(Shipper.StopDeadline);
        await running.EndedAsync();
        Assert.Equal((0, 100), (_events.Cursor("seq"), _events.Cursor("scripted")));
    }

    [Theory]
    [InlineData(413)]
    [InlineData(400)]
    public async Task Rejected_event_is_skipped_and_its_neighbours_arrive(int status)
    {
        _events.Add(100);
        var ids = _events.EventIds();
        string[] bad = [ids[0], ids[37], ids[38], ids[99]];
        await using var seq = await FakeSeq.StartAsync(p => p.EventIds.Intersect(bad, StringComparer.Ordinal).Any() ? status : 201);
        await using var running = new Running(_events, _clock, _log, To(seq));
        await seq.TakenAsync(96);
        _events.Add(1);
        await seq.TakenAsync(97);
        await running.StopAsync();

        Assert.Equal([.. _events.EventIds().Except(bad, StringComparer.Ordinal)], seq.EventIds);
        Assert.Equal(
            bad,
            new Posted("", null, null, await File.ReadAllTextAsync(_events.PathOf("rejected-seq.jsonl"), TestContext.Current.CancellationToken)).EventIds);
        Assert.Equal((97, 4, 101, 0), (running.Status.Shipped, running.Status.Rejected, running.Status.LastShippedId, running.Status.Dropped));
        Assert.Equal(1, _log.Count(103));
        Assert.InRange(seq.All.Count, 1, 80);
    }

    [Fact]
    public async Task Request_size_limit_splits_the_batch_without_loss()
    {
        _events.Add(400);
        await using var seq = await FakeSeq.StartAsync(p => p.Body.Length > 20_000 ? 413 : 201);
        await using var running = new Running(_events, _clock, _log, To(seq));
        await seq.TakenAsync(400);
        await running.StopAsync();
        Assert.Equal(_events.EventIds(), seq.EventIds);
        Assert.Equal(0, running.Status.Rejected);
    }

    [Fact]
    public async Task Sink_that_rejects_everything_is_paused_before_all_events_are_skipped()
    {
        _events.Add(100);
        var refuses = true;
        await using var seq = await FakeSeq.StartAsync(_ => refuses ? 400 : 201);
        await using var running = new Running(_events, _clock, _log, To(seq));
        await _log.LineAsync(101);
        await _clock.WaitAsync(SinkRetry.MisconfiguredDelay, SinkRetry.MisconfiguredDelay);
        Assert.Equal(Shipper.MaxRejectedInRow, running.Status.Rejected);
        _clock.Advance(SinkRetry.MisconfiguredDelay);
        await _clock.WaitAsync(SinkRetry.MisconfiguredDelay, SinkRetry.MisconfiguredDelay);
        Assert.Equal(Shipper.MaxRejectedInRow + 1, running.Status.Rejected);
        refuses = false;
        _clock.Advance(SinkRetry.MisconfiguredDelay);
        await seq.TakenAsync(89);
        await running.StopAsync();
        Assert.Null(running.Status.Problem);
        Assert.Equal(_events.EventIds()[11..], seq.EventIds);
    }

    [Theory]
    [InlineData(429, "120", 120)]
    [InlineData(503, "Wed, 04 Mar 2026 10:01:30 GMT", 90)]
    [InlineData(503, "1000000", 3600)]
    public async Task Retry_After_is_respected(int status, string retryAfter, int seconds)
    {
        var busy = true;
        await using var seq = await FakeSeq.StartAsync((_, context) =>
        {
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.FromResult(busy ? status : 201);
        });
        _events.Add(3);
        await using var running = new Running(_events, _clock, _log, To(seq));
        await _clock.WaitAsync(Second * seconds, Second * (seconds + 1));
        _clock.Advance(Second * (seconds - 1));
        Assert.Single(seq.All);
        busy = false;
        _clock.Advance(Second * 2);
        await seq.TakenAsync(3);
        await running.StopAsync();
        Assert.Equal(_events.EventIds(), seq.EventIds);
    }

    [Fact]
    public async Task Lost_response_repeats_one_batch_with_the_same_ids()
    {
        FakeSeq? self = null;
        var lost = false;
        await using var seq = await FakeSeq.StartAsync((posted, context) =>
        {
            if (lost)
                return Task.FromResult(201);
            lost = true;
            self!.Apply(posted);
            context.Abort();
            return Task.FromResult(500);
        });
        self = seq;
        _events.Add(500);
        await using var running = new Running(_events, _clock, _log, To(seq));
        await _clock.WaitAsync(TimeSpan.Zero, Second * 2);
        _clock.Advance(Second * 2);
        var first = seq.All[0].EventIds;
        await seq.TakenAsync(500 + first.Count);
        await running.StopAsync();
        Assert.Equal([.. first, .. _events.EventIds()], seq.EventIds);
    }

    [Fact]
    public async Task Kill_between_send_and_cursor_repeats_one_batch_with_the_same_ids()
    {
        _events.Add(20);
        await using var seq = await FakeSeq.StartAsync();
        await using (var first = new Running(_events, _clock, _log, To(seq)))
        {
            await seq.TakenAsync(20);
            await first.StopAsync();
        }

        _events.Execute("UPDATE cursors SET last_id = 0 WHERE sink = 'seq'");
        _events.Add(5);
        await using var second = new Running(_events, _clock, _log, To(seq));
        await seq.TakenAsync(45);
        await second.StopAsync();
        var ids = _events.EventIds();
        Assert.Equal([.. ids[..20], .. ids], seq.EventIds);
    }

    [Fact]
    public async Task Unshipped_events_deleted_by_retention_are_counted()
    {
        _events.Add(10);
        var old = new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        using (new Outbox(_events.Store, "seq"))
        {
            _events.Add(7, time: old);
            _events.Add(3);
            Assert.Equal(7, _events.Store.Prune(_clock.GetUtcNow(), TimeSpan.FromDays(30), long.MaxValue));
        }

        await using var seq = await FakeSeq.StartAsync();
        await using (var running = new Running(_events, _clock, _log, To(seq)))
        {
            await seq.TakenAsync(13);
            await running.StopAsync();
            Assert.Equal((20, 13, 7), (running.Status.LastShippedId, running.Status.Shipped, running.Status.Dropped));
            Assert.Contains("7 events were deleted", (await _log.LineAsync(104)).Text, StringComparison.Ordinal);
        }

        // Also where no event is left.
        _events.Add(4, time: old);
        _events.Store.Prune(_clock.GetUtcNow(), TimeSpan.FromDays(30), long.MaxValue);
        _events.Execute("DELETE FROM events");
        await using var after = new Running(_events, _clock, _log, To(seq));
        await _clock.WaitAsync(Shipper.PollInterval, Shipper.PollInterval);
        await after.StopAsync();
        Assert.Equal((24, 11), (after.Status.LastShippedId, after.Status.Dropped));
        Assert.Equal(24, _events.Cursor("seq"));
    }

    [Fact]
    public async Task Exception_in_a_sink_affects_only_that_sink()
    {
        var broken = true;
        var sink = new ScriptedSink(_ => broken ? throw new InvalidOperationException("no idea") : SinkAnswer.Taken);
        _events.Add(2);
        await using var running = new Running(_events, _clock, _log, sink);
        Assert.Contains("no idea", (await _log.LineAsync(100)).Text, StringComparison.Ordinal);
        await _clock.WaitAsync(TimeSpan.Zero, Second * 2);
        broken = false;
        _clock.Advance(Second * 2);
        await _log.LineAsync(102);
        await running.StopAsync();
        Assert.Equal(2, running.Status.Shipped);
    }

    [Fact]
    public async Task Stop_waits_for_the_request_in_flight_up_to_its_deadline()
    {
        using var inFlight = new SemaphoreSlim(0);
        var never = new TaskCompletionSource<SinkAnswer>();
        var sink = new ScriptedSink(_ => SinkAnswer.Taken) { Before = () => { inFlight.Release(); return never.Task; } };
        _events.Add(2);
        await using var running = new Running(_events, _clock, _log, sink);
        await inFlight.WaitAsync(TestContext.Current.CancellationToken).Soon();
        running.BeginStop();
        _clock.Advance(Shipper.StopDeadline - Second);
        Assert.False(running.EndedAsync().IsCompleted);
        _clock.Advance(Second);
        await running.EndedAsync();
        Assert.Equal(0, _events.Cursor("scripted"));
    }

    [Fact]
    public async Task Response_after_stop_moves_the_cursor()
    {
        using var inFlight = new SemaphoreSlim(0);
        var late = new TaskCompletionSource<SinkAnswer>();
        var sink = new ScriptedSink(_ => SinkAnswer.Taken) { Before = () => { inFlight.Release(); return late.Task; } };
        _events.Add(2);
        await using var running = new Running(_events, _clock, _log, sink);
        await inFlight.WaitAsync(TestContext.Current.CancellationToken).Soon();
        running.BeginStop();
        late.SetResult(SinkAnswer.Taken);
        await running.EndedAsync();
        Assert.Equal(2, _events.Cursor("scripted"));
    }

    sealed class ScriptedSink(Func<int, SinkAnswer> answer) : ISink
    {
        int _calls;

        public Happenings<int> Calls { get; } = new();

        public Func<Task>? Before { get; init; }

        public string Name => "scripted";

        public string Target => "a test";

        public async Task<SinkAnswer> SendAsync(ReadOnlyMemory<byte> lines, CancellationToken abort)
        {
            if (Before is not null)
                await Before();
            var result = answer(_calls++);
            Calls.Add(_calls);
            return result;
        }
    }
}
