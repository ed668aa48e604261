using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>Up to which time all rows of all roots are read: a row that is read later is, apart from the rules below, newer.</summary>
/// <remarks>
/// Files are read oldest first in each root, but roots advance separately, and logs that were copied with one time are read in the order of their
/// names. So as long as a root has unread files, the time is before the oldest of them; where all is read, it is that of the newest row of each server.
/// A folder that cannot be listed stops it. A server without a row for a day does not.
/// </remarks>
sealed class ReadRows
{
    /// <summary>For clocks that differ, and for rows that are written a little later than others.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    /// <summary>A server that is a day behind the others is taken as idle: it may be gone for good.</summary>
    static readonly TimeSpan Idle = TimeSpan.FromDays(1);

    readonly Dictionary<(string Root, string Server), DateTime> _newest = [];

    /// <summary>Called for each committed block, with the server's label.</summary>
    public void Meet(string root, string server, DateTime time)
    {
        if (!_newest.TryGetValue((root, server), out var newest) || newest < time)
            _newest[(root, server)] = time;
    }

    /// <summary>The newest row, not later than now.</summary>
    public DateTime? Newest(DateTime now) => _newest.Count == 0 ? null : Min(_newest.Values.Max(), now);

    /// <summary>The time, with its margin; null where it is not known.</summary>
    public DateTime? UpTo(IReadOnlyList<UnreadRows> unread, DateTime now)
    {
        if (Newest(now) is not { } upTo || unread.Any(u => !u.IsKnown))
            return null;
        foreach (var newest in _newest.Values)
            if (newest >= Newest(now) - Idle)
                upTo = Min(upTo, newest);
        foreach (var root in unread)
            if (root.From is { } from)
                upTo = Min(upTo, from);
        return upTo - DateTime.MinValue < Margin ? null : upTo - Margin;
    }

    static DateTime Min(DateTime a, DateTime b) => a < b ? a : b;
}
