using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Sockets;
using Mailflow.Configuration;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using MimeKit.Utils;

namespace Mailflow.Mailing;

/// <summary>
/// Sends a mail over one connection. The name of this machine is in no command and no header: the domain of the sender is used. Nothing is logged here.
/// </summary>
/// <param name="target">Has a server and a sender.</param>
sealed class SmtpSender(MailTarget target, TimeProvider clock)
{
    /// <summary>From the connection to the last answer.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    const int MaxReason = 300;

    readonly MailboxAddress _from = MailboxAddress.Parse(target.From);

    /// <summary>Sends a mail; the result has an entry for each recipient.</summary>
    public async Task<IReadOnlyList<MailResult>> SendAsync(Letter letter, IReadOnlyList<string> to, CancellationToken abort)
    {
        using var deadline = new CancellationTokenSource(Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, abort);
        try
        {
            return await TryAsync(letter, to, either.Token);
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            return All(to, MailVerdict.Later, string.Create(CultureInfo.InvariantCulture, $"no answer within {Deadline.TotalSeconds:0} s"));
        }
        catch (SmtpCommandException e)
        {
            // A server may check the size at MAIL FROM: 552.
            var isOfMail = e.ErrorCode is SmtpErrorCode.MessageNotAccepted || (e.ErrorCode is SmtpErrorCode.SenderNotAccepted && (int)e.StatusCode == 552);
            var verdict = (int)e.StatusCode < 500 ? MailVerdict.Later : isOfMail ? MailVerdict.Rejected : MailVerdict.Misconfigured;
            return All(to, verdict, ReasonOf((int)e.StatusCode, e.Message));
        }
        catch (SslHandshakeException e)
        {
            var why = OneLine(e.InnerException?.Message ?? e.Message);
            return All(to, MailVerdict.Misconfigured, $"TLS failed: {why}; see Mail:Security and Mail:AnyCertificate");
        }
        catch (AuthenticationException)
        {
            // The answer to a password may quote it.
            return All(to, MailVerdict.Misconfigured, "it refuses Mail:User or Mail:Password");
        }
        catch (ServiceNotAuthenticatedException)
        {
            return All(to, MailVerdict.Misconfigured, "it requires a user: set Mail:User and Mail:PasswordFile");
        }
        catch (NotSupportedException e)
        {
            return All(to, MailVerdict.Misconfigured, $"{OneLine(e.Message)} See Mail:Security and Mail:User");
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException)
        {
            return All(to, MailVerdict.Later, OneLine(e.Message));
        }
    }

    async Task<IReadOnlyList<MailResult>> TryAsync(Letter letter, IReadOnlyList<string> to, CancellationToken cancel)
    {
        using var client = new RecipientSmtp();
        // Revocation lists are not fetched, as everywhere in the program.
        (client.LocalDomain, client.CheckCertificateRevocation) = (HostOf(_from), false);
        if (target.AnyCertificate)
            AcceptAny(client);
        await client.ConnectAsync(target.Server!.Host, target.Server.Port, OptionOf(target.Security), cancel);
        if (target.User is { } user)
            await client.AuthenticateAsync(user, target.Password?.Value ?? "", cancel);
        using var message = MessageOf(letter, to);
        var results = to.ToDictionary(t => t, t => new MailResult(t, MailVerdict.Accepted), StringComparer.Ordinal);
        // Both would be sent unasked.
        if (!client.Capabilities.HasFlag(SmtpCapabilities.UTF8))
            foreach (var address in to.Where(IsUtf8))
                results[address] = new(address, MailVerdict.Refused, "the address is not ASCII, and the server does not support SMTPUTF8");
        var size = SizeOf(message);
        if (client.Capabilities.HasFlag(SmtpCapabilities.Size) && client.MaxSize > 0 && size > client.MaxSize)
            return All(to, MailVerdict.Rejected, string.Create(CultureInfo.InvariantCulture, $"it has {size} bytes, the server accepts {client.MaxSize}"));
        var some = to.Where(t => results[t].Verdict == MailVerdict.Accepted).ToList();
        if (some.Count > 0)
            await SendAsync(client, message, some, results, cancel);
        await client.DisconnectAsync(quit: true, cancel);
        return [.. to.Select(t => results[t])];
    }

    async Task SendAsync(
        RecipientSmtp client, MimeMessage message, List<string> to, Dictionary<string, MailResult> results, CancellationToken cancel)
    {
        var boxes = to.ConvertAll(t => (Text: t, Box: MailboxAddress.Parse(t)));
        try
        {
            await client.SendAsync(message, _from, boxes.Select(b => b.Box), cancel);
        }
        catch (SmtpCommandException) when (client.Refused.Count == to.Count)
        {
            // No recipient is left; why is known of each.
        }

        foreach (var (text, box) in boxes)
            if (client.Refused.TryGetValue(box.Address, out var response))
                results[text] = new(
                    text, (int)response.StatusCode < 500 ? MailVerdict.Later : MailVerdict.Refused, ReasonOf((int)response.StatusCode, response.Response));
    }

    MimeMessage MessageOf(Letter letter, IReadOnlyList<string> to)
    {
        var message = new MimeMessage { Subject = letter.Subject.ToString(), Date = clock.GetUtcNow(), MessageId = MimeUtils.GenerateMessageId(HostOf(_from)) };
        message.From.Add(_from);
        message.To.AddRange(to.Select(MailboxAddress.Parse));
        // RFC 3834: nothing must answer it, and no absence note is sent to the sender.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        if (letter.Thread is { } thread)
            message.References.Add($"{thread}@{HostOf(_from)}");
        if (letter.IsUrgent)
            message.Importance = MessageImportance.High;
        message.Body = new BodyBuilder { TextBody = letter.Text.ToString(), HtmlBody = letter.Html?.ToString() }.ToMessageBody();
        return message;
    }

    [SuppressMessage("Security", "CA5359:Do Not Disable Certificate Validation", Justification = "A setting asks for it: Mail:AnyCertificate.")]
    static void AcceptAny(RecipientSmtp client) => client.ServerCertificateValidationCallback = (_, _, _, _) => true;

    static long SizeOf(MimeMessage message)
    {
        using var count = new MimeKit.IO.MeasuringStream();
        message.WriteTo(count);
        return count.Length;
    }

    /// <summary>The domain of the sender, as DNS has it.</summary>
    static string HostOf(MailboxAddress from) => from.GetAddress(idnEncode: true) is var address ? address[(address.LastIndexOf('@') + 1)..] : "";

    static bool IsUtf8(string address) => address.AsSpan(0, address.LastIndexOf('@')).ContainsAnyExceptInRange('\0', '\x7f');

    static SecureSocketOptions OptionOf(MailSecurity security) => security switch
    {
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.Auto => SecureSocketOptions.StartTlsWhenAvailable,
        MailSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };

    static string ReasonOf(int code, string reply) => string.Create(CultureInfo.InvariantCulture, $"{code} {OneLine(reply)}");

    static string OneLine(string text)
    {
        text = text.ReplaceLineEndings(" ").Trim();
        return text.Length <= MaxReason ? text : text[..MaxReason];
    }

    static IReadOnlyList<MailResult> All(IReadOnlyList<string> to, MailVerdict verdict, string reason) =>
        [.. to.Select(t => new MailResult(t, verdict, reason))];
}
