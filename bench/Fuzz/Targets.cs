using System.Text;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Simulator;

namespace Mailflow.Bench.Fuzz;

/// <summary>A reader under test.</summary>
/// <param name="Words">Tokens of the format that a random mutation would rarely produce.</param>
/// <param name="Read">Reads an input and returns a number for its behaviour: the counts and the amount of output.</param>
sealed record Target(string Name, IReadOnlyList<byte[]> Seeds, IReadOnlyList<byte[]> Words, Func<byte[], int> Read);

static class Targets
{
    const string Xml = "<?xml version=\"1.0\" encoding=\"utf-16\"?><Events><Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">"
        + "<System><Provider Name=\"MSExchangeTransport\"/><EventID Qualifiers=\"16388\">2004</EventID>"
        + "<Level>4</Level><TimeCreated SystemTime=\"2025-03-04T10:00:02.0012345Z\"/><EventRecordID>500001</EventRecordID>"
        + "<Channel>Application</Channel><Computer>EX01.contoso.test</Computer></System>"
        + "<EventData><Data>Internet Send</Data><Data>&lt;b1@contoso.test&gt;</Data><Data>550 5.1.1 &lt;x@remote.example&gt;: ü</Data></EventData>"
        + "<RenderingInfo><Message>m</Message></RenderingInfo></Event></Events>";

    const string Csv = "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n"
        + "\"Message\",\"Id\",\"Qualifiers\",\"Level\",\"RecordId\",\"ProviderName\",\"MachineName\",\"TimeCreated\"\r\n"
        + "\"Connector 'Internet Send': <b1@contoso.test>\r\n"
        + "550 5.1.1 \"\"x\"\"\",\"2004\",\"16388\",\"4\",\"1\",\"MSExchangeTransport\",\"EX01\",\"3/14/2025 10:00:02 AM\"\r\n";

    const string Viewer = "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie\r\n"
        + "Fehler,14.03.2025 10:00:02,MSExchangeTransport,15004,x,\"Medium High\r\nUnter Druck:\r\n"
        + "Queue (\"\"C:\\\"\") = 96% [High] [Normal=1%]\"\r\n";

    const string Json = "[{\"Id\":2004,\"ProviderName\":\"MSExchangeTransport\",\"RecordId\":1,\"TimeCreated\":\"\\/Date(1741082402001)\\/\","
        + "\"Properties\":[{\"Value\":\"a\"},{\"Value\":\"<b@c>\"},{\"Value\":\"550 5.1.1 \\u00fc\\n\"}]},\r\n"
        + "{\"value\":[{\"EventID\":12018,\"Source\":\"MSExchangeTransport\",\"ReplacementStrings\":[\"x\","
        + "\"0123456789ABCDEF0123456789ABCDEF01234567\",\"7\"],\"TimeGenerated\":{\"value\":\"2025-03-04T10:00:00\"}}],\"Count\":1}]";

    const string Clixml = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><TN RefId=\"0\">"
        + "<T>System.Diagnostics.Eventing.Reader.EventLogRecord</T></TN><Props><I32 N=\"Id\">2004</I32>"
        + "<S N=\"ProviderName\">MSExchangeTransport</S><DT N=\"TimeCreated\">2025-03-04T05:00:02.0012345-05:00</DT>"
        + "<Obj N=\"Properties\" RefId=\"4\"><LST><Obj RefId=\"5\"><Props><S N=\"Value\">a_x000A_</S></Props></Obj><Ref RefId=\"5\"/></LST></Obj>"
        + "<Obj N=\"D\"><DCT><En><S N=\"Key\">k</S><I32 N=\"Value\">1</I32></En></DCT></Obj></Props><MS><S N=\"Message\">m</S></MS></Obj></Objs>";

