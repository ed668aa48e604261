using Mailflow.Pipeline;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// Writes the history: each commit adds its deltas to the rows of their quarters and hours, in the transaction of the commit, so that a kill loses and
/// repeats nothing. The time of a row of a log decides: what comes late is added to its hour.
/// </summary>
sealed class RollupTables : IDisposable
{
    public static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15), Hour = TimeSpan.FromHours(1);

    /// <summary>A week, and the day before, so that a day can be compared with the same one a week ago.</summary>
    public static readonly TimeSpan KeepQuarters = TimeSpan.FromDays(8);

    /// <summary>Hours are kept as long as failures, and at least so long: a month, and the days before it for comparison.</summary>
    public static readonly TimeSpan KeepHours = TimeSpan.FromDays(35);

    /// <summary>Rows of hours: 35 days of 200 servers and all together, about 60 MB; a longer time only with fewer servers.</summary>
    public const int MostHours = 200_000;

    /// <summary>Places whose facts are kept in memory: about 2 MB.</summary>
    const int MostWritten = 256;

    readonly SqliteConnection _connection;
    readonly Statement _select;
    readonly Statement _upsert;
    readonly Statement _nextServer;
    readonly Statement _delete;
    Totals? _totals;
    readonly RollupSums _sums;

    /// <summary>What the store has of the places that were written last: most commits add to them again.</summary>
    readonly Dictionary<(TimeSpan Step, string Server, long At), Dictionary<RollupFact, long>> _written = [];

    /// <summary>Whether a transaction has begun and its end is not known: if it failed, the store does not have what is kept.</summary>
    bool _isOpen;

    /// <summary>Servers of the step that has the most.</summary>
    int _longest = 1;

    /// <summary>What is older is deleted, and late rows must not begin it again: it would look whole.</summary>
    long _quartersFrom = long.MinValue;
    long _hoursFrom = long.MinValue;

    public RollupTables(SqliteConnection connection)
    {
        _connection = connection;
        _select = new(connection, "SELECT data FROM rollups WHERE step = ? AND server = ? AND at = ?");
        _upsert = new(connection, "INSERT INTO rollups (step, server, at, data) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data");
        _nextServer = new(connection, "SELECT server FROM rollups WHERE step = ? AND server > ? ORDER BY server LIMIT 1");
        _delete = new(connection, "DELETE FROM rollups WHERE step = ? AND server = ? AND (at < ? OR at > ?)");
        _sums = new(server => _totals!.Servers.Known(server).Value);
    }

    /// <summary>Restores the connectors that have their own name.</summary>
    public void Load()
    {
        var rows = new StoreRollups(_connection);
        foreach (var connector in rows.Connectors())
            _sums.Load(connector);
    }

    /// <summary>Adds the deltas of a commit, and failures that only events report.</summary>
    public void Write(IReadOnlyList<Delta> deltas, IEnumerable<LoneFailure> lone, Totals totals)
    {
        if (_isOpen)
            _written.Clear();
        (_isOpen, _totals) = (true, totals);
        _sums.Clear();
        foreach (var delta in deltas)
            if (delta is RowDelta rows)
                _sums.Take(rows);
            else if (delta is ExportDelta export)
                _sums.Take(export);
        foreach (var failure in lone)
            _sums.Take(failure);
        var hours = new Dictionary<RollupPlace, Dictionary<RollupFact, long>>();
        foreach (var (place, facts) in _sums.Places)
        {
            if (place.Quarter * (long)Quarter.TotalMilliseconds is var at && at >= _quartersFrom)
                Write(Quarter, place.Server, at, facts);
            var hour = place with { Quarter = place.Quarter >> 2 };
            if (!hours.TryGetValue(hour, out var sums))
                hours.Add(hour, sums = []);
            foreach (var (fact, value) in facts)
                sums[fact] = fact.Join(sums.GetValueOrDefault(fact), value);
        }

        foreach (var (place, facts) in hours)
            if (place.Quarter * (long)Hour.TotalMilliseconds is var at && at >= _hoursFrom)
                Write(Hour, place.Server, at, facts);
        _sums.Clear();
    }

    /// <summary>The transaction of the last write is committed.</summary>
    public void Stored() => _isOpen = false;

    /// <summary>Deletes what is too old, or more than a day in the future: a small transaction for each server.</summary>
    /// <param name="now">The time from which ages are counted.</param>
    /// <param name="keep">How long failures are kept.</param>
    /// <param name="clock">The present: logs that are read for the first time bring newer rows at any moment.</param>
    public IEnumerable<int> Tidy(DateTimeOffset now, TimeSpan keep, DateTimeOffset clock)
    {
        var quarters = (now - KeepQuarters).ToUnixTimeMilliseconds();
        // Fewer days where there are more servers than there is room for.
        var room = Hour * (MostHours / _longest);
        keep = keep > KeepHours ? keep : KeepHours;
        var hours = (now - (keep < room ? keep : room)).ToUnixTimeMilliseconds();
        // Before the first row, ages are counted from the present; the first logs may be old.
        if (now < clock)
            (_quartersFrom, _hoursFrom) = (quarters, hours);
        var future = clock.AddDays(1).ToUnixTimeMilliseconds();
        foreach (var (step, before) in ((TimeSpan, long)[])[(Quarter, quarters), (Hour, hours)])
        {
            var servers = 0;
            for (var server = ""; server is not null; server = NextServer(step, server), servers++)
            {
                var deleted = _delete.Give((long)step.TotalSeconds).Give(server).Give(before).Give(future).Run();
                if (deleted > 0)
                    _written.Clear();
                yield return deleted;
            }

            _longest = Math.Max(1, servers);
        }
    }

    string? NextServer(TimeSpan step, string after)
    {
        _nextServer.Give((long)step.TotalSeconds).Give(after);
        try
        {
            return _nextServer.Step() ? _nextServer.Text(0) : null;
        }
        finally
        {
            _nextServer.Reset();
        }
    }

    void Write(TimeSpan step, string server, long at, Dictionary<RollupFact, long> facts)
    {
        if (!_written.TryGetValue((step, server, at), out var sums))
        {
            if (_written.Count >= MostWritten)
                _written.Clear();
            _written.Add((step, server, at), sums = Read(step, server, at));
        }

        foreach (var (fact, value) in facts)
            sums[fact] = fact.Join(sums.GetValueOrDefault(fact), value);
        _upsert.Give((long)step.TotalSeconds).Give(server).Give(at).Give(RollupBlob.Write(sums)).Run();
    }

    Dictionary<RollupFact, long> Read(TimeSpan step, string server, long at)
    {
        var sums = new Dictionary<RollupFact, long>();
        _select.Give((long)step.TotalSeconds).Give(server).Give(at);
        try
        {
            // A damaged row begins again: it is history, and the counters are elsewhere.
            if (_select.Step())
                RollupBlob.TryRead(_select.Bytes(0), (fact, value) => sums[fact] = fact.Join(sums.GetValueOrDefault(fact), value));
        }
        finally
        {
            _select.Reset();
        }

        return sums;
    }

    public void Dispose()
    {
        _select.Dispose();
        _upsert.Dispose();
        _nextServer.Dispose();
        _delete.Dispose();
    }
}
