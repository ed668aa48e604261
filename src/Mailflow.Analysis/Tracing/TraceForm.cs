using System.Text;
using Mailflow.Analysis.Domains;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tracing;

/// <summary>The form in which ids, addresses and domains are compared. The index and the search must agree, so both use this.</summary>
static class TraceForm
{
    /// <summary>A Message-ID without angle brackets.</summary>
    public static ReadOnlySpan<char> Bare(string id) => id.AsSpan().Trim().TrimStart('<').TrimEnd('>');

    /// <summary>A network message id without braces and hyphens.</summary>
    public static string Plain(string id) => id.Trim().Trim('{', '}').Replace("-", "", StringComparison.Ordinal);

    /// <summary>The text of an address in a row; quotes are doubled there.</summary>
    public static string Address(ReadOnlySpan<byte> address) => KeptText.Of(address, KeptText.Address).Replace("''", "'", StringComparison.Ordinal);

    /// <summary>
    /// The domain in ASCII; null where it is none. Letters are made upper case first: two texts that are equal without regard to case then have one
    /// form, also where one upper case has two lower ones.
    /// </summary>
    public static string? DomainOf(string domain) => DomainNames.Clean(Ascii.IsValid(domain) ? domain : domain.ToUpperInvariant());
}
