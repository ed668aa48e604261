using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Metrics;
using Mailflow.Privacy;
using Mailflow.Scan;
using Mailflow.Tests.Web;

namespace Mailflow.Tests.Scan;

/// <summary>A scan counts what NDR mails report: each recipient of a message once, in whatever files it is told.</summary>
public sealed class ScanMailTests : IDisposable
{
    static readonly DateTimeOffset At = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-scan-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Recipient_of_a_message_counts_once_in_copies_an_mbox_a_Maildir_and_UTF_16()
    {
        var failed = Mail("1", "bob@fabrikam.example", "failed", "smtp; 550 5.1.1 User unknown");
        Write("a.eml", failed);
        Write("copy of a.EML", failed);
        File.WriteAllText(Path.Combine(_folder, "unicode.eml"), failed, Encoding.Unicode);
        Write("cur/1795869074.M1P2.host:2,S", failed);
        Write("all.mbox", string.Concat(
            From(failed), From(Mail("2", "bob@fabrikam.example", "failed", "smtp; 552 5.2.2 full")), From(Mail("3", "eva@fabrikam.example", "delayed", "")),
            From(Mail("3", "eva@fabrikam.example", "failed", "smtp; 552 5.2.2 full")), From(Mail("4", "tom@fabrikam.example", "relayed", "")),
            From("From: ann@contoso.test\nSubject: Lunch\n\nAt one?\n")));
        var report = await ScanAsync(_folder);
        Assert.Equal([("invalid-recipient", 1L), ("mailbox-full", 2L)], report.By(Counters.Failures, k => k.Cause.Name()).Order());
        Assert.Equal((3, 1, 1, 4, 1, 10), (report.Mails.Failed, report.Mails.Deferred, report.Mails.Good, report.Mails.Repeated, report.Mails.Ordinary,
            report.Mails.Mails));
        Assert.Equal(3, report.Domains["fabrikam.example"]);
        Assert.Equal(At.UtcDateTime, report.Newest);
        Assert.Equal("1 of its 6 mails are not reports about delivery", Assert.Single(report.LeftAlone).Why);
        Assert.Contains("3 recipients failed, 3 of them only in NDR mails", Text(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_in_a_log_and_in_a_mail_counts_once()
    {
        // LogText numbers its messages: <1@contoso.test>.
        Write("MSGTRK2026030410-1.LOG", new LogText(At).Fail(At, "a@remote.example", "550 5.1.1 User unknown").ToString());
        Write("same.eml", Mail("1", "A@remote.example", "failed", "smtp; 550 5.1.1 User unknown"));
        Write("other recipient.eml", Mail("1", "b@remote.example", "failed", "smtp; 550 5.1.1 User unknown"));
        // An event 2004 without a row, and the report of the same message.
        Write("events.xml", SampleExports.Events((1L, 2004, At, ["Internet Send", "<9@contoso.test>", "550 5.7.1 Relaying denied"])));
        Write("event.eml", Mail("9", "b@remote.example", "failed", "smtp; 550 5.7.1 Relaying denied"));
        var report = await ScanAsync(_folder);
        Assert.Equal(3, report.Sum(Counters.Failures));
        Assert.Equal((2, 1, 0), (report.Mails.Failed, report.Mails.Repeated, report.EventOnlyFailures));
    }

    [Fact]
    public async Task File_that_is_named_may_have_any_name_and_an_ordinary_mail_is_named()
    {
        Write("bounce.txt", Mail("1", "bob@fabrikam.example", "failed", "smtp; 550 5.1.1 User unknown"));
        Assert.Equal(1, (await ScanAsync(Path.Combine(_folder, "bounce.txt"))).Mails.Failed);
        Write("lunch.eml", "From: ann@contoso.test\nSubject: Lunch\n\nAt one?\n");
        var report = await ScanAsync(Path.Combine(_folder, "lunch.eml"));
        Assert.Equal("not a report about delivery: an ordinary mail", Assert.Single(report.LeftAlone).Why);
        Assert.Equal(0, report.Sum(Counters.Failures));
    }

    [Fact]
    public async Task Printed_trace_that_is_named_is_no_mail()
    {
        const string Printed = "\n\nMessageTraceId   : t1\nMessageId        : <1@contoso.test>\n"
            + "Received         : 2026-03-04T10:00:00Z\nSenderAddress    : b@contoso.test\n"
            + "RecipientAddress : a@remote.example\nSubject          : Lunch\nStatus           : Failed\n\n"
            + "MessageTraceId   : t2\nMessageId        : <2@contoso.test>\nReceived         : 2026-03-04T10:00:00Z\nSenderAddress    : b@contoso.test\n"
            + "RecipientAddress : c@remote.example\nSubject          : Lunch\nStatus           : Delivered\n\n";
        Write("trace.txt", Printed);
        var report = await ScanAsync(Path.Combine(_folder, "trace.txt"));
        Assert.Empty(report.LeftAlone);
        Assert.Equal((2, 1, 0), (report.Sum(Counters.Rows), report.Sum(Counters.Failures), report.Mails.Mails));
    }

    static string Mail(string id, string recipient, string action, string diagnostic) => $"""
        From: MAILER-DAEMON@mx.relay.example
        Date: Wed, 4 Mar 2026 10:00:00 +0000
        Message-ID: <dsn-{id}@mx.relay.example>
        Content-Type: multipart/report; boundary=b

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.relay.example

        Final-Recipient: rfc822; {recipient}
        Action: {action}
        {(diagnostic.Length > 0 ? "Diagnostic-Code: " + diagnostic : "X-None: -")}

        --b
        Content-Type: text/rfc822-headers

        Message-ID: <{id}@contoso.test>

        --b--

        """;

    static string From(string mail) => $"From MAILER-DAEMON Wed Mar  4 10:00:00 2026\n{mail}\n";

    static string Text(ScanReport report)
    {
        using var text = new StringWriter();
        ScanText.Write(report, Masking.Default, Spectre.Console.AnsiConsole.Create(new() { Out = new Spectre.Console.AnsiConsoleOutput(text) }));
        return text.ToString().ReplaceLineEndings(" ");
    }

    static async Task<ScanReport> ScanAsync(string path)
    {
        using var scanning = new Scanning(2, new TailOptions(), TimeProvider.System, new());
        return await scanning.RunAsync([path], null, TestContext.Current.CancellationToken);
    }

    void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
