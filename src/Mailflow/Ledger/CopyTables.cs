using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// The copies on their way in the store. Each commit appends one row with the entries that it changes (copy_log). When these rows are larger than the
/// state, the state itself is written, some parts with each commit (copy_parts), and the rows before it are deleted.
/// </summary>
sealed class CopyTables : IDisposable
{
    /// <summary>The log is not written anew while it is smaller.</summary>
    const long LeastLog = 1 << 20;

    /// <summary>Bytes of the state that one commit writes.</summary>
    const int BytesOfCommit = 1 << 20;

    /// <summary>Rows of the log that one commit deletes.</summary>
    const int DeletedOfCommit = 64;

    readonly Statement _append;
    readonly Statement _part;
    readonly Statement _delete;
    readonly Statement _name;
    readonly Statement _lost;
    readonly Statement _forgetLost;
    readonly Statement _newest;
    readonly CopyBlob _blob = new();
    byte[]? _unwritten;

    // The part that is written next, and the row of the log that the first one was written after; 256: none is.
    int _next = CopyTable.Parts;
    long _upto;
    long _deleteTo;

    // What the current transaction did.
    (int Next, long Upto, long DeleteTo, long LogBytes, long StateBytes) _after;

    public CopyTables(SqliteConnection connection)
    {
        _append = new(connection, "INSERT INTO copy_log (data) VALUES (?)");
        _newest = new(connection, "SELECT max(id) FROM copy_log");
        _part = new(
            connection,
            "INSERT INTO copy_parts (part, upto, data) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET upto = excluded.upto, data = excluded.data");
        _delete = new(connection, "DELETE FROM copy_log WHERE id IN (SELECT id FROM copy_log WHERE id <= ? ORDER BY id LIMIT ?)");
        _name = new(connection, "INSERT INTO copy_names (id, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name");
        _lost = new(connection, """
            INSERT INTO lost_copies (newest, first, server, next_hop, file, "offset") VALUES (?, ?, ?, ?, ?, ?)
            """);
        _forgetLost = new(connection, "DELETE FROM lost_copies WHERE id <= (SELECT max(id) FROM lost_copies) - ?");
    }

    /// <summary>Bytes of the log since the state was written last.</summary>
    public long LogBytes { get; private set; }

    /// <summary>Bytes of the state when it was written last.</summary>
    public long StateBytes { get; private set; }

    /// <summary>Writes the changes, in the current transaction.</summary>
    public void Write(Copies copies)
    {
        _after = (_next, _upto, _deleteTo, LogBytes, StateBytes);
        for (var id = copies.NamesStored; id < copies.Names.Count; id++)
            _name.Give(id).Give(copies.Names[id]).Run();
        foreach (var lost in copies.Lost)
            _lost.Give(lost.Newest).Give(lost.First).Give(lost.Server).Give(lost.NextHop).Give(lost.File).Give(lost.Offset).Run();
        if (copies.Lost.Count > 0)
            _forgetLost.Give(Copies.MaxLost).Run();
        if (copies.Changed.Length > 0)
            Append(copies);
        if (_after.Next == CopyTable.Parts && _after.DeleteTo == 0 && _after.LogBytes > Math.Max(LeastLog, _after.StateBytes))
            (_after.Next, _after.Upto, _after.LogBytes, _after.StateBytes) = (0, _newest.Scalar(), 0, 0);
        if (_after.Next < CopyTable.Parts)
            WriteParts(copies);
        else if (_after.DeleteTo > 0 && _delete.Give(_after.DeleteTo).Give(DeletedOfCommit).Run() < DeletedOfCommit)
            _after.DeleteTo = 0;
    }

    /// <summary>Called after the commit.</summary>
    public void Stored()
    {
        _unwritten = null;
        (_next, _upto, _deleteTo, LogBytes, StateBytes) = _after;
    }

    /// <summary>A commit that is tried again appends the same bytes.</summary>
    void Append(Copies copies)
    {
        if (_unwritten is null)
        {
            _blob.Begin(copies);
            for (var n = 0; n < copies.Changed.Length; n++)
            {
                var key = copies.Changed[n];
                if (n % Copies.Together == 0)
                    copies.Table.Touch(copies.Changed.Slice(n, Math.Min(Copies.Together, copies.Changed.Length - n)));
                ref var entry = ref copies.Table.Find(key);
                if (Unsafe.IsNullRef(ref entry))
                {
                    _blob.Remove(key);
                    continue;
                }

                entry.IsChanged = false;
                _blob.Add(entry);
            }

            _unwritten = _blob.End();
        }

        _append.Give(_unwritten).Run();
        _after.LogBytes += _unwritten.Length;
    }

    /// <summary>The state is that of this moment: rows of the log up to now say nothing more about these parts.</summary>
    void WriteParts(Copies copies)
    {
        var upto = _newest.Scalar();
        for (var written = 0; written < BytesOfCommit && _after.Next < CopyTable.Parts; _after.Next++)
        {
            _blob.Begin(copies);
            foreach (ref var entry in copies.Table.Part(_after.Next))
                if (entry.Key != 0 && !entry.IsDead(copies.Floor))
                    _blob.Add(entry);
            var bytes = _blob.End();
            _part.Give(_after.Next).Give(upto).Give(bytes).Run();
            written += bytes.Length;
            _after.StateBytes += bytes.Length;
        }

        if (_after.Next == CopyTable.Parts)
            _after.DeleteTo = _after.Upto;
    }

    /// <summary>Reads the stored state.</summary>
    /// <returns>What is damaged; null if nothing is.</returns>
    public static string? Load(SqliteConnection connection, Copies copies)
    {
        try
        {
            using var names = new Statement(connection, "SELECT id, name FROM copy_names ORDER BY id");
            while (names.Step())
            {
                if (names.Number(0) != copies.Names.Count)
                    return $"name {copies.Names.Count} is missing";
                copies.LoadName(names.Text(1));
            }

            var upto = new long[CopyTable.Parts];
            using var parts = new Statement(connection, "SELECT part, upto, data FROM copy_parts ORDER BY part");
            while (parts.Step())
            {
                var part = (int)parts.Number(0);
                if (part is < 0 or >= CopyTable.Parts || !CopyBlob.Apply(parts.Bytes(2).ToArray(), copies, key => CopyTable.PartOf(key) == part))
                    return $"part {part} is damaged";
                upto[part] = parts.Number(1);
            }

            using var log = new Statement(connection, "SELECT id, data FROM copy_log ORDER BY id");
            while (log.Step())
            {
                var id = log.Number(0);
                if (!CopyBlob.Apply(log.Bytes(1).ToArray(), copies, key => id > upto[CopyTable.PartOf(key)]))
                    return $"row {id} of the log is damaged";
            }

            return null;
        }
        catch (SqliteException e) when (e.IsDamage())
        {
            return e.Message;
        }
    }

    /// <summary>Sizes of what is stored, when it is loaded.</summary>
    public void Loaded(long logBytes, long stateBytes) => (LogBytes, StateBytes) = (logBytes, stateBytes);

    public void Dispose()
    {
        _append.Dispose();
        _newest.Dispose();
        _part.Dispose();
        _delete.Dispose();
        _name.Dispose();
        _lost.Dispose();
        _forgetLost.Dispose();
    }
}
