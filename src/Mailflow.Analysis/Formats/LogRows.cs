using System.Text;
using CsvHelper;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>Common to all Exchange logs: separated by commas, optionally quoted, one record per line, the time in the first column.</summary>
static class LogRows
{
    public static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        HasHeader = false,
        CommentPrefix = '#',
        AllowLineBreaksInQuotes = false,
    };

    /// <summary>Reads the rows that have a time and as many columns as the header; other rows are counted as unreadable.</summary>
    public static void Read(ReadOnlyMemory<byte> block, int columns, int timeColumn, Tally tally, Action<CsvReader, DateTime, Tally> read)
    {
        block = AfterMark(block, tally);
        using var row = CsvReader.Create(block, Options);
        while (row.Read())
        {
            var offset = (int)row.ByteOffset;
            if (row.FieldCount != columns)
                AddWrongColumns(row, block.Span, columns, tally);
            else if (Utf8Fields.TryTimestamp(row.GetSpan(timeColumn), out var time) || Utf8Fields.TryTimestamp(WithoutMark(row.GetSpan(timeColumn)), out time))
                read(row, time, tally);
            else if (!Ascii.EqualsIgnoreCase(row.GetSpan(timeColumn), "date-time"u8)) // Some writers repeat the column names as a row.
                tally.AddUnreadable(Unreadable.BadDate, offset, LineLength(block.Span, offset));
        }
    }

    /// <summary>
    /// CsvHelper treats a byte order mark at the start as that of the whole block, and would read the block as UTF-16. No row starts with a UTF-16
    /// mark; a UTF-8 mark occurs inside a file that was concatenated from several.
    /// </summary>
    public static ReadOnlyMemory<byte> AfterMark(ReadOnlyMemory<byte> block, Tally tally)
    {
        while (block.Span is [0xFF or 0xFE or 0, ..] or [0xEF, 0xBB, 0xBF, ..])
        {
            if (LogHeader.ByteOrderMarkLength(block.Span) is > 0 and var mark)
            {
                tally.Base += mark;
                block = block[mark..];
                continue;
            }

            var length = LineLength(block.Span, 0);
            tally.AddUnreadable(Unreadable.BadDate, 0, length);
            var next = Math.Min(block.Length, length + 1);
            tally.Base += next;
            block = block[next..];
        }

        return block;
    }

    /// <summary>Removes a byte order mark before a field, as in a file that was concatenated from several.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> field) => field[LogHeader.ByteOrderMarkLength(field)..];

    /// <summary>Counts a line whose number of columns differs from the header's, except a comment after a byte order mark.</summary>
    public static void AddWrongColumns(CsvReader row, ReadOnlySpan<byte> block, int columns, Tally tally)
    {
        var offset = (int)row.ByteOffset;
        var line = block.Slice(offset, LineLength(block, offset));
        if (line.Length > 0 && WithoutMark(line) is [(byte)'#', ..])
            return;
        var reason = row.FieldCount > columns ? Unreadable.TooManyColumns
            : line.Count((byte)'"') % 2 == 1 ? Unreadable.UnclosedQuote
            : Unreadable.TooFewColumns;
        tally.AddUnreadable(reason, offset, line.Length);
    }

    public static int LineLength(ReadOnlySpan<byte> block, int offset)
    {
        var end = block[offset..].IndexOf((byte)'\n');
        return end < 0 ? block.Length - offset : end;
    }
}
