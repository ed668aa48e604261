using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using DnsClient;
using Mailflow.Configuration;

namespace Mailflow.Enrich;

/// <summary>
/// Probes a mail server: connects, reads the banner, sends EHLO, starts TLS, checks the certificate, sends QUIT. Never sends MAIL FROM: no mail is sent.
/// </summary>
/// <param name="roots">Trusted roots instead of the system's; null for the system's.</param>
sealed class HostCheck(Resolver resolver, TimeProvider clock, X509Certificate2Collection? roots = null)
{
    public static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    static readonly TimeSpan ConnectDeadline = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    /// <summary>Runs the whole probe within its deadline, whatever the server does.</summary>
    public async Task<HostResult> CheckAsync(HostTarget target, CancellationToken stop)
    {
        var subject = target.ToString();
        using var late = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        var findings = new List<Finding>();
        var step = "connect";
        try
        {
            await using var stream = await ConnectAsync(resolver, target, clock, either.Token);
            step = "banner";
            return await TalkAsync(target, stream, s => step = s, findings, either.Token);
        }
        catch (SocketException e)
        {
            findings.Add(new(subject, step, Severity.Trouble, e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "connection refused: nothing listens on this port",
                SocketError.TimedOut => $"no connection within {ConnectDeadline.TotalSeconds} s: a firewall drops the packets, or the host is down",
                SocketError.HostNotFound => "its name has no IP address",
                SocketError.TryAgain => "its name could not be resolved",
                _ => "it cannot be reached: " + e.SocketErrorCode,
            }, Reach(target)));
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            findings.Add(new(
                subject, step, Severity.Trouble,
                step == "starttls" ? "the TLS handshake failed" : "it closed the connection",
                "Check the log of that server at this time: a block, a limit, or a disabled TLS version."));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            findings.Add(step == "connect"
                ? new(
                    subject, step, Severity.Trouble,
                    $"no connection within {Deadline.TotalSeconds} s: a firewall drops the packets, or the host is down",
                    Reach(target))
                : new(
                    subject, step, Severity.Trouble,
                    $"it accepted the connection but sent no answer within {Deadline.TotalSeconds} s",
                    "It is overloaded, or a device in between inspects and delays SMTP."));
        }

