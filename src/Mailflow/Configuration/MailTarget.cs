namespace Mailflow.Configuration;

/// <summary>How a connection to a mail server is protected.</summary>
enum MailSecurity
{
    /// <summary>STARTTLS, or no mail is sent.</summary>
    StartTls,

    /// <summary>TLS from the first byte, usually port 465.</summary>
    Tls,

    /// <summary>STARTTLS if the server offers it.</summary>
    Auto,

    /// <summary>No encryption.</summary>
    None,
}

/// <summary>The mail server that notifications and reports are sent through, and their sender.</summary>
/// <param name="AnyCertificate">Whether the certificate of the server is not checked.</param>
sealed record MailTarget(
    HostTarget? Server = null, string From = "", MailSecurity Security = MailSecurity.StartTls, string? User = null, Secret? Password = null,
    bool AnyCertificate = false)
{
    /// <summary>Without user and password.</summary>
    public override string ToString() => Server?.ToString() ?? "no server";
}
