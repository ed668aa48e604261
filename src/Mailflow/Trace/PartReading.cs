using System.Text;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Tracing;
using Mailflow.Archives;
using Mailflow.Pipeline;
using Mailflow.Tail;

namespace Mailflow.Trace;

/// <summary>Finds the rows of a query in parts of files. One for each pass of a search; used by several threads.</summary>
/// <param name="open">Opens a file.</param>
/// <param name="found">Receives rows, of one lane at a time.</param>
/// <param name="read">Told the bytes of each piece that was read.</param>
/// <param name="followed">Messages whose rows are found as well; null: none.</param>
sealed class PartReading(
    TraceQuery query, Func<string, LogBytes> open, TraceNotes notes, Action<List<TraceRow>> found, Action<long> read, Followed? followed = null)
{
    /// <summary>Bytes that are read at once.</summary>
    public const int PieceBytes = 256 << 10;

    /// <summary>Bytes that are read at once where one row is wanted: most are shorter.</summary>
    const int RowBytes = 8 << 10;

    /// <summary>Bytes that are read at once from the end of a file.</summary>
    const int BackPiece = 1 << 20;

    /// <summary>The longest line; a longer one is no row.</summary>
    const int MaxLine = 64 << 20;

    /// <summary>How much earlier than a later row of its file a row may be written: threads of a server write to one log.</summary>
    static readonly TimeSpan Disorder = TimeSpan.FromMinutes(5);

    [ThreadStatic]
    static byte[]? _buffer;

    /// <returns>A part to read next; null without one.</returns>
    public TracePart? Read(Lane lane, TracePart part)
    {
        var file = part.File;
        try
        {
            using var log = Lane.Ask(() => open(file.Path));
            var top = Lane.Ask(() => FileOpener.ReadTop(log.ReadAll));
            if (top.Header is null || !TrackingLog.Recognises(top.Header))
                return null;
            // A log begins with the time when it was started.
            if (query.Until is { } until && TraceRowReader.TimeOf(Encoding.ASCII.GetBytes(top.Header.Date)) is { } begun && begun - TracePart.Skew > until)
                return null;
            if (file.Known is not null && !part.IsWhole && !IsSame(log, top, file, out var first))
                return first ? LogIdentity.Changed(file, notes) : null;
            if (part.Start >= part.End)
                return null;
            var reader = new TraceRowReader(top.Header, file.Path, file.Server);
            if (file.Server is null)
                LearnServer(log, top, reader);
            return part.Backwards && top.Encoding == TextEncoding.Utf8
                ? Backwards(lane, log, reader, part)
                : Forwards(lane, log, reader, part, top.Encoding);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Exchange deletes its oldest logs; a file that is gone has no rows.
            if (e is not (FileNotFoundException or DirectoryNotFoundException))
                lane.Deliver(() => notes.Add($"{file.Path} cannot be read: {e.Message.TrimEnd('.')}."));
            return null;
        }
    }

    /// <param name="first">Whether this is the first part of the file that is compared.</param>
    static bool IsSame(LogBytes log, FileOpener.Top top, TraceFile file, out bool first)
    {
        lock (file)
        {
            first = file.IsKnown is null;
            return file.IsKnown ??= Lane.Ask(() => LogIdentity.IsSame(log, top, file.Known!));
        }
    }

    static byte[] Buffer(int size) => _buffer is { } buffer && buffer.Length >= size ? buffer : _buffer = new byte[size];

    static void LearnServer(LogBytes log, FileOpener.Top top, TraceRowReader reader)
    {
        const int Enough = 16 << 10;
        var buffer = Buffer(PieceBytes);
        var length = Lane.Ask(() => log.ReadAll(buffer.AsSpan(0, Enough), 0));
        var text = top.Encoding == TextEncoding.Utf8 ? buffer.AsMemory(0, length) : Transcoding.ToUtf8(buffer.AsSpan(0, length), top.Encoding, out _);
        reader.LearnServer(text[..(text.Span.LastIndexOf((byte)'\n') + 1)]);
    }

    TracePart? Forwards(Lane lane, LogBytes log, TraceRowReader reader, TracePart part, TextEncoding encoding)
    {
        var rows = new List<TraceRow>();
        var known = 0;
        var also = followed?.Query(out known);
        var buffer = Buffer(PieceBytes);
        var (kept, offset) = (0, part.Start);
        while (!lane.IsGivenUp)
        {
            var wanted = (int)Math.Min(part.IsRow ? Math.Min(RowBytes, buffer.Length - kept) : buffer.Length - kept, part.End - offset - kept);
            var (to, at, from) = (buffer, kept, offset + kept);
            var length = wanted == 0 ? 0 : Lane.Ask(() => log.Read(to.AsSpan(at, wanted), from));
            var filled = kept + length;
            var whole = Transcoding.EndOfLastLine(buffer.AsSpan(0, filled), encoding);
            if (part.IsRow && whole > 0 && encoding == TextEncoding.Utf8)
                whole = buffer.AsSpan(0, whole).IndexOf((byte)'\n') + 1;
            Search(reader, buffer.AsMemory(0, whole), offset, encoding, rows, also);
            if (length == 0 && filled > whole)
                SearchUnfinished(reader, buffer.AsMemory(whole, filled - whole), offset + whole, encoding, rows, also);
            Deliver(lane, rows, length);
            if (length == 0)
            {
                if (log is StreamBytes { Fault: { } fault })
                    lane.Deliver(() => notes.Add($"{part.File.Path} was not read to its end: {fault.Message.TrimEnd('.')}."));
                followed?.WasRead(part, known);
                break;
            }

            if (part.IsRow && whole > 0)
                break;
            (kept, offset) = (filled - whole, offset + whole);
            buffer.AsSpan(whole, kept).CopyTo(buffer);
            if (kept < buffer.Length)
                continue;
            if (buffer.Length >= MaxLine)
                (offset, kept) = (offset + kept, 0);
            else
                Array.Resize(ref buffer, 2 * buffer.Length);
        }

        return null;
    }

    /// <summary>Reads the last piece before the end of the part. What is before it is the next part.</summary>
    TracePart? Backwards(Lane lane, LogBytes log, TraceRowReader reader, TracePart part)
    {
        if (part.End == long.MaxValue)
            return Lane.Ask(() => EndOf(log)) is var (end, last) ? part with { End = end, Bound = last } : null;
        var buffer = Buffer(BackPiece);
        var start = Math.Max(0, part.End - BackPiece);
        var length = Lane.Ask(() => log.ReadAll(buffer.AsSpan(0, (int)(part.End - start)), start));
        var first = start == 0 ? 0 : buffer.AsSpan(0, length).IndexOf((byte)'\n') + 1;
        var whole = buffer.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
        if (start > 0 && (first == 0 || first == whole))
            return TracePart.Whole(part.File) with { Bound = part.Bound };
        var rows = new List<TraceRow>();
        Search(reader, buffer.AsMemory(first, whole - first), start + first, TextEncoding.Utf8, rows, null);
        SearchUnfinished(reader, buffer.AsMemory(whole, length - whole), start + whole, TextEncoding.Utf8, rows, null);
        Deliver(lane, rows, length);
        // Other columns begin somewhere in the file: only reading from the start tells where.
        if (reader.ColumnsDiffer)
            return TracePart.Whole(part.File) with { Bound = part.Bound };
        var bound = TraceRowReader.TimeOf(buffer.AsSpan(first, length - first)) is { } time && time + Disorder < part.Bound ? time + Disorder : part.Bound;
        return start == 0 ? null : part with { End = start + first, Bound = bound };
    }

    /// <summary>The end of a file, and the time after which it has no row.</summary>
    static (long End, DateTime Bound) EndOf(LogBytes log)
    {
        const int Tail = 8 << 10;
        var end = log.Length;
        Span<byte> bytes = stackalloc byte[Tail];
        bytes = bytes[..log.ReadAll(bytes[..(int)Math.Min(Tail, end)], Math.Max(0, end - Tail))];
        DateTime? last = null;
        while (bytes.IndexOf((byte)'\n') is >= 0 and var line)
        {
            bytes = bytes[(line + 1)..];
            if (TraceRowReader.TimeOf(bytes) is { } time && (last is null || time > last))
                last = time;
        }

        return (end, last is { } newest ? newest + Disorder : DateTime.MaxValue);
    }

    void Search(TraceRowReader reader, ReadOnlyMemory<byte> lines, long offset, TextEncoding encoding, List<TraceRow> rows, TraceQuery? also)
    {
        if (lines.IsEmpty)
            return;
        if (encoding == TextEncoding.Utf8)
            reader.Read(lines, offset, query, rows, also);
        else
            Transcoded(lines, offset, encoding, rows, also, reader.Read);
    }

    void SearchUnfinished(TraceRowReader reader, ReadOnlyMemory<byte> line, long offset, TextEncoding encoding, List<TraceRow> rows, TraceQuery? also)
    {
        if (line.IsEmpty)
            return;
        if (encoding == TextEncoding.Utf8)
            reader.ReadUnfinished(line, offset, query, rows, also);
        else
            Transcoded(line, offset, encoding, rows, also, reader.ReadUnfinished);
    }

    void Transcoded(
        ReadOnlyMemory<byte> lines, long offset, TextEncoding encoding, List<TraceRow> rows, TraceQuery? also,
        Action<ReadOnlyMemory<byte>, long, TraceQuery, List<TraceRow>, TraceQuery?> search)
    {
        var before = rows.Count;
        var utf8 = Transcoding.ToUtf8(lines.Span, encoding, out var length);
        search(utf8.AsMemory(0, length), 0, query, rows, also);
        for (var i = before; i < rows.Count; i++)
            rows[i] = rows[i] with { Offset = offset + Transcoding.FileBytes(utf8.AsSpan(0, (int)rows[i].Offset), encoding) };
    }

    void Deliver(Lane lane, List<TraceRow> rows, long length)
    {
        read(length);
        if (rows.Count == 0)
            return;
        lane.Deliver(() => found(rows));
        rows.Clear();
    }
}
