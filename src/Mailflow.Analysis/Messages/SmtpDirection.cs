namespace Mailflow.Analysis.Messages;

/// <summary>Which side opened an SMTP session: this server (SEND logs) or the remote side (RECV logs).</summary>
public enum SmtpDirection
{
    Send,
    Receive,
}
