using System.Text;
using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Tests.Exports;

/// <summary>Encodes text as the bytes of an export, and reads it.</summary>
static class Samples
{
    public static byte[] Encode(string text, string encoding = "utf-8", bool mark = false)
    {
        Encoding to = encoding switch
        {
            "utf-16" => new UnicodeEncoding(false, mark),
            "utf-16BE" => new UnicodeEncoding(true, mark),
            _ => new UTF8Encoding(mark),
        };
        return [.. to.GetPreamble(), .. to.GetBytes(text)];
    }

    public static List<ExportObject> Objects(string text, ExportProblems problems) => Objects(Encode(text), problems);

    public static List<ExportObject> Objects(byte[] bytes, ExportProblems problems)
    {
        using var stream = new MemoryStream(bytes);
        return [.. ExportObjects.Read(stream, problems)];
    }

    public static List<WindowsEvent> Events(string text, ExportProblems problems) => Events(Encode(text), problems);

    public static List<WindowsEvent> Events(byte[] bytes, ExportProblems problems)
    {
        using var stream = new MemoryStream(bytes);
        return [.. WindowsEvents.Read(stream, problems)];
    }
}
