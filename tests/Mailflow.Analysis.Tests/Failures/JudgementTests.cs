using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

/// <summary>How words, codes, the command that was answered and the order of clauses are weighed against each other.</summary>
public sealed class JudgementTests
{
    [Theory]
    [InlineData("550 5.7.1 no (in reply to RCPT TO command)", ReplyStage.Rcpt)]
    [InlineData("host mx.contoso.example[192.0.2.5] said: 550 no (in reply to end of DATA command)", ReplyStage.EndOfData)]
    [InlineData("SMTP error from remote mail server after MAIL FROM:<ann@contoso.example> SIZE=2048: 550 no", ReplyStage.Mail)]
    [InlineData("SMTP error from remote mail server after pipelined RCPT TO:<bob@contoso.example>: 550 no", ReplyStage.Rcpt)]
    [InlineData("lost connection with mx.contoso.example[192.0.2.5] while sending message body", ReplyStage.EndOfData)]
    [InlineData("timed out while receiving the initial server greeting", ReplyStage.Connect)]
    [InlineData("554 no (in reply to EHLO command)", ReplyStage.Helo)]
    [InlineData("550 no mail after 18:00, look after data", ReplyStage.Data)]
    [InlineData("550 The user is away. Please wait while we look", ReplyStage.None)]
    [InlineData("503 need RCPT before DATA", ReplyStage.None)]
    public void Command_that_was_answered_is_a_fact(string text, ReplyStage stage) => Assert.Equal(stage, Diagnosis.Of(text).Stage);

    [Theory]
    // The note on the command says nothing about the cause.
    [InlineData("550 5.2.2 mailbox full (in reply to RCPT TO command)", Cause.MailboxFull)]
    [InlineData("lost connection with mx.contoso.example while performing the EHLO handshake", Cause.NetworkFailure)]
    // After MAIL, the address or the domain that is missing is the sender's; so says a code of RFC 3463.
    [InlineData("550 5.1.1 user unknown (in reply to MAIL FROM command)", Cause.SenderRejected)]
    [InlineData("550 domain does not exist (in reply to MAIL FROM command)", Cause.SenderRejected)]
    [InlineData("550 5.1.8 no such domain", Cause.SenderRejected)]
    [InlineData("550 domain does not exist (in reply to RCPT TO command)", Cause.DnsFailure)]
    [InlineData("550 gnu (in reply to RCPT TO command)", Cause.InvalidRecipient)]
    [InlineData("550 gnu (in reply to MAIL FROM command)", Cause.SenderRejected)]
    [InlineData("550 gnu (in reply to end of DATA command)", Cause.Unknown)]
    // The purpose of a measure, and where to read more, are not the reason.
    [InlineData("550 To protect our users from spam, mail with two Date headers is malformed", Cause.ProtocolError)]
    [InlineData("550 5.1.1 user unknown. For more information about spam and blocklists see https://contoso.example/help", Cause.InvalidRecipient)]
    [InlineData("452 4.2.2 mailbox full, see https://www.spamhaus.org/faq", Cause.MailboxFull)]
    // An opening gives way to the clause behind it, whichever it is.
    [InlineData("421 Connection refused, too many connections", Cause.RateLimited)]
    [InlineData("554 Rejected for policy reasons: 192.0.2.5 is on our blocklist", Cause.Blocklisted)]
    [InlineData("421 Connection refused", Cause.NetworkFailure)]
    [InlineData("554 Rejected for policy reasons", Cause.PolicyRestriction)]
    [InlineData("450 4.1.1 <bob@contoso.example>: Recipient address rejected: unverified address: Connection refused", Cause.NetworkFailure)]
    // What a server quotes from its check of the sender is about the sender.
    [InlineData("450 4.1.7 <a@contoso.example>: Sender address rejected: unverified address: host mx said: 550 5.1.1 user unknown", Cause.SenderRejected)]
    // Words inside of names decide nothing; the zone of a list does.
    [InlineData("550 5.1.1 spf.dmarc.contoso.example: gnu", Cause.InvalidRecipient)]
    [InlineData("550 gnu at virus-scanner.contoso.example", Cause.Unknown)]
    [InlineData("550 5.7.1 refused by bl.mailspike.net", Cause.Blocklisted)]
    // A code about the recipient under words about something else is not sure; 551 and 553 need an address.
    [InlineData("551 gnu", Cause.Unknown)]
    [InlineData("553 gnu <bob@contoso.example>", Cause.InvalidRecipient)]
    public void Cause_is_that_of_the_clause_that_says_what_is_wrong(string text, Cause cause) => Assert.Equal(cause, Diagnosis.Of(text).Cause);

    [Theory]
    [InlineData("250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded")]
    [InlineData("250 2.0.0 OK, spam score 0.1")]
    [InlineData("2.6.0 queued mail for delivery, mailbox full")]
    public void Success_reply_is_no_failure(string text)
    {
        var diagnosis = Diagnosis.Of(text);
        Assert.True(diagnosis.IsSuccess);
        Assert.Equal(Cause.Unknown, diagnosis.Cause);
        Assert.Empty(diagnosis.Evidence);
    }

    [Fact]
    public void Code_alone_is_less_sure_than_words_and_least_sure_where_the_words_speak_of_something_else()
    {
        var words = Diagnosis.Of("550 user unknown").Confidence;
        var code = Diagnosis.Of("550 5.1.1 gnu").Confidence;
        var vendor = Diagnosis.Of("550 5.7.515 gnu").Confidence;
        var vetoed = Diagnosis.Of("550 5.1.1 gnu sender gnu").Confidence;
        Assert.True(words > code && vendor > code && code > vetoed, $"words {words}, code {code}, vendor's code {vendor}, another subject {vetoed}");
        Assert.True(code < 0.8 && vetoed < 0.5);
    }

    [Fact]
    public void An_address_at_the_start_is_no_code()
    {
        var qmail = Diagnosis.Of("212.227.17.4 does not like recipient. Remote host said: 550 5.1.1 user unknown");
        Assert.Equal((550, Cause.InvalidRecipient), (qmail.Smtp, qmail.Cause));
    }

    [Fact]
    public void The_answer_of_a_name_server_is_no_reply_that_is_quoted() => Assert.Equal(
        ("nxdomain", Fault.Sender),
        Diagnosis.Of("DNS Error: DNS type 'mx' lookup of nosuch.example responded with code NXDOMAIN Domain name not found: nosuch.example") is var d
            ? (d.SubReason, d.Fault)
            : default);

    [Fact]
    public void Evidence_says_why_a_missing_address_is_the_senders() =>
        Assert.Contains("sender's", Diagnosis.Of("550 5.1.2 NXDOMAIN (in reply to MAIL FROM command)").Evidence[0].Says, StringComparison.Ordinal);
}
