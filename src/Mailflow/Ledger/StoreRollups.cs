using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>The history in the store, on a connection of its reader.</summary>
sealed class StoreRollups(SqliteConnection connection) : IRollups
{
    /// <summary>Quarters if the question needs them and they reach back so far; else hours.</summary>
    public (DateTime First, TimeSpan Step)? Begin(DateTime from, TimeSpan step)
    {
        var (quarters, hours) = (Oldest(RollupTables.Quarter), Oldest(RollupTables.Hour));
        if (hours is not { } first)
            return null;
        var wholeHours = step.Ticks % TimeSpan.TicksPerHour == 0 && from.Ticks % TimeSpan.TicksPerHour == 0;
        var reach = quarters is { } oldest && (oldest <= from || oldest < first + RollupTables.Hour);
        return wholeHours || !reach ? (first, RollupTables.Hour) : (quarters!.Value, RollupTables.Quarter);
    }

    public IReadOnlyList<string> Servers()
    {
        var servers = new List<string>();
        using var next = new Statement(connection, "SELECT server FROM rollups WHERE step = ? AND server > ? ORDER BY server LIMIT 1");
        for (var last = ""; ; servers.Add(last))
        {
            next.Give((long)RollupTables.Hour.TotalSeconds).Give(last);
            var found = next.Step();
            last = found ? next.Text(0) : "";
            next.Reset();
            if (!found)
                return servers;
        }
    }

    /// <summary>The connectors of all hours.</summary>
    public IReadOnlySet<string> Connectors()
    {
        var connectors = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (_, fact, _) in Read(DateTime.MinValue, DateTime.MaxValue, RollupTables.Hour, ""))
            if (fact.Kind != RollupKind.Queue)
                connectors.Add(fact.Connector);
        connectors.Remove("");
        return connectors;
    }

    public IEnumerable<(DateTime At, RollupFact Fact, long Value)> Read(DateTime from, DateTime to, TimeSpan step, string server)
    {
        using var rows = new Statement(connection, "SELECT at, data FROM rollups WHERE step = ? AND server = ? AND at >= ? AND at < ?");
        rows.Give((long)step.TotalSeconds).Give(server).Give(EvidenceTables.Milliseconds(from)).Give(EvidenceTables.Milliseconds(to));
        var facts = new List<(RollupFact Fact, long Value)>();
        while (rows.Step())
        {
            var at = DateTime.UnixEpoch.AddMilliseconds(rows.Number(0));
            // A damaged row is left out.
            RollupBlob.TryRead(rows.Bytes(1), (fact, value) => facts.Add((fact, value)));
            foreach (var (fact, value) in facts)
                yield return (at, fact, value);
            facts.Clear();
        }
    }

    DateTime? Oldest(TimeSpan step)
    {
        // The row of all servers exists where any has one, but for queues alone, which are of no use alone.
        using var oldest = new Statement(connection, "SELECT min(at) FROM rollups WHERE step = ? AND server = ''");
        return oldest.Give((long)step.TotalSeconds).Scalar(long.MinValue) is > long.MinValue and var at ? DateTime.UnixEpoch.AddMilliseconds(at) : null;
    }
}
