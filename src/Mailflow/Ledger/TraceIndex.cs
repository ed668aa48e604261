using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Tracing.Index;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>
/// Finds the ranges of tracking logs that may have rows with some keys. A range that the index does not know is returned too: the index makes a search
/// faster and never hides a row. What a file has beyond its committed offset is not here: the caller knows the size of the file.
/// </summary>
/// <param name="reader">A connection that only reads, of a running or a stopped program's store.</param>
sealed class TraceIndex(SqliteConnection reader)
{
    /// <summary>The longest byte order mark: the first line may start after it.</summary>
    const int MarkLength = 3;

    const string Columns = "file, start, \"end\", first, last, filter";

    readonly Dictionary<long, List<Segment>> _segments = [];
    readonly List<SegmentPlace> _places = new(TraceGroup.Most);
    readonly byte[]?[] _lines = new byte[]?[KeyFilter.MaxLines];
    IReadOnlyList<KeyProbe>? _probes;
    DateTime? _since;
    DateTime? _until;

    /// <summary>Groups, lines and segments of the last search whose checksum is wrong. Their ranges were returned as not indexed.</summary>
    public int Damaged { get; private set; }

    /// <summary>The ranges, newest first. Reads in one short transaction. Also of files that were missing: they may be back.</summary>
    /// <param name="probes">A range is returned if it may have all keys of one of these; null: any range.</param>
    /// <param name="since">The earliest time of a row.</param>
    /// <param name="until">The time before which a row must be.</param>
    public List<TraceRange> Find(IReadOnlyList<KeyProbe>? probes, DateTime? since, DateTime? until)
    {
        (_probes, _since, _until, Damaged) = (probes, since, until, 0);
        _segments.Clear();
        List<TracedFile> files;
        // One moment: a segment that is moved to a group meanwhile would be missed or seen twice.
        using (reader.BeginTransaction(deferred: true))
        {
            files = Files();
            try
            {
                if (IsPresent("trace_lines"))
                    ReadIndex();
            }
            catch (SqliteException e) when (e.IsDamage())
            {
                // A page of the index cannot be read: everything is searched.
                _segments.Clear();
                Damaged++;
            }
        }

        var ranges = new List<TraceRange>();
        foreach (var file in files)
            if (file.Offset > 0 && (since is not { } from || file.Newest is not { } newest || newest >= from))
                AddRanges(file, ranges);
        ranges.Sort((a, b) => Nullable.Compare(b.Last, a.Last));
        _segments.Clear();
        return ranges;
    }

    /// <summary>All files that are tracking logs, or may be.</summary>
    public List<TracedFile> Files()
    {
        using var files = new Statement(reader, IsPresent("roots")
            ? $"""
              SELECT id, root, folder, files.name, server, header_offset, header_hash, head, guard, "offset", files.newest, gone, device, inode, kept.path
              FROM files LEFT JOIN roots ON roots.name = root LEFT JOIN kept ON kept.file = files.id
              WHERE records IS NULL AND (format IS NULL OR format = '{LogFormat.Tracking.Name}')
              """
            // A store that no newer program has opened yet.
            : """
              SELECT id, root, NULL, name, server, header_offset, header_hash, NULL, guard, "offset", newest, gone, device, inode, NULL
              FROM files WHERE records IS NULL
              """);
        var found = new List<TracedFile>();
        while (files.Step())
            found.Add(new(
                files.Number(0), files.Text(1), files.IsNull(2) ? null : files.Text(2), files.Text(3), files.IsNull(4) ? null : files.Text(4),
                files.Number(5), files.Number(6), files.IsNull(7) ? null : files.Number(7), files.Number(8), files.Number(9),
                files.IsNull(10) || files.Number(10) <= 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(files.Number(10)).UtcDateTime,
                !files.IsNull(11))
            {
                Identity = (files.Number(12), files.Number(13)),
                Copy = files.IsNull(14) ? null : files.Text(14),
            });
        files.Reset();
        return found;
    }

    /// <summary>Bytes that the index takes in the store.</summary>
    public long Bytes()
    {
        using var groups = new Statement(reader, "SELECT coalesce(sum(4096 * lines + length(segments)), 0) FROM trace_groups");
        using var rest = new Statement(
            reader, "SELECT coalesce((SELECT sum(length(filter)) FROM trace_open), 0) + coalesce((SELECT sum(length(filter)) FROM trace_closed), 0)");
        return groups.Scalar() + rest.Scalar();
    }

    /// <summary>The groups with a wrong checksum among the first ones after an id, and where to go on; null at the end.</summary>
    /// <param name="most">How many groups are checked.</param>
    public (List<long> Damaged, long? Next) Check(long after, int most)
    {
        var (damaged, last, seen) = (new List<long>(), after, 0);
        using var groups = new Statement(reader, "SELECT id, lines, segments FROM trace_groups WHERE id > ? ORDER BY id LIMIT ?");
        using var line = new Statement(reader, "SELECT bits FROM trace_lines WHERE id = ?");
        groups.Give(after).Give(most);
        for (; groups.Step(); seen++)
        {
            last = groups.Number(0);
            var isWhole = TraceGroup.TryOpen(groups.Bytes(2), last, out _);
            for (var i = 0; i < groups.Number(1) && isWhole; i++)
                isWhole = LineOf(line, last, i) is not null;
            if (!isWhole)
                damaged.Add(last);
        }

        groups.Reset();
        return (damaged, seen < most ? null : last);
    }

