using System.Globalization;
using Mailflow.Analysis.Incidents;
using Mailflow.Pipeline;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// Writes the facts that incidents are found in, and the incidents, on the committer's connection and inside its transactions. Nothing here is read by the
/// committer again.
/// </summary>
sealed class EvidenceTables : IDisposable
{
    /// <summary>In <c>meta</c>: the time up to which rows are judged, in milliseconds since 1970.</summary>
    public const string Judged = "incidents_judged";

    /// <summary>How long facts are kept: the hours of four weeks, which a prediction needs, and a week more.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromDays(35);

    /// <summary>Milliseconds.</summary>
    const long OfHour = 3_600_000;

    /// <summary>Rows that one statement deletes.</summary>
    const int Part = 500;

    /// <summary>Rows of an hour that are merged at once, and their bytes.</summary>
    const int MergedRows = 1000, MergedBytes = 2 << 20;

    /// <summary>A larger row is not merged again, nor are so few rows.</summary>
    const int LargeRow = 64 * 1024, FewRows = 8;

    readonly SqliteConnection _connection;
    readonly Statement _insert;
    readonly Statement _name;
    readonly Statement _signal;
    readonly Statement _upsert;
    readonly Statement _event;
    readonly Statement _judged;
    readonly Dictionary<long, (List<Sighting> Sightings, List<Passage> Passages)> _hours = [];
    long _mergedBefore;
    long _judgedHour = long.MinValue;
    int _namesStored = 2;
    int _namesWritten;

    public EvidenceTables(SqliteConnection connection)
    {
        _connection = connection;
        _insert = new(connection, "INSERT INTO evidence (hour, data) VALUES (?, ?)");
        _name = new(connection, "INSERT INTO evidence_names (id, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name");
        _signal = new(connection, "INSERT INTO incident_signals (at, state) VALUES (?, ?)");
        _upsert = new(connection, """
            INSERT INTO incidents (id, opened, closed, announced, state) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET opened = excluded.opened,
                closed = excluded.closed, announced = excluded.announced, state = excluded.state
            """);
        _event = new(connection, "INSERT INTO incident_events (at, event, incident, state) VALUES (?, ?, ?, ?)");
        _judged = new(connection, $"INSERT INTO meta VALUES ('{Judged}', ?) ON CONFLICT DO UPDATE SET value = excluded.value");
    }

    /// <summary>The texts of the facts; the first two are fixed and not stored.</summary>
    public NameList Names { get; private set; } = new();

    /// <summary>Loads the texts. If one is missing, the facts are useless: they are deleted and begin with the next row.</summary>
    /// <returns>What is damaged; null if nothing is.</returns>
    public string? Load()
    {
        if (EvidenceReader.ReadNames(_connection, Names) is not { } fault)
        {
            _namesStored = Names.Texts.Count;
            using var judged = new Statement(_connection, $"SELECT CAST(value AS INTEGER) / {OfHour} FROM meta WHERE key = '{Judged}'");
            _judgedHour = judged.Scalar(long.MinValue);
            return null;
        }

        Names = new();
        using var transaction = _connection.BeginTransaction();
        using var clear = new Statement(_connection, "DELETE FROM evidence");
        clear.Run();
        using var forget = new Statement(_connection, "DELETE FROM evidence_names");
        forget.Run();
        transaction.Commit();
        return fault;
    }

    /// <summary>Writes the facts of the blocks of a commit, and what was found in earlier ones.</summary>
    public void Write(IReadOnlyList<Delta> deltas)
    {
        _hours.Clear();
        foreach (var delta in deltas)
            if (delta is RowDelta { Tally.Sightings: { } block })
                Take(block);
            else if (delta is IncidentDelta found)
                Write(found);
        foreach (var (hour, (sightings, passages)) in _hours)
            _insert.Give(hour).Give(EvidenceBlob.Write(hour, sightings, passages, Names)).Run();
        _hours.Clear();
        for (_namesWritten = _namesStored; _namesWritten < Names.Texts.Count; _namesWritten++)
            _name.Give(_namesWritten).Give(Names[_namesWritten]).Run();
    }

    /// <summary>Called after the commit.</summary>
    public void Stored() => _namesStored = Math.Max(_namesStored, _namesWritten);

    void Take(SightingBlock block)
    {
        if (block.Sightings.Count + block.Passages.Count == 0)
            return;
        var (sightings, passages) = block.With(Names);
        foreach (var sighting in sightings)
            Of(EvidenceBlob.HourOf(sighting)).Sightings.Add(sighting);
        foreach (var passage in passages)
            Of(EvidenceBlob.HourOf(passage)).Passages.Add(passage);
    }

    (List<Sighting> Sightings, List<Passage> Passages) Of(long hour)
    {
        if (!_hours.TryGetValue(hour, out var lists))
            _hours.Add(hour, lists = ([], []));
        return lists;
    }

