using System.Globalization;
using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Events;

/// <summary>
/// The names and values in an event of the table: from its insertion strings where it has them, otherwise from its message as far as
/// that is possible in any language.
/// </summary>
public sealed record EventDetails
{
    static readonly string[] Levels = ["Low", "Normal", "Medium", "MediumHigh", "High"];

    public string? Connector { get; private init; }

    public string? Fqdn { get; private init; }

    public string? Thumbprint { get; private init; }

    public long? HoursLeft { get; private init; }

    /// <summary>The address of a client.</summary>
    public string? Address { get; private init; }

    /// <summary>The previous level of back pressure: Low, Normal, Medium or High.</summary>
    public string? LevelBefore { get; private init; }

    public string? LevelAfter { get; private init; }

    /// <summary>
    /// The resources under pressure, for example <c>Queue database path ("D:\Queue\mail.que")</c>, each with its level where the event
    /// gives it.
    /// </summary>
    public IReadOnlyList<(string Name, string? Level)> Resources { get; private init; } = [];

    /// <returns>Null where the event is not in the table.</returns>
    public static EventDetails? From(WindowsEvent one)
    {
        if (EventTable.Find(one) is not { } facts)
            return null;
        if (facts.Kind == EventKind.BackPressure)
            return Pressure(one);
        var message = one.Message ?? "";
        string? Part(EventPart wanted)
        {
            for (var i = 0; i < facts.Parts.Count && i < one.Strings.Count; i++)
                if (facts.Parts[i] == wanted && one.Strings[i].Trim() is { Length: > 0 } found)
                    return found;
            return null;
        }

        var isCertificate = facts.Kind == EventKind.Certificate;
        var noStrings = one.Strings.Count == 0;
        return new()
        {
            Connector = Part(EventPart.Connector) ?? (noStrings && facts.Parts.Contains(EventPart.Connector) ? MessageText.Quoted(message) : null),
            Fqdn = Part(EventPart.Fqdn) ?? (noStrings && facts.Parts.Contains(EventPart.Fqdn) ? MessageText.HostName(message) : null),
            // Which string it is differs between versions; only a thumbprint is 40 hexadecimal digits.
            Thumbprint = isCertificate ? one.Strings.Append(message).Select(s => MessageText.Thumbprint(s)).FirstOrDefault(t => t is not null) : null,
            HoursLeft = long.TryParse(Part(EventPart.HoursLeft), NumberStyles.Integer, CultureInfo.InvariantCulture, out var hours) ? hours : null,
            Address = Part(EventPart.Address),
        };
    }

    static EventDetails Pressure(WindowsEvent one)
    {
        var levels = one.Strings.Select(s => s.Trim()).Where(s => Levels.Contains(s, StringComparer.Ordinal)).Take(2).ToList();
        var text = string.Join('\n', one.Strings.Where(s => !Levels.Contains(s.Trim(), StringComparer.Ordinal)).Append(one.Message ?? ""));
        if (levels.Count == 0)
            levels = [.. Words(FirstLine(one.Message ?? "")).Where(w => Levels.Contains(w, StringComparer.Ordinal)).Take(2)];
        return new()
        {
            LevelBefore = levels.Count == 2 ? levels[0] : null,
            LevelAfter = levels.Count > 0 ? levels[^1] : null,
            Resources = UnderPressure(text),
        };
    }

    /// <summary>
    /// The lines under the first heading (a line that ends with a colon), up to the next heading. Where the lines show levels, as
    /// <c>= 96% [High] [Normal=92% …]</c>, only those that are not normal.
    /// </summary>
    static List<(string Name, string? Level)> UnderPressure(string text)
    {
        const int MaxResources = 20;
        var found = new List<(string, string?)>();
        var inside = false;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[^1] is ':' or '\uFF1A')
            {
                if (inside)
                    break;
                inside = true;
            }
            else if (Levelled(line) is { } level)
            {
                if (level is not ("Normal" or "Low"))
                    found.Add((line[..line.LastIndexOf('=', line.IndexOf($"[{level}]", StringComparison.Ordinal))].Trim(), level));
            }
            else if (inside && !line.Contains('[', StringComparison.Ordinal))
            {
                found.Add((line, null));
            }

            if (found.Count == MaxResources)
                break;
        }

        return found;
    }

    static string? Levelled(string line) => Levels.FirstOrDefault(level =>
        line.IndexOf($"[{level}]", StringComparison.Ordinal) is > 0 and var at && line.LastIndexOf('=', at) > 0);

    static string FirstLine(string text) => text.Split('\n', 2)[0];

    static string[] Words(string text) => text.Split([' ', '.', ',', '\'', '"', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
