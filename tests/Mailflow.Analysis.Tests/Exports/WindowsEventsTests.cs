using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Tests.Exports;

/// <summary>The same events in each export format.</summary>
public sealed class WindowsEventsTests
{
    static readonly WindowsEvent Ack = new(
        "MSExchangeTransport", 2004, 16388, 4, new DateTime(2025, 3, 4, 10, 0, 2, DateTimeKind.Utc).AddTicks(12345), 500001, "EX01.contoso.test", "Application",
        ["Internet Send", "<b1@contoso.test>", "550 5.1.1 <x@remote.example>: Recipient address rejected & \"more\""], null);

    const string Xml = """
        <Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>
        <Provider Name="MSExchangeTransport"/><EventID Qualifiers="16388">2004</EventID>
        <Version>0</Version><Level>4</Level><Task>2</Task><Opcode>0</Opcode><Keywords>0x80000000000000</Keywords>
        <TimeCreated SystemTime="2025-03-04T10:00:02.0012345Z"/>
        <EventRecordID>500001</EventRecordID><Correlation/><Execution ProcessID="0" ThreadID="0"/>
        <Channel>Application</Channel><Computer>EX01.contoso.test</Computer><Security/></System>
        <EventData><Data>Internet Send</Data><Data>&lt;b1@contoso.test&gt;</Data>
        <Data>550 5.1.1 &lt;x@remote.example&gt;: Recipient address rejected &amp; "more"</Data><Binary>FF</Binary></EventData></Event>
        """;

    const string Message = "Send connector Internet Send: Message delivery was not successful.\r\n"
        + "The message with message ID <b1@contoso.test> was acknowledged.";

