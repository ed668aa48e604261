using System.Globalization;
using System.Text;

namespace Mailflow.Analysis.Exports;

/// <summary>
/// Reads Windows events from any format: .evtx, the XML of wevtutil, Get-WinEvent and Event Viewer, CSV of Get-WinEvent, Get-EventLog and Event
/// Viewer, JSON of PowerShell and of programs that ship logs, CLIXML.
/// The stream is read once, forward, and need not be seekable; it stays open. Memory does not grow with the file.
/// </summary>
public static class WindowsEvents
{
    static readonly string[] MessageTrackingColumns = ["MessageSubject", "Recipients", "RecipientStatus", "ClientIp", "NetworkMessageId"];

    /// <summary>Whether a file that starts like this holds Windows events.</summary>
    /// <param name="head">Its first bytes, up to 4096.</param>
    public static bool Recognises(ReadOnlySpan<byte> head)
    {
        var start = ExportText.HeadToUtf8(head);
        return ExportShapes.Of(start) switch
        {
            ExportShape.Evtx => true,
            ExportShape.EventXml => Holds(start, "<Event>") || Holds(start, "<Event ") || Holds(start, "<Events"),
            ExportShape.Clixml => Holds(start, ".EventLogRecord") || Holds(start, ".EventLogEntry"),
            ExportShape.Json => Holds(start, "\"InstanceId\"") || Holds(start, "\"EventID\"") || EventFields.MayHold(Encoding.UTF8.GetString(start)),
            ExportShape.Csv => CsvHolds(Encoding.UTF8.GetString(start)),
            _ => false,
        };
    }

    /// <summary>Whether these are columns of Get-WinEvent or Get-EventLog, or rows of Event Viewer, whose names are in the server's language.</summary>
    static bool CsvHolds(string start)
    {
        var lines = start.Split('\n', 4, StringSplitOptions.TrimEntries);
        var first = lines[0].StartsWith("#TYPE ", StringComparison.Ordinal) ? 1 : 0;
        if (first == 1 && (lines[0].Contains(".EventLogRecord", StringComparison.Ordinal) || lines[0].Contains(".EventLogEntry", StringComparison.Ordinal)))
            return true;
        if (lines.Length <= first + 1)
            return false;
        var names = lines[first].Split(',', ';', '\t').Select(n => n.Trim('"')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (IsMessageTracking(names))
            return false;
        var isWinEvent = names.Contains("Id")
            && (names.Contains("ProviderName") || names.Contains("RecordId") || names.Contains("LevelDisplayName"));
        if (isWinEvent || names.Contains("EventID") || names.Contains("InstanceId"))
            return true;
        var row = lines[first + 1].Split(',', 6);
        return names.Count == 5 && row.Length == 6 && int.TryParse(row[3], NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    /// <summary>Whether an object is from Get-MessageTrackingLog: its EventId is not a number but RECEIVE or FAIL.</summary>
    internal static bool IsMessageTracking(IReadOnlySet<string> names) =>
        names.Contains("EventId") && MessageTrackingColumns.Any(names.Contains);

    static bool Holds(ReadOnlySpan<byte> start, string text) => start.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    /// <param name="zone">The zone of times without one; null means UTC, which is then reported in <paramref name="problems"/>.</param>
    public static IEnumerable<WindowsEvent> Read(Stream stream, ExportProblems problems, TimeZoneInfo? zone = null)
    {
        var head = ExportText.ReadHead(stream);
        return ExportShapes.Of(ExportText.HeadToUtf8(head)) switch
        {
            ExportShape.Evtx => ReadEvtx(head, stream, new(problems, zone)),
            ExportShape.EventXml => ReadXml(head, stream, new(problems, zone)),
            _ => ReadObjects(head, stream, problems, zone),
        };
    }

    static IEnumerable<WindowsEvent> ReadEvtx(byte[] head, Stream rest, ExportContext context)
    {
        using var whole = ExportText.Whole(head, rest);
        foreach (var one in new EvtxExport(whole, context).Read())
            yield return one;
    }

    static IEnumerable<WindowsEvent> ReadXml(byte[] head, Stream rest, ExportContext context)
    {
        using var utf8 = ExportText.ToUtf8(head, rest);
        var records = new XmlRecords(utf8, "Event", nests: false, context.Problems);
        while (records.TryNext())
            if (ElementNode.Read(records.Current, context.Problems, records.Record) is { } node && EventXml.ToEvent(node, context, records.Record) is { } one)
                yield return one;
        // An export without events still has its root element.
        if (records.Record == 0 && context.Problems.Total == 0 && !Holds(ExportText.HeadToUtf8(head), "<Events"))
            context.Problems.Add(ExportProblem.UnknownShape, 0, "XML without an <Event>");
    }

    static IEnumerable<WindowsEvent> ReadObjects(byte[] head, Stream rest, ExportProblems problems, TimeZoneInfo? zone)
    {
        foreach (var found in ExportObjects.Read(head, rest, problems, zone))
            if (EventObject.TryRead(found, problems, out var one))
                yield return one;
    }
}
