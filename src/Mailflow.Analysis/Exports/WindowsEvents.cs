namespace Mailflow.Analysis.Exports;

/// <summary>
/// Windows events of every shape: .evtx, the XML of wevtutil, Get-WinEvent and Event Viewer, CSV of Get-WinEvent, Get-EventLog and Event Viewer, JSON, CLIXML.
/// The stream is read once, forward, and need not be seekable; it stays open. Memory does not grow with the file.
/// </summary>
public static class WindowsEvents
{
    /// <summary>Whether a file that starts like this holds Windows events.</summary>
    /// <param name="head">Its first bytes, as many as are at hand up to 4096.</param>
    public static bool Recognises(ReadOnlySpan<byte> head) => head.StartsWith("ElfFile\0"u8);

    /// <param name="zone">The zone of times that name none; UTC where it is null, and that is said in <paramref name="problems"/>.</param>
    public static IEnumerable<WindowsEvent> Read(Stream stream, ExportProblems problems, TimeZoneInfo? zone = null)
    {
        var head = ExportText.ReadHead(stream);
        return ExportShapes.Of(ExportText.HeadToUtf8(head)) switch
        {
            ExportShape.Evtx => ReadEvtx(head, stream, new(problems, zone)),
            _ => ReadObjects(head, stream, problems, zone),
        };
    }

    static IEnumerable<WindowsEvent> ReadEvtx(byte[] head, Stream rest, ExportContext context)
    {
        using var whole = ExportText.Whole(head, rest);
        foreach (var one in new EvtxExport(whole, context).Read())
            yield return one;
    }

    static IEnumerable<WindowsEvent> ReadObjects(byte[] head, Stream rest, ExportProblems problems, TimeZoneInfo? zone)
    {
        foreach (var found in ExportObjects.Read(head, rest, problems, zone))
            if (EventObject.TryRead(found, problems, out var one))
                yield return one;
    }
}
