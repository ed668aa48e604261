using System.Text;
using CsvHelper;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>The rows of a CSV file. Nothing is allocated for a row.</summary>
sealed class CsvRows : ExportRows
{
    readonly CsvReader _csv;
    readonly ExportProblems _problems;
    readonly int[] _places = new int[ExportColumns.Number];
    readonly int _names;

    /// <param name="head">The start of the text in UTF-8, with the complete line of names.</param>
    /// <param name="utf8">The whole text.</param>
    public CsvRows(ReadOnlySpan<byte> head, Stream utf8, ExportProblems problems)
    {
        _problems = problems;
        var names = CsvNames.Of(head);
        CsvNames.Skip(utf8, names.Start);
        _csv = CsvReader.Create(utf8, CsvNames.Options(names.Separator, AddMalformed), leaveOpen: true);
        Array.Fill(_places, -1);
        if (!Move())
            return;
        _names = _csv.FieldCount;
        for (var i = 0; i < _names; i++)
            if (ExportColumns.Of(_csv.GetString(i)) is { } column && _places[(int)column] < 0)
                _places[(int)column] = i;
        // Names at the end that are empty are those of a spreadsheet.
        while (_names > 0 && _csv.IsEmpty(_names - 1))
            _names--;
    }

    public override bool Next()
    {
        while (Move())
        {
            if (_csv.FieldCount == 1 && _csv.IsEmpty(0))
                continue;
            Record++;
            if (_csv.FieldCount >= _names)
                return true;
            _problems.Add(ExportProblem.MissingColumns, Record, $"{_csv.FieldCount} of {_names} columns");
        }

        return false;
    }

    public override ReadOnlySpan<byte> this[ExportColumn column] =>
        _places[(int)column] is >= 0 and var place && place < _csv.FieldCount ? _csv.GetSpan(place) : default;

    public override void Dispose() => _csv.Dispose();

    bool Move()
    {
        try
        {
            return _csv.Read();
        }
        catch (CsvFormatException e)
        {
            _problems.Add(ExportProblem.TooLong, Record + 1, e.Message);
            return false;
        }
    }

    void AddMalformed(CsvMalformedReason reason)
    {
        _problems.Add(
            reason == CsvMalformedReason.UnterminatedQuote ? ExportProblem.Truncated : ExportProblem.CorruptRecord, Record + 1, reason.ToString());
    }
}

/// <summary>The line of names of a CSV file.</summary>
/// <param name="Start">Where it starts, after the type and what a spreadsheet adds.</param>
readonly record struct CsvNames(int Start, char Separator, IReadOnlyList<string> Names)
{
    /// <summary>Separators that Export-Csv was asked for, the most frequent first.</summary>
    const string Separators = ",;\t|^~:!#&*+=";

    static ReadOnlySpan<byte> TypeMark => "#TYPE "u8;

    static ReadOnlySpan<byte> SeparatorMark => "sep="u8;

    /// <summary>A line of names has letters, and no more than this many columns.</summary>
    const int MostNames = ExportObject.MaxProperties;

    public static CsvNames Of(ReadOnlySpan<byte> head)
    {
        var start = 0;
        char? separator = null;
        // #TYPE of Export-Csv; sep=; of Excel; comments and empty lines that were added by hand.
        while (start < head.Length)
        {
            var line = LineAt(head, start);
            var text = line.TrimEnd("\r\n "u8);
            if (text.StartsWith(SeparatorMark) && text.Length == SeparatorMark.Length + 1
                && Separators.Contains((char)text[^1], StringComparison.Ordinal))
                separator = (char)text[^1];
            else if (!text.IsEmpty && !text.StartsWith(TypeMark))
                break;
            start += line.Length;
        }

        var names = LineAt(head, start);
        var between = separator ?? SeparatorOf(names);
        return new(start, between, Split(names, between));
    }

    public static CsvReaderOptions Options(char separator, Action<CsvMalformedReason>? malformed = null) => new()
    {
        Separator = separator,
        HasHeader = false,
        AllowLineBreaksInQuotes = true,
        MaxRecordSize = ExportContext.MaxRecord,
        Encoding = new UTF8Encoding(false),
        OnMalformedRecord = m => malformed?.Invoke(m.Reason),
    };

    /// <summary>Reads this many bytes of a stream.</summary>
    public static void Skip(Stream stream, int bytes)
    {
        var room = new byte[Math.Min(bytes, 4096)];
        while (bytes > 0 && stream.Read(room, 0, Math.Min(bytes, room.Length)) is > 0 and var read)
            bytes -= read;
    }

    static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> text, int start) =>
        text[start..].IndexOf((byte)'\n') is >= 0 and var end ? text.Slice(start, end + 1) : text[start..];

    static IReadOnlyList<string> Split(ReadOnlySpan<byte> line, char separator)
    {
        if (line.Count((byte)separator) > MostNames)
            return [];
        using var csv = CsvReader.Create(line.TrimEnd("\r\n"u8).ToArray().AsMemory(), Options(separator));
        return csv.Read() ? [.. Enumerable.Range(0, csv.FieldCount).Select(csv.GetString)] : [];
    }

    static char SeparatorOf(ReadOnlySpan<byte> line)
    {
        Span<int> counts = stackalloc int[Separators.Length];
        var quoted = false;
        foreach (var b in line)
        {
            if (b == '"')
                quoted = !quoted;
            else if (!quoted && Separators.IndexOf((char)b, StringComparison.Ordinal) is >= 0 and var i)
                counts[i]++;
        }

        var best = 0;
        for (var i = 1; i < counts.Length; i++)
            if (counts[i] > counts[best])
                best = i;
        return Separators[best];
    }
}