        return new(target, step is "starttls" or "certificate", null, null, findings);
    }

    static string Reach(HostTarget target) =>
        "Test-NetConnection " + target.Host + " -Port " + target.Port.ToString(CultureInfo.InvariantCulture)
        + " on the sending server. Then check the firewall and whether the provider blocks port 25.";

    /// <summary>
    /// Connects to the first of the host's addresses that accepts. If none does, the first one's error is reported: the last error may only be
    /// that this machine has no IPv6.
    /// </summary>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The stream owns the socket.")]
    public static async Task<NetworkStream> ConnectAsync(Resolver resolver, HostTarget target, TimeProvider clock, CancellationToken stop)
    {
        const int MaxAddresses = 4;
        var addresses = new List<IPAddress>();
        if (IPAddress.TryParse(target.Host, out var literal))
        {
            addresses.Add(literal);
        }
        else if (HostsFile.Find(target.Host) is { Count: > 0 } known)
        {
            addresses.AddRange(known);
        }
        else
        {
            var answers = await Task.WhenAll(resolver.AskAsync(target.Host, QueryType.A, stop), resolver.AskAsync(target.Host, QueryType.AAAA, stop));
            addresses.AddRange(answers.SelectMany(a => a.Addresses));
            if (addresses.Count == 0)
                throw new SocketException((int)(answers.All(a => a.IsKnown) ? SocketError.HostNotFound : SocketError.TryAgain));
        }

        SocketError? first = null;
        foreach (var address in addresses.Take(MaxAddresses))
        {
            Socket? socket = null;
            using var late = new CancellationTokenSource(ConnectDeadline, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
            try
            {
                socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(address, target.Port, either.Token);
                return new(socket, ownsSocket: true);
            }
            catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                first ??= e is SocketException failed ? failed.SocketErrorCode : SocketError.TimedOut;
                socket?.Dispose();
            }
            catch
            {
                socket?.Dispose();
                throw;
            }
        }

        throw new SocketException((int)(first ?? SocketError.HostUnreachable));
    }

    /// <summary>Nothing is downloaded to validate a certificate: no revocation lists, no intermediate certificates.</summary>
    public static X509ChainPolicy ChainPolicy(X509Certificate2Collection? roots)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        return policy;
    }

    async Task<HostResult> TalkAsync(HostTarget target, NetworkStream network, Action<string> at, List<Finding> findings, CancellationToken stop)
    {
        var subject = target.ToString();
        var hello = Hello(network);
        var dialog = new SmtpDialog(network);
        var banner = await dialog.ReadAsync(stop);
        if (banner.Code != 220)
            return Rejected("banner", WrongBanner(banner));
        at("ehlo");
        var reply = await dialog.AskAsync(hello, stop);
        if (reply.Code != 250)
            return Rejected("ehlo", $"it rejects EHLO: {reply.Code} {reply.Text}");
        findings.Add(new(subject, "smtp", Severity.Good, $"it answers: {banner.Text}"));
        var (size, notAfter) = (Size(reply), (DateTimeOffset?)null);
        if (!reply.Lines.Skip(1).Any(l => l.Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
        {
            findings.Add(new(
                subject, "starttls", Severity.Warning,
                "it does not offer STARTTLS: mail to it is not encrypted",
                "Enable TLS on that server, or ask its operator."));
            await QuitAsync(dialog, stop);
        }
        else
        {
            at("starttls");
            var started = await dialog.AskAsync("STARTTLS", stop);
            if (started.Code == 220)
            {
                (notAfter, var then) = await SecureAsync(target, network, hello, at, findings, stop);
                size = then ?? size;
            }
            else
            {
                findings.Add(new(
                    subject, "starttls", Severity.Trouble,
                    $"it offers STARTTLS but rejects it: {started.Code} {started.Text}",
                    "A common cause: its certificate is missing or cannot be read."));
                await QuitAsync(dialog, stop);
            }
        }

        findings.Add(size is null or 0
            ? new(subject, "size", Severity.Note, "it announces no size limit")
            : new(subject, "size", Severity.Good, string.Create(CultureInfo.InvariantCulture, $"it accepts messages up to {size / 1048576.0:0.#} MB")));
        return new(target, true, notAfter, size, findings);

        HostResult Rejected(string step, string says)
        {
            findings.Add(new(subject, step, Severity.Trouble, says, "Copy the reply into: mailflow explain"));
            return new(target, false, null, null, findings);
        }
    }

    static string WrongBanner(SmtpReply banner)
    {
        if (banner.Code != 0)
            return $"it rejects us: {banner.Code} {banner.Text}";
        return banner.Text.Length > 0 ? $"it does not speak SMTP: '{banner.Text}'" : "it does not speak SMTP";
    }

    /// <summary>An address literal (RFC 5321 section 4.1.3): correct on any machine, whatever its name.</summary>
    static string Hello(NetworkStream network)
    {
        var name = (network.Socket.LocalEndPoint as IPEndPoint)?.Address ?? IPAddress.Loopback;
        if (name.IsIPv4MappedToIPv6)
            name = name.MapToIPv4();
        return $"EHLO [{(name.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6:" : "")}{name}]";
    }

    /// <summary>Starts TLS and checks the certificate; the size announced after TLS may differ (RFC 3207 section 4.2).</summary>
    [SuppressMessage(
        "Security", "CA5359:Do Not Disable Certificate Validation",
        Justification = "The check reports any certificate, valid or not; no confidential data is sent.")]
    async Task<(DateTimeOffset? NotAfter, long? Size)> SecureAsync(
        HostTarget target, NetworkStream network, string hello, Action<string> at, List<Finding> findings, CancellationToken stop)
    {
        var notAfter = (DateTimeOffset?)null;
        await using var tls = new SslStream(network, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = target.Host,
                CertificateChainPolicy = ChainPolicy(roots),
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    if (certificate is X509Certificate2 shown)
                    {
                        notAfter = new DateTimeOffset(shown.NotAfter.ToUniversalTime(), TimeSpan.Zero);
                        findings.Add(Certificate(target.ToString(), target.Host, shown, chain, errors));
                    }

                    return true;
                },
            },
            stop);
        at("certificate");
        findings.Add(new(
            target.ToString(), "starttls", Severity.Good,
            $"{tls.SslProtocol.ToString().Replace("Tls1", "TLS 1.", StringComparison.Ordinal)}, {tls.NegotiatedCipherSuite}"));
        var secure = new SmtpDialog(tls);
        var size = Size(await secure.AskAsync(hello, stop));
        await QuitAsync(secure, stop);
        return (notAfter, size);
    }

    Finding Certificate(string subject, string host, X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        const string Check = "certificate";
        var now = clock.GetUtcNow();
        var (from, until) = (
            new DateTimeOffset(certificate.NotBefore.ToUniversalTime(), TimeSpan.Zero),
            new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero));
        var faults = new List<string>();
        if (until <= now)
            faults.Add($"it expired on {until:yyyy-MM-dd}");
        else if (from > now)
            faults.Add($"it is not valid before {from:yyyy-MM-dd}");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            faults.Add($"it is for {certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)}, not for {host}");
        var broken = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status) ?? X509ChainStatusFlags.NoError;
        if ((broken & ~Harmless) != X509ChainStatusFlags.NoError)
            faults.Add(Distrust(certificate, broken));
        if (until <= now)
            return new(subject, Check, Severity.Trouble, string.Join("; ", faults), "Renew it, and check why automatic renewal failed.");
        if (faults.Count > 0)
            return new(
                subject, Check, Severity.Warning, string.Join("; ", faults),
                "Servers that verify certificates (MTA-STS, DANE, a connector with TlsAuthLevel) will not send to it.");
        return until - now < Soon
            ? new(subject, Check, Severity.Warning, $"it expires on {until:yyyy-MM-dd}", "Renew it.")
            : new(subject, Check, Severity.Good, $"it is valid until {until:yyyy-MM-dd}");
    }

    /// <summary>Not a question of trust: times are reported separately, and revocation is not checked.</summary>
    const X509ChainStatusFlags Harmless =
        X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    static string Distrust(X509Certificate2 certificate, X509ChainStatusFlags broken)
    {
        if (certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
            return "it is self-signed";
        return broken.HasFlag(X509ChainStatusFlags.PartialChain)
            ? "the server does not send the full chain, or its root is not trusted here"
            : "its issuer is not trusted here";
    }

    static long? Size(SmtpReply reply) =>
        reply.Lines.Skip(1).FirstOrDefault(l => l.StartsWith("SIZE", StringComparison.OrdinalIgnoreCase)) is { } line
            && long.TryParse(line.AsSpan(4).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    /// <summary>Errors on QUIT are ignored: the result is complete by then.</summary>
    static async Task QuitAsync(SmtpDialog dialog, CancellationToken stop)
    {
        try
        {
            await dialog.AskAsync("QUIT", stop);
        }
        catch (IOException)
        {
        }
    }
}
