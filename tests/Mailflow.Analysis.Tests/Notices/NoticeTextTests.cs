using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Notices;

namespace Mailflow.Analysis.Tests.Notices;

public sealed class NoticeTextTests
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Samples", "notices");

    public static TheoryData<string> Samples => [.. Directory.GetFiles(Folder).Where(f => !f.EndsWith(".expected", StringComparison.Ordinal))
        .Select(f => Path.GetFileName(f))];

    /// <summary>One line per status: recipient, action, permanence, text, and the facts. With UPDATE_EXPECTED=1 the file is written.</summary>
    [Theory]
    [MemberData(nameof(Samples))]
    public void Report_gives_one_status_per_recipient(string sample)
    {
        var text = File.ReadAllText(Path.Combine(Folder, sample));
        Assert.True(NoticeText.IsOne(Lines(text)), "not read as one text");
        var said = new StringBuilder();
        foreach (var notice in NoticeText.Read(text))
        {
            said.Append($"{notice.Facts.Value("recipient") ?? "-"} | {notice.Action} | {notice.Diagnose().Permanence} | {notice.Text}\n");
            foreach (var fact in notice.Facts.Where(f => f.Name is not "recipient" and not "action"))
                said.Append($"    {fact.Name}: {fact.Value}\n");
        }
        var expected = Path.Combine(Folder, sample + ".expected");
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "1")
            File.WriteAllText(expected = Path.Combine(Source(), sample + ".expected"), said.ToString());
        Assert.Equal(File.ReadAllText(expected).ReplaceLineEndings("\n"), said.ToString());
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Line_ends_of_Windows_change_nothing(string sample)
    {
        var text = File.ReadAllText(Path.Combine(Folder, sample)).ReplaceLineEndings("\n");
        Assert.Equal(NoticeText.Read(text).Select(n => n.Text), NoticeText.Read(text.Replace("\n", "\r\n", StringComparison.Ordinal)).Select(n => n.Text));
    }

    /// <summary>No recipient is left out, with the reason in the delivery status, in the text for people, or without a delivery status.</summary>
    [Theory]
    [InlineData("Reporting-MTA: dns; mx.example\n\n",
        "Final-Recipient: rfc822; b{0}@contoso.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no\n\n")]
    [InlineData("Reporting-MTA: dns; mx.example\n\n", "Final-Recipient: rfc822; b{0}@contoso.example\nAction: failed\nStatus: 5.1.1\n\n")]
    [InlineData("This is the mail system at host mx.example.\n\n", "<b{0}@contoso.example>: 550 5.1.1 no\n\n")]
    public void Report_with_many_recipients_is_read_whole(string start, string each)
    {
        var text = start + string.Concat(Enumerable.Range(0, 20_000).Select(n => string.Format(CultureInfo.InvariantCulture, each, n)));
        var clock = Stopwatch.StartNew();
        var notices = NoticeText.Read(text);
        Assert.Equal(20_000, notices.Count);
        Assert.Equal("b19999@contoso.example", notices[^1].Facts.Value("recipient"));
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), $"{clock.Elapsed}: the time must not grow with the square of the recipients");
    }

    /// <summary>Where one recipient has a reply, the others are answered too; a sentence that begins with an address is none.</summary>
    [Theory]
    [InlineData("""
        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of its recipients.

          a@nosuch.example
            Unrouteable address
          b@contoso.example
            mailbox is full: retry timeout exceeded
          c@contoso.example
            (generated from all@contoso.example)
            host mx.contoso.example [192.0.2.1]
            SMTP error from remote mail server after end of data:
            554 5.7.1 Spam
        """, "a@nosuch.example DnsFailure|b@contoso.example MailboxFull|c@contoso.example SpamContent")]
    [InlineData("""
        This is the mail system at host mx.relay.example.

        I'm sorry to have to inform you that your message could not be delivered.
        help@relay.example answers questions about this.

        <a@contoso.example>: host mx.contoso.example[192.0.2.1] said: 552 5.2.2 Mailbox
            full (in reply to RCPT TO command)

        <b@nosuch.example> (expanded from <all@relay.example>): Host or domain name not found.
            Name service error for name=nosuch.example type=A: Host not found
        """, "a@contoso.example MailboxFull|b@nosuch.example DnsFailure")]
    [InlineData("""
           ----- The following addresses had permanent fatal errors -----
        <a@nosuch.example>
            (reason: Host unknown)
        <b@contoso.example>
            (reason: 554 5.7.1 <b@contoso.example>: Relay access denied)

           ----- Transcript of session follows -----
        550 5.1.2 <a@nosuch.example>... Host unknown (Name server: nosuch.example: host not found)
        """, "a@nosuch.example DnsFailure|b@contoso.example RelayDenied")]
    [InlineData("""
           ----- The following addresses had permanent fatal errors -----
        <a@nosuch.example>
            (reason: Host unknown)
        <b@contoso.example>
            (reason: Mailbox full)

           ----- Transcript of session follows -----
        550 5.1.2 <a@nosuch.example>... Host unknown (Name server: nosuch.example: host not found)
        """, "a@nosuch.example DnsFailure|b@contoso.example MailboxFull")]
    public void Recipient_without_a_code_is_answered_beside_one_with_a_code(string bounce, string expected) =>
        Assert.Equal(expected, string.Join('|', NoticeText.Read(bounce).Select(n => $"{n.Facts.Value("recipient")} {n.Diagnose().Cause}")));

    [Theory]
    [InlineData("{a@x.example, b@x.example}", "{550 5.1.1 User unknown, 452 4.2.2 Mailbox full}", "a@x.example 550 5.1.1|b@x.example 452 4.2.2")]
    [InlineData(null, "{550 5.1.1 User unknown, 452 4.2.2 Mailbox full}", "- 550 5.1.1|- 452 4.2.2")]
    [InlineData("{a@x.example, b@x.example, c@x.example}",
        "{250 2.1.5 Recipient OK, [{LED=550 5.1.1 no, 550 5.7.1 no};{MSG=};{FQDN=};{IP=};{LRT=}], 452-4.2.2 full}",
        "a@x.example 250 2.1.5|b@x.example 550 5.1.1|c@x.example 452 4.2.2")]
    [InlineData("{a@x.example, b@x.example...}", "{550 5.1.1 no, 552 5.2.2 full...}", "a@x.example 550 5.1.1|b@x.example 552 5.2.2")]
    [InlineData("{a@x.example}", "{550 5.7.1 no, see 550 5.7.1 of the list, 550 users}", "a@x.example 550 5.7.1")]
    [InlineData("{a@x.example, b@x.example}", "{550 5.7.1 blocked, see https://x.example, or call 555}", "a@x.example 550 5.7.1")]
    public void Each_member_of_a_list_of_statuses_is_an_answer(string? recipients, string statuses, string expected)
    {
        var text = $"EventId         : FAIL\n{(recipients is null ? "" : $"Recipients      : {recipients}\n")}RecipientStatus : {statuses}\n";
        Assert.Equal(expected, string.Join('|', NoticeText.Read(text).Select(n => (n.Facts.Value("recipient") ?? "-", n.Diagnose()))
            .Select(n => $"{n.Item1} {n.Item2.Smtp} {n.Item2.Enhanced}")));
    }

    [Theory]
    [InlineData("550 5.1.1 User unknown\n552 5.2.2 Mailbox full\n451 4.7.1 Greylisted")]
    [InlineData("550 5.1.1 User unknown\n\n552 5.2.2 Mailbox full\n\n")]
    [InlineData("[{LED=550 5.1.1 no};{MSG=};{FQDN=};{IP=};{LRT=}]\n[{LED=552 5.2.2 full};{MSG=};{FQDN=};{IP=};{LRT=}]")]
    [InlineData("User unknown\nMailbox full\nno such domain")]
    [InlineData("host a.example[192.0.2.1] said: 550 5.1.1 no\nhost b.example[192.0.2.2] said: 552 5.2.2 full\nlost connection")]
    [InlineData("550-5.7.1 blocked 550 5.7.1 see the page\n550 5.1.1 no")]
    [InlineData("550 5.1.1 Delivery has failed to these recipients or groups\n550 5.2.1 Reporting-MTA: dns; x\n550 5.1.1 no")]
    public void List_with_one_status_per_line_stays_a_list(string text) => Assert.False(NoticeText.IsOne(Lines(text)));

    [Theory]
    [InlineData("550 5.1.1 User unknown")]
    [InlineData("550-5.7.1 blocked\n550-5.7.1 for reasons\n550 5.7.1 see the page")]
    [InlineData("Your mail did not arrive.\n\nThe server said:\n\n550 5.1.1 no such user\n\nPlease call us.")]
    public void Reply_and_paragraph_are_one_text(string text) => Assert.True(NoticeText.IsOne(Lines(text)));

    [Fact]
    public void Corpus_of_replies_is_a_list()
    {
        var corpus = File.ReadLines(Path.Combine(Folder, "..", "diagnostics", "corpus.tsv")).Skip(1).Select(l => l.Split('\t')[0]).ToList();
        for (var from = 0; from + 2 < corpus.Count; from += 37)
            foreach (var length in (int[])[2, 3, 30, NoticeText.LinesThatDecide])
                Assert.False(NoticeText.IsOne(corpus.Skip(from).Take(length).ToList()), $"{length} lines from line {from}: {corpus[from]}");
    }

    [Fact]
    public void Whatever_is_pasted_has_statuses_and_nothing_throws()
    {
        string[] pieces = [.. Samples.SelectMany(s => File.ReadAllLines(Path.Combine(Folder, (string)s.Data))), "", "", " ", "--=_part", "--", "\0",
            "=", "=Z", "a: b", "@", "<@>", ": x"];
        var random = new Random(7);
        for (var n = 0; n < 3000; n++)
        {
            var lines = Enumerable.Range(0, random.Next(60)).Select(_ => pieces[random.Next(pieces.Length)]).ToList();
            _ = NoticeText.IsOne(lines);
            Assert.NotEmpty(NoticeText.Read(string.Join('\n', lines)));
        }
        // A mail that is cut off anywhere.
        var mail = File.ReadAllText(Path.Combine(Folder, "exchange-on-premises.eml"));
        for (var length = 0; length < mail.Length; length += 7)
            Assert.NotEmpty(NoticeText.Read(mail[..length]));
    }

    static List<string> Lines(string text) => [.. text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Take(NoticeText.LinesThatDecide)];

    static string Source()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, "tests", "Mailflow.Analysis.Tests", "Samples", "notices");
    }
}
