namespace Mailflow.Simulator;

/// <summary>
/// All messages that are on their way, and the choice of the next row. Rows are paced by the caller; the waits of the messages
/// decide only their order, so the rate is kept whatever the scenarios do. Memory is bounded by rate times the longest wait, and by
/// <see cref="MostUnderway"/>: at more, the next to come does not wait any longer.
/// </summary>
sealed class Traffic
{
    /// <summary>New messages are started at a little less than one in so many rows: then those that are under way come first.</summary>
    const double RowsPerMessage = 6.5;

    /// <summary>Some 2 KB each. A server's log written at once has 20 rows a second, and a fifth of these.</summary>
    const int MostUnderway = 50_000;

    readonly PriorityQueue<SimulatedMessage, (long Due, long Order)> _underway = new();
    readonly Stack<SimulatedMessage> _spare = new();
    readonly Scenarios _scenarios;
    readonly Chance _chance;
    readonly int _haste;
    double _credit;
    long _order;
    long _internalId;

    /// <summary>Waits of ten seconds and more are shortened by the factor haste, so that live traffic shows its endings soon.</summary>
    public Traffic(SimulatedSite site, Chance chance, int haste)
    {
        _scenarios = new(site, chance);
        _chance = chance;
        _haste = haste;
        _internalId = 64_712_272_257_000 + chance.Below(1_000_000);
    }

    /// <summary>The row that is written now. The message stays untouched until <see cref="Finish"/>.</summary>
    public Row Next(long now)
    {
        _credit += 1 / RowsPerMessage;
        var message = (_credit < 1 && _underway.TryPeek(out _, out var first) && first.Due <= now) || _underway.Count >= MostUnderway
            ? _underway.Dequeue()
            : Start(now);
        var step = message.TakeStep();
        if (message.ArrivedAt == 0)
            message.ArrivedAt = now;
        return new(message, step.Shape, step.Recipients, now);
    }

    /// <summary>Lets the message go on after its row is written.</summary>
    public void Finish(in Row row)
    {
        var message = row.Message;
        if (row.Shape.Event == EventId.Fail && message.WantsReport)
            Report(message, row.At);
        if (message.IsThrough)
            _spare.Push(message);
        else
            Wait(message, row.At);
    }

    SimulatedMessage Start(long now)
    {
        _credit = Math.Max(0, _credit - 1);
        var message = Fresh(new(_chance.Next(), 0));
        _scenarios.Plan(message, now);
        return message;
    }

    /// <summary>One report a message, however many rows tell of its failures.</summary>
    void Report(SimulatedMessage failed, long now)
    {
        var report = Fresh(failed.Id.Report);
        _scenarios.PlanReport(report, failed);
        failed.WantsReport = false;
        Wait(report, now);
    }

    SimulatedMessage Fresh(MessageId id)
    {
        var message = _spare.Count > 0 ? _spare.Pop() : new();
        message.Begin(id, ++_internalId);
        return message;
    }

    void Wait(SimulatedMessage message, long now)
    {
        var delay = message.NextDelayMs;
        _underway.Enqueue(message, (now + (delay < 10_000 ? delay : delay / _haste), ++_order));
    }
}
