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

    /// <summary>Reads fields up to an empty line or a line that is no field; <paramref name="at"/> is after it.</summary>
    public static HeaderFields Read(IReadOnlyList<string> lines, ref int at)
    {
        var result = new HeaderFields();
        var fields = result._fields;
        for (; at < lines.Count; at++)
        {
            var line = lines[at];
            if (string.IsNullOrWhiteSpace(line))
                break;
            if (line[0] is ' ' or '\t')
            {
                if (fields.Count > 0 && fields[^1].Value.Length < LongestValue)
                    fields[^1] = (fields[^1].Name, $"{fields[^1].Value} {line.Trim()}");
                continue;
            }
            if (NameLength(line) is not (> 0 and var length))
                break;
            if (fields.Count < MostFields)
                fields.Add((line[..length].TrimEnd(), line[(line.IndexOf(':', length) + 1)..].Trim()));
        }
        if (at < lines.Count && string.IsNullOrWhiteSpace(lines[at]))
            at++;
        return result;
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
