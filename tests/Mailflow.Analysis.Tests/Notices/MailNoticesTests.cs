using System.Diagnostics;
using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Notices;

namespace Mailflow.Analysis.Tests.Notices;

public sealed class MailNoticesTests
{
    const string Daemon = "From: MAILER-DAEMON@mx.example\nTo: ann@contoso.example\n";
    const string Status = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n";

    [Fact]
    public void Fields_of_a_report_are_given_word_for_word_and_the_action_decides()
    {
        var notices = One(Daemon + Status + """
            Final-Recipient: rfc822; ok@contoso.example
            Action: delivered (to mailbox)
            Status: 2.1.5

            Original-Recipient: rfc822;Alias@contoso.example
            Final-Recipient: RFC822; full@contoso.example
            Action: failed
            Status: 4.2.2 (452 Mailbox full)
            Remote-MTA: 192.0.2.7

            Final-Recipient: rfc822; gone@contoso.example
            Action: delayed
            Status: 4.4.7

            """).Notices;
        Assert.Equal(
            [
                new("delivery-status", "ok@contoso.example", Action: "delivered (to mailbox)", Status: "2.1.5", ReportingMta: "dns; mx.example"),
                new("delivery-status", "full@contoso.example", "rfc822;Alias@contoso.example", "failed", "4.2.2 (452 Mailbox full)", null, "192.0.2.7",
                    "dns; mx.example"),
                new("delivery-status", "gone@contoso.example", Action: "delayed", Status: "4.4.7", ReportingMta: "dns; mx.example"),
            ],
            notices.Select(n => n.Report));
        Assert.Equal([true, false, false], notices.Select(n => n.IsGood));
        // 452 is final since the server gave up, and OpenSMTPD calls an expired message delayed.
        Assert.Equal([Cause.MailboxFull, Cause.MessageExpired], notices.Skip(1).Select(n => n.Diagnose().Cause));
        Assert.Equal([Permanence.Permanent, Permanence.Permanent], notices.Skip(1).Select(n => n.Diagnose().Permanence));
    }

    /// <summary>Exchange's warning has the status with which OpenSMTPD gives up.</summary>
    [Theory]
    [InlineData("Status: 4.4.7\nDiagnostic-Code: smtp;400 4.4.7 Message delayed\nWill-Retry-Until: Fri, 20 Nov 2026 08:00:06 GMT", "Delayed Unknown Transient")]
    [InlineData("Status: 4.4.7\nDiagnostic-Code: smtp;400 4.4.7 Message delayed", "Delayed Unknown Transient")]
    [InlineData("Status: 4.4.7\nDiagnostic-Code: smtp;450 4.2.2 Mailbox full", "Delayed MailboxFull Transient")]
    [InlineData("Status: 4.4.7\nWill-Retry-Until: Fri, 20 Nov 2026 08:00:06 +0000", "Delayed Unknown Transient")]
    [InlineData("Status: 4.4.7\nDiagnostic-Code: smtp;450 4.4.7 Envelope expired", "Delayed MessageExpired Transient")]
    [InlineData("Status: 4.4.7", "Failed MessageExpired Permanent")]
    [InlineData("Status: 4.4.7\nDiagnostic-Code: X-Local; Envelope expired", "Failed MessageExpired Permanent")]
    public void Delay_is_a_failure_only_where_the_message_has_expired(string fields, string expected)
    {
        var notice = Assert.Single(One($"{Daemon}{Status}Final-Recipient: rfc822; a@contoso.example\nAction: delayed\n{fields}\n").Notices);
        var diagnosis = notice.Diagnose();
        Assert.Equal(expected, $"{notice.Action} {diagnosis.Cause} {diagnosis.Permanence}");
    }

    [Theory]
    [InlineData("from a.example (b.example [192.0.2.9]) by mx.example with ESMTP; Fri, 20 Nov 2026 08:00:00 +0000",
        "a.example [192.0.2.9] > mx.example, Fri, 20 Nov 2026 08:00:00 +0000")]
    [InlineData("from EX01.contoso.example (192.0.2.1) by\n EX02.contoso.example (192.0.2.2) with Microsoft SMTP Server\n (version=TLS1_2) id 15.2; x",
        "EX01.contoso.example [192.0.2.1] > EX02.contoso.example, x")]
    [InlineData("from x (x [IPv6:2001:db8::1]) by mx.example", "x [2001:db8::1] > mx.example")]
    [InlineData("by mx.example id 7", "mx.example")]
    public void Received_fields_are_the_path_of_the_message(string received, string hop)
    {
        var mail = Daemon + "Content-Type: multipart/report; boundary=b\n\n--b\n" + Status + "Final-Recipient: rfc822;a@b.example\nAction: failed\n\n--b\n"
            + $"Content-Type: text/rfc822-headers\n\nReceived: from z by last.example\nReceived: {received}\n\n--b--";
        var facts = Assert.Single(One(mail).Notices).Facts;
        Assert.Equal((hop, "z > last.example"), (facts.Value("hop_1"), facts.Value("hop_2")));
    }

