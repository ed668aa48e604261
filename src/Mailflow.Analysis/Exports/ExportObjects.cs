namespace Mailflow.Analysis.Exports;

/// <summary>
/// Reads the objects of an export from any cmdlet: Export-Csv, ConvertTo-Json (an array, one object, or one per line), Export-Clixml, and the text of
/// Format-List, in UTF-8 or UTF-16.
/// The stream is read once, forward, and need not be seekable; it stays open. Memory does not grow with the file.
/// </summary>
public static class ExportObjects
{
    /// <param name="zone">The zone of times without one; null means UTC, which is then reported in <paramref name="problems"/>.</param>
    public static IEnumerable<ExportObject> Read(Stream stream, ExportProblems problems, TimeZoneInfo? zone = null)
    {
        var head = ExportText.ReadHead(stream);
        return Read(head, stream, problems, zone);
    }

    internal static IEnumerable<ExportObject> Read(byte[] head, Stream rest, ExportProblems problems, TimeZoneInfo? zone)
    {
        var context = new ExportContext(problems, zone);
        var start = ExportText.HeadToUtf8(head);
        using var utf8 = ExportText.ToUtf8(head, rest);
        var objects = ExportShapes.Of(start) switch
        {
            ExportShape.Csv => new CsvExport(utf8, start, context).Read(),
            ExportShape.Json => new JsonExport(utf8, context).Read(),
            ExportShape.Clixml => new ClixmlExport(utf8, context).Read(),
            ExportShape.List => new ListExport(utf8, context).Read(),
            _ => null,
        };
        if (objects is null)
            problems.Add(ExportProblem.UnknownShape, 0, "neither CSV, JSON, CLIXML nor the text of Format-List");
        foreach (var found in objects ?? [])
            yield return found;
    }
}

/// <summary>The file format of an export.</summary>
enum ExportShape
{
    Unknown,
    Csv,
    Json,
    Clixml,
    List,
    EventXml,
    Evtx,
}

/// <summary>Detects the format of an export from its start.</summary>
static class ExportShapes
{
    /// <param name="start">In UTF-8, without a byte order mark.</param>
    public static ExportShape Of(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("ElfFile\0"u8))
            return ExportShape.Evtx;
        var text = start.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty || text.Contains((byte)0))
            return ExportShape.Unknown;
        return text[0] switch
        {
            (byte)'<' => text.IndexOf("<Objs"u8) >= 0 ? ExportShape.Clixml : ExportShape.EventXml,
            (byte)'[' or (byte)'{' => ExportShape.Json,
            // A name may contain any letter, but no control characters.
            < (byte)' ' => ExportShape.Unknown,
            _ => ListExport.Starts(text) ? ExportShape.List : ExportShape.Csv,
        };
    }
}
