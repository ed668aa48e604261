using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Mailflow.Privacy;

/// <summary>Masks senders and recipients in all output, because mail logs are personal data.</summary>
/// <param name="privacy">How addresses are shown.</param>
/// <param name="key">The key of the hash. Each installation has its own, so that hashes cannot be found by hashing guessed addresses elsewhere.</param>
sealed class Masking(AddressPrivacy privacy, byte[] key)
{
    /// <summary>The notations of an at sign: plain, in URLs (also encoded twice), encoded words, LDAP and HTML.</summary>
    static readonly string[] Signs = ["\\@", "@", "\uFF20", "\uFE6B", "%40", "%2540", "=40", "\\40", "+40", "&#64;", "&#064;", "&#x40;", "&commat;"];

    /// <summary>
    /// Maximum length of a local part (RFC 5321, 4.5.3.1: a path has 256 octets). It limits the work for each at sign in untrusted text.
    /// </summary>
    const int MaxLocal = 320;

    static readonly SearchValues<char> SignStarts = SearchValues.Create("@\uFF20\uFE6B%=\\+&");

    static readonly SearchValues<char> NotOfHost = SearchValues.Create(" \t()/?#&<>\"',;=\\|");

    public static Masking Default { get; } = new(AddressPrivacy.Masked, []);

    /// <summary>Masks nothing: for text that the user typed and gets back, and if the settings say so.</summary>
    public static Masking Plain { get; } = new(AddressPrivacy.Plain, []);

    /// <summary>An address; a text without `@` is masked completely.</summary>
    public Masked Address(string address) => Masked.Address(this, address);

    /// <summary>Masks all addresses in a text, for example the name of a connector, a server or a file, or one of our messages.</summary>
    public Masked Text(string text) => Masked.Text(this, text);

    /// <summary>A path, or a sentence that contains one, on one line.</summary>
    public Masked Path(string text) => Masked.Path(this, text);

    /// <summary>Like <see cref="Text"/>; null for null.</summary>
    public Masked? TextOrNull(string? text) => text is null ? null : Text(text);

    /// <summary>
    /// A server's reply, or a text made from it. Masks all addresses, the names of the failure's recipient and sender, and other texts in the form of a
    /// person's name.
    /// </summary>
    /// <param name="own">The recipient and sender of the failure, unmasked.</param>
    public Masked Status(string text, params ReadOnlySpan<string> own) => Masked.Status(this, text, own);

    /// <summary>The string of <see cref="Address"/>. Only <see cref="Masked"/> may call it.</summary>
    internal string HideAddress(string address)
    {
        if (privacy == AddressPrivacy.Plain || address.Length == 0 || address == "<>")
            return address;
        var at = address.LastIndexOf('@');
        var local = at < 0 ? address : address[..at];
        return Local(local) + (at < 0 ? "" : Host(address[at..]));
    }

    internal string HidePersons(string text, ReadOnlySpan<string> own) =>
        privacy == AddressPrivacy.Plain ? text : OwnNames.Hide(PersonForms.Hide(HideAddresses(text), Local), own, Local);

    internal string HideAddresses(string text)
    {
        if (privacy == AddressPrivacy.Plain)
            return text;
        text = WithoutDirectoryNames(text);
        StringBuilder? result = null;
        var done = 0;
        for (var (at, length) = NextSign(text, 0); at >= 0; (at, length) = NextSign(text, at + length))
        {
            var start = LocalStart(text, done, at);
            if (start == at || (text[at] is '=' or '\\' or '+' && text[at + 1] != '@' && !IsBeforeHost(text, start, at + length)))
                continue;
            (result ??= new(text.Length)).Append(text, done, start - done).Append(Local(text[start..at]));
            done = at;
        }

        return result is null ? text : result.Append(text, done, text.Length - done).ToString();
    }

    static (int At, int Length) NextSign(string text, int from)
    {
        for (var at = from; text.AsSpan(at).IndexOfAny(SignStarts) is >= 0 and var next; at++)
        {
            at += next;
            foreach (var sign in Signs)
                if (sign[0] == text[at] && text.AsSpan(at).StartsWith(sign, StringComparison.OrdinalIgnoreCase))
                    return (at, sign.Length);
        }

        return (-1, 0);
    }

