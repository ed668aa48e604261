using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>
/// Counts a failure once if both its own event (SUBMITFAIL, MODERATORREJECT ...) and a FAIL row tell it for a message and recipient. With a store the first
/// that is read counts; a scan, which need not count at once, prefers the FAIL row, because it has the reason. Several FAIL rows are several failures, as
/// ever; an own event is counted beside none of them.
/// </summary>
/// <param name="store">The store of earlier failures; null: only in memory, for a scan.</param>
sealed class FailuresToldTwice(Store? store)
{
    /// <summary>Own events that wait for their FAIL row; beyond it the oldest do not.</summary>
    public const int MostOpen = 100_000;

    /// <summary>Failures that a scan remembers.</summary>
    const int MostFailed = 4_000_000;

    /// <summary>The own events that were counted and may still get their FAIL row, with their times in milliseconds.</summary>
    readonly Dictionary<ulong, long> _open = store?.Exports.LoadTold() ?? [];

    readonly HashSet<ulong> _changed = [];

    // Of a scan: the failures of FAIL rows, and the own events that are counted at its end.
    readonly HashSet<ulong> _failed = [];
    readonly Dictionary<ulong, (Failure Failure, RowDelta Rows)> _held = [];

    /// <summary>Changes since the last commit: the time of the own event, or null if it was removed.</summary>
    public IEnumerable<(ulong Key, long? Time)> Changed => _changed.Select(k => (k, _open.TryGetValue(k, out var time) ? time : (long?)null));

    /// <summary>Takes back the failures of a block that another row has told.</summary>
    public void Take(RowDelta rows)
    {
        if (rows.Tally.Failures.Count > 0)
            rows.Tally.TakeBack(f => f.Key != 0 && (f.IsOwn ? IsToldOwn(f, rows) : IsTold(f)));
    }

    /// <summary>Called when a scan has read all: the own events without a FAIL row, which count now.</summary>
    public List<(Failure Failure, RowDelta Rows)> TakeHeld()
    {
        var lone = _held.Where(h => !_failed.Contains(h.Key)).Select(h => h.Value).ToList();
        _held.Clear();
        return lone;
    }

    /// <summary>Called after the commit: they are in the store.</summary>
    public void Stored() => _changed.Clear();

    /// <summary>Removes own events from before a time: their FAIL row will not come any more.</summary>
    public void Prune(DateTimeOffset before) => Remove(_open.Where(o => o.Value < before.ToUnixTimeMilliseconds()));

    bool IsTold(Failure failure)
    {
        if (_open.Count > 0 && _open.Remove(failure.Key))
        {
            _changed.Add(failure.Key);
            return true;
        }

        Remember(failure);
        return false;
    }

    bool IsToldOwn(Failure failure, RowDelta rows)
    {
        if (store is null && (_held.Count < MostOpen || _held.ContainsKey(failure.Key)))
        {
            _held.TryAdd(failure.Key, (failure, rows));
            return true;
        }

        if (_failed.Contains(failure.Key) || store?.Exports.Failed.Contains(failure.Key, failure.Time) is true)
            return true;
        Remember(failure);
        _open[failure.Key] = new DateTimeOffset(failure.Time, TimeSpan.Zero).ToUnixTimeMilliseconds();
        _changed.Add(failure.Key);
        if (_open.Count > MostOpen)
            Remove(_open.OrderBy(o => o.Value).Take(MostOpen / 10));
        return false;
    }

    void Remember(Failure failure)
    {
        if (store is not null)
            store.Exports.Failed.AddKey(failure);
        else if (_failed.Count < MostFailed)
            _failed.Add(failure.Key);
    }

    void Remove(IEnumerable<KeyValuePair<ulong, long>> old)
    {
        foreach (var (key, _) in old.ToList())
        {
            _open.Remove(key);
            _changed.Add(key);
        }
    }
}
