using System.Text;
using CsvHelper;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>What the rows of every Exchange log have in common: commas, quotes, one record a line, the time first.</summary>
static class LogRows
{
    public static readonly CsvReaderOptions Options = new()
    {
        Separator = ',',
        HasHeader = false,
        CommentPrefix = '#',
        AllowLineBreaksInQuotes = false,
    };

    /// <summary>Reads the rows that have as many columns as the header and a time; the others are counted as unreadable.</summary>
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
            else if (!Ascii.EqualsIgnoreCase(row.GetSpan(timeColumn), "date-time"u8)) // Some writers repeat the names of the columns as a row.
                tally.AddUnreadable(Unreadable.BadDate, offset, LineLength(block.Span, offset));
        }
    }

    /// <summary>
    /// CsvHelper takes a byte order mark at the start for that of the whole block and would read all of it as UTF-16; no row starts with one of those. That of
    /// UTF-8 is what stands between files that were put together.
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

    /// <summary>A field that a byte order mark stands before, in the middle of a file.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> field) => field[LogHeader.ByteOrderMarkLength(field)..];

    /// <summary>Counts a line that has not as many columns as the header; a comment that a byte order mark stands before is none.</summary>
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