    /// <summary>The start of the local part before a sign. In a URL it begins after the name of the parameter: <c>?id=john%40contoso.com</c>.</summary>
    static int LocalStart(string text, int done, int at)
    {
        var start = at;
        done = Math.Max(done, at - MaxLocal);
        if (start > done && text[start - 1] == '"')
        {
            start--;
            var quote = text.AsSpan(done, start - done).LastIndexOf('"');
            start = quote >= 0 ? done + quote : start;
        }

        var ends = text[at] switch { '%' => "?&/#", '=' => "?", _ => "" };
        while (start > done && IsLocal(text[start - 1]) && !ends.Contains(text[start - 1], StringComparison.Ordinal))
            start--;
        return text[at] == '%' && start > done && text[start - 1] is '?' or '&' or ';' && text.IndexOf('=', start, at - start) is >= 0 and var equal
            ? equal + 1
            : start;
    }

    /// <summary>
    /// <c>=40</c>, <c>\40</c> and <c>+40</c> may also be a number or part of a path (<c>size=40MB</c>). They are an at sign only in an encoded word, or
    /// before a host name.
    /// </summary>
    static bool IsBeforeHost(string text, int start, int end)
    {
        if (start > 0 && text[start - 1] == '?')
            return true;
        var after = end;
        var dot = -1;
        for (; after < text.Length && after < end + MaxLocal; after++)
        {
            // In an encoded word the dot may be written as =2E.
            var isDot = text[after] == '.' || text.AsSpan(after).StartsWith("=2E", StringComparison.OrdinalIgnoreCase);
            if (!isDot && !char.IsLetterOrDigit(text[after]) && text[after] != '-')
                break;
            if (!isDot)
                continue;
            after += text[after] == '=' ? 2 : 0;
            if (after + 1 < text.Length && char.IsLetter(text[after + 1]))
                dot = after;
        }

        return dot > end || (end < text.Length && text[end] == '[');
    }

    /// <summary>Masks the persons in legacy distinguished names.</summary>
    internal string HideDirectoryNames(string text) => privacy == AddressPrivacy.Plain ? text : WithoutDirectoryNames(text);

    /// <summary>Masks legacy distinguished names (`/o=Contoso/ou=.../cn=Recipients/cn=jsmith`): their last part names the person.</summary>
    string WithoutDirectoryNames(string text)
    {
        StringBuilder? result = null;
        var done = 0;
        for (var at = NextName(0); at >= 0; at = NextName(at + 4))
        {
            var start = at + 4;
            var end = start;
            while (end < text.Length && (IsLocal(text[end]) || text[end] == ' ') && text[end] is not ('/' or '|'))
                end++;
            var name = text.AsSpan(start, end - start);
            if (name.Length == 0 || (end < text.Length && text[end] == '/') || IsGroupName(name))
                continue;
            (result ??= new(text.Length)).Append(text, done, start - done).Append(Local(name.ToString()));
            done = end;
        }

        return result is null ? text : result.Append(text, done, text.Length - done).ToString();

        int NextName(int from) => text.IndexOf("/cn=", from, StringComparison.OrdinalIgnoreCase);
    }

    static bool IsGroupName(ReadOnlySpan<char> name) =>
        name.Trim().Equals("Recipients", StringComparison.OrdinalIgnoreCase) || name.Trim().Equals("Configuration", StringComparison.OrdinalIgnoreCase);

    /// <summary>The host. Text after it in the same column is masked: <c>@contoso.com (John Smith)</c>, <c>@contoso.com?subject=...</c>.</summary>
    static string Host(string atAndHost)
    {
        var end = atAndHost.AsSpan().IndexOfAny(NotOfHost);
        return end < 0 || end == atAndHost.Length - 1 ? atAndHost : $"{atAndHost.AsSpan(0, end)}***";
    }

    string Local(string local)
    {
        if (privacy == AddressPrivacy.Hashed)
            return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(local.ToLowerInvariant())).AsSpan(0, 8));
        if (local.Length <= 2 || local == "***")
            return "***";
        return local[..(char.IsHighSurrogate(local[0]) ? 2 : 1)] + "***";
    }

    /// <summary>
    /// Beyond ASCII, all characters except white space: local parts may contain vowel signs and emoji (RFC 6531), which .NET does not count as letters.
    /// </summary>
    static bool IsLocal(char c) =>
        char.IsAscii(c) ? char.IsAsciiLetterOrDigit(c) || ".!#$%&'*+/=?^_`{|}~-".Contains(c, StringComparison.Ordinal) : !char.IsWhiteSpace(c);
}
