using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mailflow.Tests.Enrich;

/// <summary>A minimal mail server: banner, EHLO, STARTTLS, QUIT. It records the commands.</summary>
sealed class MailServer : IAsyncDisposable
{
    readonly TcpListener _listener;
    readonly CancellationTokenSource _stop = new();
    readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task _running;

    public MailServer(int port = 0)
    {
        _listener = new(IPAddress.Loopback, port);
        _listener.Start();
        _running = Task.Run(RunAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Its certificate; null: STARTTLS is not offered.</summary>
    public X509Certificate2? Certificate { get; init; }

    public string Banner { get; init; } = "220-mx.mail.test ESMTP\r\n220 ready\r\n";

    public string StartTls { get; init; } = "220 go ahead\r\n";

    /// <summary>Accepts the connection and sends nothing.</summary>
    public bool Silent { get; init; }

    /// <summary>Completed at the first connection.</summary>
    public Task Taken => _taken.Task;

    /// <summary>Every command, in order.</summary>
    public List<string> Heard { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    async Task RunAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _taken.TrySetResult();
            try
            {
                if (Silent)
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                await TalkAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
            }
        }
    }

    async Task TalkAsync(Stream stream)
    {
        await SayAsync(stream, Banner);
        while (await HearAsync(stream) is { } command)
        {
            lock (Heard)
                Heard.Add(command);
            switch (command.Split(' ')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await SayAsync(
                        stream,
                        $"250-mx.mail.test\r\n250-SIZE {(stream is SslStream ? 36700160 : 10485760)}\r\n"
                        + $"{(Certificate is not null && stream is not SslStream ? "250-STARTTLS\r\n" : "")}250 HELP\r\n");
                    break;
                case "STARTTLS":
                    await SayAsync(stream, StartTls);
                    if (!StartTls.StartsWith("220", StringComparison.Ordinal))
                        break;
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stop.Token);
                    stream = tls;
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye\r\n");
                    await stream.DisposeAsync();
                    return;
                default:
                    await SayAsync(stream, "502 no\r\n");
                    break;
            }
        }
    }

    static async Task SayAsync(Stream stream, string text)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        await stream.FlushAsync();
    }

    static async Task<string?> HearAsync(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }

        return null;
    }
}

/// <summary>Certificates of the tests' own CA.</summary>
static class Certificates
{
    public static X509Certificate2 Root { get; } = MakeRoot();

    public static X509Certificate2 For(string name, int daysFrom = -30, int daysUntil = 60, bool selfSigned = false)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(daysFrom), DateTimeOffset.UtcNow.AddDays(daysUntil));
        using var made = selfSigned
            ? request.CreateSelfSigned(from, until)
            : request.Create(Root, from, until, RandomNumberGenerator.GetBytes(8)).CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    static X509Certificate2 MakeRoot()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Tests' Authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(2));
    }
}
