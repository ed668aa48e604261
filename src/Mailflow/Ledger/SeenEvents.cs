using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>
/// The counted Windows events: exports overlap, in any order, and each event counts once. An event is identified by its log and its record number.
/// A cleared log numbers from 1 again, so the same number with a time more than 15 hours away is another event.
/// </summary>
/// <param name="store">The store of earlier events; null: only in memory, for a scan.</param>
sealed class SeenEvents(Store? store)
{
    /// <summary>Events that are remembered; older ones are treated as counted.</summary>
    public const int MaxSeen = 1_000_000;

    /// <summary>Logs with an entry of their own; all further logs share one entry, and their name is mixed into the record number.</summary>
    const int MaxLogs = 1000;

    /// <summary>Times that differ by no more can be one event in two exports: a time without a zone is wrong by up to 14 hours.</summary>
    static readonly long SameEvent = (long)TimeSpan.FromHours(15).TotalMilliseconds;

    readonly Dictionary<(string Server, string Channel), SeenLog> _logs =
        store?.Exports.LoadLogs().ToDictionary(l => (l.Server, l.Channel)) ?? [];

    readonly Dictionary<(long Log, long Record), long> _fresh = [];

    /// <summary>Events since the last commit, with their times.</summary>
    public IReadOnlyDictionary<(long Log, long Record), long> Fresh => _fresh;

    /// <summary>Logs since the last commit.</summary>
    public List<SeenLog> FreshLogs { get; } = [];

    /// <summary>Events added since their number was last checked; at the start this is not known, so the first check is due at once.</summary>
    public int Added { get; set; } = MaxSeen;

    /// <summary>Adds the event.</summary>
    /// <returns>False if it was added before.</returns>
    public bool Add(ReportedEvent reported)
    {
        var (server, channel) = (reported.Server.ToUpperInvariant(), reported.Channel.ToUpperInvariant());
        var record = reported.Record;
        if (!_logs.TryGetValue((server, channel), out var log))
        {
            if (_logs.Count >= MaxLogs)
            {
                record ^= Hash(server, channel);
                (server, channel) = ("", "");
            }

            if (!_logs.TryGetValue((server, channel), out log))
            {
                log = new(_logs.Count + 1, server, channel, long.MinValue);
                _logs.Add((server, channel), log);
                FreshLogs.Add(log);
            }
        }

        var time = new DateTimeOffset(DateTime.SpecifyKind(reported.Time, DateTimeKind.Utc)).ToUnixTimeMilliseconds();
        if (time < log.Floor || (SeenAt(log.Id, record) is { } then && Math.Abs(then - time) <= SameEvent))
            return false;
        if (store is not null || _fresh.Count < MaxSeen)
            _fresh[(log.Id, record)] = time;
        Added++;
        return true;
    }

    /// <summary>Called after the commit: they are in the store.</summary>
    public void Stored()
    {
        _fresh.Clear();
        FreshLogs.Clear();
    }

    /// <summary>Called when the events before a time are being deleted from the store.</summary>
    public void Forgot(long before)
    {
        foreach (var (key, log) in _logs)
            _logs[key] = log with { Floor = Math.Max(log.Floor, before) };
    }

    /// <summary>The time of the event with this number; null if none was added.</summary>
    long? SeenAt(long log, long record) => _fresh.TryGetValue((log, record), out var time) ? time : store?.Exports.SeenAt(log, record);

    static long Hash(string server, string channel) =>
        BitConverter.ToInt64(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(server + "\n" + channel)));
}

/// <summary>A Windows log of a server.</summary>
/// <param name="Floor">Events before this time, in milliseconds, were deleted and are treated as counted.</param>
sealed record SeenLog(long Id, string Server, string Channel, long Floor);
