using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Mailflow.Analysis.Exports;

/// <summary>Windows events as objects: of PowerShell, of programs that ship logs (<see cref="EventFields"/>), and Event Viewer's CSV.</summary>
static class EventObject
{
    public static bool TryRead(ExportObject from, ExportProblems problems, [NotNullWhen(true)] out WindowsEvent? read)
    {
        if (TryViewer(from, out read))
            return true;
        var (fields, around) = EventFields.Of(from) ?? (Nameless, "");
        if (!TryCode(from, fields, around, out var id, out var qualifiers))
        {
            // An id that is not a number was counted where it was read.
            if (string.IsNullOrEmpty(from[around + fields.Id] ?? from["EventID"] ?? from["InstanceId"]))
                problems.Add(ExportProblem.MissingColumns, from.Record, "no Id, EventID or InstanceId");
            return false;
        }

        read = new(
            Text(from, around, [fields.Provider]) ?? "", id, qualifiers, LevelOf(Text(from, around, fields.Level), fields), TimeOf(from, around, fields),
            RecordOf(from, around, fields), Text(from, around, fields.Computer) ?? "", Text(from, around, fields.Channel) ?? "",
            StringsOf(from, around, fields), MessageOf(from, around, fields));
        return true;
    }

    /// <summary>An object without a provider, which may still have the other properties of PowerShell.</summary>
    static readonly EventFields Nameless = EventFields.All.First(f => f.Writer == "Get-WinEvent");

    static string? Text(ExportObject from, string around, string[] names)
    {
        foreach (var name in names)
            if (from[around + name] is { Length: > 0 } text)
                return text;
        // What a shipper adds to an event stands beside it: @timestamp, message.
        if (around.Length > 0)
            foreach (var name in names)
                if (from[name] is { Length: > 0 } text)
                    return text;
        return null;
    }

    static DateTime TimeOf(ExportObject from, string around, EventFields fields)
    {
        foreach (var name in fields.Time)
            if (from.TryTime(around + name, out var time) || (around.Length > 0 && from.TryTime(name, out time)))
                return time;
        return DateTime.MinValue;
    }

    static long RecordOf(ExportObject from, string around, EventFields fields)
    {
        foreach (var name in fields.Record)
            if (from.TryNumber(around + name, out var record))
                return record;
        return 0;
    }

    /// <summary>Wazuh writes the message in quotation marks.</summary>
    static string? MessageOf(ExportObject from, string around, EventFields fields) =>
        Text(from, around, fields.Message) is { } message && message is ['"', .., '"'] ? message[1..^1] : Text(from, around, fields.Message);

    /// <summary>
    /// Event Viewer's "Save as CSV": level, date and time, source, id, task and, without a name, the message. All but the source and the id
    /// is in the language of the server, so the columns are identified by position.
    /// </summary>
    static bool TryViewer(ExportObject from, [NotNullWhen(true)] out WindowsEvent? read)
    {
        read = null;
        var names = from.Names.Take(7).ToArray();
        if (names is not [_, var when, var source, var id, _, "Column6"]
            || !int.TryParse(from[id], NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            return false;
        _ = from.TryTime(when, out var time);
        read = new(from[source] ?? "", code & 0xFFFF, 0, LevelOf(from[names[0]], null), time, 0, "", "", [], from["Column6"]);
        return true;
    }

    /// <summary>The instance id is the full code: severity, facility, id.</summary>
    static bool TryCode(ExportObject from, EventFields fields, string around, out int id, out int qualifiers)
    {
        var whole = from.TryNumber("InstanceId", out var code);
        var upper = 0L;
        if (fields.Qualifiers is { } name)
            _ = from.TryNumber(around + name, out upper);
        var isInstance = fields.Id == "InstanceId";
        var number = 0L;
        var found = !isInstance && (from.TryNumber(around + fields.Id, out number) || (around.Length == 0 && from.TryNumber("EventID", out number)));
        id = (int)((found ? number : code) & 0xFFFF);
        qualifiers = (int)((whole ? code >> 16 : upper) & 0xFFFF);
        return found || whole;
    }

    /// <summary>A number of Windows, or a word. Get-EventLog writes names or numbers of EventLogEntryType: 1 error, 2 warning, 4 information.</summary>
    static int LevelOf(string? level, EventFields? fields)
    {
        if (int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return fields?.Level[0] != "EntryType" ? number : number switch { 1 => 2, 2 => 3, 4 => 4, _ => 0 };
        return level?.ToUpperInvariant() switch
        {
            "CRITICAL" => 1,
            "ERROR" => 2,
            "WARNING" => 3,
            "INFORMATION" or "INFO" => 4,
            "VERBOSE" or "DEBUG" => 5,
            _ => 0,
        };
    }

    /// <summary>ConvertTo-Json writes the type name in place of objects below its maximum depth.</summary>
    static IReadOnlyList<string> StringsOf(ExportObject from, string around, EventFields fields)
    {
        const int Most = 100;
        foreach (var name in fields.Strings)
        {
            if (from.List(around + name) is { Count: > 0 } list && !list[0].StartsWith("System.", StringComparison.Ordinal))
                return list;
            if (name[^1] != '1' || from[around + name] is null)
                continue;
            var numbered = new List<string>();
            while (numbered.Count < Most && from[string.Create(CultureInfo.InvariantCulture, $"{around}{name[..^1]}{numbered.Count + 1}")] is { } next)
                numbered.Add(next);
            return numbered;
        }

        return [];
    }
}
