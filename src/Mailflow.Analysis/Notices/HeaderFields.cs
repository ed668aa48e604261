namespace Mailflow.Analysis.Notices;

/// <summary>The header fields of a mail, or the fields of one group of a delivery status: names in any case, folded lines joined.</summary>
sealed class HeaderFields
{
    const int MostFields = 500;
    const int LongestValue = 16 * 1024;

    readonly List<(string Name, string Value)> _fields = [];

    public bool IsEmpty => _fields.Count == 0;

    /// <summary>The first value of this name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var field in _fields)
                if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                    return field.Value;
            return null;
        }
    }

    /// <summary>All values of this name, in order.</summary>
    public IEnumerable<string> All(string name) => _fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value);

    /// <summary>Adds a field, if there is room for one more.</summary>
    public void Add(string name, string value)
    {
        if (_fields.Count < MostFields)
            _fields.Add((name, value.Length > LongestValue ? value[..LongestValue] : value));
    }

    /// <summary>Adds the fields whose names are not there yet.</summary>
    public void AddMissing(HeaderFields more)
    {
        foreach (var (name, value) in more._fields)
            if (this[name] is null)
                Add(name, value);
    }

    /// <summary>Reads fields up to an empty line or a line that is no field; <paramref name="at"/> is after it.</summary>
    /// <param name="once">
    /// Null for the header of a mail. In a delivery status, the names that a group has once: where one comes again, the next group begins, because
    /// the empty line is missing. A line that is no field belongs to the field before it there, as if it were indented.
    /// </param>
    public static HeaderFields Read(IReadOnlyList<string> lines, ref int at, string[]? once = null)
    {
        var result = new HeaderFields();
        var fields = result._fields;
        for (; at < lines.Count; at++)
        {
            var line = lines[at];
            if (string.IsNullOrWhiteSpace(line))
                break;
            var length = NameLength(line);
            if (line[0] is ' ' or '\t' || (once is not null && length == 0))
            {
                if (fields.Count > 0 && fields[^1].Value.Length < LongestValue)
                    fields[^1] = (fields[^1].Name, $"{fields[^1].Value} {line.Trim()}");
                continue;
            }
            var name = line[..length];
            if (length == 0 || (once?.Contains(name, StringComparer.OrdinalIgnoreCase) == true && result[name] is not null))
                break;
            result.Add(name, line[(line.IndexOf(':', length) + 1)..].Trim());
        }
        if (at < lines.Count && string.IsNullOrWhiteSpace(lines[at]))
            at++;
        return result;
    }

    /// <summary>A value in one line: what was folded is joined with one blank.</summary>
    public static string Unfolded(string value)
    {
        value = value.Trim();
        return value.AsSpan().ContainsAny('\t', '\r', '\n') ? string.Join(' ', value.Split(['\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries
            | StringSplitOptions.TrimEntries)) : value;
    }

    /// <summary>The length of a field's name at the start of a line (RFC 5322 section 2.2), or 0.</summary>
    public static int NameLength(string line)
    {
        var length = 0;
        while (length < line.Length && (char.IsAsciiLetterOrDigit(line[length]) || line[length] is '-' or '_'))
            length++;
        var colon = length;
        while (colon < line.Length && line[colon] == ' ')
            colon++;
        return length is > 1 and < 80 && colon < line.Length && line[colon] == ':' ? length : 0;
    }

    /// <summary>A parameter of a value: <c>boundary</c> of <c>multipart/report; boundary="x"</c>; null if it has none.</summary>
    public static string? Parameter(string? value, string name)
    {
        for (var at = value?.IndexOf(';', StringComparison.Ordinal) ?? -1; at >= 0; at = value!.IndexOf(';', at + 1))
        {
            var rest = value.AsSpan(at + 1).TrimStart();
            if (!rest.StartsWith(name, StringComparison.OrdinalIgnoreCase) || !rest[name.Length..].TrimStart().StartsWith("="))
                continue;
            rest = rest[(rest.IndexOf('=') + 1)..].TrimStart();
            if (rest.StartsWith("\""))
            {
                rest = rest[1..];
                var quote = rest.IndexOf('"');
                return (quote < 0 ? rest : rest[..quote]).ToString();
            }
            var end = rest.IndexOfAny("; \t");
            return (end < 0 ? rest : rest[..end]).ToString();
        }
        return null;
    }
}
