using Mailflow.Analysis.Tracing.Index;
using Mailflow.Pipeline;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// Writes the index of traces, on the committer's connection and inside its transactions. The segment that a file's reader extends is in trace_open;
/// a complete one in trace_closed, until there are enough of its size for a group.
/// </summary>
sealed class TraceTables : IDisposable
{
    /// <summary>Segments that are moved by one call of <see cref="EndIdle"/>.</summary>
    const int Part = 200;

    /// <summary>The longest byte order mark: the first block of a file may start after it.</summary>
    const int MarkLength = 3;

    readonly Statement _open;
    readonly Statement _endOther;
    readonly Statement _deleteOther;
    readonly Statement _deleteOpen;
    readonly Statement _close;
    readonly Statement _sizes;
    readonly Statement _closed;
    readonly Statement _deleteClosed;
    readonly Statement _nextGroup;
    readonly Statement _insertGroup;
    readonly Statement _insertLine;
    readonly Statement _endIdle;
    readonly Statement _deleteIdle;
    readonly Statement _forgetOpen;
    readonly Statement _forgetClosed;
    readonly Statement _groupsOf;
    readonly Statement _updateGroup;
    readonly Statement _deleteGroup;
    readonly Statement _deleteLines;
    readonly Statement _supersede;
    readonly Statement _superseded;
    readonly Statement _setFormat;
    readonly Dictionary<long, (TrackedFile File, TraceSegment Segment)> _grown = [];
    readonly List<SegmentPlace> _places = new(TraceGroup.Most);
    readonly byte[] _filters = new byte[TraceGroup.Most * KeyFilter.MaxLines * KeyFilter.Line];
    readonly byte[] _line = new byte[TraceGroup.Most * KeyFilter.Line];

    public TraceTables(SqliteConnection connection)
    {
        const string Columns = "file, start, \"end\", first, last, filter";
        _open = new(connection, $"INSERT OR REPLACE INTO trace_open (at, {Columns}) VALUES (?, ?, ?, ?, ?, ?, ?)");
        _endOther = new(connection, $"""
            INSERT INTO trace_closed (size, {Columns}) SELECT length(filter), {Columns} FROM trace_open WHERE file = ? AND start <> ?
            """);
        _deleteOther = new(connection, "DELETE FROM trace_open WHERE file = ? AND start <> ?");
        _deleteOpen = new(connection, "DELETE FROM trace_open WHERE file = ? AND start = ?");
        _close = new(connection, $"INSERT INTO trace_closed (size, {Columns}) VALUES (?, ?, ?, ?, ?, ?, ?)");
        _sizes = new(connection, $"SELECT size, count(*) FROM trace_closed GROUP BY size HAVING count(*) >= {TraceGroup.Most}");
        _closed = new(connection, $"SELECT id, {Columns} FROM trace_closed WHERE size = ? ORDER BY id LIMIT {TraceGroup.Most}");
        _deleteClosed = new(connection, "DELETE FROM trace_closed WHERE id <= ? AND size = ?");
        _nextGroup = new(connection, "SELECT coalesce(max(id), 0) + 1 FROM trace_groups");
        _insertGroup = new(connection, "INSERT INTO trace_groups (id, lines, low, high, segments) VALUES (?, ?, ?, ?, ?)");
        _insertLine = new(connection, "INSERT OR REPLACE INTO trace_lines (id, bits) VALUES (?, ?)");
        _endIdle = new(connection, $"""
            INSERT INTO trace_closed (size, {Columns}) SELECT length(filter), {Columns} FROM trace_open
            WHERE file IN (SELECT file FROM trace_open WHERE at < ? ORDER BY file LIMIT {Part})
            """);
        _deleteIdle = new(connection, $"DELETE FROM trace_open WHERE file IN (SELECT file FROM trace_open WHERE at < ? ORDER BY file LIMIT {Part})");
        _forgetOpen = new(connection, "DELETE FROM trace_open WHERE file = ?");
        _forgetClosed = new(connection, "DELETE FROM trace_closed WHERE file = ?");
        _groupsOf = new(connection, "SELECT id, segments FROM trace_groups WHERE high >= ?1 AND low <= ?1");
        _updateGroup = new(connection, "UPDATE trace_groups SET segments = ? WHERE id = ?");
        _deleteGroup = new(connection, "DELETE FROM trace_groups WHERE id = ?");
        _deleteLines = new(connection, "DELETE FROM trace_lines WHERE id >= ? AND id < ?");
        _superseded = new(connection, "SELECT id FROM files WHERE root = ? AND name = ? AND id <> ? AND records IS NULL");
        _supersede = new(connection, "UPDATE files SET gone = ? WHERE id = ? AND gone IS NULL");
        _setFormat = new(connection, "UPDATE files SET format = ? WHERE id = ?");
    }

