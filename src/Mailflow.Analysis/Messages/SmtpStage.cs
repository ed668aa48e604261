namespace Mailflow.Analysis.Messages;

/// <summary>The command that a reply answers.</summary>
public enum SmtpStage
{
    Banner,
    Ehlo,
    Starttls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Other,
}
