namespace Mailflow.Simulator;

/// <summary>
/// All messages in transit, and the choice of the next row. The caller controls the rate of the rows; the waits of the messages decide only their
/// order, so the rate does not depend on the scenarios. Memory is bounded by the rate times the longest wait, and by <see cref="MostUnderway"/>:
/// above that, the next message does not wait any longer.
/// </summary>
sealed class Traffic
{
    /// <summary>A new message is started after this many rows: slightly too rarely, so that messages in transit are continued first.</summary>
    const double RowsPerMessage = 6.5;

    /// <summary>About 4 KB each. A log written at once has 20 rows a second and needs a fifth of this number.</summary>
    const int MostUnderway = 50_000;

    readonly PriorityQueue<SimulatedMessage, (long Due, long Order)> _underway = new();
    readonly Stack<SimulatedMessage> _spare = new();
    readonly Scenarios _scenarios;
    readonly Chance _chance;
    readonly int _haste;
    double _credit;
    long _order;
    long _internalId;

    /// <summary>Waits of ten seconds and more are divided by haste, so that live traffic soon contains finished messages.</summary>
    public Traffic(SimulatedSite site, Chance chance, int haste)
    {
        _scenarios = new(site, chance);
        _chance = chance;
        _haste = haste;
        _internalId = 64_712_272_257_000 + chance.Below(1_000_000);
    }

    /// <summary>Messages that have rows to come.</summary>
    public IEnumerable<SimulatedMessage> Underway => _underway.UnorderedItems.Select(m => m.Element);

    /// <summary>The row to write now. The message does not change until <see cref="Finish"/>.</summary>
    public Row Next(long now)
    {
        _credit += 1 / RowsPerMessage;
        var message = (_credit < 1 && _underway.TryPeek(out _, out var first) && first.Due <= now) || _underway.Count >= MostUnderway
            ? _underway.Dequeue()
            : Start(now);
        var step = message.TakeStep();
        if (message.ArrivedAt == 0)
            message.ArrivedAt = now;
        return new(message, step, now);
    }

    /// <summary>Continues the message after its row was written.</summary>
    public void Finish(in Row row)
    {
        var message = row.Message;
        if (row.Shape.Event == EventId.Fail && message.WantsReport)
            Report(message, row);
        if (row.Shape.Event == EventId.Receive && message.WantsJournal)
            Journal(message, row);
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

    /// <summary>One report for each message, also if several rows report its failures.</summary>
    void Report(SimulatedMessage failed, in Row row)
    {
        var report = Fresh(failed.Id.Report);
        report.Here = row.Server;
        _scenarios.PlanReport(report, failed);
        failed.WantsReport = false;
        Wait(report, row.At);
    }

    void Journal(SimulatedMessage message, in Row row)
    {
        var report = Fresh(message.Id.Journal);
        report.Here = row.Server;
        _scenarios.PlanJournal(report, message);
        message.WantsJournal = false;
        Wait(report, row.At);
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
