using System.Text;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Notices;
using Mailflow.Analysis.Snapshots;
using Mailflow.Analysis.TrackingExports;
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

    const string Shipped =
        "{\"EventTime\":\"2026-03-04 11:00:05 +0100\",\"Hostname\":\"EX01\","
        + "\"EventType\":\"WARNING\",\"EventID\":15004,\"SourceName\":\"MSExchangeTransport\"}\n"
        + "{\"_source\":{\"@timestamp\":\"2026-03-04T10:00:05.000Z\",\"winlog\":{\"event_id\":\"2004\",\"provider_name\":\"MSExchangeTransport\","
        + "\"event_data\":{\"param1\":\"a\",\"param2\":\"<b@c>\",\"param3\":\"550 5.1.1 no\"}},\"message\":\"m\"}}\n"
        + "{\"data\":{\"win\":{\"system\":{\"providerName\":\"MSExchangeTransport\",\"eventID\":\"15004\",\"message\":\"\\\"m\\\"\",\"level\":\"3\"}}}}\n"
        + "{\"body\":{\"provider\":{\"name\":\"MSExchangeTransport\"},\"event_id\":{\"id\":15004,\"qualifiers\":32772},\"computer\":\"EX01\"}}\n";

    const string QueueCsv = "\"Identity\",\"MessageCount\",\"IncomingRate\"\r\n\"EX01\\7\",\"1.234\",\"0,5\"\r\n\"EX01\\8\",\"12,34,567\",\"1'234\"\r\n";

    const string QueueJson =
        "[{\"Identity\":\"EX01\\\\7\",\"Status\":{\"value\":4,\"Value\":\"Retry\"},\"MessageCount\":\"1 234,00\","
        + "\"LastError\":\"451 4.4.0 x\"}]";

    const string Smtp = "#Log-type: SMTP Send Protocol Log\r\n"
        + "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n"
        + "2026-03-04T10:00:01.000Z,Internet,08DD5AB1C2D3E701,0,10.0.0.11:501,203.0.113.9:25,+,,\r\n"
        + "2026-03-04T10:00:02.000Z,Internet,08DD5AB1C2D3E701,1,10.0.0.11:501,203.0.113.9:25,*,,TLS negotiation failed with error UnknownCredentials\r\n"
        + "2026-03-04T10:00:03.000Z,Internet,08DD5AB1C2D3E701,2,10.0.0.11:501,203.0.113.9:25,-,,Local\r\n";

    const string Clixml = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><TN RefId=\"0\">"
        + "<T>System.Diagnostics.Eventing.Reader.EventLogRecord</T></TN><Props><I32 N=\"Id\">2004</I32>"
        + "<S N=\"ProviderName\">MSExchangeTransport</S><DT N=\"TimeCreated\">2025-03-04T05:00:02.0012345-05:00</DT>"
        + "<Obj N=\"Properties\" RefId=\"4\"><LST><Obj RefId=\"5\"><Props><S N=\"Value\">a_x000A_</S></Props></Obj><Ref RefId=\"5\"/></LST></Obj>"
        + "<Obj N=\"D\"><DCT><En><S N=\"Key\">k</S><I32 N=\"Value\">1</I32></En></DCT></Obj></Props><MS><S N=\"Message\">m</S></MS></Obj></Objs>";

    const string RowsCsv = "#TYPE X\r\n\"Timestamp\",\"Source\",\"EventId\",\"InternalMessageId\",\"MessageId\",\"Recipients\",\"RecipientStatus\",\""
        + "RecipientCount\","
        + "\"EventData\"\r\n\"13/11/2026 9:00:05 PM\",\"SMTP\",\"FAIL\",\"1\",\"<a@b.test>\",\"c@d.test, e@d.test\",\"[{LED=550 5.1.1 x;\r\n\"\"y\"\"};{MSG=};"
        + "{FQDN=}], [{LED=552 5.2.2 full};{MSG=}]\",\"2\",\"{[ToEntity, Internet]}\"\r\n\"2026-11-20T09:00:05+01:00\",\"SMTP\",\"DEFER\",\"2\",\"<a@b.test>\","
        + "\"System.String[]\",\"System.String[]\",\"3\",\"System.Object[]\"\r\n";

    const string LogCsv = "sep=;\r\ndate_time_utc;source;event_id;message_id;recipient_address;recipient_status;custom_data;;\r\n"
        + "2026-11-20T08:00:05.0000000Z;SMTP;FAIL;<a@b.test>;'c''d@d.test';'[{LED=550 5.1.1 x''y};{MSG=}]';S:ToEntity=Internet;;\r\n20.11.2026 08:00;"
        + "SMTP;SEND;;a@b;;;;\r\n";

    const string SummaryCsv = "origin_timestamp_utc,sender_address,recipient_status,message_id\n2026-11-20T08:00:05.0000000Z,a@b.test,"
        + "\"c@d.test##Receive, Fail;e@d.test##Receive, Send\",<a@b.test>\n";

    const string TraceJson = "{\"@odata.context\":\"x\",\"@odata.nextLink\":\"y\",\"value\":[{\"receivedDateTime\":\"2026-11-20T08:00:05Z\",\"senderA"
        + "ddress\":\"a@b.test\","
        + "\"recipientAddress\":\"c@d.test\",\"messageId\":\"<a@b.test>\",\"status\":\"failed\"},{\"status\":\"x\"}]}";

    const string RowsJson = "[{\"Timestamp\":\"\\/Date(1795161605123)\\/\",\"EventId\":\"FAIL\",\"Recipients\":{\"value\":[\"a@b.test\",\"c@b.test\"]"
        + ",\"Count\":2},"
        + "\"RecipientStatus\":[\"550 5.1.1 x\",\"552 5.2.2 y\"],\"EventData\":[{\"Key\":\"ToEntity\",\"Value\":\"Internet\"}]}]";

    const string DetailJson = "[{\"MessageTraceId\":\"1\",\"Date\":\"2026-11-20T08:00:05Z\",\"Event\":\"Fail\",\"Detail\":\"Reason: [{LED=550 5.1.10 "
        + "x};{MSG=}]\"}]";

    const string RowsList = "\r\nTimestamp       : 20.11.2026 09:00:05\r\nEventId         : FAIL\r\nRecipients      : {a@b.test, c@b.test...}\r\n"
        + "RecipientStatus : {[{LED=550 5.1.1 x\r\n                  y};{MSG=}], [{LED=552 5.2.2 z};{MSG=}]...}\r\nRecipientCount  : 6\r\nMessageId :"
        + " <a@b.test>\r\n\r\n";

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
        new(
            "json", [Bytes(Json), Bytes(Shipped)],
            Words("{", "}", "[", "]", "\"", "\\", "\\ud800", ":", ",", "null", "1e999", "{\"value\":[{", "//", "/*"),
            Events),
        new(
            "clixml", [Bytes(Clixml)],
            Words("<Obj>", "</Obj>", "<Obj/>", "<LST>", "</LST>", "<Ref RefId=\"0\"/>", "<Nil/>", "_x", "_xD800_", "<C>99999</C>", "<DCT>", "<En>"),
            Events),
        new(
            "queues", [Bytes(QueueCsv), Bytes(QueueJson)],
            Words("{", "}", "\"", ",", ";", ".", "'", "\xC2\xA0", "\r\n", "0,5", "1.234", "{\"value\":4,\"Value\":\"", "EX01\\", "MessageCount"),
            Queues),
        new(
            "smtp", [Bytes(Smtp)],
            Words("\"", ",", "\r\n", "*", "TLS negotiation failed", " with error ", "0x8009030D", "-2146893043", "UnknownCredentials", "550 5.1.1 "),
            Tracking),
        new(
            "tracking", [.. TrackingLogs()],
            Words("\"", "\"\"", ",", ";", "'", "''", "\r\n", "#Fields: ", "{LED=", "};{", "550 5.1.1 ", "SRV=", "TOTAL-HUB=1.5|", "\0", "\xEF\xBB\xBF"),
            Tracking),
        new(
            "mail", [.. Samples("notices", "*.eml"), Bytes(Html), Bytes($"From a 08:00\n{Html}\n\nFrom b 09:00\n{Html}")],
            Words(
                "\r\n\r\n", "--=_part", "--=_part--", "Content-Type: message/rfc822", "Content-Type: message/delivery-status", "multipart/mixed; boundary=a",
                "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable", "charset=utf-16", "=?utf-8?B?", "Final-Recipient: rfc822;",
                "Diagnostic-Code: smtp; 550 5.1.1 ", "\n\nFrom a 10:00\n", "<td>", "</p>", "<!--", "&#x", "\\x{", "\0", "\xEF\xBB\xBF"),
            Mails),
        new(
            "rows-csv", [Bytes(RowsCsv), Bytes(LogCsv), Bytes(SummaryCsv), Encoding.Unicode.GetBytes(LogCsv)],
            Words("\"", "\"\"", ",", ";", "\t", "|", "'", "''", "\r\n", "#TYPE ", "sep=", "1/2/2026", "##", "System.String[]", "[{LED=", "{", "..."
                + "}", "\0", "\xFF\xFE"),
            Rows),
        new(
            "rows-json", [Bytes(TraceJson), Bytes(RowsJson), Bytes(DetailJson)],
            Words("{", "}", "[", "]", "\"", "\\", ":", ",", "null", "\"value\":[{", "\"@odata.nextLink\":", "\"Delivered\"", "/Date(", "\\n"), Rows),
        new("rows-list", [Bytes(RowsList), Encoding.Unicode.GetBytes(RowsList)], Words(" : ", "\r\n", "{", "}", "...", "   ", "Timestamp", "\t"), Rows),
        new("agent", [Bytes(Agents)], Words("\"", ",", "\r\n", "#Fields: ", "Reject", "Filter", "\0"), Tracking),
        new("headerless", [Bytes(Headerless), Encoding.UTF8.GetBytes(Headerless)], Words("\"", ",", "\r\n", "#Fields: ", "date-time", "EHLO ", "\0"), Assumed),
        new("gzip", ArchiveFuzz.Gzips(), Words("\x1F\x8B\x08", "\x03\0", "\0\0\0\0\0\0\0\0"), ArchiveFuzz.Read),
        new("zstd", ArchiveFuzz.Zstds(), Words("\x28\xB5\x2F\xFD", "\x50\x2A\x4D\x18"), ArchiveFuzz.Read),
        new(
            "zip", ArchiveFuzz.Zips(),
            Words("PK\x03\x04", "PK\x01\x02", "PK\x05\x06", "PK\x06\x06", "PK\x06\x07", "PK\x07\x08", "\xFF\xFF\xFF\xFF"), ArchiveFuzz.Read),
        new("7z", ArchiveFuzz.SevenZips(), Words("\x01\x04\x06", "\x07\x0B\x01", "\x23\x03\x01\x01", "\xFF\xFF\xFF\xFF"), ArchiveFuzz.Read),
    ];

    const string Html = "From: a@b\r\nDate: Fri, 20 Nov 2026 08:00:06 +0100\r\nContent-Type: text/html; charset=iso-8859-1\r\n"
        + "Content-Transfer-Encoding: quoted-printable\r\n\r\n<html><head><style>p{}</style></head><body><p>Diagnostic information for administrators:</p>"
        + "<p>Generating server: EX01.contoso.test</p><table><tr><td>b@c.test<br>mx.c.test</td><td>Remote server returned '550 5.1.1 no=E4&nbsp;'</td></tr>"
        + "</table><p>Original message headers:</p><pre>Received: from a by b</pre></body></html>";

    static int Mails(byte[] input)
    {
        var what = new HashCode();
        foreach (var mail in MailNotices.Read(new MemoryStream(input)))
        {
            if (mail.Notices.Count == 0 && mail.Refused is null)
                throw new InvalidOperationException("a mail without a status, and without a reason");
            what.Add(Math.Min(mail.Notices.Count, 4));
            what.Add(mail.Time == default);
            foreach (var notice in mail.Notices.Take(5))
            {
                what.Add(notice.Report?.Kind);
                what.Add(notice.Action);
                what.Add(notice.Diagnose().Cause);
                what.Add(notice.Facts.Count);
            }
        }

        return what.ToHashCode();
    }

    const string Agents = "#Log-type: Agent Log\r\n#Fields: Timestamp,SessionId,Agent,Event,Action,SmtpResponse\r\n"
        + "2026-11-20T08:00:05.000Z,1,Content Filter Agent,OnEndOfData,RejectMessage,\"550 5.7.1 Message rejected as spam, by Content Filtering.\"\r\n"
        + "2026-11-20T08:00:06.000Z,1,Sender Filter Agent,OnMail,Disconnect,\r\n";

    static readonly Choice Shared = new();

    /// <summary>Rows become lines that are read without an unreadable one, except that a line may have too many recipients.</summary>
    static int Rows(byte[] input)
    {
        using var stream = new MemoryStream(input);
        var (problems, lines, what) = (new ExportProblems(), new TrackingLines(), new HashCode());
        if (LogFormat.OfExport(input.AsSpan(0, Math.Min(input.Length, 4096)), stream, out _) != LogFormat.TrackingExport)
            return 0;
        stream.Position = 0;
        using var export = new TrackingExport(stream, problems, null, Shared);
        while (export.Read(lines))
            continue;
        var tally = new Tally();
        LogFormat.Tracking.Open(TrackingExport.Header, new(new EventNames()))(lines.Memory, tally);
        for (var reason = 0; reason < tally.Unreadable.Length; reason++)
            if (tally.Unreadable[reason] > 0 && reason != (int)Unreadable.TooManyRecipients)
                throw new InvalidOperationException($"a line that is not one of a log: {(Unreadable)reason}");
        foreach (var reason in Enum.GetValues<ExportProblem>())
            what.Add(Math.Min(problems.Count(reason), 3));
        foreach (var failure in tally.Failures.Take(5))
            what.Add(failure.Diagnosis.Cause);
        what.Add(Math.Min(export.Records, 4));
        return what.ToHashCode();
    }

    /// <summary>Makes keys of all rows.</summary>
    sealed class Choice : IRowChoice
    {
        public IReadOnlyList<RowParts> PartsFor(RowParts all) => [RowParts.None, all];

        public bool Takes(RowParts parts, ReadOnlySpan<ulong> keys, bool hasReason) => true;
    }

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

    static int Queues(byte[] input)
    {
        var problems = new ExportProblems();
        var reading = new SnapshotReading(SnapshotKind.Queues, new(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc), "EX01");
        using var stream = new MemoryStream(input);
        var taken = 0;
        foreach (var export in ExportObjects.Read(stream, problems))
            if (reading.Add(export))
                taken++;
        var queues = reading.Snapshots().SelectMany(s => s.Queues.Concat(s.OtherQueues)).ToList();
        if (queues.Exists(q => q.Messages < 0))
            throw new InvalidOperationException("a queue with less than no messages");
        var what = new HashCode();
        what.Add(Math.Min(taken, 4));
        foreach (var queue in queues.Take(3))
        {
            what.Add(queue.Status);
            what.Add(queue.Messages > 999);
        }

        foreach (var reason in Enum.GetValues<ExportProblem>())
            what.Add(Math.Min(problems.Count(reason), 3));
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
        foreach (var failed in tally.FailedTls.Take(3))
            what.Add(failed.Error);
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

    static IEnumerable<byte[]> TrackingLogs() => Samples("tracking", "*.log").Where(b => b.Length < 32 * 1024);

    static IEnumerable<byte[]> Samples(string name, string pattern)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Pipeline.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Run it inside the repository: its samples are the seeds.");
        return Directory.EnumerateFiles(Path.Combine(folder, "tests/Mailflow.Analysis.Tests/Samples", name), pattern).Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes);
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static byte[][] Words(params string[] words) => [.. words.Select(Encoding.Latin1.GetBytes)];
}
