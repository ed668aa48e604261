using System.Runtime.InteropServices;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>The state of one copy of a message, or of the receipts of a message, in 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
struct CopyEntry
{
    const int OffsetBits = 40, NameBits = 12;

    /// <summary>Largest number of a server or next hop.</summary>
    public const int MaxName = (1 << NameBits) - 1;

    /// <summary>0: free.</summary>
    public ulong Key;

    // As in a change; the last bit is whether it is not stored yet.
    long _when;

    // 40 bits of offset, 12 of server, 12 of next hop.
    ulong _place;

    /// <summary>For an open copy, milliseconds from its oldest to its newest row; for receipts, their number.</summary>
    public uint Span;

    public uint File;

    public readonly long When => _when & ~1L;

    public readonly long Newest => _when >> 4;

    public readonly CopyKind Kind => (CopyKind)((_when >> 1) & 3);

    public bool IsChanged
    {
        readonly get => (_when & 1) != 0;
        set => _when = (_when & ~1L) | (value ? 1L : 0);
    }

    public readonly long First => Newest - Span;

    public readonly long Offset => (long)(_place & ((1UL << OffsetBits) - 1));

    public readonly int Server => (int)(_place >> OffsetBits) & MaxName;

    public readonly int Hop => (int)(_place >> (OffsetBits + NameBits));

    public void Set(long when) => _when = when | (_when & 1);

    public void Put(uint file, long offset, int server, int hop)
    {
        File = file;
        _place = (ulong)Math.Min(offset, (1L << OffsetBits) - 1) | ((ulong)server << OffsetBits) | ((ulong)hop << (OffsetBits + NameBits));
    }

    /// <summary>The rest of a closed life: the place can be used for a new one.</summary>
    public readonly bool IsDead(long floor) => Kind != CopyKind.Open && Newest < floor;
}
