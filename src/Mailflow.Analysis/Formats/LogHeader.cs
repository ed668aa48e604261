using System.Text;

namespace Mailflow.Analysis.Formats;

/// <summary>The `#` lines at the top of an Exchange log, through `#Fields:`.</summary>
/// <param name="LogType">The value of `#Log-type:`, for example <c>Message Tracking Log</c>; empty where it is missing.</param>
/// <param name="Version">The value of `#Version:`: the Exchange build that wrote the file.</param>
/// <param name="Date">The value of `#Date:`: when the file was created, UTC.</param>
/// <param name="Fields">The names of the columns, in order.</param>
/// <param name="Length">Bytes from the start of the text through the end of the `#Fields:` line.</param>
public sealed record LogHeader(string LogType, string Version, string Date, IReadOnlyList<string> Fields, int Length)
{
    /// <summary>A header is about 570 bytes; a file without `#Fields:` in this many bytes has no header.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>An export has no header.</summary>
    public static LogHeader None { get; } = new("", "", "", [], 0);

    static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Bytes of the byte order mark at the start, 0 or 3. Exchange writes one at the start of a new file.</summary>
    public static int ByteOrderMarkLength(ReadOnlySpan<byte> text) => text.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;

    /// <summary>
    /// Reads the header that starts <paramref name="text"/> (UTF-8, with or without a byte order mark).
    /// Some logs repeat their column names as a first plain line, which is skipped.
    /// </summary>
    /// <returns>False until there is a complete `#Fields:` line.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out LogHeader header)
    {
        var (logType, version, date) = ("", "", "");
        var position = ByteOrderMarkLength(text);
        var plainLines = 0;
        while (position < Math.Min(text.Length, MaxLength))
        {
            var end = text[position..].IndexOf((byte)'\n');
            if (end < 0)
                break;
            var line = text.Slice(position, end).TrimEnd((byte)'\r');
            position += end + 1;
            if (line.IsEmpty)
                continue;
            if (line[0] != '#')
            {
                if (++plainLines > 1 || date.Length > 0)
                    break;
                continue;
            }

            if (Value(line, "#Log-type:"u8) is { } t)
                logType = t;
            else if (Value(line, "#Version:"u8) is { } v)
                version = v;
            else if (Value(line, "#Date:"u8) is { } d)
                date = d;
            else if (Value(line, "#Fields:"u8) is { } fields)
            {
                header = new(logType, version, date, fields.Split(',', StringSplitOptions.TrimEntries), position);
                return true;
            }
        }

        header = new(logType, version, date, [], 0);
        return false;
    }

    /// <summary>The same header with what only the one at the start of its file says.</summary>
    public LogHeader Under(LogHeader top) =>
        this with
        {
            LogType = LogType.Length > 0 ? LogType : top.LogType,
            Version = Version.Length > 0 ? Version : top.Version,
            Date = Date.Length > 0 ? Date : top.Date,
        };

    /// <summary>The index of the named column, or -1.</summary>
    public int IndexOf(string field)
    {
        for (var i = 0; i < Fields.Count; i++)
            if (string.Equals(Fields[i], field, StringComparison.OrdinalIgnoreCase))
                return i;
        return -1;
    }

    static string? Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key) =>
        line.Length >= key.Length && Ascii.EqualsIgnoreCase(line[..key.Length], key)
            ? Encoding.UTF8.GetString(line[key.Length..]).Trim()
            : null;
}
