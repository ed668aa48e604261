using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>Finds the runs of failures of several causes in one pass over the failures, from the newest to older ones.</summary>
sealed class FailureRuns
{
    readonly Dictionary<Cause, Run> _open;
    readonly Dictionary<Cause, FailureRun> _found = [];

    FailureRuns(IReadOnlyDictionary<Cause, (IReadOnlySet<string> Reasons, DateTimeOffset Last)> ends) =>
        _open = ends.ToDictionary(e => e.Key, e => new Run(e.Value.Reasons, e.Value.Last));

    /// <summary>The run of each cause that ends with a known failure.</summary>
    /// <param name="ends">The reasons of the run, others of the cause are left out, and the time of its last failure.</param>
    /// <param name="most">Failures of any cause that are read. The start of a run is not known where they do not reach so far back.</param>
    public static Dictionary<Cause, FailureRun> Of(
        History history, IReadOnlyDictionary<Cause, (IReadOnlySet<string> Reasons, DateTimeOffset Last)> ends, int most)
    {
        var runs = new FailureRuns(ends);
        if (ends.Count > 0)
            runs.Read(history, ends.Values.Max(e => e.Last).ToUnixTimeMilliseconds() + 1, most);
        return runs._found;
    }

    void Read(History history, long to, int most)
    {
        using var rows = new Statement(
            history.Connection, "SELECT time, cause, reason FROM events WHERE time >= ? AND time < ? AND deferred = 0 ORDER BY time DESC LIMIT ?");
        using var hours = new Statement(history.Connection, "SELECT reasons FROM event_hours WHERE hour = ?");
        var parts = history.Parts(long.MinValue + 1, to);
        var left = most;
        for (var i = parts.Count - 1; i >= 0 && left > 0 && _open.Count > 0; i--)
        {
            var (start, end, hour) = parts[i];
            EndBefore(end - 1);
            if (_open.Count == 0 || (hour is { } whole && !HasAny(hours, whole)))
                continue;
            rows.Give(start).Give(end).Give(left);
            for (; _open.Count > 0 && rows.Step(); left--)
            {
                var time = rows.Number(0);
                EndBefore(time);
                if (_open.TryGetValue(CauseNames.Of(rows.Bytes(1)), out var run) && run.Reasons.Contains(rows.Text(2)))
                    run.Add(time);
            }

            rows.Reset();
        }

        foreach (var (cause, run) in _open)
            _found.Add(cause, run.Found(isWhole: left > 0));
    }

    bool HasAny(Statement hours, long hour)
    {
        hours.Give(hour).Step();
        var has = HourSums.CausesOf(hour, hours.Bytes(0)).Any(c => _open.ContainsKey(c.Cause));
        hours.Reset();
        return has;
    }

    /// <summary>All later failures were seen: runs whose oldest failure is over an hour later are whole.</summary>
    void EndBefore(long time)
    {
        foreach (var (cause, run) in _open)
        {
            if (run.First - time <= HourSums.Length)
                continue;
            _found.Add(cause, run.Found(isWhole: true));
            _open.Remove(cause);
        }
    }

    sealed class Run(IReadOnlySet<string> reasons, DateTimeOffset last)
    {
        long _count;
        long _gap;

        public IReadOnlySet<string> Reasons => reasons;

        public long First { get; private set; } = last.ToUnixTimeMilliseconds();

        public void Add(long time) => (_gap, First, _count) = (Math.Max(_gap, First - time), time, _count + 1);

        public FailureRun Found(bool isWhole) => new(
            isWhole ? DateTimeOffset.FromUnixTimeMilliseconds(First) : null, last, _count, TimeSpan.FromMilliseconds(_gap));
    }
}
