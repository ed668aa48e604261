namespace Mailflow.Analysis.Messages;

/// <summary>The encryption protocol of a session.</summary>
public enum TlsVersion
{
    None,
    Ssl,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
    Other,
}