    public static TheoryData<string> Texts => new()
    {
        Xml + "\r\n" + Xml,
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>" + Xml + Xml + "</Events>",
        "<?xml version=\"1.0\" encoding=\"utf-16\"?><!-- <Event> --><Events>" + Xml + "<![CDATA[<Event>]]>" + Xml + "</Events>\r\n",
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Event_xml_is_read_in_every_encoding_whatever_it_declares(string text)
    {
        foreach (var encoding in (string[])["utf-8", "utf-16", "utf-16BE"])
        {
            foreach (var mark in (bool[])[false, true])
            {
                var problems = new ExportProblems();
                var bytes = Samples.Encode(text, encoding, mark);
                Assert.True(WindowsEvents.Recognises(bytes.AsSpan(0, 512)));
                Evtx.AssertSame([Ack, Ack], Samples.Events(bytes, problems));
                Assert.Equal(0, problems.Total);
            }
        }
    }

    [Fact]
    public void Event_xml_gives_the_rendered_message()
    {
        var rendered = Xml.Replace(
            "</Event>",
            "<RenderingInfo Culture='en-US'><Message>Send connector\r\nInternet Send</Message><Level>Information</Level></RenderingInfo></Event>",
            StringComparison.Ordinal);
        Evtx.AssertSame([Ack with { Message = "Send connector\nInternet Send" }], Samples.Events(rendered, new()));
    }

    [Fact]
    public void Event_xml_gives_user_data_and_the_classic_source_name()
    {
        var read = Assert.Single(Samples.Events("""
            <e:Event xmlns:e="http://schemas.microsoft.com/win/2004/08/events/event"></e:Event>
            <Event><System><Provider Name="Microsoft-Exchange-X" EventSourceName="MSExchange X"/><EventID>65537</EventID>
            <TimeCreated SystemTime="2025-03-04T10:00:02Z"/></System>
            <UserData><Own><A>1</A><B><C>2</C></B></Own></UserData></Event>
            """, new()));
        Assert.Equal(("MSExchange X", 1), (read.Provider, read.Id));
        Assert.Equal(["1", "2"], read.Strings);
    }

    [Fact]
    public void Events_around_a_broken_one_are_read()
    {
        var problems = new ExportProblems();
        var noEnd = Xml[..Xml.IndexOf("</Event>", StringComparison.Ordinal)];
        var notWellFormed = Xml.Replace("</Level>", "</Livel>", StringComparison.Ordinal);
        var noId = Xml.Replace("EventID", "EventNo", StringComparison.Ordinal);
        var read = Samples.Events(Xml + noEnd + Xml + notWellFormed + Xml + noId + Xml + noEnd, problems);
        Evtx.AssertSame([Ack, Ack, Ack, Ack], read);
        Assert.Equal(2, problems.Count(ExportProblem.CorruptRecord));
        Assert.Equal(1, problems.Count(ExportProblem.MissingColumns));
        Assert.Equal(1, problems.Count(ExportProblem.Truncated));
        Assert.Equal(4, problems.Total);
    }

    // The format of Get-WinEvent | Export-Csv, without the columns that are not read.
    [Theory]
    [InlineData("\"3/14/2025 10:00:02 AM\"", ",", "utf-8")]
    [InlineData("\"14/03/2025 10:00:02\"", ",", "utf-16")]
    [InlineData("\"14.03.2025 10:00:02\"", ";", "utf-8")]
    public void Csv_of_Get_WinEvent_is_read(string time, string separator, string encoding)
    {
        var problems = new ExportProblems();
        var columns = "\"Message\",\"Id\",\"Version\",\"Qualifiers\",\"Level\",\"Task\",\"RecordId\",\"ProviderName\",\"LogName\","
            + "\"MachineName\",\"TimeCreated\",\"Properties\"\r\n";
        var row = $"\"{Message}\",\"2004\",,\"16388\",\"4\",\"2\",\"500001\",\"MSExchangeTransport\",\"Application\",\"EX01.contoso.test\","
            + $"{time},\"System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]\"\r\n";
        var text = "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n"
            + (columns + row).Replace(",", separator, StringComparison.Ordinal);
        var bytes = Samples.Encode(text, encoding, mark: true);
        Assert.True(WindowsEvents.Recognises(bytes));
        Evtx.AssertSame(
            [Ack with { TimeUtc = new(2025, 3, 14, 10, 0, 2, DateTimeKind.Utc), Message = Message, Strings = [] }],
            Samples.Events(bytes, problems));
        Assert.Equal((1, 1), (problems.Count(ExportProblem.LocalTime), problems.Total));
    }

    [Fact]
    public void Csv_of_Get_EventLog_is_read()
    {
        var problems = new ExportProblems();
        var text = "\"EventID\",\"MachineName\",\"Data\",\"Index\",\"Category\",\"CategoryNumber\",\"EntryType\",\"Message\",\"Source\","
            + "\"ReplacementStrings\",\"InstanceId\",\"TimeGenerated\",\"TimeWritten\",\"UserName\"\r\n"
            + $"\"2004\",\"EX01.contoso.test\",\"System.Byte[]\",\"500001\",\"SmtpSend\",\"2\",\"Information\",\"{Message}\","
            + $"\"MSExchangeTransport\",\"System.String[]\",\"1074006996\",\"04.03.2025 10:00:02\",\"04.03.2025 10:00:02\",\"\"\r\n";
        Assert.True(WindowsEvents.Recognises(Samples.Encode(text)));
        Evtx.AssertSame(
            [Ack with { TimeUtc = new(2025, 3, 4, 10, 0, 2, DateTimeKind.Utc), Channel = "", Message = Message, Strings = [] }],
            Samples.Events(text, problems));
        Assert.Equal(1, problems.Total);
    }

    [Theory]
    [InlineData("Level,Date and Time,Source,Event ID,Task Category", "Information", 4, "3/14/2025 10:00:02 AM")]
    [InlineData("Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie", "Informationen", 0, "14.03.2025 10:00:02")]
    [InlineData("レベル,日付と時刻,ソース,イベント ID,タスクのカテゴリ", "情報", 0, "2025/03/14 10:00:02")]
    public void Csv_of_Event_Viewer_is_read(string names, string level, int number, string time)
    {
        var text = $"{names}\r\n{level},{time},MSExchangeTransport,2004,SmtpSend,\"{Message}\r\n\"\r\n"
            + $"{level},{time},MSExchangeTransport,2004,SmtpSend,plain\r\n";
        Assert.True(WindowsEvents.Recognises(Samples.Encode(text, mark: true)));
        var read = Samples.Events(Samples.Encode(text, mark: true), new());
        Evtx.AssertSame(
            [
                new("MSExchangeTransport", 2004, 0, number, new(2025, 3, 14, 10, 0, 2, DateTimeKind.Utc), 0, "", "", [], Message + "\r\n"),
                new("MSExchangeTransport", 2004, 0, number, new(2025, 3, 14, 10, 0, 2, DateTimeKind.Utc), 0, "", "", [], "plain"),
            ],
            read);
    }

    const string Json = """
        { "Id": 2004, "Version": null, "Qualifiers": 16388, "Level": 4, "ProviderName": "MSExchangeTransport", "RecordId": 500001, "LogName": "Application",
          "MachineName": "EX01.contoso.test", "TimeCreated": "\/Date(1741082402001)\/", "KeywordsDisplayNames": ["Classic"], "Bookmark": {},
          "Properties": [ { "Value": "Internet Send" }, { "Value": "<b1@contoso.test>" },
            { "Value": "550 5.1.1 <x@remote.example>: Recipient address rejected & \"more\"" } ] }
        """;

    [Theory]
    [InlineData("{0}", 1)]
    [InlineData("[{0}, {0}]", 2)]
    [InlineData("{0}\n{0}\n{0}\n", 3)]
    [InlineData("{{\"value\": [ {0}, {0} ], \"Count\": 2}}", 2)]
    public void Json_of_Get_WinEvent_is_read(string around, int count)
    {
        foreach (var encoding in (string[])["utf-8", "utf-16"])
        {
            var problems = new ExportProblems();
            var bytes = Samples.Encode(string.Format(null, around, Json), encoding, mark: true);
            Assert.True(WindowsEvents.Recognises(bytes));
            Evtx.AssertSame(
                [.. Enumerable.Repeat(Ack with { TimeUtc = new DateTime(2025, 3, 4, 10, 0, 2, 1, DateTimeKind.Utc) }, count)],
                Samples.Events(bytes, problems));
            Assert.Equal(0, problems.Total);
        }
    }

    [Fact]
    public void Json_of_Get_EventLog_is_read()
    {
        var read = Samples.Events("""
            [{"EventID":2004,"MachineName":"EX01.contoso.test","Index":500001,"EntryType":4,"Message":"m","Source":"MSExchangeTransport",
              "ReplacementStrings":["Internet Send","<b1@contoso.test>","550 5.1.1 <x@remote.example>: Recipient address rejected & \"more\""],
              "InstanceId":1074006996,"TimeGenerated":{"value":"2025-03-04T12:00:02.0012345+02:00","DateTime":"Tuesday"}}]
            """, new());
        Evtx.AssertSame([Ack with { Channel = "", Message = "m" }], read);
    }

    [Fact]
    public void Json_type_names_of_deep_objects_are_not_insertion_strings() =>
        Assert.Empty(Assert.Single(Samples.Events(
            Json.Replace("{ \"Value\"", "\"System.Diagnostics.Eventing.Reader.EventProperty\", { \"X\"", StringComparison.Ordinal), new())).Strings);

    [Fact]
    public void Json_objects_around_a_broken_one_are_read()
    {
        var problems = new ExportProblems();
        var read = Samples.Events(
            $"[{Json}, {Json.Replace("null", "nul", StringComparison.Ordinal)}, {Json}, {{ \"Id\": \"x\n\" }}, {Json}, {{ \"a\": ", problems);
        Assert.Equal(3, read.Count);
        Assert.Equal((2, 1, 3), (problems.Count(ExportProblem.CorruptRecord), problems.Count(ExportProblem.Truncated), problems.Total));
    }

    // The output of Get-WinEvent | Export-Clixml.
    const string Clixml = """
        <Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0">
        <TN RefId="0"><T>System.Diagnostics.Eventing.Reader.EventLogRecord</T><T>System.Object</T></TN>
        <ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString>
        <Props><I32 N="Id">2004</I32><Nil N="Version" /><I32 N="Qualifiers">16388</I32><By N="Level">4</By>
        <I64 N="RecordId">500001</I64><S N="ProviderName">MSExchangeTransport</S><S N="LogName">Application</S>
        <S N="MachineName">EX01.contoso.test</S><DT N="TimeCreated">2025-03-04T05:00:02.0012345-05:00</DT>
        <Obj N="Properties" RefId="4"><TN RefId="4"><T>System.Collections.Generic.List</T></TN><LST>
        <Obj RefId="5"><TN RefId="5"><T>EventProperty</T></TN><ToString>EventProperty</ToString><Props><S N="Value">Internet Send</S></Props></Obj>
        <Obj RefId="6"><TNRef RefId="5" /><Props><S N="Value">&lt;b1@contoso.test&gt;</S></Props></Obj>
        <Obj RefId="7"><TNRef RefId="5" /><Props>
        <S N="Value">550 5.1.1 &lt;x@remote.example&gt;: Recipient address rejected &amp; "more"</S></Props></Obj></LST></Obj></Props>
        <MS><S N="Message">one_x000D__x000A_two_x005F_x</S></MS></Obj>
        <Obj RefId="8"><TNRef RefId="0" /><Props><I32 N="Id">1</I32></Props></Obj></Objs>
        """;

    [Fact]
    public void Clixml_of_Get_WinEvent_is_read()
    {
        var problems = new ExportProblems();
        var bytes = Samples.Encode(Clixml, "utf-16", mark: true);
        Assert.True(WindowsEvents.Recognises(bytes));
        var read = Samples.Events(bytes, problems);
        Assert.Equal(2, read.Count);
        Evtx.AssertSame([Ack with { Message = "one\r\ntwo_x" }], read[..1]);
        Assert.Equal(0, problems.Total);
        Assert.Equal(
            ["System.Diagnostics.Eventing.Reader.EventLogRecord", "System.Diagnostics.Eventing.Reader.EventLogRecord"],
            Samples.Objects(Clixml, new()).Select(o => o.TypeName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#Software: Microsoft Exchange Server\r\n#Version: 15.01.2507.006\r\n#Fields: date-time,event-id\r\n2025,x\r\n")]
    [InlineData("\"Identity\",\"Status\"\r\n\"EX01\\7\",\"Retry\"\r\n")]
    [InlineData("{\"Identity\":\"EX01\"}")]
    [InlineData("<html><Eventual/></html>")]
    [InlineData("<Objs><Obj><TN><T>Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo</T></TN></Obj></Objs>")]
    public void Other_files_are_not_recognised_as_events(string text) => Assert.False(WindowsEvents.Recognises(Samples.Encode(text)));
}
