using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Notices;
using Mailflow.Commands;

namespace Mailflow.Tests.Commands;

public sealed class ExplainInputTests
{
    const string List = "550 5.1.1 User unknown\r\n\r\n552 5.2.2 Mailbox full\r\n";
    const string Report = "Final-Recipient: rfc822;bob@fabrikam.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;550 5.1.1 User\n unknown\n";

    [Theory]
    [InlineData(List, nameof(InputShape.Auto), "550 5.1.1 User unknown|552 5.2.2 Mailbox full")]
    [InlineData(List, nameof(InputShape.EachLine), "550 5.1.1 User unknown|552 5.2.2 Mailbox full")]
    [InlineData(List, nameof(InputShape.OneText), "550 5.1.1 User unknown\n\n552 5.2.2 Mailbox full")]
    [InlineData(Report, nameof(InputShape.Auto), "550 5.1.1 User unknown")]
    [InlineData(Report, nameof(InputShape.OneText), "550 5.1.1 User unknown")]
    [InlineData("\n  \n", nameof(InputShape.Auto), "")]
    [InlineData("\n  \n", nameof(InputShape.OneText), "")]
    [InlineData("", nameof(InputShape.Auto), "")]
    public async Task Input_is_divided_by_its_shape_or_as_the_option_says(string input, string shape, string texts) =>
        Assert.Equal(texts, string.Join('|', await TextsAsync(input, Enum.Parse<InputShape>(shape))));

    [Fact]
    public async Task Each_line_of_a_report_is_a_text_only_if_the_option_says_so() => Assert.Equal(5, (await TextsAsync(Report, InputShape.EachLine)).Count);

    [Fact]
    public async Task List_that_is_longer_than_the_lines_that_decide_is_read_to_its_end()
    {
        var count = 3 * NoticeText.LinesThatDecide;
        var texts = await TextsAsync(string.Concat(Enumerable.Range(0, count).Select(n => $"550 5.1.1 <u{n}@fabrikam.example> User unknown\n")),
            InputShape.Auto);
        Assert.Equal((count, $"550 5.1.1 <u{count - 1}@fabrikam.example> User unknown"), (texts.Count, texts[^1]));
    }

    [Fact]
    public void Words_that_name_a_file_are_a_file_and_a_status_text_is_none()
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.Equal(file, ExplainInput.FileIn([file]));
            Assert.Null(ExplainInput.FileIn([file, "x"]));
            Assert.Null(ExplainInput.FileIn(["550 5.1.1 User unknown"]));
            Assert.Null(ExplainInput.FileIn(["a\0b"]));
            Assert.Null(ExplainInput.FileIn([""]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("delayed.eml", true)]
    [InlineData("/no/such/folder/My Mail.MSG", true)]
    [InlineData("bounces.mbox", true)]
    [InlineData("ndr-5.1.1.txt", true)]
    [InlineData("550 5.7.1 see why.txt", false)]
    [InlineData("550 5.7.1 see https://mx.example/why.txt", false)]
    [InlineData("User unknown", false)]
    [InlineData("delayed", false)]
    [InlineData("", false)]
    public void Name_of_a_mail_or_text_that_does_not_exist_is_a_missing_file(string word, bool isMissing) =>
        Assert.Equal(isMissing ? word : null, ExplainInput.MissingFileIn([word]));

    [Fact]
    public void Name_of_a_missing_file_among_words_is_a_status_text() => Assert.Null(ExplainInput.MissingFileIn(["delayed.eml", "rejected"]));

    [Fact]
    public async Task Printed_trace_has_one_notice_for_each_recipient_and_is_no_mail()
    {
        const string Printed = "\n\nMessageTraceId   : t1\nMessageId        : <1@contoso.test>\n"
            + "Received         : 2026-03-04T10:00:00Z\nSenderAddress    : b@contoso.test\n"
            + "RecipientAddress : a@remote.example\nSubject          : Lunch\nStatus           : Failed\n\n"
            + "MessageTraceId   : t2\nMessageId        : <2@contoso.test>\nReceived         : 2026-03-04T10:00:00Z\nSenderAddress    : b@contoso.test\n"
            + "RecipientAddress : c@remote.example\nSubject          : Lunch\nStatus           : Delivered\n\n";
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Printed, TestContext.Current.CancellationToken);
            var refused = new List<string>();
            var notices = await ExplainInput.OfFileAsync(file, InputShape.Auto, refused, TestContext.Current.CancellationToken)
                .ToListAsync(TestContext.Current.CancellationToken);
            Assert.Empty(refused);
            Assert.Equal(
                [("a@remote.example", DeliveryAction.Failed), ("c@remote.example", DeliveryAction.Delivered)],
                notices.Select(n => (n.Facts.Value("recipient") ?? "", n.Action)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Text_of_the_command_line_may_be_a_report()
    {
        var notice = Assert.Single(ExplainInput.Of([Report], InputShape.Auto));
        Assert.Equal("bob@fabrikam.example", notice.Facts.Value("recipient"));
    }

    [Fact]
    public async Task File_of_mails_is_read_in_its_own_character_set_and_says_what_was_left_out()
    {
        const string Mail = "From: MAILER-DAEMON@mx.relay.example\nContent-Type: text/plain; charset=iso-8859-1\n\n"
            + "Diagnoseinformationen f\u00fcr Administratoren:\n\nServer: EX01.contoso.test\n\nbob@fabrikam.example\n#552 5.2.2 Postfach voll ##\n";
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                file, $"From a 10:00\n{Mail}\nFrom b 11:00\nFrom: ann@contoso.test\nSubject: Lunch\n\nAt one?\n", Encoding.Latin1,
                TestContext.Current.CancellationToken);
            var refused = new List<string>();
            var notices = await ExplainInput.OfFileAsync(file, InputShape.Auto, refused, TestContext.Current.CancellationToken)
                .ToListAsync(TestContext.Current.CancellationToken);
            Assert.Equal("bob@fabrikam.example", Assert.Single(notices).Report?.Recipient);
            Assert.Equal("1 of 2 mails are not reports about delivery: they are left out.", Assert.Single(refused));
        }
        finally
        {
            File.Delete(file);
        }
    }

    static async Task<List<string>> TextsAsync(string input, InputShape shape)
    {
        var texts = new List<string>();
        await foreach (var notice in ExplainInput.OfAsync(new StringReader(input), shape))
            texts.Add(notice.Text);
        return texts;
    }
}
