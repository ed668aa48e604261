using System.Runtime.CompilerServices;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>
/// A hash table of copies: 256 parts with linear probing, at most seven eighths full. Each grows by itself, so that no more than one part is copied at
/// a time; what is dead is dropped first. 10 million entries take less than 400 MB.
/// </summary>
sealed class CopyTable
{
    public const int Parts = 256;

    const int Smallest = 8;

    /// <summary>Entries of a part below which it grows by a quarter.</summary>
    const int Small = 8192;

    readonly CopyEntry[][] _parts = new CopyEntry[Parts][];
    readonly int[] _counts = new int[Parts];

    ulong _touched;

    public CopyTable() => Array.Fill(_parts, []);

    /// <summary>Entries, dead ones included.</summary>
    public int Count { get; private set; }

    /// <summary>Closed entries whose newest row is older are dead. In milliseconds since year 1.</summary>
    public long Floor { get; set; }

    public long Bytes => _parts.Sum(p => (long)p.Length) * Unsafe.SizeOf<CopyEntry>();

    /// <summary>All places of a part; those with key 0 are free.</summary>
    public Span<CopyEntry> Part(int part) => _parts[part];

    public static int PartOf(ulong key) => (int)(key >> 56);

    /// <summary>The entry, or a null reference. Valid until the next call of <see cref="Add"/>.</summary>
    public ref CopyEntry Find(ulong key)
    {
        var part = _parts[PartOf(key)];
        if (part.Length > 0)
            for (var i = Home(key, part.Length); part[i].Key != 0; i = i + 1 == part.Length ? 0 : i + 1)
                if (part[i].Key == key)
                    return ref part[i];
        return ref Unsafe.NullRef<CopyEntry>();
    }

    /// <summary>Brings the places of some keys into the processor's cache, all at once: waiting for each alone takes longer than all else.</summary>
    public void Touch(ReadOnlySpan<CopyChange> changes)
    {
        var sum = 0UL;
        foreach (ref readonly var change in changes)
            if (_parts[PartOf(change.Key)] is { Length: > 0 } part)
                sum += part[Home(change.Key, part.Length)].Key;
        _touched = sum;
    }

    /// <summary>A new entry for a key that is not there.</summary>
    public ref CopyEntry Add(ulong key)
    {
        var part = PartOf(key);
        if ((_counts[part] + 1) * 8L > _parts[part].Length * 7L)
            Grow(part);
        _counts[part]++;
        Count++;
        return ref Place(_parts[part], key);
    }

    /// <summary>Drops entries of a part.</summary>
    public void Drop(int part, Predicate<CopyEntry> dropped)
    {
        var all = _parts[part];
        var kept = 0;
        foreach (ref var entry in all.AsSpan())
            if (entry.Key != 0 && !dropped(entry))
                kept++;
        if (kept != _counts[part])
            Move(part, SizeFor(kept), dropped);
    }

    void Grow(int part)
    {
        var live = 0;
        foreach (ref var entry in _parts[part].AsSpan())
            if (entry.Key != 0 && !entry.IsDead(Floor))
                live++;
        // With little room after dropping the dead, it would soon be full again. A large table grows in smaller steps.
        var more = live < Small ? live / 4 : live / 16;
        Move(part, Math.Max(_parts[part].Length, SizeFor(live + 1 + more)), e => e.IsDead(Floor));
    }

    static int SizeFor(int entries) => (int)(entries * 8L / 7) + Smallest;

    void Move(int part, int size, Predicate<CopyEntry> dropped)
    {
        var (before, count) = (_parts[part], 0);
        var after = new CopyEntry[size];
        foreach (ref var entry in before.AsSpan())
            if (entry.Key != 0 && !dropped(entry))
            {
                Place(after, entry.Key) = entry;
                count++;
            }

        Count += count - _counts[part];
        (_parts[part], _counts[part]) = (after, count);
    }

    static ref CopyEntry Place(CopyEntry[] part, ulong key)
    {
        var i = Home(key, part.Length);
        while (part[i].Key != 0)
            i = i + 1 == part.Length ? 0 : i + 1;
        part[i].Key = key;
        return ref part[i];
    }

    // The upper 8 bits have chosen the part.
    static int Home(ulong key, int length) => (int)(((key >> 16 & 0xFFFFFFFF) * (ulong)length) >> 32);
}