    void Write(IncidentDelta found)
    {
        foreach (var signal in found.Signals)
            _signal.Give(Milliseconds(signal.At)).Give(IncidentJsonState.Write(signal)).Run();
        foreach (var (incident, announced) in found.Incidents)
            _upsert.Give(incident.Id).Give(Milliseconds(incident.Opened)).Give(incident.Closed is { } closed ? Milliseconds(closed) : null)
                .Give(announced ? 1 : 0).Give(IncidentJsonState.Write(incident)).Run();
        foreach (var change in found.Events)
            _event.Give(Milliseconds(change.At)).Give(change.Event.Name()).Give(change.Incident.Id)
                .Give(IncidentJsonState.Write(change.Incident)).Run();
        _judgedHour = Milliseconds(found.Until) / OfHour;
        _judged.Give(Milliseconds(found.Until).ToString(CultureInfo.InvariantCulture)).Run();
    }

    /// <summary>Deletes some of the oldest facts from before a time: the store is too large.</summary>
    /// <returns>How many rows.</returns>
    public int DeleteOldest(DateTimeOffset before)
    {
        using var delete = new Statement(_connection, $"DELETE FROM evidence WHERE id IN (SELECT id FROM evidence WHERE hour < ? ORDER BY hour LIMIT {Part})");
        return delete.Give(before.ToUnixTimeMilliseconds() / OfHour).Run();
    }

    /// <summary>Deletes old facts and incidents, and merges the rows of hours that are over. Each step is a small transaction.</summary>
    /// <param name="now">The time from which ages are counted.</param>
    /// <param name="keep">How long incidents are kept after their end.</param>
    public IEnumerable<int> Tidy(DateTimeOffset now, TimeSpan keep)
    {
        var (facts, old) = ((now - Keep).ToUnixTimeMilliseconds(), (now - keep).ToUnixTimeMilliseconds());
        (string Text, long Before)[] deletions =
        [
            ($"DELETE FROM evidence WHERE id IN (SELECT id FROM evidence WHERE hour < ? ORDER BY hour LIMIT {Part})", facts / OfHour),
            ($"DELETE FROM incident_signals WHERE id IN (SELECT id FROM incident_signals WHERE at < ? LIMIT {Part})", facts),
            ($"DELETE FROM incidents WHERE id IN (SELECT id FROM incidents WHERE closed < ? LIMIT {Part})", old),
            ($"DELETE FROM incident_events WHERE id IN (SELECT id FROM incident_events WHERE at < ? LIMIT {Part})", old),
        ];
        foreach (var (text, before) in deletions)
        {
            using var delete = new Statement(_connection, text);
            for (var deleted = Part; deleted == Part;)
                yield return deleted = delete.Give(before).Run();
        }

        // The detection reads the newest hours while they grow.
        var over = _judgedHour - EvidenceReader.LateHours - 2;
        if (_judgedHour == long.MinValue || over == _mergedBefore)
            yield break;
        _mergedBefore = over;
        using var many = new Statement(_connection, $"""
            SELECT hour FROM evidence WHERE hour >= ? AND hour < ? AND length(data) < {LargeRow} GROUP BY hour HAVING count(*) > {FewRows} ORDER BY hour LIMIT 1
            """);
        for (var from = long.MinValue; ;)
        {
            from = many.Give(from).Give(over).Scalar(long.MaxValue);
            if (from == long.MaxValue)
                yield break;
            yield return Merge(from);
        }
    }

    /// <summary>Merges rows of one hour into its first row, which keeps its id: the detection has read it.</summary>
    /// <returns>How many rows were merged.</returns>
    int Merge(long hour)
    {
        using var transaction = _connection.BeginTransaction();
        var (sightings, passages, ids) = (new List<Sighting>(), new List<Passage>(), new List<long>());
        const string Small = "SELECT id, data FROM evidence WHERE hour = ? AND length(data) < ? ORDER BY length(data), id LIMIT ?";
        using (var rows = new Statement(_connection, Small))
        {
            rows.Give(hour).Give(LargeRow).Give(MergedRows);
            for (var bytes = 0; bytes < MergedBytes && rows.Step(); bytes += rows.Bytes(1).Length)
            {
                // A damaged row is lost here; the detection has reported it.
                EvidenceBlob.TryRead(rows.Bytes(1), hour, Names, sightings, passages);
                ids.Add(rows.Number(0));
            }
        }

        using var update = new Statement(_connection, "UPDATE evidence SET data = ? WHERE id = ?");
        using var delete = new Statement(_connection, "DELETE FROM evidence WHERE id = ?");
        var first = ids.Min();
        update.Give(EvidenceBlob.Write(hour, sightings, passages, Names)).Give(first).Run();
        foreach (var id in ids)
            if (id != first)
                delete.Give(id).Run();
        transaction.Commit();
        return ids.Count;
    }

    public static long Milliseconds(DateTime time) => new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public void Dispose()
    {
        _insert.Dispose();
        _name.Dispose();
        _signal.Dispose();
        _upsert.Dispose();
        _event.Dispose();
        _judged.Dispose();
    }
}