    void ReadIndex()
    {
        using (var groups = new Statement(reader, "SELECT id, lines, segments FROM trace_groups"))
        using (var line = new Statement(reader, "SELECT bits FROM trace_lines WHERE id = ?"))
        {
            while (groups.Step())
                if (TraceGroup.TryOpen(groups.Bytes(2), groups.Number(0), out var places))
                {
                    TraceGroup.Read(places, _places);
                    AddGroup(line, groups.Number(0), (int)groups.Number(1));
                }
                else
                {
                    Damaged++;
                }

            groups.Reset();
        }

        foreach (var table in (string[])["trace_closed", "trace_open"])
        {
            using var rows = new Statement(reader, $"SELECT {Columns} FROM {table}");
            while (rows.Step())
            {
                var place = new SegmentPlace(rows.Number(0), rows.Number(1), rows.Number(2), rows.Number(3), rows.Number(4));
                if (TraceGroup.TryOpen(rows.Bytes(5), TraceGroup.SaltOf(place), out var filter))
                    Add(place, IsInTime(place) && MayHave(filter));
                else
                    Damaged++;
            }

            rows.Reset();
        }
    }

    void AddGroup(Statement line, long group, int lines)
    {
        Array.Clear(_lines);
        if (lines is < 1 or > KeyFilter.MaxLines)
        {
            // Damaged: its ranges are not indexed.
            Damaged++;
            return;
        }

        // One bit for each segment of the group.
        var matches = _probes is null ? UInt128.MaxValue : UInt128.Zero;
        if (_places.Exists(IsInTime))
            foreach (var probe in _probes ?? [])
                matches |= With(line, group, lines, probe.A) & With(line, group, lines, probe.B) & With(line, group, lines, probe.C);
        for (var i = 0; i < _places.Count; i++)
            if (_places[i].File != 0)
                Add(_places[i], (matches >> i & 1) != 0 && IsInTime(_places[i]));
    }

    /// <summary>The segments of a group that may have a key, as bits.</summary>
    UInt128 With(Statement line, long group, int lines, ulong key)
    {
        if (key == 0)
            return UInt128.MaxValue;
        var i = KeyFilter.LineOf(key, lines);
        if ((_lines[i] ??= LineOf(line, group, i)) is not { } held || held.Length < _places.Count * KeyFilter.Line)
        {
            Damaged++;
            return UInt128.MaxValue;
        }

        var (bits, found) = (KeyFilter.BitsOf(key), UInt128.Zero);
        for (var s = 0; s < _places.Count; s++)
            if (KeyFilter.Has(held.AsSpan(s * KeyFilter.Line, KeyFilter.Line), bits))
                found |= UInt128.One << s;
        return found;
    }

    static byte[]? LineOf(Statement line, long group, int i)
    {
        var id = (group * TraceGroup.Stride) + i;
        try
        {
            return line.Give(id).Step() && TraceGroup.TryOpen(line.Bytes(0), id, out var bits) ? bits.ToArray() : null;
        }
        finally
        {
            line.Reset();
        }
    }

    bool MayHave(ReadOnlySpan<byte> filter)
    {
        if (_probes is null)
            return true;
        foreach (var probe in _probes)
            if (Has(filter, probe.A) && Has(filter, probe.B) && Has(filter, probe.C))
                return true;
        return false;
    }

    static bool Has(ReadOnlySpan<byte> filter, ulong key) => key == 0 || KeyFilter.Has(filter, key);

    bool IsInTime(SegmentPlace place) =>
        (_since is not { } since || SegmentPlace.Time(place.Last) >= since) && (_until is not { } until || SegmentPlace.Time(place.First) < until);

    void Add(SegmentPlace place, bool matches)
    {
        if (!_segments.TryGetValue(place.File, out var list))
            _segments.Add(place.File, list = []);
        list.Add(new(place, matches));
    }

    /// <summary>Segments may overlap where one was built again: the part that the first one covers is taken as that one says.</summary>
    void AddRanges(TracedFile file, List<TraceRange> ranges)
    {
        var from = 0L;
        if (_segments.TryGetValue(file.Id, out var segments))
        {
            segments.Sort((a, b) => a.Place.Start.CompareTo(b.Place.Start));
            if (segments[0].Place.Start <= MarkLength)
                from = segments[0].Place.Start;
            foreach (var (place, matches) in segments)
            {
                var end = Math.Min(place.End, file.Offset);
                if (end <= from)
                    continue;
                if (place.Start > from)
                    ranges.Add(new(file, from, place.Start, file.Newest, false));
                var start = Math.Max(from, place.Start);
                if (matches)
                    ranges.Add(new(file, start, end, Known(place.Last) ?? file.Newest, true));
                from = end;
            }
        }

        if (from < file.Offset)
            ranges.Add(new(file, from, file.Offset, file.Newest, false));
    }

    static DateTime? Known(long milliseconds) =>
        SegmentPlace.Time(milliseconds) is var time && time > DateTime.MinValue && time.Year < DateTime.MaxValue.Year ? time : null;

    bool IsPresent(string table)
    {
        using var present = new Statement(reader, "SELECT count(*) FROM sqlite_master WHERE name = ?");
        return present.Give(table).Scalar() > 0;
    }

    readonly record struct Segment(SegmentPlace Place, bool Matches);
}
