using System.Buffers;

namespace Mailflow.Analysis.Failures.Facts;

/// <summary>Why TLS failed, and the version that the other server requires.</summary>
static class TlsFacts
{
    // Exact reasons first. Sources: Exchange's TLS status words, OpenSSL's verify errors, Schannel's status codes.
    static readonly (string Reason, string Says, string[] Words)[] Reasons =
    [
        ("certificate-expired", "The certificate has expired.",
            ["CertificateExpired", "CertExpired", "certificate has expired", "certificate expired", "expired certificate", "reason:expired", "num=10"]),
        ("certificate-name", "The certificate does not have the name of the server.",
            ["SubjectMismatch", "name mismatch", "hostname mismatch", "host name mismatch", "does not match the host", "doesn't match the host",
                "no matching name",
                "name does not match", "wrong.host", "CN mismatch", "num=62"]),
        ("certificate-dane", "No TLSA record of the domain matches the certificate.", ["no matching DANE", "num=65", "TLSA", "dane-"]),
        ("certificate-untrusted", "The certificate was not issued by an authority that is trusted.",
            ["UntrustedRoot", "untrusted root", "self signed", "self-signed", "selfsigned", "unable to get local issuer", "unable to verify", "unknown ca",
                "not trusted", "untrusted", "PartialChain", "num=18", "num=19", "num=20", "num=21"]),
        ("certificate-revoked", "The certificate was revoked, or its revocation could not be checked.", ["revoked", "RevocationOffline",
            "RevocationStatusUnknown", "RevocationError"]),
        ("certificate-missing", "The server has no certificate for this connection.",
            ["no peer certificate", "no certificate", "certificate not found", "certificate could not be found", "UnknownCredentials", "NoRemoteCertificate",
                "certificate is missing"]),
        ("starttls-not-offered", "The server did not offer STARTTLS.",
            ["did not offer STARTTLS", "not offer STARTTLS", "STARTTLS is required to send", "not offered by host", "does not support STARTTLS",
                "STARTTLS not supported",
                "doesn't support STARTTLS", "TLS not supported"]),
        ("not-available", "The server cannot use TLS at the moment.", ["TLS not available", "TLS is not available", "TLS currently unavailable",
            "TLS temporarily unavailable"]),
        ("protocol", "The two servers have no TLS version or cipher in common.",
            ["AlgorithmMismatch", "no shared cipher", "unsupported protocol", "protocol version", "wrong version number", "no protocols available",
                "handshake failure",
                "IllegalMessage", "UnsupportedFunction", "NoCommonAlgorithm", "cipher"]),
        ("certificate", "The certificate was not accepted.", ["certificate validation", "certificate verification", "certificate not verified",
            "certificate verify"]),
        ("handshake", "The TLS handshake failed.", ["TLS handshake", "SSL handshake", "TLS negotiation", "Cannot start TLS"]),
    ];

    static readonly SearchValues<string> About = SearchValues.Create(
        ["tls", "ssl", "certificate", "dane", "security status", "SubjectMismatch", "UnknownCredentials"], StringComparison.OrdinalIgnoreCase);

    public static void Find(ReplyWords words, List<Fact> facts)
    {
        if (!words.HasAny(About))
            return;
        foreach (var (reason, says, parts) in Reasons)
            if (parts.Any(words.Has))
            {
                facts.Add("tls_reason", reason, says);
                break;
            }
        Version(words, facts);
    }

    // "requires TLS 1.2", "TLSv1.2 or higher", "TLS 1.0 and 1.1 are not supported"
    static void Version(ReplyWords words, List<Fact> facts)
    {
        string? wanted = null;
        for (var i = 0; i < words.Count; i++)
        {
            if (!words[i].StartsWith("TLS", StringComparison.OrdinalIgnoreCase))
                continue;
            var version = words[i][3..].TrimStart('v', 'V', '-', '_', '/');
            version = version.Length == 0 ? words[i + 1].TrimStart('v', 'V') : version;
            if (version.Replace('_', '.') is "1.2" or "1.3")
                wanted = version.Replace('_', '.');
            else if (version.Replace('_', '.') is "1.0" or "1.1" or "1")
                facts.Add("tls_refused", $"TLS {version.Replace('_', '.')}", "A TLS version that the reply names as refused or too old.");
        }
        if (wanted is not null && (words.Has("requir") || words.Has("higher") || words.Has("at least") || words.Has("must") || words.Has("minimum")
            || words.Has("not support") || words.Has("deprecated") || words.Has("upgrade")))
            facts.Add("tls_required", $"TLS {wanted}", "The lowest TLS version that the server accepts.");
    }
}
