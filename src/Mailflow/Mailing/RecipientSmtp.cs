using MailKit.Net.Smtp;
using MimeKit;

namespace Mailflow.Mailing;

/// <summary>MailKit's client, except that a refused recipient does not stop the mail for the others: they are collected.</summary>
sealed class RecipientSmtp : SmtpClient
{
    public Dictionary<string, SmtpResponse> Refused { get; } = new(StringComparer.Ordinal);

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) =>
        Refused[mailbox.Address] = response;
}
