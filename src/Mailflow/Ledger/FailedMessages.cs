using System.Text;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// Finds out whether a message failed at about a given time. Only event 2004 and the own events of failures need this, so the store has no index for it:
/// the hours around such an event are read once and kept up to date in memory.
/// </summary>
sealed class FailedMessages : IDisposable
{
    /// <summary>A row and an event of one failure have the same time, but a time without a zone is off by up to 14 hours.</summary>
    const int Around = 15;

    /// <summary>Hours in memory: those around a few times, because files of several days may be read in turn. Above it, those used last remain.</summary>
    const int MaxHours = 16 * Around;

    readonly Statement _read;
    readonly Dictionary<long, HashSet<long>> _hours = [];
    readonly Dictionary<long, long> _used = [];
    long _uses;
    readonly List<(long Hour, long Message)> _unstored = [];

    public FailedMessages(SqliteConnection connection) =>
        _read = new(connection, "SELECT message_id, network_message_id, recipient FROM events WHERE time >= ? AND time < ? AND deferred = 0");

    /// <summary>A failure that the next commit stores.</summary>
    public void Add(Failure failure)
    {
        if (failure.Deferred || failure.MessageId.Length == 0)
            return;
        Add(HourOf(failure.Time), Hash(failure.MessageId));
    }

    /// <summary>The same for message and recipient.</summary>
    public void AddKey(Failure failure) => Add(HourOf(failure.Time), (long)failure.Key);

    void Add(long hour, long hash)
    {
        _unstored.Add((hour, hash));
        if (_hours.TryGetValue(hour, out var known))
            known.Add(hash);
    }

    /// <summary>Called after the commit: they are in the store.</summary>
    public void Stored() => _unstored.Clear();

    public bool Contains(string messageId, DateTime time) => Contains(Hash(messageId), time);

    /// <param name="key">See <see cref="Failure.Key"/>.</param>
    public bool Contains(ulong key, DateTime time) => Contains((long)key, time);

    bool Contains(long hash, DateTime time)
    {
        var middle = HourOf(time);
        if (_hours.Count > MaxHours)
            Forget();
        _uses++;
        for (var hour = middle - Around; hour <= middle + Around; hour++)
            if (At(hour).Contains(hash))
                return true;
        return false;
    }

    /// <summary>String hashes are seeded per process, so nobody can forge message-ids that collide.</summary>
    public static long Hash(string messageId) =>
        ((long)messageId.GetHashCode(StringComparison.Ordinal) << 32) | (uint)messageId.GetHashCode(StringComparison.OrdinalIgnoreCase);

    public void Dispose() => _read.Dispose();

    void Forget()
    {
        foreach (var hour in _hours.Keys.OrderBy(h => _used[h]).Take(MaxHours / 2).ToList())
        {
            _hours.Remove(hour);
            _used.Remove(hour);
        }
    }

    HashSet<long> At(long hour)
    {
        _used[hour] = _uses;
        if (_hours.TryGetValue(hour, out var known))
            return known;
        known = [];
        _read.Give(hour * HourSums.Length).Give((hour + 1) * HourSums.Length);
        while (_read.Step())
        {
            var (id, network, recipient) = (_read.Text(0), _read.Text(1), _read.Text(2));
            known.Add(Hash(id));
            if (recipient.Length > 0 && (id.Length > 0 ? id : network) is { Length: > 0 } message)
                known.Add((long)CopyKey.Of(CopyKey.OfMessage(Encoding.UTF8.GetBytes(message)), CopyKey.OfAddress(Encoding.UTF8.GetBytes(recipient))));
        }

        _read.Reset();
        known.UnionWith(_unstored.Where(u => u.Hour == hour).Select(u => u.Message));
        return _hours[hour] = known;
    }

    static long HourOf(DateTime time) => HourSums.Of(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeMilliseconds());
}
