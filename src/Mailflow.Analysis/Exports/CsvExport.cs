using System.Text;
using CsvHelper;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// Export-Csv of any PowerShell version: an optional <c>#TYPE</c> line, a line of names, quoted cells that may contain line ends. The separator
/// is detected in the line of names. Rows are held back, at most one window of them, until a date shows whether the day or the month comes first.
/// </summary>
sealed class CsvExport(Stream utf8, byte[] head, ExportContext context)
{
    const int WindowRows = 2000;
    const int WindowChars = 4 << 20;
    const int MaxColumns = ExportObject.MaxProperties;

    static ReadOnlySpan<byte> TypeMark => "#TYPE "u8;

    byte[] _head = head;
    long _record;
    bool _ended;
    bool _lastIsShort;

    public IEnumerable<ExportObject> Read()
    {
        var typeName = SkipType();
        var separator = SeparatorOf(_head);
        if (separator == ';')
            context.Numbers.LearnSemicolons();
        using var csv = CsvReader.Create(utf8, Options(separator), leaveOpen: true);
        if (Next(csv) is not { } names)
        {
            context.Problems.Add(ExportProblem.UnknownShape, 0, "an empty file");
            yield break;
        }

        var window = new Queue<string[]>();
        var held = 0;
        while (!_ended)
        {
            while (!_ended && context.Order == DateOrder.Unknown && window.Count < WindowRows && held < WindowChars)
            {
                if (Next(csv) is not { } row)
                    break;
                window.Enqueue(row);
                foreach (var cell in row)
                {
                    held += cell.Length;
                    if (cell.Length is > 9 and < 64 && char.IsDigit(cell[0]))
                        context.Learn(cell);
                    else if (cell.Length is > 2 and < 10)
                        context.Numbers.Learn(cell);
                }
            }

            while (window.TryDequeue(out var row))
                yield return ToObject(names, row, typeName);
            held = 0;
            if (context.Order != DateOrder.Unknown && Next(csv) is { } next)
                window.Enqueue(next);
        }

        if (_lastIsShort)
            context.Problems.AddOnce(ExportProblem.Truncated, _record, "the last row has fewer columns than there are names");
    }

    ExportObject ToObject(string[] names, string[] row, string? typeName)
    {
        var found = new ExportObject(context, ++_record) { TypeName = typeName };
        for (var i = 0; i < row.Length; i++)
            // Event Viewer gives its last column, the message, no name.
            found.Set(i < names.Length ? names[i] : $"Column{i + 1}", row[i]);
        _lastIsShort = row.Length < names.Length;
        if (_lastIsShort)
            context.Problems.Add(ExportProblem.MissingColumns, _record, $"{row.Length} of {names.Length} columns");
        if (row.Any(c => c.Contains('\uFFFD', StringComparison.Ordinal)))
            context.Problems.Add(ExportProblem.WrongEncoding, _record, "bytes that are not UTF-8");
        return found;
    }

    string[]? Next(CsvReader csv)
    {
        try
        {
            while (csv.Read())
            {
                if (csv.FieldCount > MaxColumns)
                {
                    context.Problems.Add(ExportProblem.TooLong, csv.RowNumber, $"{csv.FieldCount} columns");
                    continue;
                }

                if (csv.FieldCount == 1 && csv.IsEmpty(0))
                    continue;
                var row = new string[csv.FieldCount];
                for (var i = 0; i < row.Length; i++)
                    row[i] = csv.GetString(i);
                return row;
            }
        }
        catch (CsvFormatException e)
        {
            context.Problems.Add(ExportProblem.TooLong, _record + 1, e.Message);
        }

        _ended = true;
        return null;
    }

    CsvReaderOptions Options(char separator) => new()
    {
        Separator = separator,
        HasHeader = false,
        AllowLineBreaksInQuotes = true,
        MaxRecordSize = ExportContext.MaxRecord,
        Encoding = new UTF8Encoding(false),
        OnMalformedRecord = m => context.Problems.Add(
            m.Reason == CsvMalformedReason.UnterminatedQuote ? ExportProblem.Truncated : ExportProblem.CorruptRecord, m.RecordNumber, m.Reason.ToString()),
    };

    /// <summary>Skips the first line where it names the type, and returns the type.</summary>
    string? SkipType()
    {
        if (!_head.AsSpan().StartsWith(TypeMark))
            return null;
        var end = _head.AsSpan().IndexOf((byte)'\n');
        if (end < 0)
            return null;
        for (var left = end + 1; left > 0;)
        {
            var read = utf8.Read(new byte[left], 0, left);
            if (read == 0)
                break;
            left -= read;
        }

        var type = Encoding.UTF8.GetString(_head.AsSpan(TypeMark.Length, end - TypeMark.Length)).Trim();
        _head = _head[(end + 1)..];
        return type;
    }

    /// <summary>The most frequent separator between the names of the first line.</summary>
    static char SeparatorOf(ReadOnlySpan<byte> start)
    {
        Span<int> counts = stackalloc int[3];
        const string Separators = ",;\t";
        var quoted = false;
        foreach (var b in start)
        {
            if (b == '"')
                quoted = !quoted;
            else if (!quoted && b is (byte)'\n' or (byte)'\r')
                break;
            else if (!quoted && Separators.IndexOf((char)b, StringComparison.Ordinal) is >= 0 and var i)
                counts[i]++;
        }

        var best = counts[1] > counts[0] ? 1 : 0;
        return Separators[counts[2] > counts[best] ? 2 : best];
    }
}
