using System.Net;
using System.Net.Sockets;
using Mailflow.Configuration;
using Mailflow.Mailing;
using Mailflow.Privacy;
using Mailflow.Tests.Enrich;
using Mailflow.Tests.Ship;
using SmtpServer.Protocol;

namespace Mailflow.Tests.Mailing;

public sealed class SmtpSenderTests
{
    static readonly Letter Letter = new($"A subject", $"A text\n", (Masked)$"<p>A text", "incident-1", IsUrgent: true);

    static Task<IReadOnlyList<MailResult>> SendAsync(MailTarget target, params IReadOnlyList<string> to) =>
        new SmtpSender(target, TimeProvider.System).SendAsync(Letter, to, TestContext.Current.CancellationToken);

    [Fact]
    public async Task Mail_arrives_and_does_not_name_the_machine()
    {
        await using var office = new PostOffice();
        Assert.All(await SendAsync(office.Target, "a@contoso.test", "b@contoso.test"), r => Assert.Equal(MailVerdict.Accepted, r.Verdict));
        var mail = await office.NextAsync();
        Assert.Equal(["a@contoso.test", "b@contoso.test"], mail.To);
        Assert.Equal(("A subject", "A text", "<p>A text"), (mail.Message.Subject, mail.Message.TextBody!.Trim(), mail.Message.HtmlBody!.Trim()));
        Assert.EndsWith("@contoso.test", mail.Message.MessageId, StringComparison.Ordinal);
        Assert.Equal("auto-generated", mail.Message.Headers["Auto-Submitted"]);
        Assert.Equal(["incident-1@contoso.test"], mail.Message.References);
        Assert.All(office.Greetings, g => Assert.Equal("contoso.test", g));
        Assert.DoesNotContain(Dns.GetHostName() + ">", mail.Message.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_recipient_does_not_stop_the_mail_for_the_others()
    {
        await using var office = new PostOffice(answer: to => to switch
        {
            "gone@contoso.test" => new(SmtpReplyCode.MailboxUnavailable, "5.1.1 unknown"),
            "full@contoso.test" => new((SmtpReplyCode)452, "4.2.2 later"),
            _ => null,
        });
        var results = await SendAsync(office.Target, "a@contoso.test", "gone@contoso.test", "full@contoso.test", "b@contoso.test");
        Assert.Equal([MailVerdict.Accepted, MailVerdict.Refused, MailVerdict.Later, MailVerdict.Accepted], results.Select(r => r.Verdict));
        Assert.Contains("5.1.1 unknown", results[1].Reason, StringComparison.Ordinal);
        Assert.Equal(["a@contoso.test", "b@contoso.test"], (await office.NextAsync()).To);
    }

    [Fact]
    public async Task All_recipients_refused_is_a_result_for_each()
    {
        await using var office = new PostOffice(answer: _ => new(SmtpReplyCode.MailboxUnavailable, "5.1.1 unknown"));
        Assert.All(await SendAsync(office.Target, "a@contoso.test", "b@contoso.test"), r => Assert.Equal(MailVerdict.Refused, r.Verdict));
        Assert.Empty(office.All);
    }

    [Fact]
    public async Task Address_that_is_not_ASCII_is_sent_only_where_the_server_supports_it()
    {
        await using var server = new MailServer();
        var target = new MailTarget(new("127.0.0.1", server.Port), "mailflow@contoso.test", MailSecurity.None);
        Assert.Contains("SMTPUTF8", Assert.Single(await SendAsync(target, "köln@bücher.example")).Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Heard, c => c.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Mail_that_is_too_large_is_not_sent()
    {
        await using var office = new PostOffice(maxSize: 100);
        var result = Assert.Single(await SendAsync(office.Target, "a@contoso.test"));
        Assert.Equal(MailVerdict.Rejected, result.Verdict);
        Assert.EndsWith("bytes, the server accepts 100", result.Reason, StringComparison.Ordinal);
        Assert.Empty(office.All);
    }

    [Theory]
    [InlineData(554, "Rejected")]
    [InlineData(451, "Later")]
    public async Task Answer_after_DATA_is_about_the_mail_and_not_the_recipients(int code, string verdict)
    {
        await using var office = new PostOffice(afterData: new((SmtpReplyCode)code, "5.7.1 content"));
        Assert.All(await SendAsync(office.Target, "a@contoso.test", "b@contoso.test"), r => Assert.Equal(verdict, r.Verdict.ToString()));
    }

    [Fact]
    public async Task Password_is_sent_only_over_TLS_and_is_never_shown()
    {
        using var certificate = Certificates.For("mail.test", selfSigned: true);
        await using var office = new PostOffice(certificate: certificate, password: "s3cr3t");
        var target = office.Target with { Security = MailSecurity.StartTls, AnyCertificate = true, User = "mailflow", Password = new("s3cr3t") };
        Assert.Equal(MailVerdict.Accepted, Assert.Single(await SendAsync(target, "a@contoso.test")).Verdict);

        var wrong = Assert.Single(await SendAsync(target with { Password = new("s3cr3t-2") }, "a@contoso.test"));
        Assert.Equal((MailVerdict.Misconfigured, "it refuses Mail:User or Mail:Password"), (wrong.Verdict, wrong.Reason));
        Assert.DoesNotContain("s3cr3t", target + wrong.ToString(), StringComparison.Ordinal);
        var nobody = Assert.Single(await SendAsync(target with { User = null }, "a@contoso.test"));
        Assert.Equal(MailVerdict.Misconfigured, nobody.Verdict);
        var strange = Assert.Single(await SendAsync(target with { AnyCertificate = false }, "a@contoso.test"));
        Assert.Equal(MailVerdict.Misconfigured, strange.Verdict);
        Assert.Contains("Mail:AnyCertificate", strange.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_STARTTLS_is_reported_with_the_setting()
    {
        await using var office = new PostOffice();
        var result = Assert.Single(await SendAsync(office.Target with { Security = MailSecurity.StartTls }, "a@contoso.test"));
        Assert.Equal(MailVerdict.Misconfigured, result.Verdict);
        Assert.Contains("Mail:Security", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_does_not_answer_is_given_up_at_the_deadline()
    {
        await using var server = new MailServer { Silent = true };
        var clock = new TestClock();
        var sending = new SmtpSender(new(new("127.0.0.1", server.Port), "mailflow@contoso.test", MailSecurity.None), clock)
            .SendAsync(Letter, ["a@contoso.test"], TestContext.Current.CancellationToken);
        await server.Taken.Soon();
        clock.Advance(SmtpSender.Deadline);
        Assert.Equal("no answer within 60 s", Assert.Single(await sending.Soon()).Reason);
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        Assert.Equal(
            MailVerdict.Later,
            Assert.Single(await SendAsync(new(new("127.0.0.1", port), "mailflow@contoso.test", MailSecurity.None), "a@contoso.test")).Verdict);
    }
}