    /// <summary>Writes the segments of the blocks of a commit.</summary>
    public void Write(IReadOnlyList<Delta> deltas, DateTimeOffset now)
    {
        // A commit that failed is tried again.
        _grown.Clear();
        var any = false;
        foreach (var delta in deltas)
        {
            if (delta is IndexDelta built)
                Write(built);
            if (delta is not RowDelta { Tally: var tally } rows)
                continue;
            if (rows.Offset <= MarkLength && rows.File.Generation > 0)
                ForgetOlder(rows.File, now);
            foreach (var segment in tally.Segments)
            {
                any = true;
                if (segment.IsOpen)
                {
                    _grown[rows.File.Id] = (rows.File, segment);
                    continue;
                }

                if (_grown.TryGetValue(rows.File.Id, out var grown) && grown.Segment.Start == segment.Start)
                    _grown.Remove(rows.File.Id);
                _deleteOpen.Give(rows.File.Id).Give(segment.Start).Run();
                Close(rows.File.Id, segment);
            }
        }

        foreach (var (file, segment) in _grown.Values)
        {
            // A segment that began elsewhere is one of an earlier start of the program: it stays as it is.
            _endOther.Give(file.Id).Give(segment.Start).Run();
            _deleteOther.Give(file.Id).Give(segment.Start).Run();
            Give(_open.Give(now.ToUnixTimeMilliseconds()), file.Id, segment).Run();
        }

        _grown.Clear();
        if (any)
            Seal();
    }

    /// <summary>Ends segments that grew last before <see cref="TraceSegment.MaxIdle"/>.</summary>
    /// <returns>How many.</returns>
    public int EndIdle(DateTimeOffset now)
    {
        var before = (now - TraceSegment.MaxIdle).ToUnixTimeMilliseconds();
        var ended = _endIdle.Give(before).Run();
        if (ended > 0)
            _deleteIdle.Give(before).Run();
        if (ended > 0)
            Seal();
        return ended;
    }

    /// <summary>Deletes the index of files.</summary>
    public void Forget(IReadOnlyList<long> files)
    {
        foreach (var file in files)
        {
            _forgetOpen.Give(file).Run();
            _forgetClosed.Give(file).Run();
            var groups = new List<(long Id, byte[]? Segments)>();
            _groupsOf.Give(file);
            while (_groupsOf.Step())
                groups.Add((
                    _groupsOf.Number(0),
                    TraceGroup.TryOpen(_groupsOf.Bytes(1), _groupsOf.Number(0), out var segments) ? segments.ToArray() : null));
            _groupsOf.Reset();
            foreach (var (id, segments) in groups)
                Forget(id, segments, file);
        }
    }

    void Forget(long group, byte[]? segments, long file)
    {
        TraceGroup.Read(segments, _places);
        // Of a damaged group nothing is left.
        if (segments is not null && _places.TrueForAll(p => p.File != file))
            return;
        for (var i = 0; i < _places.Count; i++)
            if (_places[i].File == file)
                _places[i] = default;
        if (_places.TrueForAll(p => p.File == 0))
            Delete(group);
        else
            _updateGroup.Give(TraceGroup.Sealed(TraceGroup.Write(_places), group)).Give(group).Run();
    }

    /// <summary>Deletes a group.</summary>
    public void Delete(long group)
    {
        _deleteGroup.Give(group).Run();
        _deleteLines.Give(group * TraceGroup.Stride).Give((group + 1) * TraceGroup.Stride).Run();
    }

