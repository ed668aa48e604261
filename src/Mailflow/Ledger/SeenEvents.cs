using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>
/// Which Windows events were counted: exports overlap, in any order, and each event counts once. By the log that it is from and its number there; a log that was cleared
/// numbers from 1 again, so an event of the same number from another day is another one.
/// </summary>
/// <param name="store">Where those of before are kept; null: only in memory, for a scan.</param>
sealed class SeenEvents(Store? store)
{
    /// <summary>Events that are remembered: what is older than all of so many counts as seen.</summary>
    public const int MaxSeen = 1_000_000;

    /// <summary>Logs that are told apart; beyond, the name of the log goes into the number.</summary>
    const int MaxLogs = 1000;

    /// <summary>A time without a zone is off by up to 14 hours: the same event in another export.</summary>
    static readonly long SameEvent = (long)TimeSpan.FromHours(15).TotalMilliseconds;

    readonly Dictionary<(string Server, string Channel), SeenLog> _logs = new(store?.Exports.LoadLogs().ToDictionary(l => (l.Server, l.Channel)) ?? []);
    readonly Dictionary<(long Log, long Record), long> _fresh = [];

    /// <summary>Those since the last commit, with their times.</summary>
    public IReadOnlyDictionary<(long Log, long Record), long> Fresh => _fresh;

    /// <summary>Logs since the last commit.</summary>
    public List<SeenLog> FreshLogs { get; } = [];

    /// <summary>Events that were noted since it was last looked whether they are too many; at the start that is not known.</summary>
    public int Added { get; set; } = MaxSeen;

    /// <summary>Notes the event.</summary>
    /// <returns>False where it was noted before.</returns>
    public bool Add(ReportedEvent reported)
    {
        var (server, channel) = (reported.Server.ToUpperInvariant(), reported.Channel.ToUpperInvariant());
        var record = reported.Record;
        if (!_logs.TryGetValue((server, channel), out var log))
        {
            if (_logs.Count >= MaxLogs)
                ((server, channel), record) = (("", ""), record ^ Hash(server, channel));
            if (!_logs.TryGetValue((server, channel), out log))
            {
                log = new(_logs.Count + 1, server, channel, long.MinValue);
                _logs.Add((server, channel), log);
                FreshLogs.Add(log);
            }
        }

        var time = new DateTimeOffset(DateTime.SpecifyKind(reported.Time, DateTimeKind.Utc)).ToUnixTimeMilliseconds();
        var seen = time < log.Floor ? time : _fresh.TryGetValue((log.Id, record), out var fresh) ? fresh : store?.Exports.SeenAt(log.Id, record);
        if (seen is { } then && Math.Abs(then - time) <= SameEvent)
            return false;
        if (store is not null || _fresh.Count < MaxSeen)
            _fresh[(log.Id, record)] = time;
        Added++;
        return true;
    }

    /// <summary>They are in the store now.</summary>
    public void Stored()
    {
        _fresh.Clear();
        FreshLogs.Clear();
    }

    /// <summary>What is older was forgotten.</summary>
    public void Forgot(long before)
    {
        foreach (var (key, log) in _logs)
            _logs[key] = log with { Floor = Math.Max(log.Floor, before) };
    }

    static long Hash(string server, string channel) =>
        BitConverter.ToInt64(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(server + "\n" + channel)));
}

/// <summary>A Windows log of a server.</summary>
/// <param name="Floor">Events before this, in milliseconds, are forgotten and count as seen.</param>
sealed record SeenLog(long Id, string Server, string Channel, long Floor);