    [Theory]
    [InlineData("Subject: Lunch\n\nThe server said 550 5.1.1 to me", "This is an ordinary mail with the subject 'Lunch'")]
    [InlineData("Subject: Re: x\nAuto-Submitted: auto-replied\n\nI am away", "This is an automatic reply with the subject 'Re: x'")]
    [InlineData("Content-Type: multipart/report; report-type=tlsrpt; boundary=b\n\n--b\n\n--b--", "This is a report of type tlsrpt, not")]
    public void Mail_without_a_report_is_refused_in_a_sentence(string mail, string sentence)
    {
        var read = One("From: bob@fabrikam.example\n" + mail);
        Assert.Empty(read.Notices);
        Assert.StartsWith(sentence, read.Refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Fri, 20 Nov 2026 09:00:06 +0100 (W. Europe Standard Time)", "2026-11-20T08:00:06")]
    [InlineData("20 Nov 2026 08:00:06 GMT", "2026-11-20T08:00:06")]
    [InlineData("Fri, 20 Nov 2026 03:00:06 EST", "2026-11-20T08:00:06")]
    [InlineData("Fri, 20 Nov 2026 09:00:06 CET", "0001-01-01T00:00:00")]
    [InlineData("Fri, 20 Nov 2026 09:00:06 GMT+0100", "0001-01-01T00:00:00")]
    [InlineData("20. Dezember 2026 09:00:06 +0100", "0001-01-01T00:00:00")]
    public void Time_of_a_report_is_known_only_with_its_zone(string date, string time) =>
        Assert.Equal(time, One($"{Daemon}Date: {date}\n\n550 5.1.1 no").Time.ToString("s"));

    [Theory]
    [InlineData("iso-8859-1", "windows-1252")]
    [InlineData("us-ascii", "windows-1252")]
    [InlineData("windows-1252", "utf-8")]
    [InlineData("no-such-charset", "utf-8")]
    [InlineData("iso-2022-jp", "iso-2022-jp")]
    public void Text_is_read_in_its_character_set_or_in_the_one_that_it_is(string declared, string written)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(written) ?? Encoding.UTF8;
        var heading = written == "iso-2022-jp" ? "管理者向けの診断情報:" : "Diagnoseinformationen für Administratoren:";
        byte[] mail =
        [
            .. Encoding.ASCII.GetBytes($"{Daemon}Content-Type: text/plain; charset={declared}\n\n"),
            .. encoding.GetBytes($"{heading}\n\nServer: EX01.contoso.example\n\nbob@fabrikam.example\nRemote Server returned '552 5.2.2 full'\n"),
        ];
        var notice = Assert.Single(Assert.Single(MailNotices.Read(new MemoryStream(mail))).Notices);
        Assert.Equal(("bob@fabrikam.example", "EX01.contoso.example"), (notice.Report?.Recipient, notice.Report?.ReportingMta));
        Assert.Equal(Cause.MailboxFull, notice.Diagnose().Cause);
    }

    [Theory]
    [InlineData("koi8-r", "Ящик переполнен")]
    [InlineData("iso-2022-jp", "配信不能")]
    [InlineData("windows-1252", "Postfach überfüllt")]
    public void Encoded_words_of_a_header_are_read_in_every_code_page(string charset, string words)
    {
        var encoded = Convert.ToBase64String(CodePagesEncodingProvider.Instance.GetEncoding(charset)!.GetBytes(words));
        Assert.Contains($"'{words}'", One($"From: bob@fabrikam.example\nSubject: =?{charset}?B?{encoded}?=\n\nx").Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Mbox_has_many_mails_and_a_damaged_one_does_not_hide_the_next()
    {
        var report = Daemon + Status + "Final-Recipient: rfc822; {0}@contoso.example\nAction: failed\nStatus: 5.1.1\n\n";
        var mbox = string.Join('\n', ((string[])["a", "b", "c"]).Select(n => "From MAILER-DAEMON Fri Nov 20 08:00:06 2026\n" + string.Format(null, report, n)));
        mbox = mbox.Insert(
            mbox.LastIndexOf("From MAILER", StringComparison.Ordinal), "From x 08:00\nno header\n\nFrom y 08:00\nSubject: z\n\nFrom here on\n\n");
        var mails = MailNotices.Read(Stream(mbox)).ToList();
        Assert.Equal(["a@contoso.example", "b@contoso.example", "c@contoso.example"], mails.SelectMany(m => m.Notices).Select(n => n.Report?.Recipient));
        Assert.Contains(mails, m => m.Refused is not null);
    }

    /// <summary>Each of these took minutes or gigabytes without the bounds.</summary>
    [Theory]
    [InlineData("Subject: x\n", " folded\n")]
    [InlineData("Subject: ", "=?utf-8?B?w6Q=?= ")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\n")]
    [InlineData("", "Content-Type: multipart/mixed; boundary=b\n\n--b\n")]
    [InlineData("", "Content-Type: message/rfc822\n\n")]
    [InlineData("Content-Type: text/html\n\n<", "a ")]
    [InlineData("Content-Type: text/html\n\n", "<td>")]
    [InlineData("", "a:\n")]
    [InlineData("\n", "host: mx.contoso.example\n\n")]
    public void Mail_of_any_shape_is_read_in_a_bounded_time(string start, string repeated)
    {
        var mail = Daemon + start + string.Concat(Enumerable.Repeat(repeated, 8_000_000 / repeated.Length));
        var clock = Stopwatch.StartNew();
        Assert.Single(MailNotices.Read(Stream(mail)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"{clock.Elapsed}");
    }

    [Fact]
    public void Delivery_status_without_any_empty_line_loses_no_recipient()
    {
        var status = string.Concat(Enumerable.Range(0, 30_000).Select(n => $"Final-Recipient: rfc822; u{n}@contoso.example\nAction: failed\nStatus: 5.2.2\n"));
        var notices = One(Daemon + Status.TrimEnd('\n') + "\n" + status).Notices;
        Assert.Equal(30_000, notices.Count);
        Assert.All(notices, n => Assert.Equal(("failed", "5.2.2"), (n.Report?.Action, n.Report?.Status)));
    }

    static MailNotices One(string mail) => Assert.Single(MailNotices.Read(Stream(mail)));

    static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
