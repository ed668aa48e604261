using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Mailflow.Analysis.Exports;

/// <summary>Windows events as PowerShell objects: EventLogRecord of Get-WinEvent, EventLogEntry of Get-EventLog, and Event Viewer's CSV.</summary>
static class EventObject
{
    public static bool TryRead(ExportObject from, ExportProblems problems, [NotNullWhen(true)] out WindowsEvent? read)
    {
        read = null;
        if (TryViewer(from, out read))
            return true;
        if (!TryCode(from, out var id, out var qualifiers))
        {
            // An id that is not a number was counted where it was read.
            if (string.IsNullOrEmpty(from["Id"] ?? from["EventID"] ?? from["InstanceId"]))
                problems.Add(ExportProblem.MissingColumns, from.Record, "no Id, EventID or InstanceId");
            return false;
        }

        if (!from.TryTime("TimeCreated", out var time) && !from.TryTime("TimeGenerated", out time) && !from.TryTime("TimeWritten", out time))
            time = DateTime.MinValue;
        _ = from.TryNumber("RecordId", out var record) || from.TryNumber("Index", out record);
        read = new(
            from["ProviderName"] ?? from["Source"] ?? "", id, qualifiers, LevelOf(from), time, record,
            from["MachineName"] ?? "", from["LogName"] ?? from["Log"] ?? "", StringsOf(from), from["Message"]);
        return true;
    }

    /// <summary>
    /// Event Viewer's "Save as CSV": level, date and time, source, id, task and, without a name, the message. All but the source and the id
    /// is in the language of the server, so the columns are identified by position.
    /// </summary>
    static bool TryViewer(ExportObject from, [NotNullWhen(true)] out WindowsEvent? read)
    {
        read = null;
        var names = from.Names.ToArray();
        if (names is not [_, var when, var source, var id, _, "Column6"]
            || !int.TryParse(from[id], NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            return false;
        _ = from.TryTime(when, out var time);
        var level = from[names[0]] switch { "Critical" => 1, "Error" => 2, "Warning" => 3, "Information" => 4, "Verbose" => 5, _ => 0 };
        read = new(from[source] ?? "", code & 0xFFFF, 0, level, time, 0, "", "", [], from["Column6"]);
        return true;
    }

    /// <summary>The instance id is the full code: severity, facility, id.</summary>
    static bool TryCode(ExportObject from, out int id, out int qualifiers)
    {
        var whole = from.TryNumber("InstanceId", out var code);
        _ = from.TryNumber("Qualifiers", out var upper);
        var found = from.TryNumber("Id", out var number) || from.TryNumber("EventID", out number);
        id = (int)((found ? number : code) & 0xFFFF);
        qualifiers = (int)((whole ? code >> 16 : upper) & 0xFFFF);
        return found || whole;
    }

    /// <summary>Get-EventLog writes names or numbers of EventLogEntryType: 1 error, 2 warning, 4 information.</summary>
    static int LevelOf(ExportObject from)
    {
        if (from["Level"] is { Length: > 0 } level)
            return int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;
        return from["EntryType"] switch
        {
            "Error" or "1" => 2,
            "Warning" or "2" => 3,
            "Information" or "4" => 4,
            _ => 0,
        };
    }

    /// <summary>ConvertTo-Json writes the type name in place of objects below its maximum depth.</summary>
    static IReadOnlyList<string> StringsOf(ExportObject from) =>
        from.List("Properties.Value") is { Count: > 0 } properties ? properties
        : from.List("Properties") is { Count: > 0 } plain && !plain[0].StartsWith("System.", StringComparison.Ordinal) ? plain
        : from.List("ReplacementStrings");
}
