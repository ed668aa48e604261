using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Mailflow.Configuration;
using Mailflow.Tests.Ship;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Mailflow.Tests.Mailing;

/// <summary>A mail with its envelope.</summary>
sealed record Delivered(IReadOnlyList<string> To, MimeMessage Message);

/// <summary>A real SMTP server on loopback. It can refuse recipients, and require a user.</summary>
sealed class PostOffice : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly Happenings<Delivered> _mails = new();
    readonly SmtpServer.SmtpServer _server;
    readonly Task _running;

    /// <param name="answer">The answer to a recipient; null: accepted.</param>
    /// <param name="afterData">The answer to every mail; null: accepted.</param>
    /// <param name="password">The password of the user <c>mailflow</c>, who is required; needs a certificate.</param>
    public PostOffice(
        int? port = null, Func<string, SmtpResponse?>? answer = null, X509Certificate2? certificate = null, string? password = null, int? maxSize = null,
        SmtpResponse? afterData = null)
    {
        Port = port ?? Ports.Claim();
        var options = new SmtpServerOptionsBuilder().ServerName("mail.test").Endpoint(e =>
        {
            e.Endpoint(new IPEndPoint(IPAddress.Loopback, Port)).AuthenticationRequired(password is not null);
            if (certificate is not null)
                e.Certificate(certificate);
        });
        if (maxSize is { } most)
            options.MaxMessageSize(most, MaxMessageSizeHandling.Strict);
        var provider = new ServiceProvider();
        provider.Add(new Store(_mails, afterData));
        provider.Add((IMailboxFilter)new Filter(answer ?? (_ => null)));
        provider.Add(new DelegatingUserAuthenticator((user, given) => user == "mailflow" && given == password));
        _server = new(options.Build(), provider);
        _server.SessionCreated += (_, session) => session.Context.CommandExecuting += (_, e) =>
        {
            if (e.Command is EhloCommand ehlo)
                Greetings.Add(ehlo.DomainOrAddress);
        };
        _running = _server.StartAsync(_stop.Token);
    }

    public int Port { get; }

    /// <summary>The names in EHLO.</summary>
    public List<string> Greetings { get; } = [];

    public IReadOnlyList<Delivered> All => _mails.All;

    public MailTarget Target => new(new("127.0.0.1", Port), "mailflow@contoso.test", MailSecurity.None);

    public Task<Delivered> NextAsync() => _mails.NextAsync(_ => true);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    sealed class Store(Happenings<Delivered> mails, SmtpResponse? answer) : MessageStore
    {
        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            if (answer is not null)
                return answer;
            using var bytes = new MemoryStream(buffer.ToArray());
            mails.Add(new([.. transaction.To.Select(t => t.AsAddress())], await MimeMessage.LoadAsync(bytes, cancellationToken)));
            return SmtpResponse.Ok;
        }
    }

    sealed class Filter(Func<string, SmtpResponse?> answer) : MailboxFilter
    {
        public override Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken) =>
            answer(to.AsAddress()) is { } refusal ? throw new SmtpResponseException(refusal) : Task.FromResult(true);
    }
}
