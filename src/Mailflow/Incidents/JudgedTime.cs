using Mailflow.Ledger;
using Mailflow.Pipeline;

namespace Mailflow.Incidents;

/// <summary>
/// Up to which time rows can be judged, because all of them are read. While rows of the past are unread, they are waited for, so that history is judged in
/// order. A root that does not advance is waited for at most <see cref="Patience"/>.
/// </summary>
sealed class JudgedTime(TimeProvider clock)
{
    /// <summary>A root whose oldest unread row stays the same for this long holds nothing back any more.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Exchange writes rows some seconds late, and the clocks of servers differ a little.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>Without a new row the time goes on for this long: the next row may be the third failure, and it need not wait for a fourth.</summary>
    public static readonly TimeSpan GoesOn = TimeSpan.FromMinutes(5);

    /// <summary>Nothing earlier is judged.</summary>
    static readonly DateTime Earliest = DateTime.UnixEpoch + EvidenceTables.Keep;

    /// <summary>A root whose unread rows are newer than this is read as they are written.</summary>
    static readonly TimeSpan Near = TimeSpan.FromMinutes(10);

    readonly Dictionary<string, (DateTime? From, bool IsKnown, long Since)> _roots = new(StringComparer.Ordinal);
    DateTime? _newest;
    long _newestSince;

    /// <summary>Whether the last time was the present of the logs: no rows of the past are waited for.</summary>
    public bool IsPresent { get; private set; }

    /// <summary>The time, in whole minutes; null where it is not known.</summary>
    /// <param name="newest">The newest row; null where there is none.</param>
    public DateTime? Of(IEnumerable<UnreadRows> roots, DateTime? newest)
    {
        IsPresent = false;
        var (now, stamp) = (clock.GetUtcNow().UtcDateTime, clock.GetTimestamp());
        if (newest is null || newest.Value - DateTime.MinValue < TimeSpan.FromDays(1))
            return null;
        newest = Earlier(newest.Value, now);
        if (_newest is null || newest > _newest)
            (_newest, _newestSince) = (newest, stamp);
        var passed = clock.GetElapsedTime(_newestSince, stamp);
        var until = Earlier(newest.Value + (passed < GoesOn ? passed : GoesOn), now) - Margin;
        var present = newest.Value - Near;
        IsPresent = true;
        foreach (var root in roots)
        {
            if (!IsWaitedFor(root, stamp))
                continue;
            if (!root.IsKnown)
            {
                IsPresent = false;
                return null;
            }

            IsPresent &= root.RowsFrom!.Value >= present;
            until = Earlier(until, root.RowsFrom.Value);
        }

        // A file whose header says no time may have rows of any time; and what is before 1970 is not judged.
        if (until >= Earliest)
            return Minute(until);
        IsPresent = false;
        return null;
    }

    /// <summary>The start of the minute.</summary>
    public static DateTime Minute(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc);

    bool IsWaitedFor(UnreadRows root, long stamp)
    {
        if (root is { IsKnown: true, RowsFrom: null })
        {
            _roots.Remove(root.Root);
            return false;
        }

        if (!_roots.TryGetValue(root.Root, out var seen) || (seen.From, seen.IsKnown) != (root.RowsFrom, root.IsKnown))
        {
            _roots[root.Root] = (root.RowsFrom, root.IsKnown, stamp);
            return true;
        }

        return clock.GetElapsedTime(seen.Since, stamp) < Patience;
    }

    static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;
}
