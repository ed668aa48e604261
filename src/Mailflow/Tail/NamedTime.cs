using System.Globalization;

namespace Mailflow.Tail;

/// <summary>The time in the name of a log: Exchange names a file after the UTC day or hour of its first row, <c>MSGTRKMD2025030410-1.LOG</c>.</summary>
static class NamedTime
{
    /// <summary>A time before all rows of these files: the start of time where a name has none. Null where there are no files.</summary>
    public static DateTime? Before(IEnumerable<LogFile> files)
    {
        DateTime? earliest = null;
        foreach (var file in files)
            if (Of(file.FileName) is var time && (earliest is null || time < earliest))
                earliest = time;
        return earliest;
    }

    /// <summary>A time before all rows that are not committed; null where all are.</summary>
    public static DateTime? BeforeRows(IEnumerable<LogFile> unread)
    {
        DateTime? earliest = null;
        foreach (var file in unread)
        {
            var named = Of(file.FileName);
            var time = file.NewestRow > named ? file.NewestRow : named;
            if (time < DateTime.MaxValue && (earliest is null || time < earliest))
                earliest = time;
        }

        return earliest;
    }

    /// <summary>The time in a name; the start of time where there is none.</summary>
    public static DateTime Of(string name)
    {
        for (var start = 0; start < name.Length; start++)
        {
            var end = start;
            while (end < name.Length && char.IsAsciiDigit(name[end]))
                end++;
            if (end - start is 8 or 10 && DateTime.TryParseExact(
                name.AsSpan(start, end - start), end - start == 8 ? "yyyyMMdd" : "yyyyMMddHH", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                return time;
            start = Math.Max(start, end);
        }

        return DateTime.MinValue;
    }
}
