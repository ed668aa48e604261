using Mailflow.Commands;
using Mailflow.Tests.Mailing;
using SmtpServer.Protocol;

namespace Mailflow.Tests.Commands;

public sealed class NotifyTestTests
{
    [Theory]
    [InlineData("a@contoso.test", ExitCode.Good)]
    [InlineData("a@contoso.test, gone@contoso.test", ExitCode.BadNews)]
    public async Task Recipient_that_is_refused_is_named_and_the_exit_code_is_1(string to, int exit)
    {
        await using var office = new PostOffice(
            answer: r => r.StartsWith("gone", StringComparison.Ordinal) ? new(SmtpReplyCode.MailboxUnavailable, "5.1.1 unknown") : null);
        using var output = new StringWriter();
        var recipients = to.Split(", ");
        Assert.Equal(
            exit, await NotifyCommand.TestAsync(
                new() { Mail = office.Target, Notify = new() { MailTo = recipients } }, output, TestContext.Current.CancellationToken));
        Assert.Equal(exit != ExitCode.Good, output.ToString().Contains("refused: gone@contoso.test: 550 5.1.1 unknown", StringComparison.Ordinal));
    }
}