    public static IEnumerable<Target> All =>
    [
        new(
            "evtx", [Evtx(1), Evtx(12)],
            Words(
                "ElfChnk\0", "**\0\0", "\x0F\x01\x01\0", "\x0C\x01", "\x41\xFF\xFF", "\x01\xFF\xFF", "\x0D\0\0\x21",
                "\x0E\x01\0\x01", "\x02", "\x03", "\x04", "\0"),
            Events),
        new(
            "event-xml", [Bytes(Xml), Encoding.Unicode.GetBytes(Xml)],
            Words("<Event>", "</Event>", "<Event/>", "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE", "&#0;", "&lt;", "<Data>", "</Data>", "\xFF\xFE"),
            Events),
        new("csv", [Bytes(Csv), Bytes(Viewer)], Words("\"", "\"\"", ",", ";", "\r\n", "#TYPE ", "1/2/2025", "\xEF\xBB\xBF"), Events),
        new("json", [Bytes(Json)], Words("{", "}", "[", "]", "\"", "\\", "\\ud800", ":", ",", "null", "1e999", "{\"value\":[{", "//", "/*"), Events),
        new(
            "clixml", [Bytes(Clixml)],
            Words("<Obj>", "</Obj>", "<Obj/>", "<LST>", "</LST>", "<Ref RefId=\"0\"/>", "<Nil/>", "_x", "_xD800_", "<C>99999</C>", "<DCT>", "<En>"),
            Events),
        new(
            "tracking", [.. TrackingLogs()],
            Words("\"", "\"\"", ",", ";", "'", "''", "\r\n", "#Fields: ", "{LED=", "};{", "550 5.1.1 ", "SRV=", "TOTAL-HUB=1.5|", "\0", "\xEF\xBB\xBF"),
            Tracking),
        new("headerless", [Bytes(Headerless), Encoding.UTF8.GetBytes(Headerless)], Words("\"", ",", "\r\n", "#Fields: ", "date-time", "EHLO ", "\0"), Assumed),
        new("gzip", ArchiveFuzz.Gzips(), Words("\x1F\x8B\x08", "\x03\0", "\0\0\0\0\0\0\0\0"), ArchiveFuzz.Read),
        new("zstd", ArchiveFuzz.Zstds(), Words("\x28\xB5\x2F\xFD", "\x50\x2A\x4D\x18"), ArchiveFuzz.Read),
        new(
            "zip", ArchiveFuzz.Zips(),
            Words("PK\x03\x04", "PK\x01\x02", "PK\x05\x06", "PK\x06\x06", "PK\x06\x07", "PK\x07\x08", "\xFF\xFF\xFF\xFF"), ArchiveFuzz.Read),
        new("7z", ArchiveFuzz.SevenZips(), Words("\x01\x04\x06", "\x07\x0B\x01", "\x23\x03\x01\x01", "\xFF\xFF\xFF\xFF"), ArchiveFuzz.Read),
    ];

    const string Headerless = "2026-11-20T08:00:05.000Z,192.0.2.1,EX01,192.0.2.20,mx,,"
        + "Internet,SMTP,FAIL,101,<m1@x>,1-1,b@c,\"[{LED=550}]\",2048,1,,,s,a@b,a@b,,,,,,,,,\r\n"
        + "2025-03-04T10:00:01.000Z,Internet,08DD5AB1C2D3E501,2,,203.0.113.25:25,>,EHLO mail,\r\n";

    static int Assumed(byte[] input) => AssumedHeader.Of(input, isWhole: true) is { } header ? HashCode.Combine(header.LogType, header.Fields.Count) : 0;

    static int Events(byte[] input)
    {
        var problems = new ExportProblems();
        var what = new HashCode();
        using var stream = new MemoryStream(input);
        var count = 0;
        foreach (var one in WindowsEvents.Read(stream, problems))
        {
            if (one.TimeUtc.Kind == DateTimeKind.Local)
                throw new InvalidOperationException("a time that is not UTC");
            count++;
            what.Add(Math.Min(one.Strings.Count, 5));
            what.Add(SmtpAck.From(one) is null);
            what.Add(EventDetails.From(one)?.Resources.Count ?? -1);
        }

        _ = WindowsEvents.Recognises(input.AsSpan(0, Math.Min(input.Length, 4096)));
        foreach (var reason in Enum.GetValues<ExportProblem>())
            what.Add(Math.Min(problems.Count(reason), 3));
        if (problems.First.Count > ExportProblems.MaxKept || problems.First.Count > problems.Total)
            throw new InvalidOperationException("more problems kept than counted");
        what.Add(Math.Min(count, 4));
        return what.ToHashCode();
    }

    static int Tracking(byte[] input)
    {
        var tally = new Tally { KeepsTimes = true };
        if (!LogHeader.TryParse(input, out var header) || LogFormat.Of(header) is not { } format)
            return 0;
        var start = Math.Min(input.Length, header.Length);
        format.Open(header, new(new EventNames()))(input.AsMemory(start), tally);
        var what = new HashCode();
        foreach (var reason in tally.Unreadable)
            what.Add(Math.Min(reason, 3));
        foreach (var failure in tally.Failures.Take(5))
            what.Add(failure.Diagnosis.Cause);
        what.Add(Math.Min(tally.Latencies.Count, 3));
        what.Add(Math.Min(tally.Stages.Count, 5));
        return what.ToHashCode();
    }

    static byte[] Evtx(int count)
    {
        using var stream = new MemoryStream();
        using (var writer = new EvtxWriter(stream))
            for (var i = 1; i <= count; i++)
                writer.Add(new(
                    "MSExchangeTransport", 2004, 16388, 4, new(2025, 3, 4, 10, 0, i, DateTimeKind.Utc), i, "EX01",
                    "Application", ["Internet Send", $"<m{i}@contoso.test>", "550 5.1.1 no"], null));
        // Without the empty part, which is most of the chunk.
        return stream.ToArray().AsSpan(0, (int)stream.Length).TrimEnd((byte)0).ToArray();
    }

    static IEnumerable<byte[]> TrackingLogs()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Pipeline.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Run it inside the repository: its samples are the seeds.");
        return Directory.EnumerateFiles(Path.Combine(folder, "tests/Mailflow.Analysis.Tests/Samples/tracking"), "*.log").Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes).Where(b => b.Length < 32 * 1024);
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static byte[][] Words(params string[] words) => [.. words.Select(Encoding.Latin1.GetBytes)];
}
