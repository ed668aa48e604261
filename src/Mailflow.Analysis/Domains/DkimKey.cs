using System.Security.Cryptography;

namespace Mailflow.Analysis.Domains;

/// <summary>A DKIM key (RFC 6376 section 3.6.1, RFC 8463).</summary>
/// <param name="Type">rsa or ed25519.</param>
/// <param name="Bits">The key's size; 0 where the key was revoked.</param>
public sealed record DkimKey(string Type, int Bits)
{
    /// <summary>Receivers must not accept signatures of shorter keys (RFC 8301 section 3.2).</summary>
    public const int Least = 1024;

    /// <summary>The recommended size (RFC 8301 section 3.2).</summary>
    public const int Good = 2048;

    public bool Withdrawn => Bits == 0;

    /// <summary>The key; null with the reason in <paramref name="fault"/> where the text is not a valid key.</summary>
    public static DkimKey? Parse(string text, out string fault)
    {
        fault = "";
        var tags = TaggedRecord.Parse(text);
        var type = tags?.GetValueOrDefault("k", "rsa").ToLowerInvariant() ?? "";
        if (tags is null)
            fault = "it is not a list of tag=value";
        else if (tags.GetValueOrDefault("v", "DKIM1") != "DKIM1")
            fault = "its version is not DKIM1";
        else if (!tags.TryGetValue("p", out var key))
            fault = "it has no key (p=)";
        else if (key.Length == 0)
            return new(type, 0);
        else if (Bytes(key) is not { } bytes)
            fault = "its key is no base64";
        else if (type == "ed25519")
            return bytes.Length == 32 ? new(type, 256) : Fault(out fault, "its ed25519 key has not 32 bytes");
        else if (type != "rsa")
            fault = "its kind of key is neither rsa nor ed25519";
        else if (RsaBits(bytes) is { } bits)
            return new(type, bits);
        else
            fault = "its key is no RSA key";
        return null;
    }

    static DkimKey? Fault(out string fault, string why)
    {
        fault = why;
        return null;
    }

    static byte[]? Bytes(string base64)
    {
        var text = string.Concat(base64.Where(c => !char.IsWhiteSpace(c)));
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>Accepts a SubjectPublicKeyInfo, which nearly everybody publishes, and a bare RSAPublicKey, which the RFC specifies.</summary>
    static int? RsaBits(byte[] key)
    {
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(key, out _);
            return rsa.KeySize;
        }
        catch (CryptographicException)
        {
        }

        try
        {
            rsa.ImportRSAPublicKey(key, out _);
            return rsa.KeySize;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
