using System.Globalization;
using System.Text;

namespace Mailflow.Analysis.Failures.Facts;

/// <summary>
/// The X500 address behind an encapsulated one: <c>IMCEAEX-_o=EXAMPLE_cn=bob+2Esmith@example.com</c> is <c>/o=EXAMPLE/cn=bob.smith</c>.
/// <c>_</c> is <c>/</c>, <c>+XX</c> the character with this number: [MS-OXOABK] and
/// https://learn.microsoft.com/troubleshoot/exchange/email-delivery/imceaex-ndr
/// </summary>
static class ImceaFacts
{
    const string Prefix = "IMCEAEX-";

    public static bool Begins(string address) => address.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    public static void Find(ReplyWords words, List<Fact> facts)
    {
        var start = words.IndexOf("imceaex-");
        if (start < 0)
            return;
        var name = words.Text.AsSpan(start + Prefix.Length);
        var at = name.IndexOf('@');
        if (at <= 0 || name[..at].ContainsAny(" <>\"'"))
            return;
        var domain = name[(at + 1)..];
        var end = 0;
        while (end < domain.Length && (char.IsLetterOrDigit(domain[end]) || domain[end] is '.' or '-'))
            end++;
        facts.Add("x500", Decode(name[..at]), "The recipient's old internal address (legacyExchangeDN), which the sender's Outlook still uses.");
        facts.Add("recipient", $"{words.Text.AsSpan(start, Prefix.Length)}{name[..at]}@{domain[..end].TrimEnd('.')}",
            "The encapsulated address of the recipient.");
    }

    public static string Decode(ReadOnlySpan<char> name)
    {
        var result = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '+' && i + 2 < name.Length && byte.TryParse(name.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out var code))
            {
                result.Append((char)code);
                i += 2;
                continue;
            }
            result.Append(name[i] == '_' ? '/' : name[i]);
        }
        return result.ToString();
    }
}
