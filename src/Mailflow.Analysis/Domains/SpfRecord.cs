using System.Globalization;
using System.Net;
using Mailflow.Analysis.Blocklists;

namespace Mailflow.Analysis.Domains;

/// <summary>The SPF result for an address (RFC 7208 section 2.6).</summary>
public enum SpfResult
{
    None,
    Neutral,
    Pass,
    Fail,
    SoftFail,
    TempError,
    PermError,
}

/// <summary>The mechanisms of SPF (RFC 7208 section 5).</summary>
public enum SpfMechanism
{
    All,
    Include,
    A,
    Mx,
    /// <summary>ptr: matches by the address's reverse name.</summary>
    Reverse,
    Ip4,
    Ip6,
    Exists,
}

/// <summary>One mechanism and the result where it matches.</summary>
/// <param name="Domain">The domain that it queries, macros unexpanded; empty for the current domain.</param>
/// <param name="Network">For ip4 and ip6.</param>
/// <param name="Prefix4">Bits of an IPv4 address that must agree.</param>
/// <param name="Prefix6">Bits of an IPv6 address that must agree.</param>
public sealed record SpfTerm(SpfResult Result, SpfMechanism Mechanism, string Domain, IPAddress? Network, int Prefix4 = 32, int Prefix6 = 128)
{
    /// <summary>Whether it counts towards the limit of ten lookups (RFC 7208 section 4.6.4).</summary>
    public bool Looks => Mechanism is SpfMechanism.Include or SpfMechanism.A or SpfMechanism.Mx or SpfMechanism.Reverse or SpfMechanism.Exists;

    /// <summary>Whether an address lies within the network of this term's prefix length.</summary>
    public bool Covers(IPAddress network, IPAddress address)
    {
        if (network.IsIpv4() != address.IsIpv4())
            return false;
        var (a, b) = (network.GetAddressBytes(), address.GetAddressBytes());
        var bits = address.IsIpv4() ? Prefix4 : Prefix6;
        for (var i = 0; i < a.Length && bits > 0; i++, bits -= 8)
            if (((a[i] ^ b[i]) & (bits >= 8 ? 255 : 255 << (8 - bits) & 255)) != 0)
                return false;
        return true;
    }
}

/// <summary>A domain's SPF record (RFC 7208).</summary>
/// <param name="Redirect">The domain whose record applies where no mechanism matches; null where there is none.</param>
public sealed record SpfRecord(IReadOnlyList<SpfTerm> Terms, string? Redirect)
{
    /// <summary>Whether a TXT record is an SPF record: the version, then a space or the end.</summary>
    public static bool IsOne(string text) => text.StartsWith("v=spf1", StringComparison.OrdinalIgnoreCase) && (text.Length == 6 || text[6] == ' ');

