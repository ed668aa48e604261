using System.Globalization;
using System.Net;
using System.Text;

namespace Mailflow.Analysis.Messages;

/// <summary>
/// Decides which names from logs and exports may be values of metric labels. Any text can be in the columns for servers, connectors and
/// next hops, so a name that could be a person's address, in any form that Exchange writes, is not used as a label.
/// </summary>
public static class LabelName
{
    /// <summary>Longer names are not used as labels.</summary>
    public const int MaxLength = 128;

    /// <summary>Prefixes of typed addresses: [MS-OXOABK], proxyAddresses, RFC 3461 <c>rfc822;</c>, and links.</summary>
    static readonly string[] AddressTypes =
    [
        "SMTP", "EUM", "NOTES", "X400", "X500", "EX", "SIP", "TEL", "FAX", "MSMAIL", "MS", "CCMAIL", "GWISE", "MAILTO", "RFC822", "IMCEA",
    ];

    /// <summary>The at sign, as it is encoded in URLs, HTML, quoted-printable, xtext and LDAP.</summary>
    static readonly string[] EncodedAtSigns = ["%40", "%2540", "=40", "+40", "\\40", "&#64;", "&#064;", "&#x40;", "&commat;"];

    /// <summary>Whether this may be a label value.</summary>
    public static bool IsName(string name)
    {
        if (name.Length is 0 or > MaxLength)
            return false;
        foreach (var letter in name.EnumerateRunes())
            if (letter.Value is '@' or 0xFF20 or 0xFE6B || !IsVisible(letter))
                return false;
        return !IsDistinguishedName(name) && !HasAddressType(name) && !EncodedAtSigns.Any(sign => name.Contains(sign, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Control characters, bidirectional marks and line separators are not visible.</summary>
    static bool IsVisible(Rune letter)
    {
        if (letter.Value < 0x7F)
            return letter.Value >= ' ';
        return Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
    }

    /// <summary>A legacy DN (<c>/o=..</c>), an LDAP DN (<c>CN=..,OU=..</c>) or an X.400 address (<c>s=..;g=..</c>): short keys with an equals sign.</summary>
    static bool IsDistinguishedName(string name)
    {
        for (var equal = name.IndexOf('=', StringComparison.Ordinal); equal >= 0; equal = name.IndexOf('=', equal + 1))
        {
            var key = name.AsSpan(0, equal);
            key = key[(key.LastIndexOfAny("/;,") + 1)..].Trim();
            if (key.Length is > 0 and <= 4 && !key.ContainsAnyExceptInRange('0', 'z'))
                return true;
        }

        return false;
    }

    /// <summary><c>EUM:1234</c>, <c>NOTES:Name/Org</c>, <c>rfc822;name</c>, <c>IMCEAEX-..</c>. IPv6 addresses also contain colons.</summary>
    static bool HasAddressType(string name)
    {
        if (name.StartsWith("IMCEA", StringComparison.OrdinalIgnoreCase))
            return true;
        var end = name.AsSpan().IndexOfAny(':', ';');
        return end > 0 && AddressTypes.Contains(name[..end].Trim(), StringComparer.OrdinalIgnoreCase) && !IPAddress.TryParse(name, out _);
    }
}
