using Mailflow.Analysis.Incidents;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>What happened to an incident, as sinks are told.</summary>
/// <param name="Id">Its number in the store, in the order in which it happened.</param>
/// <param name="At">When, in the time of the logs, UTC.</param>
/// <param name="Event"><c>opened</c>, <c>changed</c>, <c>closed</c> or <c>reopened</c>.</param>
sealed record StoredHappening(long Id, DateTime At, string Event, Incident Incident);

/// <summary>
/// The events of incidents as one sink sees them: those after its cursor, which moves only after the sink has accepted them. A new sink begins with the
/// oldest.
/// </summary>
sealed class IncidentOutbox : IDisposable
{
    readonly SqliteConnection _reader;
    readonly SqliteConnection _writer;
    readonly string _cursor;
    readonly Statement _read;
    readonly Statement _newest;

    public IncidentOutbox(Store store, string sink)
    {
        _reader = store.OpenReader();
        _writer = store.OpenWriter();
        _cursor = $"({sink} incidents)";
        _read = new(_reader, "SELECT id, at, event, state FROM incident_events WHERE id > ? ORDER BY id LIMIT ?");
        _newest = new(_reader, "SELECT seq FROM sqlite_sequence WHERE name = 'incident_events'");
        using var last = new Statement(_reader, "SELECT last_id FROM cursors WHERE sink = ?");
        (Last, IsNew) = last.Give(_cursor).Scalar(-1) is >= 0 and var id ? (id, false) : (0, true);
    }

    /// <summary>Whether the sink has not accepted an event yet.</summary>
    public bool IsNew { get; private set; }

    /// <summary>The last event that the sink has accepted.</summary>
    public long Last { get; private set; }

    /// <summary>The last event that was stored.</summary>
    public long Newest() => Math.Max(Last, _newest.Scalar());

    /// <summary>The next events. One that is damaged is left out.</summary>
    public List<StoredHappening> Read(int count) => Read(Last, count);

    /// <summary>The events after another one.</summary>
    public List<StoredHappening> Read(long after, int count)
    {
        var events = new List<StoredHappening>();
        _read.Give(after).Give(count);
        try
        {
            while (_read.Step())
                if (IncidentJsonState.ReadIncident(_read.Text(3)) is { } incident)
                    events.Add(new(_read.Number(0), DateTimeOffset.FromUnixTimeMilliseconds(_read.Number(1)).UtcDateTime, _read.Text(2), incident));
        }
        finally
        {
            _read.Reset();
        }

        return events;
    }

    /// <summary>Moves the cursor: the sink accepted the events up to this one. Waits while the committer writes.</summary>
    public void Advance(long id)
    {
        using var save = _writer.CreateCommand();
        save.CommandText = "INSERT INTO cursors (sink, last_id, dropped) VALUES ($sink, $last, 0) ON CONFLICT DO UPDATE SET last_id = excluded.last_id";
        save.Parameters.AddWithValue("$sink", _cursor);
        save.Parameters.AddWithValue("$last", id);
        save.ExecuteNonQuery();
        (Last, IsNew) = (id, false);
    }

    public void Dispose()
    {
        _read.Dispose();
        _newest.Dispose();
        _reader.Dispose();
        _writer.Dispose();
    }
}
