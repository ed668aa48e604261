using System.Text;
using Mailflow.Analysis.Notices;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// The text of Format-List: a name, a colon, a value; long values are wrapped and indented, and an empty line follows each object. Text that cannot be
/// such a line is passed over, for example the command that was typed.
/// </summary>
/// <remarks>
/// PowerShell wraps at blanks if the language of the user is English, German, French, Italian, Portuguese or Spanish, and else at the width of the
/// window, also inside words (its StringManipulationHelper). In the second case all lines that are continued have the same length.
/// </remarks>
sealed class ListExport(Stream utf8, ExportContext context)
{
    /// <summary>Characters of all values of an object.</summary>
    const int MostText = ExportContext.MaxRecord;

    readonly Dictionary<string, List<string>> _values = new(StringComparer.OrdinalIgnoreCase);
    long _record;
    int _held;
    int _width;

    /// <summary>Whether the text starts with a property of Format-List.</summary>
    public static bool Starts(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        return line.Length < ExportText.HeadLength && FormatList.Property(Encoding.UTF8.GetString(line.TrimEnd((byte)'\r')), out _, out _);
    }

    public IEnumerable<ExportObject> Read()
    {
        using var reader = new StreamReader(utf8, new UTF8Encoding(false), false, 16 * 1024, leaveOpen: true);
        List<string>? value = null;
        while (NextLine(reader) is { } line)
        {
            var isEmpty = string.IsNullOrWhiteSpace(line);
            if (FormatList.Property(line, out var name, out var text))
            {
                // The same name again begins the next object.
                if (_values.ContainsKey(name) || _values.Count >= ExportObject.MaxProperties)
                    yield return TakeObject();
                _values[name] = value = [text];
                value.Add(line.TrimEnd());
                _held += text.Length;
            }
            else if (isEmpty)
            {
                value = null;
            }
            else if (value is not null && char.IsWhiteSpace(line[0]) && _held < MostText)
            {
                Note(value[^1].Length);
                value[^1] = line.Trim();
                value.Add(line.TrimEnd());
                _held += line.Length;
            }
        }

        if (_values.Count > 0)
            yield return TakeObject();
    }

    ExportObject TakeObject()
    {
        var one = new ExportObject(context, ++_record);
        foreach (var (name, lines) in _values)
            one.Set(name, Joined(lines));
        _values.Clear();
        _held = 0;
        return one;
    }

    /// <summary>The lines that are continued have one length so far, or -1: then they are wrapped at blanks.</summary>
    void Note(int length) => _width = _width == 0 || _width == length ? length : -1;

    string Joined(List<string> lines)
    {
        // The last member is the last line as it stands in the file.
        var isCut = _width > 0 && (lines.Count > 3 || IsWindow(_width));
        var text = new StringBuilder(lines[0]);
        for (var i = 1; i < lines.Count - 1; i++)
            text.Append(isCut || FormatList.IsCut(text.Length, lines[i - 1]) ? "" : " ").Append(lines[i]);
        return text.ToString();
    }

    /// <summary>Whether a line reaches the edge of a window of the usual widths.</summary>
    static bool IsWindow(int width) => width >= 79 && width % 10 is 0 or 9;

    /// <summary>A line of at most <see cref="ExportContext.MaxText"/> characters; the rest of a longer one is passed over.</summary>
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
                context.Problems.AddOnce(ExportProblem.TooLong, _record + 1, "a line of Format-List");
        }

        return any ? line.ToString().TrimEnd('\r') : null;
    }
}
