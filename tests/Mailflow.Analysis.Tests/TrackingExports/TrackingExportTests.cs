using System.Text;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.TrackingExports;

namespace Mailflow.Analysis.Tests.TrackingExports;

/// <summary>Rows of message tracking give the same counts, whatever program wrote them.</summary>
public sealed class TrackingExportTests
{
    const string Names = "\"Timestamp\",\"Source\",\"EventId\",\"MessageId\",\"Sender\",\"Recipients\",\"RecipientStatus\",\"RecipientCount\"\r\n";

    const string Unknown = "[{LED=550 5.1.1 User unknown};{MSG=};{FQDN=};{IP=};{LRT=}]";
    const string Full = "[{LED=552 5.2.2 Mailbox full; try later};{MSG=};{FQDN=};{IP=};{LRT=}]";

    const string Log = "date-time,source,event-id,message-id,recipient-address,recipient-status,message-subject,sender-address\n";

    [Theory]
    // A log that was exported again: all in quotes, with semicolons and tabs, with an empty column of a spreadsheet, its mark, and a line end in a subject.
    [InlineData("\"date-time\",\"source\",\"event-id\",\"message-id\",\"recipient-address\",\"recipient-status\"\r\n"
        + "\"2026-11-20T08:00:05.000Z\",\"SMTP\",\"FAIL\",\"<m@example.com>\",\"bob@example.net\",\"550 5.1.1 User unknown\"\r\n")]
    [InlineData("sep=;\r\ndate-time;source;event-id;message-id;recipient-address;recipient-status;message-subject;;\r\n"
        + "2026-11-20T08:00:05.000Z;SMTP;FAIL;<m@example.com>;bob@example.net;550 5.1.1 User unknown;\"a;\r\n\"\"b\"\"\";;\r\n")]
    [InlineData("date-time\tsource\tevent-id\tmessage-id\trecipient-address\trecipient-status\n"
        + "2026-11-20T08:00:05.000Z\tSMTP\tFAIL\t<m@example.com>\tbob@example.net\t550 5.1.1 User unknown\n")]
    [InlineData("date_time_utc,source,event_id,message_id,recipient_address,recipient_status\n"
        + "2026-11-20T08:00:05.0000000Z,SMTP,FAIL,<m@example.com>,bob@example.net,550 5.1.1 User unknown\n")]
    [InlineData("date_time_utc,source,event_id,message_id,recipient_address,recipient_status\n"
        + "20.11.2026 08:00:05,SMTP,FAIL,<m@example.com>,bob@example.net,550 5.1.1 User unknown\n")]
    [InlineData("#TYPE Selected.X\r\n" + Names + "\"2026-11-20T09:00:05+01:00\",\"SMTP\",\"FAIL\",\"<m@example.com>\",\"a@b.test\",\"bob@example.ne"
        + "t\",\"550 5.1.1 User unknown\",\"1\"\r\n")]
    [InlineData("[{\"Timestamp\":\"\\/Date(1795161605000)\\/\",\"Source\":\"SMTP\",\"EventId\":\"FAIL\",\"MessageId\":\"<m@example.com>\","
        + "\"Recipients\":[\"bob@example.net\"],\"RecipientStatus\":[\"550 5.1.1 User unknown\"]}]")]
    [InlineData("{\"Timestamp\":{\"value\":\"\\/Date(1795161605000)\\/\",\"DateTime\":\"x\"},\"Source\":\"SMTP\",\"EventId\":\"FAIL\",\"MessageId\""
        + ":\"<m@example.com>\","
        + "\"Recipients\":{\"value\":[\"bob@example.net\"],\"Count\":1},\"RecipientStatus\":{\"value\":[\"550 5.1.1 User unknown\"],\"Count\":1}}")]
    [InlineData("<Objs><Obj><MS><DT N='Timestamp'>2026-11-20T09:00:05+01:00</DT><S N='Source'>SMTP</S><S N='EventId'>FAIL</S><S N='MessageId'>&lt;m@e"
        + "xample.com&gt;</S>"
        + "<Obj N='Recipients'><LST><S>bob@example.net</S></LST></Obj><Obj N='RecipientStatus'><LST><S>550 5.1.1 User unknown</S></LST></Obj></MS></O"
        + "bj></Objs>")]
    [InlineData("\r\nTimestamp       : 2026-11-20T08:00:05Z\r\nSource          : SMTP\r\nEventId         : FAIL\r\nMessageId       : <m@example.com>\r\n"
        + "Recipients      : {bob@example.net}\r\nRecipientStatus : {550 5.1.1 User\r\n                  unknown}\r\n\r\n")]
    public void Every_form_gives_the_failure(string text)
    {
        Encoding[] encodings = [new UTF8Encoding(false), new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(false, false)];
        foreach (var encoding in encodings)
        {
            var (tally, problems) = Read([.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);
            var failure = Assert.Single(tally.Failures);
            Assert.Equal(
                (new DateTime(2026, 11, 20, 8, 0, 5, DateTimeKind.Utc), "SMTP", "bob@example.net", "<m@example.com>", "550 5.1.1 User unknown"),
                (failure.Time, failure.Source, failure.Recipient, failure.MessageId, failure.Diagnosis.Text));
            Assert.Equal(1, tally.Count(Outcome.Failed));
            Assert.Equal(0, problems.Total);
        }
    }

    [Theory]
    [InlineData("a@b.test;c@d.test", Unknown + ";" + Full)]
    [InlineData("a@b.test, c@d.test", Unknown + ", " + Full)]
    [InlineData("a@b.test c@d.test", Unknown + " " + Full)]
    [InlineData("a@b.test|c@d.test", Unknown + "|" + Full)]
    [InlineData("a@b.test\nc@d.test", "550 5.1.1 User unknown\n552 5.2.2 Mailbox full; try later")]
    [InlineData("{a@b.test, c@d.test}", "{" + Unknown + ", " + Full + "}")]
    public void Joined_lists_are_divided(string recipients, string statuses)
    {
        var (tally, problems) = Read(Names + $"\"2026-11-20T08:00:05Z\",\"SMTP\",\"FAIL\",\"<m@x>\",\"s@x\",\"{recipients}\",\"{statuses}\",\"2\"\r\n");
        Assert.Equal(
            [("a@b.test", "550 5.1.1 User unknown"), ("c@d.test", "552 5.2.2 Mailbox full; try later")],
            tally.Failures.Select(f => (f.Recipient, f.Diagnosis.Text)));
        Assert.Equal(0, problems.Total);
    }

    [Theory]
    [InlineData("System.String[]")]
    [InlineData("System.Collections.ArrayList")]
    [InlineData("Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]")]
    public void Lists_that_are_type_names_count_without_a_cause(string name)
    {
        var (tally, problems) = Read(Names + $"\"2026-11-20T08:00:05Z\",\"SMTP\",\"FAIL\",\"<m@x>\",\"s@x\",\"{name}\",\"{name}\",\"3\"\r\n");
        Assert.Equal(3, tally.Count(Outcome.Failed));
        Assert.All(tally.Failures, f => Assert.Equal(("", Analysis.Failures.Cause.Unknown), (f.Recipient, f.Diagnosis.Cause)));
        Assert.Equal(ExportProblem.NoReason, Assert.Single(problems.First).Reason);
        Assert.Contains("Select-Object *,@{n='Recipients';e={$_.Recipients -join ';'}}", problems.First[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Failure_without_the_column_of_reasons_says_so()
    {
        var (tally, problems) = Read("\"Timestamp\",\"EventId\",\"Recipients\"\r\n\"2026-11-20T08:00:05Z\",\"FAIL\",\"a@b.test\"\r\n\"2026-11-20T08:0"
            + "0:05Z\",\"SEND\",\"a@b.test\"\r\n");
        Assert.Equal(("a@b.test", 1L), (Assert.Single(tally.Failures).Recipient, problems.Count(ExportProblem.NoReason)));
        Assert.Contains("no column RecipientStatus", problems.First[0].Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("13/11/2026 09:00:05", "11/13/2026 09:00:05", null, "2026-11-13T09:00:05Z", false)]
    // 9 November: the 13th in the next row shows that the day is first.
    [InlineData("9/11/2026 09:00:05", "13/11/2026 09:00:05", null, "2026-11-09T09:00:05Z", false)]
    [InlineData("11/9/2026 9:00:05 PM", "11/13/2026 9:00:05 AM", "+01:00", "2026-11-09T20:00:05Z", true)]
    [InlineData("13.11.2026 09:00:05", "13.11.2026 09:00:05", "+01:00", "2026-11-13T08:00:05Z", true)]
    [InlineData("2026-11-13 09:00", "2026-11-13 09:00", "-05:00", "2026-11-13T14:00:00Z", true)]
    public void Local_times_are_converted_or_said_to_be_assumed(string time, string next, string? zone, string utc, bool isSure)
    {
        var info = TimeZoneInfo.CreateCustomTimeZone("z", zone is null ? default : TimeSpan.Parse(zone.TrimStart('+'), null), "z", "z");
        var (tally, problems) = Read(Names + Row(time) + Row(next), zone is null ? null : info);
        Assert.Equal(DateTimeOffset.Parse(utc, null).UtcDateTime, tally.Failures[0].Time);
        Assert.Equal(isSure ? 0 : 1, problems.Count(ExportProblem.LocalTime));

        static string Row(string time) => $"\"{time}\",\"SMTP\",\"FAIL\",\"<m@x>\",\"s@x\",\"a@b.test\",\"550 5.1.1 x\",\"1\"\r\n";
    }

    [Fact]
    public void Time_of_arrival_in_the_row_shows_whether_the_day_is_first()
    {
        const string Columns = "Timestamp,EventId,MessageId,Recipients,RecipientStatus,MessageInfo\n";
        var (tally, problems) = Read(Columns + "9/11/2026 09:00,FAIL,<m@x>,a@b.test,550 5.1.1 x,2026-11-09T08:00:04.000Z;x\n");
        Assert.Equal(new DateTime(2026, 11, 9, 9, 0, 0, DateTimeKind.Utc), tally.Failures[0].Time);
        Assert.Equal(0, problems.Count(ExportProblem.AmbiguousTime));
        (_, problems) = Read(Columns + "09/11/2026 09:00,FAIL,<m@x>,a@b.test,550 5.1.1 x,\n");
        Assert.Equal(1, problems.Count(ExportProblem.AmbiguousTime));
    }

    [Theory]
    [InlineData("\"Received\",\"SenderAddress\",\"RecipientAddress\",\"Status\",\"MessageTraceId\"\n", "\"20.11.2026 08:00:05\",\"a@b.test\",\"c@d.te"
        + "st\",\"{0}\",\"1\"\n", "")]
    [InlineData("{\"@odata.context\":\"x\",\"value\":[", "{{\"receivedDateTime\":\"2026-11-20T08:00:05Z\",\"senderAddress\":\"a@b.test\","
        + "\"recipientAddress\":\"c@d.test\",\"status\":\"{0}\",\"messageId\":\"<m@x>\"}},", "]}")]
    public void Statuses_of_a_trace_are_outcomes(string start, string row, string end)
    {
        string[] statuses = ["Delivered", "failed", "Pending", "Expanded", "Quarantined", "FilteredAsSpam", "GettingStatus"];
        var (tally, problems) = Read(start + string.Concat(statuses.Select(s => string.Format(null, row, s))).TrimEnd(',') + end,
            TimeZoneInfo.CreateCustomTimeZone("z", new(5, 0, 0), "z", "z"));
        Assert.Equal(
            [(Outcome.Delivered, 1L), (Outcome.Failed, 3L), (Outcome.Deferred, 1L), (Outcome.Expanded, 1L)],
            Enum.GetValues<Outcome>().Select(o => (o, tally.Count(o))).Where(o => o.Item2 > 0));
        Assert.Equal(
            ["unknown", "spam-content", "spam-content"],
            tally.Failures.Where(f => !f.Deferred).Select(f => Analysis.Failures.CauseTable.Of(f.Diagnosis.Cause).Name));
        // The failed and the pending one; the times are UTC, as the cmdlet documents.
        Assert.Equal((2L, 2L), (problems.Count(ExportProblem.NoReason), problems.Total));
        Assert.Contains("Get-MessageTraceDetailV2", problems.First[0].Detail, StringComparison.Ordinal);
        Assert.Equal(new DateTime(2026, 11, 20, 8, 0, 5, DateTimeKind.Utc), tally.Newest);
    }

    [Fact]
    public void Detail_of_a_trace_has_the_reason()
    {
        var (tally, problems) = Read("""
            [{"MessageTraceId":"1","MessageId":"<m@x>","Date":"2026-11-20T08:00:05Z","Event":"Receive","Detail":"by: AM0"},
             {"MessageTraceId":"1","MessageId":"<m@x>","Date":"2026-11-20T08:00:05Z","Event":"Fail",
              "Detail":"Reason: [{LED=550 5.1.10 RESOLVER.ADR.RecipientNotFound; x};{MSG=};{FQDN=};{IP=};{LRT=}]"}]
            """);
        Assert.Equal(("550 5.1.10 RESOLVER.ADR.RecipientNotFound; x", 0L), (Assert.Single(tally.Failures).Diagnosis.Text, problems.Total));
    }

    [Fact]
    public void Summary_has_the_last_event_of_each_recipient()
    {
        var (tally, problems) = Read(
            "origin_timestamp_utc,sender_address,recipient_status,message_id\n"
            + "2026-11-20T08:00:05.0000000Z,a@b.test,\"c@d.test##Receive, Fail;e@d.test##Receive, Send;f@d.test##Receive, Deliver;broken\",<m@x>\n");
        Assert.Equal((1L, 1L, 1L), (tally.Count(Outcome.Failed), tally.Count(Outcome.Sent), tally.Count(Outcome.Delivered)));
        Assert.Equal("c@d.test", tally.Failures[0].Recipient);
        Assert.Equal((1L, 1L), (problems.Count(ExportProblem.NoReason), problems.Count(ExportProblem.CorruptRecord)));
    }

    [Theory]
    [InlineData("English", "RecipientStatus : {[{LED=550 5.1.1 User\n                  unknown};{MSG=};{FQDN=};{IP=};{LRT=}]}")]
    // In other languages PowerShell cuts at the width of the window.
    [InlineData("Dutch", "RecipientStatus : {[{LED=550 5.1.1 Us\n                  er unknown};{MSG=};\n                  {FQDN=};{IP=};{LRT=}]}")]
    public void Wrapped_values_of_Format_List_are_joined(string language, string status)
    {
        Assert.NotEmpty(language);
        var (tally, _) = Read($"Timestamp       : 2026-11-20T08:00:05Z\nEventId         : FAIL\nRecipients      : {{a@b.test}}\n{status}\n\n");
        Assert.Equal("550 5.1.1 User unknown", Assert.Single(tally.Failures).Diagnosis.Text);
    }

    [Fact]
    public void Row_of_the_list_that_is_cut_off_counts_all_recipients()
    {
        var (tally, problems) = Read("Timestamp : 2026-11-20T08:00:05Z\nEventId : FAIL\nRecipients : {a@b.test, c@b.test...}\nRecipientStatus : {550 "
            + "5.1.1 x, 550 5.1.1 x...}\nRecipientCount : 6\n");
        Assert.Equal((6L, 1L), (tally.Count(Outcome.Failed), problems.Count(ExportProblem.NoReason)));
    }

    [Fact]
    public void EventData_says_that_a_message_left_the_organisation()
    {
        var (tally, _) = Read("""
            [{"Timestamp":"2026-11-20T08:00:05Z","EventId":"SEND","MessageId":"<m@x>","Recipients":["a@b.test"],
              "EventData":[{"Key":"ToEntity","Value":"Internet"}]},
             {"Timestamp":"2026-11-20T08:00:05Z","EventId":"SEND","MessageId":"<m@x>","Recipients":["a@b.test"],"EventData":["[ToEntity, Hosted]"]}]
            """);
        Assert.Equal((1L, 1L), (tally.Count(Outcome.Sent), tally.Count(Outcome.Relayed)));
    }

    [Fact]
    public void Cut_row_is_reported_and_the_rows_before_it_are_read()
    {
        const string Row = "2026-11-20T08:00:05.000Z,SMTP,FAIL,<m@x>,a@b.test,550 5.1.1 x,s,c@d.test\n";
        var (tally, problems) = Read(Log + Row + Row[..40]);
        Assert.Equal((1L, 1L), (tally.Count(Outcome.Failed), problems.Count(ExportProblem.MissingColumns)));
    }

    [Fact]
    public void Offsets_are_numbers_of_rows()
    {
        var (tally, _) = Read(Log + "2026-11-20T08:00:05.000Z,SMTP,SEND,<m@x>,a@b.test,250 OK,s,c@d.test\n2026-11-20T08:00:05.000Z,SMTP,FAIL,<m@x>,a@"
            + "b.test,550 5.1.1 x,s,c@d.test\n");
        Assert.Equal(2, Assert.Single(tally.Failures).Offset);
    }

    [Theory]
    [InlineData("[{\"EventId\":\"FAIL\",\"MessageSubject\":\"x\"}]", "rows of Get-MessageTrackingLog without Timestamp; Get-MessageTrackingLog")]
    [InlineData("Identity,QuarantineTypes,ReceivedTime\n1,Spam,x\n", "messages in quarantine (Get-QuarantineMessage)")]
    [InlineData("a,b,c,d,e\n1,2,3,4,5\n", "objects of an unknown kind; expected queues")]
    [InlineData("<Objs><Obj><TN><T>Some.Type</T></TN><Props><S N='A'>1</S></Props></Obj></Objs>", "objects of type Some.Type; expected")]
    public void Other_exports_are_named_with_a_command(string text, string name)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        using var whole = new MemoryStream(bytes);
        Assert.Null(LogFormat.OfExport(bytes, whole, out var named));
        Assert.StartsWith(name, named, StringComparison.Ordinal);
    }

    static (Tally Tally, ExportProblems Problems) Read(string text, TimeZoneInfo? zone = null) => Read(Encoding.UTF8.GetBytes(text), zone);

    static (Tally Tally, ExportProblems Problems) Read(byte[] bytes, TimeZoneInfo? zone = null)
    {
        using var whole = new MemoryStream(bytes);
        Assert.Same(LogFormat.TrackingExport, LogFormat.OfExport(bytes.AsSpan(0, Math.Min(bytes.Length, 4096)), whole, out _));
        whole.Position = 0;
        var (problems, lines, tally) = (new ExportProblems(), new TrackingLines(), new Tally { KeepsTimes = true });
        using var export = new TrackingExport(whole, problems, zone);
        while (export.Read(lines))
            continue;
        LogFormat.Tracking.Open(TrackingExport.Header, new(new EventNames()))(lines.Memory, tally);
        Assert.True(tally.Unreadable.IndexOfAnyExcept(0) < 0, "a line that is not one of a log");
        tally.MapOffsets(o => (int)lines.RecordAt(o));
        return (tally, problems);
    }
}
