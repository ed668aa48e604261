using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Mailflow.Analysis.Domains;
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
    const long MessageSeed = 0x6D65737361676531;
    const long NetworkSeed = 0x6E6574776F726B31;
    const long AddressSeed = 0x6164647265737331;
    const long DomainSeed = 0x646F6D61696E3131;

    /// <summary>Longer texts are rare and take the slow way.</summary>
    const int MaxFast = 256;

    /// <summary>The key of a Message-ID.</summary>
    public static ulong Message(ReadOnlySpan<byte> id)
    {
        Span<byte> room = stackalloc byte[MaxFast];
        if (id.Length > MaxFast || !TryFold(id, room))
            return HashSlowly(TraceForm.Bare(KeptText.Of(id, KeptText.Line)).ToString(), MessageSeed);
        var (from, to) = Trimmed(id);
        while (from < to && id[from] == '<')
            from++;
        while (from < to && id[to - 1] == '>')
            to--;
        return Hash(room[from..to], MessageSeed);
    }

    /// <summary>The key of a network message id.</summary>
    public static ulong Network(ReadOnlySpan<byte> id)
    {
        Span<byte> room = stackalloc byte[MaxFast];
        if (id.Length > MaxFast || !TryFold(id, room))
            return HashSlowly(TraceForm.Plain(KeptText.Of(id, KeptText.Name)), NetworkSeed);
        var (from, to) = Trimmed(id);
        while (from < to && id[from] is (byte)'{' or (byte)'}')
            from++;
        while (from < to && id[to - 1] is (byte)'{' or (byte)'}')
            to--;
        var length = 0;
        for (var next = from; next < to;)
        {
            var hyphen = id[next..to].IndexOf((byte)'-');
            var end = hyphen < 0 ? to : next + hyphen;
            room[next..end].CopyTo(room[length..]);
            length += end - next;
            next = end + 1;
        }

        return Hash(room[..length], NetworkSeed);
    }

    /// <summary>The key of an address, unwrapped if it is the member of a list.</summary>
    public static ulong Address(ReadOnlySpan<byte> address) => Address(address, out _, domain: false);

    /// <summary>The keys of an address and of its domain; the domain's is 0 where there is none.</summary>
    public static ulong Address(ReadOnlySpan<byte> address, out ulong ofDomain) => Address(address, out ofDomain, domain: true);

    /// <summary>The key of a domain.</summary>
    public static ulong Domain(ReadOnlySpan<byte> domain)
    {
        Span<byte> room = stackalloc byte[MaxFast];
        return domain.Length <= MaxFast && TryFold(domain, room) && IsPlain(domain)
            ? Hash(room[..domain.Length], DomainSeed)
            : DomainSlowly(Encoding.UTF8.GetString(domain));
    }

    static ulong Address(ReadOnlySpan<byte> address, out ulong ofDomain, bool domain)
    {
        Span<byte> room = stackalloc byte[MaxFast];
        if (address.Length > MaxFast || !TryFold(address, room) || address.Contains((byte)'\''))
            return AddressSlowly(address, out ofDomain);
        ofDomain = 0;
        var at = address.LastIndexOf((byte)'@');
        if (at >= 0)
        {
            if (!IsPlain(address[(at + 1)..]))
                return AddressSlowly(address, out ofDomain);
            if (domain)
                ofDomain = Hash(room[(at + 1)..address.Length], DomainSeed);
        }

        return Hash(room[..address.Length], AddressSeed);
    }

    static ulong AddressSlowly(ReadOnlySpan<byte> utf8, out ulong ofDomain)
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

    /// <summary>Whether a domain in ASCII has no end that <see cref="DomainNames.Clean"/> takes away.</summary>
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

    static ulong HashSlowly(string text, long seed)
    {
        // The upper case of letters beyond ASCII is what OrdinalIgnoreCase compares.
        var bytes = Encoding.UTF8.GetBytes(text.ToUpperInvariant());
        foreach (ref var b in bytes.AsSpan())
            b |= 0x20;
        return Hash(bytes, seed);
    }

    static ulong Hash(ReadOnlySpan<byte> folded, long seed) => folded.IsEmpty ? 0 : Math.Max(1, XxHash3.HashToUInt64(folded, seed));

    /// <summary>Copies a text with the bit 0x20 set; false if it is not ASCII.</summary>
    static bool TryFold(ReadOnlySpan<byte> text, Span<byte> to)
    {
        var all = 0UL;
        var i = 0;
        if (text.Length >= Vector<byte>.Count)
        {
            var (bit, any) = (new Vector<byte>(0x20), Vector<byte>.Zero);
            for (; i <= text.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            {
                var part = new Vector<byte>(text[i..]);
                any |= part;
                (part | bit).CopyTo(to[i..]);
            }

            if (Vector.GreaterThanAny(any, new Vector<byte>(0x7F)))
                return false;
        }

        for (; i <= text.Length - sizeof(ulong); i += sizeof(ulong))
        {
            var part = MemoryMarshal.Read<ulong>(text[i..]);
            all |= part;
            MemoryMarshal.Write(to[i..], part | 0x2020202020202020);
        }

        for (; i < text.Length; i++)
        {
            all |= text[i];
            to[i] = (byte)(text[i] | 0x20);
        }

        return (all & 0x8080808080808080) == 0;
    }
}
