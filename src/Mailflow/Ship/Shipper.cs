using System.Buffers;
using Mailflow.Ledger;
using Mailflow.Logging;
using Mailflow.Pipeline;
using Mailflow.Privacy;
using Microsoft.Data.Sqlite;
using Polly;

namespace Mailflow.Ship;

/// <summary>
/// Sends events to one sink, in order and at least once: reads a batch after the sink's cursor, sends it, moves the cursor. All errors of
/// a sink are handled here. A failing sink holds one batch in memory and does not delay others.
/// </summary>
/// <param name="rejected">The file for events that the sink rejects.</param>
/// <param name="newEvents">Set at each commit.</param>
/// <param name="incidents">The events of incidents, which are sent first; null: none are.</param>
sealed class Shipper(
    ISink sink, Outbox outbox, RollingFile rejected, Wakeup newEvents, Masking masking, TimeProvider clock, ILogger log, IncidentOutbox? incidents = null)
    : IDisposable
{
    /// <summary>Polls the table too, so that a missed signal only delays.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    /// <summary>How long a request may take after a stop: its events are sent again next time if it does not finish.</summary>
    public static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(1);

    /// <summary>
    /// After this many rejections in a row, the cause is probably not the events: from then on one event a minute is set aside, not all at once.
    /// </summary>
    public const int MaxRejectedInRow = 10;

    static readonly TimeSpan LogWindow = TimeSpan.FromMinutes(1);

    /// <summary>Events of incidents in one request.</summary>
    const int MaxIncidents = 20;

    readonly Batch _batch = new(masking);
    readonly IncidentEventJson _incident = new(masking);
    readonly ArrayBufferWriter<byte> _incidentLines = new();
    readonly SinkTrouble _trouble = new(sink.Name, sink.Target, clock, log);
    readonly ResiliencePipeline<SinkAnswer?> _retry = SinkRetry.Create(clock);
    int _incidentsAlone;
    int _next;
    int _part;
    int _rejectedInRow;
    bool _askedAgain;
    DateTimeOffset _nextRejectedLog;
    DateTimeOffset _nextDroppedLog;

    public ShipStatus Status { get; private set; } = new(sink.Name, outbox.Last, 0, 0, 0, outbox.Dropped, null, null);

    /// <summary>Ships until stop, then ends with the request in flight or its deadline. The rest is shipped next time.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var deadline = stop.Register(() => abort.CancelAfter(StopDeadline));
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var wake = newEvents.Next;
                // A stop ends the delays; the request in flight ends at the deadline.
                var answer = await _retry.ExecuteAsync(async _ => await StepAsync(abort.Token), stop);
                if (answer is null)
                    await wake.WaitAsync(PollInterval, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    public void Dispose()
    {
        _batch.Dispose();
        _incident.Dispose();
        incidents?.Dispose();
        outbox.Dispose();
        (sink as IDisposable)?.Dispose();
    }

    /// <summary>Sends at most one request.</summary>
    /// <returns>Whether there was trouble, after which the step is tried again; null where there are no events.</returns>
    async Task<SinkAnswer?> StepAsync(CancellationToken abort)
    {
        try
        {
            Status = Status with { Backlog = outbox.Newest() - outbox.Last };
            outbox.Save();
            if (incidents is not null && incidents.Newest() > incidents.Last && await TellAsync(incidents, abort) is { } told)
                return told;
            if (_next == _batch.Count && !Fill())
            {
                // A batch is kept until it is taken, so trouble that ends without one was the store's.
                if (_trouble.Outcome == SinkOutcome.Later)
                    Recovered();
                return null;
            }

            var answer = await TryAsync(sink.SendAsync, _batch.Lines(_next, _part), abort);
            return answer.Outcome switch
            {
                SinkOutcome.Taken => Taken(),
                SinkOutcome.Rejected when _part > 1 => Split(),
                SinkOutcome.Rejected => await RejectedAsync(answer, abort),
                _ => Trouble(answer),
            };
        }
        catch (SqliteException e) when (e.MayRead())
        {
            return Trouble(new(SinkOutcome.Later, $"the store is not available: {e.Message}"));
        }
    }

    /// <summary>Sends events of incidents. They are few: if one is rejected, they are sent one by one.</summary>
    /// <returns>Trouble, or that some were sent; null where there are none.</returns>
    async Task<SinkAnswer?> TellAsync(IncidentOutbox outgoing, CancellationToken abort)
    {
        var events = outgoing.Read(_incidentsAlone > 0 ? 1 : MaxIncidents);
        if (events.Count == 0)
        {
            outgoing.Advance(outgoing.Newest());
            return null;
        }

        _incidentLines.ResetWrittenCount();
        foreach (var happened in events)
            _incident.Write(happened, _incidentLines);
        var answer = await TryAsync(sink.SendAsync, _incidentLines.WrittenMemory, abort);
        if (answer.Outcome == SinkOutcome.Rejected && events.Count > 1)
        {
            _incidentsAlone = events.Count;
            return SinkAnswer.Taken;
        }

        if (answer.Outcome == SinkOutcome.Rejected)
        {
            answer = await TryAsync(SetAside, _incidentLines.WrittenMemory, abort);
            if (answer.Outcome == SinkOutcome.Taken)
                Status = Status with { Rejected = Status.Rejected + 1 };
            if (answer.Outcome == SinkOutcome.Taken && Due(ref _nextRejectedLog))
                Log.EventRejected(log, sink.Name, IncidentEventJson.EventId(events[0]), "it rejected an incident", rejected.Path, Status.Rejected);
        }

        if (answer.Outcome != SinkOutcome.Taken)
            return Trouble(answer);
        _incidentsAlone = Math.Max(0, _incidentsAlone - 1);
        outgoing.Advance(events[^1].Id);
        Recovered();
        return SinkAnswer.Taken;
    }

    /// <summary>Reads the next events; false where there are none.</summary>
    bool Fill()
    {
        // Read before the events: otherwise events stored in between would be treated as deleted.
        var newest = outbox.Newest();
        _next = 0;
        _batch.Fill(outbox.Read(Batch.MaxEvents));
        _part = _batch.Count;
        if (_batch.Count > 0)
            return true;
        if (newest > outbox.Last)
        {
            Advance(newest, 0);
            outbox.Save();
        }

        return false;
    }

    SinkAnswer? Taken()
    {
        Status = Status with { Shipped = Status.Shipped + _part, LastSuccess = clock.GetUtcNow() };
        _rejectedInRow = 0;
        _askedAgain = false;
        Pass(_part);
        Recovered();
        return SinkAnswer.Taken;
    }

    /// <summary>The part is too large, or one of its events is invalid: sends half of it, until the invalid event is alone.</summary>
    SinkAnswer? Split()
    {
        _part = (_part + 1) / 2;
        return SinkAnswer.Taken;
    }

    /// <summary>The sink will never accept this event: it is written to a file, so that it does not delay the others.</summary>
    async Task<SinkAnswer?> RejectedAsync(SinkAnswer answer, CancellationToken abort)
    {
        if (_rejectedInRow >= MaxRejectedInRow && !_askedAgain)
        {
            _askedAgain = true;
            return Trouble(new(SinkOutcome.Misconfigured, $"it rejects every event ({answer.Reason}): check that the URL is the right server"));
        }

        var kept = await TryAsync(SetAside, _batch.Lines(_next, 1), abort);
        if (kept.Outcome != SinkOutcome.Taken)
            return Trouble(kept with { Reason = $"it rejected an event ({answer.Reason}), and {rejected.Path} cannot be written: {kept.Reason}" });
        Status = Status with { Rejected = Status.Rejected + 1 };
        if (Due(ref _nextRejectedLog))
            Log.EventRejected(log, sink.Name, _batch.EventId(_next), answer.Reason, rejected.Path, Status.Rejected);
        _rejectedInRow++;
        _askedAgain = false;
        Pass(1);
        return SinkAnswer.Taken;
    }

    Task<SinkAnswer> SetAside(ReadOnlyMemory<byte> line, CancellationToken abort)
    {
        rejected.Append(line.Span);
        return Task.FromResult(SinkAnswer.Taken);
    }

    /// <summary>Moves past the next <paramref name="count"/> events. The next part has twice as many, at most the rest of the batch.</summary>
    void Pass(int count)
    {
        Advance(_batch.Id(_next + count - 1), count);
        _next += count;
        _part = Math.Min(2 * count, _batch.Count - _next);
        outbox.Save();
    }

    void Advance(long id, int count)
    {
        var dropped = outbox.Dropped;
        outbox.Advance(id, count);
        Status = Status with { LastShippedId = id, Backlog = Math.Max(0, Status.Backlog - (id - Status.LastShippedId)), Dropped = outbox.Dropped };
        if (outbox.Dropped > dropped && Due(ref _nextDroppedLog))
            Log.EventsDropped(log, sink.Name, outbox.Dropped - dropped, outbox.Dropped);
    }

    SinkAnswer? Trouble(SinkAnswer answer)
    {
        _trouble.Failed(answer);
        Status = Status with { Problem = answer.Reason };
        return answer;
    }

    void Recovered()
    {
        if (_trouble.Recovered(Status.Backlog))
            Status = Status with { Problem = null };
    }

    static Task<SinkAnswer> TryAsync(
        Func<ReadOnlyMemory<byte>, CancellationToken, Task<SinkAnswer>> send, ReadOnlyMemory<byte> lines, CancellationToken abort) =>
        SinkTrouble.TryAsync(cancel => send(lines, cancel), abort);

    bool Due(ref DateTimeOffset next)
    {
        var now = clock.GetUtcNow();
        if (now < next)
            return false;
        next = now + LogWindow;
        return true;
    }
}
