using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Mailflow.Analysis.Blocklists;

namespace Mailflow.Analysis.Domains;

/// <summary>Expands SPF macros (RFC 7208 section 7) in a domain specification, for one sending address and sender.</summary>
/// <param name="Address">The sending address.</param>
/// <param name="Domain">The sender's domain. The local part is always postmaster: a person's address never goes into a DNS query.</param>
public readonly record struct SpfMacro(IPAddress Address, string Domain)
{
    static readonly SearchValues<char> Delimiting = SearchValues.Create(".-+,/_=");

    /// <summary>Whether all macros in the text are valid and everything else is visible ASCII.</summary>
    public static bool IsValid(string text)
    {
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return false;
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at))
        {
            if (at + 1 >= text.Length)
                return false;
            if (text[at + 1] is '%' or '_' or '-')
                at += 2;
            else if (Parse(text, at) is { } macro)
                at = macro.End;
            else
                return false;
            if (at >= text.Length)
                break;
        }

        return true;
    }

    /// <summary>The text with its macros expanded; a name too long for DNS is cut from the left, at a dot.</summary>
    public string Expand(string text, string current)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] != '%')
            {
                result.Append(text[at++]);
            }
            else if (at + 1 < text.Length && text[at + 1] is '%' or '_' or '-')
            {
                result.Append(text[at + 1] switch { '%' => "%", '_' => " ", _ => "%20" });
                at += 2;
            }
            else if (Parse(text, at) is { } macro)
            {
                result.Append(Value(macro, current));
                at = macro.End;
            }
            else
            {
                result.Append(text[at++]);
            }
        }

        var name = result.ToString();
        while (name.Length > 253 && name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot)
            name = name[(dot + 1)..];
        return name;
    }

    readonly record struct Part(char Letter, int Digits, bool Reversed, string Delimiters, int End);

    /// <summary>The letters c, r and t are only allowed in explanations, which are not evaluated (section 7.2).</summary>
    static Part? Parse(string text, int at)
    {
        if (at + 3 >= text.Length + 1 || at + 1 >= text.Length || text[at + 1] != '{')
            return null;
        var end = text.IndexOf('}', at);
        if (end < at + 3 || !"slodiphv".Contains(char.ToLowerInvariant(text[at + 2]), StringComparison.Ordinal))
            return null;
        var rest = text.AsSpan(at + 3, end - at - 3);
        var digits = rest.IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? rest.Length : digits;
        var number = 0;
        if (digits > 0 && (!int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out number) || number == 0))
            return null;
        rest = rest[digits..];
        var reversed = rest.Length > 0 && rest[0] is 'r' or 'R';
        rest = reversed ? rest[1..] : rest;
        return rest.IndexOfAnyExcept(Delimiting) >= 0 ? null : new(text[at + 2], number, reversed, rest.Length == 0 ? "." : rest.ToString(), end + 1);
    }

    string Value(Part macro, string current)
    {
        var value = char.ToLowerInvariant(macro.Letter) switch
        {
            's' => "postmaster@" + Domain,
            'l' => "postmaster",
            'o' or 'h' => Domain,
            'd' => current,
            'i' => Address.IsIpv4() ? Address.ToString() : string.Join('.', ReverseNibbles()),
            'v' => Address.IsIpv4() ? "in-addr" : "ip6",
            _ => "unknown",
        };
        if (macro is { Digits: 0, Reversed: false, Delimiters: "." })
            return value;
        var parts = value.Split(macro.Delimiters.ToCharArray());
        if (macro.Reversed)
            Array.Reverse(parts);
        return string.Join('.', macro.Digits == 0 ? parts : parts.TakeLast(macro.Digits));
    }

    IEnumerable<string> ReverseNibbles() => ReverseName.Of(Address).Split('.').Reverse();
}
