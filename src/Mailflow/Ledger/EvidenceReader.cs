using System.Globalization;
using System.Runtime.InteropServices;
using Mailflow.Analysis.Incidents;
using Mailflow.Pipeline;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>Reads the facts that incidents are found in, on a connection of its own. Texts that were added meanwhile are read first.</summary>
sealed class EvidenceReader : IDisposable
{
    /// <summary>Facts of an hour are given to the detection as they arrive while it is this many hours old; later ones only to the next replay.</summary>
    public const int LateHours = 2;

    const string NamesAfter = "SELECT id, name FROM evidence_names WHERE id >= ? ORDER BY id";

    readonly SqliteConnection _connection;
    readonly Statement _hour;
    readonly Statement _signals;

    public EvidenceReader(Store store)
    {
        _connection = store.OpenReader();
        _hour = new(_connection, "SELECT id, data FROM evidence WHERE hour = ? AND id > ? AND id <= ? ORDER BY id");
        _signals = new(_connection, "SELECT state FROM incident_signals WHERE at >= ? AND at < ? ORDER BY id");
    }

    /// <summary>The texts of the facts that were read, and those that are derived from them: the numbers are other than in the store.</summary>
    public NameList Names { get; } = new();

    /// <summary>The texts of the store by their id. What uses <see cref="Names"/> adds texts there, and ids must stay those of the store.</summary>
    readonly NameList _stored = new();

    /// <summary>The numbers in <see cref="Names"/>, by id.</summary>
    readonly List<int> _numbers = [];

    /// <summary>Rows that are damaged and were left out.</summary>
    public long Damaged { get; private set; }

    /// <summary>The facts of an hour in the rows after an id, up to another.</summary>
    public void Read(long hour, long after, long last, List<Sighting> sightings, List<Passage> passages)
    {
        // The rows first: what they name was stored before or with them.
        var rows = new List<byte[]>();
        _hour.Give(hour).Give(after).Give(last);
        try
        {
            while (_hour.Step())
                rows.Add(_hour.Bytes(1).ToArray());
        }
        finally
        {
            _hour.Reset();
        }

        if (rows.Count > 0 && ReadNames(_connection, _stored) is not null)
            Damaged++;
        for (var id = _numbers.Count; id < _stored.Texts.Count; id++)
            _numbers.Add(Names.Of(_stored[id]));
        var (sighted, passed) = (sightings.Count, passages.Count);
        foreach (var row in rows)
            if (!EvidenceBlob.TryRead(row, hour, _stored, sightings, passages))
                Damaged++;
        var numbers = CollectionsMarshal.AsSpan(_numbers);
        foreach (ref var sighting in CollectionsMarshal.AsSpan(sightings)[sighted..])
            sighting = sighting.With(numbers);
        foreach (ref var passage in CollectionsMarshal.AsSpan(passages)[passed..])
            passage = passage.With(numbers);
    }

    /// <summary>The signals of a time, in their order.</summary>
    public List<Signal> Signals(DateTime from, DateTime until)
    {
        var signals = new List<Signal>();
        _signals.Give(EvidenceTables.Milliseconds(from)).Give(EvidenceTables.Milliseconds(until));
        try
        {
            while (_signals.Step())
                if (IncidentJsonState.ReadSignal(_signals.Text(0)) is { } signal)
                    signals.Add(signal);
                else
                    Damaged++;
        }
        finally
        {
            _signals.Reset();
        }

        return signals;
    }

    /// <summary>The first hour with facts or signals that is not before this one; null where there is none.</summary>
    public long? FirstHour(long from) => Scalar("""
        SELECT min(hour) FROM (
            SELECT min(hour) AS hour FROM evidence WHERE hour >= ?1 UNION ALL
            SELECT min(at) / 3600000 FROM incident_signals WHERE at >= ?1 * 3600000)
        """, from);

    /// <summary>The newest row; 0 where there is none.</summary>
    public long NewestRow() => Scalar("SELECT max(id) FROM evidence") ?? 0;

    /// <summary>Whether there are rows after an id with facts from before an hour.</summary>
    public bool HasBefore(long hour, long after) => Scalar("SELECT 1 FROM evidence WHERE id > ? AND hour < ? LIMIT 1", after, hour) is not null;

    /// <summary>The time up to which rows are judged; null where none are.</summary>
    public DateTime? Judged() =>
        Scalar($"SELECT CAST(value AS INTEGER) FROM meta WHERE key = '{EvidenceTables.Judged}'") is { } time
            ? DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime
            : null;

    public List<KnownIncident> Incidents() => Incidents(_connection);

    /// <summary>All incidents, in the order in which they were opened. A damaged one is left out.</summary>
    public static List<KnownIncident> Incidents(SqliteConnection reader)
    {
        var all = new List<KnownIncident>();
        using var rows = new Statement(reader, "SELECT announced, state FROM incidents ORDER BY opened, id");
        while (rows.Step())
            if (IncidentJsonState.ReadIncident(rows.Text(1)) is { } incident)
                all.Add(new(incident, rows.Number(0) != 0));
        return all;
    }

    /// <summary>Reads texts that a list does not have yet. The first two are fixed.</summary>
    /// <returns>What is damaged; null if nothing is.</returns>
    public static string? ReadNames(SqliteConnection connection, NameList names)
    {
        using var rows = new Statement(connection, NamesAfter);
        rows.Give(names.Texts.Count);
        while (rows.Step())
        {
            var id = rows.Number(0);
            if (id != names.Texts.Count || names.Of(rows.Text(1)) != id)
                return string.Create(CultureInfo.InvariantCulture, $"text {names.Texts.Count} is missing");
        }

        return null;
    }

    long? Scalar(string text, params ReadOnlySpan<long> values)
    {
        using var query = new Statement(_connection, text);
        foreach (var value in values)
            query.Give(value);
        return query.Scalar(long.MinValue) is var found && found != long.MinValue ? found : null;
    }

    public void Dispose()
    {
        _hour.Dispose();
        _signals.Dispose();
        _connection.Dispose();
    }
}
