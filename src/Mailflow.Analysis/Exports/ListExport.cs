using System.Text;
using Mailflow.Analysis.Notices;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// The text of Format-List: a name, a colon, a value; long values are wrapped and indented, and an empty line follows each object. Text that cannot be
/// such a line is passed over, for example the command that was typed.
/// </summary>
sealed class ListExport(Stream utf8, ExportContext context)
{
    /// <summary>Lines of an object; the longest values are the statuses of many recipients.</summary>
    const int MostLines = 100_000;

    long _record;

    /// <summary>Whether the text starts with a property of Format-List.</summary>
    public static bool Starts(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        return line.Length < 4096 && FormatList.Property(Encoding.UTF8.GetString(line.TrimEnd((byte)'\r')), out _, out _);
    }

    public IEnumerable<ExportObject> Read()
    {
        using var reader = new StreamReader(utf8, new UTF8Encoding(false), false, 16 * 1024, leaveOpen: true);
        var found = new Dictionary<string, StringBuilder>(StringComparer.OrdinalIgnoreCase);
        var (last, lines) = ("", 0);
        StringBuilder? value = null;
        while (NextLine(reader) is { } line)
        {
            if (FormatList.Property(line, out var name, out var text))
            {
                if (found.ContainsKey(name) || found.Count >= ExportObject.MaxProperties)
                {
                    yield return ToObject(found);
                    found.Clear();
                }

                found[name] = value = new(text);
                (last, lines) = (text, 0);
            }
            else if (value is not null && line.Length > 0 && char.IsWhiteSpace(line[0]) && !string.IsNullOrWhiteSpace(line))
            {
                if (++lines > MostLines || value.Length > ExportContext.MaxText)
                    continue;
                var next = line.Trim();
                value.Append(FormatList.IsCut(value.Length, last) ? "" : " ").Append(next);
                last = next;
            }
            else if (string.IsNullOrWhiteSpace(line))
            {
                value = null;
            }
        }

        if (found.Count > 0)
            yield return ToObject(found);
    }

    ExportObject ToObject(Dictionary<string, StringBuilder> found)
    {
        var one = new ExportObject(context, ++_record);
        foreach (var (name, value) in found)
            one.Set(name, value.ToString());
        return one;
    }

    /// <summary>A line of at most <see cref="ExportContext.MaxText"/> characters; of a longer one the rest is passed over.</summary>
    string? NextLine(StreamReader reader)
    {
        var line = new StringBuilder();
        var any = false;
        for (int next; (next = reader.Read()) >= 0;)
        {
            any = true;
            if (next == '\n')
                break;
            if (line.Length < ExportContext.MaxText)
                line.Append((char)next);
            else
                context.Problems.AddFirst(ExportProblem.TooLong, _record + 1, "a line of Format-List");
        }

        return any ? line.ToString().TrimEnd('\r') : null;
    }
}
