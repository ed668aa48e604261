using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>
/// Reads an export of message tracking: rows of Get-MessageTrackingLog, of traces of Exchange Online, or of a log that was exported again; in CSV,
/// JSON, CLIXML or the text of Format-List. Each row becomes a line of a tracking log (<see cref="TrackingLines"/>).
/// The stream is read once, forward, and need not be seekable; it stays open. Memory does not grow with the file.
/// </summary>
public sealed class TrackingExport : IDisposable
{
    /// <summary>Dates in this many bytes at the start show whether the day or the month comes first.</summary>
    const int HeadLength = 1 << 20;

    /// <summary>The same for objects.</summary>
    const int HeadObjects = 500;

    readonly ExportRows? _rows;
    readonly RowTranslation? _translation;
    readonly Stream? _utf8;

    /// <param name="zone">The zone of times without one; null means UTC, which is then reported.</param>
    /// <param name="choice">Which rows are counted; null: all.</param>
    public TrackingExport(Stream stream, ExportProblems problems, TimeZoneInfo? zone = null, IRowChoice? choice = null)
    {
        var head = new byte[stream.CanSeek ? Math.Min(HeadLength, Math.Max(0, stream.Length - stream.Position)) : HeadLength];
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        var start = ExportText.HeadToUtf8(head);
        if (ExportShapes.Of(start) == ExportShape.Csv)
        {
            if (ExportLayout.Of(CsvNames.Of(start).Names) is not { } layout)
                return;
            _utf8 = ExportText.ToUtf8(head, stream);
            _rows = new CsvRows(start, _utf8, problems);
            var times = new RowTimes(problems, zone, layout.IsUtc);
            using (var first = new CsvRows(start, new MemoryStream(start), new()))
                while (times.Order == DateOrder.Unknown && first.Next())
                    times.Learn(first[ExportColumn.Time], first[ExportColumn.Info]);
            _translation = new(layout, times, problems, choice);
        }
        else
        {
            var objects = ExportObjects.Read(head, stream, problems, zone).GetEnumerator();
            var window = new List<ExportObject>();
            while (window.Count < HeadObjects && objects.MoveNext())
                window.Add(objects.Current);
            if (window.Count == 0 || ExportLayout.Of(window.SelectMany(o => o.Names)) is not { } layout)
                return;
            var times = new RowTimes(problems, zone, layout.IsUtc);
            using (var first = new ObjectRows(((IEnumerable<ExportObject>)window).GetEnumerator()))
                while (times.Order == DateOrder.Unknown && first.Next())
                    times.Learn(first[ExportColumn.Time], first[ExportColumn.Info]);
            _rows = new ObjectRows(Rest(window, objects).GetEnumerator());
            _translation = new(layout, times, problems, choice);
        }
    }

    /// <summary>The header of the lines.</summary>
    public static LogHeader Header => ExportColumns.Header;

    /// <summary>The number of rows that were read, with those that are not counted.</summary>
    public long Records => _rows?.Record ?? 0;

    /// <summary>Whether a row that was read has its columns and a time.</summary>
    public bool HasReadable { get; private set; }

    /// <summary>Whether a CSV file that starts like this is an export of message tracking.</summary>
    /// <param name="head">Its first bytes.</param>
    public static bool Recognises(ReadOnlySpan<byte> head)
    {
        var start = ExportText.HeadToUtf8(head);
        return ExportShapes.Of(start) == ExportShape.Csv && ExportLayout.Of(CsvNames.Of(start).Names) is not null;
    }

    /// <summary>Whether an object is a row of message tracking.</summary>
    public static bool Recognises(ExportObject first) => ExportLayout.Of(first.Names) is not null;

    /// <summary>Adds the lines of the next row; none where the row is not counted.</summary>
    /// <returns>False at the end.</returns>
    public bool Read(TrackingLines lines)
    {
        if (_rows is null || !_rows.Next())
            return false;
        HasReadable |= _translation!.Add(_rows, lines);
        return true;
    }

    /// <summary>Passes over the next row: it was counted before.</summary>
    /// <returns>False at the end.</returns>
    public bool Skip() => _rows is not null && _rows.Next();

    public void Dispose()
    {
        _rows?.Dispose();
        _utf8?.Dispose();
    }

    static IEnumerable<ExportObject> Rest(List<ExportObject> first, IEnumerator<ExportObject> objects)
    {
        foreach (var one in first)
            yield return one;
        first.Clear();
        using (objects)
            while (objects.MoveNext())
                yield return objects.Current;
    }
}
