using Mailflow.Mailing;
using Mailflow.Privacy;
using Mailflow.Ship;
using Mailflow.Tests.Ship;
using SmtpServer.Protocol;

namespace Mailflow.Tests.Mailing;

public sealed class MailRoundTests
{
    static readonly Letter Letter = new($"A subject", $"A text\n");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mail_that_every_recipient_refuses_in_the_end_is_not_sent_and_begins_anew()
    {
        var busy = true;
        var refused = true;
        await using var office = new PostOffice(answer: to => to switch
        {
            "gone@contoso.test" when refused => new(SmtpReplyCode.MailboxUnavailable, "5.1.1 unknown"),
            "busy@contoso.test" when busy => new((SmtpReplyCode)450, "4.3.2 later"),
            "busy@contoso.test" when refused => new(SmtpReplyCode.MailboxUnavailable, "5.2.1 disabled"),
            _ => null,
        });
        using var log = new TestLog();
        var round = new MailRound(office.Target, ["gone@contoso.test", "busy@contoso.test"], TimeProvider.System, log);
        Assert.Equal(SinkOutcome.Later, (await round.SendAsync("1", Letter, Cancel)).Outcome);
        busy = false;
        var answer = await round.SendAsync("1", Letter, Cancel);
        Assert.Equal(SinkOutcome.Misconfigured, answer.Outcome);
        Assert.Contains("5.2.1 disabled", answer.Reason, StringComparison.Ordinal);
        Assert.Empty(office.All);

        refused = false;
        Assert.Equal(SinkOutcome.Taken, (await round.SendAsync("1", Letter, Cancel)).Outcome);
        Assert.Equal(["gone@contoso.test", "busy@contoso.test"], (await office.NextAsync()).To);
    }

    [Fact]
    public async Task Mail_that_is_too_large_is_rejected_and_a_shorter_one_is_sent()
    {
        await using var office = new PostOffice(maxSize: 2000);
        using var log = new TestLog();
        var round = new MailRound(office.Target, ["a@contoso.test"], TimeProvider.System, log);
        var answer = await round.SendAsync("1", Letter with { Text = Masking.Plain.Text(new string('x', 5000)) }, Cancel);
        Assert.Equal(SinkOutcome.Rejected, answer.Outcome);
        Assert.StartsWith("the mail is not accepted: it has ", answer.Reason, StringComparison.Ordinal);
        Assert.Equal(SinkOutcome.Taken, (await round.SendAsync("1", Letter, Cancel)).Outcome);
    }
}
