using System.Text;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Tracing.Index;

/// <summary>
/// 64-bit hashes of the keys of a row, the same on every machine and in every version. What <see cref="TraceQuery"/> takes for equal has one hash:
/// upper and lower case, a message id with or without angle brackets, a network message id with or without hyphens and braces, a domain in Unicode
/// or in ASCII. A key is never 0. An empty text has no key: 0.
/// </summary>
/// <remarks>
/// The bit 0x20 of each byte is set before hashing: that makes ASCII letters lower case at no cost, and other bytes at most equal to one another, which
/// only makes a false hit. Text with other letters is brought into one form as a string first.
/// </remarks>
public static class TraceKey
{
    // One seed per kind: the domain contoso.com is not the message id contoso.com.
    const ulong MessageSeed = 0x6D65737361676531;
    const ulong NetworkSeed = 0x6E6574776F726B31;
    const ulong AddressSeed = 0x6164647265737331;
    const ulong DomainSeed = 0x646F6D61696E3131;

    /// <summary>Longer texts are rare and take the slow way.</summary>
    const int MaxFast = 256;

    /// <summary>The key of a Message-ID.</summary>
    public static ulong Message(ReadOnlySpan<byte> id)
    {
        var (from, to) = Trimmed(id);
        while (from < to && id[from] == '<')
            from++;
        while (from < to && id[to - 1] == '>')
            to--;
        return id.Length <= MaxFast && FoldedHash.TryOf(id[from..to], MessageSeed, out var key)
            ? key
            : HashSlowly(TraceForm.Bare(KeptText.Of(id, KeptText.Line)).ToString(), MessageSeed);
    }

    /// <summary>The key of a network message id.</summary>
    public static ulong Network(ReadOnlySpan<byte> id)
    {
        const int WithHyphens = 36;
        const int WithoutHyphens = 32;
        Span<byte> room = stackalloc byte[WithoutHyphens];
        if (id.Length != WithHyphens || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-')
            return NetworkSlowly(id);
        // As Exchange writes it.
        id[..8].CopyTo(room);
        id[9..13].CopyTo(room[8..]);
        id[14..18].CopyTo(room[12..]);
        id[19..23].CopyTo(room[16..]);
        id[24..].CopyTo(room[20..]);
        return !room.ContainsAnyExcept(Utf8Fields.HexDigits) && FoldedHash.TryOf(room, NetworkSeed, out var key) ? key : NetworkSlowly(id);
    }

    /// <summary>The key of an address, unwrapped if it is the member of a list.</summary>
    public static ulong Address(ReadOnlySpan<byte> address) => TryAddress(address, out var key, out _) ? key : AddressSlowly(address, out _);

    /// <summary>The keys of an address and of its domain; the domain's is 0 where there is none.</summary>
    public static ulong Address(ReadOnlySpan<byte> address, out ulong ofDomain)
    {
        if (!TryAddress(address, out var key, out var at))
            return AddressSlowly(address, out ofDomain);
        ofDomain = 0;
        if (at >= 0)
            FoldedHash.TryOf(address[(at + 1)..], DomainSeed, out ofDomain);
        return key;
    }

    /// <summary>The key of an address where it is ASCII and nothing in it must be brought into another form.</summary>
    /// <param name="at">Where its domain begins, less one; -1: nowhere.</param>
    internal static bool TryAddress(ReadOnlySpan<byte> address, out ulong key, out int at)
    {
        at = address.LastIndexOf((byte)'@');
        key = 0;
        return address.Length <= MaxFast && address.IndexOf("''"u8) < 0 && (at < 0 || IsPlain(address[(at + 1)..]))
            && FoldedHash.TryOf(address, AddressSeed, out key);
    }

    /// <summary>The key of a domain.</summary>
    public static ulong Domain(ReadOnlySpan<byte> domain) =>
        domain.Length <= MaxFast && IsPlain(domain) && FoldedHash.TryOf(domain, DomainSeed, out var key)
            ? key
            : DomainSlowly(Encoding.UTF8.GetString(domain));

    /// <summary>The address with each doubled quote halved, as a list has it.</summary>
    internal static ReadOnlySpan<byte> Halved(ReadOnlySpan<byte> address, Span<byte> room)
    {
        if (address.Length > room.Length)
            return address;
        var length = 0;
        for (var i = 0; i < address.Length; i++)
        {
            room[length++] = address[i];
            if (address[i] == '\'' && i + 1 < address.Length && address[i + 1] == '\'')
                i++;
        }

        return room[..length];
    }

    static ulong NetworkSlowly(ReadOnlySpan<byte> id) => HashSlowly(TraceForm.Plain(KeptText.Of(id, KeptText.Name)), NetworkSeed);

    internal static ulong AddressSlowly(ReadOnlySpan<byte> utf8, out ulong ofDomain)
    {
        var address = TraceForm.Address(utf8);
        ofDomain = 0;
        var at = address.LastIndexOf('@');
        if (at < 0)
            return HashSlowly(address, AddressSeed);
        ofDomain = DomainSlowly(address[(at + 1)..]);
        return HashSlowly(TraceForm.DomainOf(address[(at + 1)..]) is { } domain ? $"{address.AsSpan(0, at)}@{domain}" : address, AddressSeed);
    }

    static ulong DomainSlowly(string text) => TraceForm.DomainOf(text) is { } domain ? HashSlowly(domain, DomainSeed) : 0;

    /// <summary>Whether a domain in ASCII has no end that the form of a domain leaves out.</summary>
    static bool IsPlain(ReadOnlySpan<byte> domain) => !domain.IsEmpty && domain[^1] != '.' && domain[^1] > ' ' && domain[0] > ' ';

    /// <summary>The range without the white space around it.</summary>
    static (int From, int To) Trimmed(ReadOnlySpan<byte> text)
    {
        var (from, to) = (0, text.Length);
        while (from < to && IsSpace(text[from]))
            from++;
        while (from < to && IsSpace(text[to - 1]))
            to--;
        return (from, to);
    }

    static bool IsSpace(byte b) => b is (byte)' ' or (>= 9 and <= 13);

    static ulong HashSlowly(string text, ulong seed) =>
        // The upper case of letters beyond ASCII is what OrdinalIgnoreCase compares.
        FoldedHash.Of(Encoding.UTF8.GetBytes(text.ToUpperInvariant()), seed);
}
