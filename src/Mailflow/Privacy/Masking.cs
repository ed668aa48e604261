using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Mailflow.Privacy;

/// <summary>Hides who wrote to whom in everything that leaves the program: logs are personal data.</summary>
/// <param name="privacy">How.</param>
/// <param name="key">The key of the hash: of this installation, so that nobody can try addresses out elsewhere.</param>
sealed class Masking(AddressPrivacy privacy, byte[] key)
{
    /// <summary>How an at sign is written: by people, in URLs (some of them encoded twice), encoded words, LDAP and HTML.</summary>
    static readonly string[] Signs = ["\\@", "@", "\uFF20", "\uFE6B", "%40", "%2540", "=40", "\\40", "+40", "&#64;", "&#064;", "&#x40;", "&commat;"];

    /// <summary>No local part is longer (RFC 5321, 4.5.3.1: a path has 256 octets). Texts of a stranger may be; each sign costs no more than this.</summary>
    const int MaxLocal = 320;

    static readonly SearchValues<char> SignStarts = SearchValues.Create("@\uFF20\uFE6B%=\\+&");

    static readonly SearchValues<char> NotOfHost = SearchValues.Create(" \t()/?#&<>\"',;=\\|");

    public static Masking Default { get; } = new(AddressPrivacy.Masked, []);

    /// <summary>Shows everything: for what a person typed and gets back, and where the settings say so.</summary>
    public static Masking Plain { get; } = new(AddressPrivacy.Plain, []);

    /// <summary>An address; what has no `@` is hidden as a whole.</summary>
    public Masked Address(string address) => Masked.Address(this, address);

    /// <summary>Every address in a text: the name of a connector, a server or a file, a message of ours.</summary>
    public Masked Text(string text) => Masked.Text(this, text);

    /// <summary>A path, or a sentence about one, on one line.</summary>
    public Masked Path(string text) => Masked.Path(this, text);

    /// <summary>As <see cref="Text"/>, where there may be no text.</summary>
    public Masked? TextOrNull(string? text) => text is null ? null : Text(text);

    /// <summary>
    /// A server's reply, or what is made of it: every address, the names of the failure's own recipient and sender, and whatever else has the form of a
    /// person's name.
    /// </summary>
    /// <param name="own">The addresses that it is about, as the log has them.</param>
    public Masked Status(string text, params ReadOnlySpan<string> own) => Masked.Status(this, text, own);

    /// <summary>The string behind <see cref="Address"/>: for <see cref="Masked"/> alone.</summary>
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

    /// <summary>Where the local part before a sign begins, in a URL after the name of its parameter: <c>?id=john%40contoso.com</c>.</summary>
    static int LocalStart(string text, int done, int at)
    {
        var start = at;
        done = Math.Max(done, at - MaxLocal);
        if (start > done && text[start - 1] == '"')
            start = start - 1 > done && text.AsSpan(done, start - 1 - done).LastIndexOf('"') is >= 0 and var quote ? done + quote : start - 1;
        var ends = text[at] switch { '%' => "?&/#", '=' => "?", _ => "" };
        while (start > done && IsLocal(text[start - 1]) && !ends.Contains(text[start - 1], StringComparison.Ordinal))
            start--;
        return text[at] == '%' && start > done && text[start - 1] is '?' or '&' or ';' && text.IndexOf('=', start, at - start) is >= 0 and var equal
            ? equal + 1
            : start;
    }

    /// <summary><c>=40</c>, <c>\40</c> and <c>+40</c> may be a number or a path (<c>size=40MB</c>): they are a sign in an encoded word, or where a host's name follows.</summary>
    static bool IsBeforeHost(string text, int start, int end)
    {
        if (start > 0 && text[start - 1] == '?')
            return true;
        var after = end;
        var dot = -1;
        for (; after < text.Length && after < end + MaxLocal; after++)
        {
            // An encoded word may write the dot as =2E.
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

    /// <summary>A legacy distinguished name (`/o=Contoso/ou=.../cn=Recipients/cn=jsmith`) is an address too: its last part names the person.</summary>
    string WithoutDirectoryNames(string text)
    {
        StringBuilder? result = null;
        var done = 0;
        for (var at = text.IndexOf("/cn=", StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf("/cn=", at + 4, StringComparison.OrdinalIgnoreCase))
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
    }

    static bool IsGroupName(ReadOnlySpan<char> name) =>
        name.Trim().Equals("Recipients", StringComparison.OrdinalIgnoreCase) || name.Trim().Equals("Configuration", StringComparison.OrdinalIgnoreCase);

    /// <summary>What follows an address in its column, <c>@contoso.com (John Smith)</c> or <c>@contoso.com?subject=...</c>, is no host.</summary>
    static string Host(string atAndHost)
    {
        var end = atAndHost.AsSpan().IndexOfAny(NotOfHost);
        return end < 0 ? atAndHost : end == atAndHost.Length - 1 ? atAndHost : $"{atAndHost.AsSpan(0, end)}***";
    }

    string Local(string local) =>
        privacy == AddressPrivacy.Hashed
            ? Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(local.ToLowerInvariant())).AsSpan(0, 8))
            : local.Length > 2 && local != "***" ? local[..(char.IsHighSurrogate(local[0]) ? 2 : 1)] + "***" : "***";

    /// <summary>Beyond ASCII everything but a space: local parts have vowel signs and emoji (RFC 6531), which are no letters to .NET.</summary>
    static bool IsLocal(char c) =>
        char.IsAscii(c) ? char.IsAsciiLetterOrDigit(c) || ".!#$%&'*+/=?^_`{|}~-".Contains(c, StringComparison.Ordinal) : !char.IsWhiteSpace(c);
}