    /// <summary>The record, or the first invalid term.</summary>
    public static SpfRecord? Parse(string text, out string fault)
    {
        var terms = new List<SpfTerm>();
        var redirect = (string?)null;
        var explained = false;
        foreach (var word in text[6..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            fault = $"'{TaggedRecord.Show(word)}' is not a term of SPF";
            if (Modifier(word) is { } modifier)
            {
                if (modifier.Name.Equals("redirect", StringComparison.OrdinalIgnoreCase))
                {
                    if (redirect is not null || modifier.Value.Length == 0 || !IsDomain(modifier.Value))
                        return null;
                    redirect = modifier.Value;
                }
                else if (modifier.Name.Equals("exp", StringComparison.OrdinalIgnoreCase))
                {
                    if (explained)
                        return null;
                    explained = true;
                }

                continue;
            }

            if (Term(word) is not { } term)
                return null;
            terms.Add(term);
        }

        fault = "";
        return new(terms, redirect);
    }

    static (string Name, string Value)? Modifier(string word)
    {
        var end = 0;
        while (end < word.Length && (char.IsAsciiLetterOrDigit(word[end]) || (end > 0 && word[end] is '-' or '_' or '.')))
            end++;
        return end > 0 && end < word.Length && word[end] == '=' && char.IsAsciiLetter(word[0]) ? (word[..end], word[(end + 1)..]) : null;
    }

    static SpfTerm? Term(string word)
    {
        SpfResult? result = word[0] switch
        {
            '+' => SpfResult.Pass,
            '-' => SpfResult.Fail,
            '~' => SpfResult.SoftFail,
            '?' => SpfResult.Neutral,
            _ => null,
        };
        var rest = result is null ? word : word[1..];
        var end = rest.IndexOfAny([':', '/']);
        var (name, argument) = end < 0 ? (rest, "") : (rest[..end], rest[end..]);
        var says = result ?? SpfResult.Pass;
        return name.ToLowerInvariant() switch
        {
            "all" when argument.Length == 0 => new(says, SpfMechanism.All, "", null),
            "include" => Domain(argument) is { } d ? new(says, SpfMechanism.Include, d, null) : null,
            "exists" => Domain(argument) is { } d ? new(says, SpfMechanism.Exists, d, null) : null,
            "ptr" when argument.Length == 0 => new(says, SpfMechanism.Reverse, "", null),
            "ptr" => Domain(argument) is { } d ? new(says, SpfMechanism.Reverse, d, null) : null,
            "a" => WithPrefixes(says, SpfMechanism.A, argument),
            "mx" => WithPrefixes(says, SpfMechanism.Mx, argument),
            "ip4" => Network(says, SpfMechanism.Ip4, argument, true, 32),
            "ip6" => Network(says, SpfMechanism.Ip6, argument, false, 128),
            _ => null,
        };
    }

    static string? Domain(string argument) => argument.Length > 1 && argument[0] == ':' && IsDomain(argument[1..]) ? argument[1..] : null;

    /// <summary>A name ends with a label that is not a number, or with a macro (RFC 7208 section 7.1). <c>a:192.0.2.1</c>, meant as ip4, is invalid.</summary>
    static bool IsDomain(string text)
    {
        if (!SpfMacro.IsValid(text))
            return false;
        if (text[^1] is '}' or '%' or '_' or '-')
            return text.Contains('%', StringComparison.Ordinal);
        var name = text[^1] == '.' ? text[..^1] : text;
        var last = name[(name.LastIndexOf('.') + 1)..];
        return last.Length > 0 && last.Length < name.Length && last.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && !last.All(char.IsAsciiDigit);
    }

    /// <summary><c>:domain/24//64</c>; each part is optional.</summary>
    static SpfTerm? WithPrefixes(SpfResult says, SpfMechanism mechanism, string argument)
    {
        var (four, six) = (32, 128);
        var rest = argument;
        if (rest.LastIndexOf("//", StringComparison.Ordinal) is >= 0 and var both)
        {
            if (Prefix(rest[(both + 2)..], 128) is not { } bits)
                return null;
            (six, rest) = (bits, rest[..both]);
        }

        // A slash inside a macro is part of the macro: %{d1r/}.
        if (rest.LastIndexOf('/') is >= 0 and var slash && slash > rest.LastIndexOf('}'))
        {
            if (Prefix(rest[(slash + 1)..], 32) is not { } bits)
                return null;
            (four, rest) = (bits, rest[..slash]);
        }

        if (rest.Length == 0)
            return new(says, mechanism, "", null, four, six);
        return Domain(rest) is { } domain ? new(says, mechanism, domain, null, four, six) : null;
    }

    static SpfTerm? Network(SpfResult says, SpfMechanism mechanism, string argument, bool ipv4, int most)
    {
        if (argument.Length < 2 || argument[0] != ':')
            return null;
        var slash = argument.IndexOf('/', StringComparison.Ordinal);
        var bits = slash < 0 ? most : Prefix(argument[(slash + 1)..], most);
        var text = slash < 0 ? argument[1..] : argument[1..slash];
        return bits is { } prefix && IsAddress(text, ipv4) && IPAddress.TryParse(text, out var network) && network.IsIpv4() == ipv4
            ? new(says, mechanism, "", network, prefix, prefix)
            : null;
    }

    /// <summary>.NET also accepts octal and hexadecimal numbers, brackets, ports and zones, which SPF does not allow (RFC 7208 section 5.6).</summary>
    static bool IsAddress(string text, bool ipv4) => ipv4
        ? text.Split('.') is { Length: 4 } octets && octets.All(o => o.Length > 0 && o.All(char.IsAsciiDigit) && (o.Length == 1 || o[0] != '0'))
        : text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.');

    static int? Prefix(string text, int most) =>
        text.Length is > 0 and <= 3 && (text.Length == 1 || text[0] != '0')
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits <= most ? bits : null;
}
