using System.Buffers;

namespace Mailflow.Analysis.Failures.Facts;

/// <summary>Why TLS failed, and the version that the other server requires.</summary>
static class TlsFacts
{
    // Exact reasons first. Sources: Exchange's TLS status words, OpenSSL's verify errors, Schannel's status codes.
    static readonly (string Reason, string Says, string[] Words)[] Reasons =
    [
        ("certificate-expired", "The certificate has expired.",
            ["certificateexpired", "certexpired", "certificate has expired", "certificate expired", "expired certificate", "reason:expired", "num=10"]),
        ("certificate-name", "The certificate does not have the name of the server.",
            ["subjectmismatch", "name mismatch", "hostname mismatch", "host name mismatch", "does not match the host", "doesn't match the host",
                "no matching name",
                "name does not match", "wrong.host", "cn mismatch", "num=62"]),
        ("certificate-dane", "No TLSA record of the domain matches the certificate.", ["no matching dane", "num=65", "tlsa", "dane-"]),
        ("certificate-untrusted", "The certificate was not issued by an authority that is trusted.",
            ["untrustedroot", "untrusted root", "self signed", "self-signed", "selfsigned", "unable to get local issuer", "unable to verify", "unknown ca",
                "not trusted", "untrusted", "partialchain", "num=18", "num=19", "num=20", "num=21"]),
        ("certificate-revoked", "The certificate was revoked, or its revocation could not be checked.", ["revoked", "revocationoffline",
            "revocationstatusunknown", "revocationerror"]),
        ("certificate-missing", "The server has no certificate for this connection.",
            ["no peer certificate", "no certificate", "certificate not found", "certificate could not be found", "unknowncredentials", "noremotecertificate",
                "certificate is missing"]),
        ("starttls-not-offered", "The server did not offer STARTTLS.",
            ["did not offer starttls", "not offer starttls", "starttls is required to send", "not offered by host", "does not support starttls",
                "starttls not supported",
                "doesn't support starttls", "tls not supported"]),
        ("not-available", "The server cannot use TLS at the moment.", ["tls not available", "tls is not available", "tls currently unavailable",
            "tls temporarily unavailable"]),
        ("protocol", "The two servers have no TLS version or cipher in common.",
            ["algorithmmismatch", "no shared cipher", "unsupported protocol", "protocol version", "wrong version number", "no protocols available",
                "handshake failure",
                "illegalmessage", "unsupportedfunction", "nocommonalgorithm", "cipher"]),
        ("certificate", "The certificate was not accepted.", ["certificate validation", "certificate verification", "certificate not verified",
            "certificate verify"]),
        ("handshake", "The TLS handshake failed.", ["tls handshake", "ssl handshake", "tls negotiation", "cannot start tls"]),
    ];

    static readonly SearchValues<string> About = SearchValues.Create(
        ["tls", "ssl", "certificate", "dane", "security status", "subjectmismatch", "unknowncredentials"], StringComparison.Ordinal);

    public static void Find(ReplyWords words, List<Fact> facts)
    {
        if (!words.HasAny(About))
            return;
        foreach (var (reason, says, parts) in Reasons)
            if (Array.Exists(parts, words.Has))
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
            if (!words.Lower(i).StartsWith("tls"))
                continue;
            var word = words.Lower(i)[3..].TrimStart("v-_/");
            var version = (word.IsEmpty ? words.Lower(i + 1).TrimStart('v') : word).ToString().Replace('_', '.');
            if (version is "1.2" or "1.3")
                wanted = version;
            else if (version is "1.0" or "1.1" or "1")
                facts.Add("tls_refused", $"TLS {version}", "A TLS version that the reply names as refused or too old.");
        }
        if (wanted is not null && (words.Has("requir") || words.Has("higher") || words.Has("at least") || words.Has("must") || words.Has("minimum")
            || words.Has("not support") || words.Has("deprecated") || words.Has("upgrade")))
            facts.Add("tls_required", $"TLS {wanted}", "The lowest TLS version that the server accepts.");
    }
}
