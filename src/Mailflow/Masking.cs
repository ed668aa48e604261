using System.Security.Cryptography;
using System.Text;

namespace Mailflow;

/// <summary>Hides who wrote to whom in everything that leaves the program: logs are personal data.</summary>
/// <param name="privacy">How.</param>
/// <param name="key">The key of the hash: of this installation, so that nobody can try addresses out elsewhere.</param>
sealed class Masking(AddressPrivacy privacy, byte[] key)
{
    public static Masking Masked { get; } = new(AddressPrivacy.Masked, []);

    /// <summary>An address; what has no `@` is hidden as a whole.</summary>
    public string Address(string address)
    {
        if (privacy == AddressPrivacy.Plain || address.Length == 0 || address == "<>")
            return address;
        var at = address.LastIndexOf('@');
        var local = at < 0 ? address : address[..at];
        return Local(local) + (at < 0 ? "" : address[at..]);
    }

    /// <summary>Every address in a text, for example in a server's reply.</summary>
    public string Text(string text)
    {
        if (privacy == AddressPrivacy.Plain)
            return text;
        text = WithoutDirectoryNames(text);
        var result = new StringBuilder(text.Length);
        var done = 0;
        for (var at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = text.IndexOf('@', at + 1))
        {
            var start = at;
            if (start > done && text[start - 1] == '"')
                start = text.LastIndexOf('"', Math.Max(start - 2, 0)) is var quote && quote >= done ? quote : start - 1;
            while (start > done && IsLocal(text[start - 1]))
                start--;
            if (start == at)
                continue;
            result.Append(text, done, start - done).Append(Local(text[start..at]));
            done = at;
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    /// <summary>A legacy distinguished name (`/o=Contoso/ou=.../cn=Recipients/cn=jsmith`) is an address too: its last part names the person.</summary>
    string WithoutDirectoryNames(string text)
    {
        for (var at = text.IndexOf("/cn=", StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf("/cn=", at + 4, StringComparison.OrdinalIgnoreCase))
        {
            var start = at + 4;
            var end = start;
            while (end < text.Length && (IsLocal(text[end]) || text[end] == ' ') && text[end] != '/')
                end++;
            var name = text[start..end];
            if (name.Length == 0 || (end < text.Length && text[end] == '/') || IsGroupName(name))
                continue;
            text = string.Concat(text.AsSpan(0, start), Local(name), text.AsSpan(end));
        }

        return text;
    }

    static bool IsGroupName(string name) => name.Trim() is var n && (n.Equals("Recipients", StringComparison.OrdinalIgnoreCase) || n.Equals("Configuration", StringComparison.OrdinalIgnoreCase));

    string Local(string local) =>
        privacy == AddressPrivacy.Hashed
            ? Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(local.ToLowerInvariant())).AsSpan(0, 8))
            : local.Length > 2 ? local[..(char.IsHighSurrogate(local[0]) ? 2 : 1)] + "***" : "***";

    /// <summary>Beyond ASCII everything but a space: local parts have vowel signs and emoji (RFC 6531), which are no letters to .NET.</summary>
    static bool IsLocal(char c) => char.IsAscii(c) ? char.IsAsciiLetterOrDigit(c) || ".!#$%&'*+/=?^_`{|}~-".Contains(c, StringComparison.Ordinal) : !char.IsWhiteSpace(c);
}