    public void Dispose()
    {
        _open.Dispose();
        _endOther.Dispose();
        _deleteOther.Dispose();
        _deleteOpen.Dispose();
        _close.Dispose();
        _sizes.Dispose();
        _closed.Dispose();
        _deleteClosed.Dispose();
        _nextGroup.Dispose();
        _insertGroup.Dispose();
        _insertLine.Dispose();
        _endIdle.Dispose();
        _deleteIdle.Dispose();
        _forgetOpen.Dispose();
        _forgetClosed.Dispose();
        _groupsOf.Dispose();
        _updateGroup.Dispose();
        _deleteGroup.Dispose();
        _deleteLines.Dispose();
        _supersede.Dispose();
        _superseded.Dispose();
        _setFormat.Dispose();
    }

    /// <summary>What an older generation of this name had is no longer in its file.</summary>
    void ForgetOlder(TrackedFile file, DateTimeOffset now)
    {
        var older = new List<long>();
        _superseded.Give(file.Root).Give(file.Name).Give(file.Id);
        while (_superseded.Step())
            older.Add(_superseded.Number(0));
        _superseded.Reset();
        foreach (var id in older)
            _supersede.Give(now.ToUnixTimeMilliseconds()).Give(id).Run();
        Forget(older);
    }

    void Write(IndexDelta built)
    {
        foreach (var group in built.Damaged)
            Delete(group);
        // A file that was forgotten meanwhile must not leave segments behind: its number may be given to another file.
        if (built.File == 0 || _setFormat.Give(built.Format).Give(built.File).Run() == 0)
            return;
        foreach (var segment in built.Segments)
            Close(built.File, segment);
        Seal();
    }

    void Close(long file, TraceSegment segment) => Give(_close.Give(segment.Filter.Length + sizeof(ulong)), file, segment).Run();

    static Statement Give(Statement statement, long file, TraceSegment segment)
    {
        var place = new SegmentPlace(file, segment);
        return statement.Give(place.File).Give(place.Start).Give(place.End).Give(place.First).Give(place.Last)
            .Give(TraceGroup.Sealed(segment.Filter, TraceGroup.SaltOf(place)));
    }

    /// <summary>Makes groups of complete segments, while there are enough of one size.</summary>
    void Seal()
    {
        while (_sizes.Scalar() is > 0 and var size)
            Seal(size);
    }

    void Seal(long size)
    {
        var (length, last) = ((int)size - sizeof(ulong), 0L);
        _places.Clear();
        _closed.Give(size);
        while (_closed.Step())
        {
            last = _closed.Number(0);
            var place = new SegmentPlace(_closed.Number(1), _closed.Number(2), _closed.Number(3), _closed.Number(4), _closed.Number(5));
            // A damaged one is left out: its range is read, and indexed again.
            if (!TraceGroup.TryOpen(_closed.Bytes(6), TraceGroup.SaltOf(place), out var filter) || filter.Length != length)
                continue;
            filter.CopyTo(_filters.AsSpan(_places.Count * length));
            _places.Add(place);
        }

        _closed.Reset();
        _deleteClosed.Give(last).Give(size).Run();
        if (_places.Count == 0)
            return;
        var group = _nextGroup.Scalar();
        for (var i = 0; i < length / KeyFilter.Line; i++)
        {
            for (var s = 0; s < _places.Count; s++)
                _filters.AsSpan((s * length) + (i * KeyFilter.Line), KeyFilter.Line).CopyTo(_line.AsSpan(s * KeyFilter.Line));
            var id = (group * TraceGroup.Stride) + i;
            _insertLine.Give(id).Give(TraceGroup.Sealed(_line.AsSpan(0, _places.Count * KeyFilter.Line), id)).Run();
        }

        _insertGroup.Give(group).Give(length / KeyFilter.Line).Give(_places.Min(p => p.File)).Give(_places.Max(p => p.File))
            .Give(TraceGroup.Sealed(TraceGroup.Write(_places), group)).Run();
    }
}
