using System.Runtime.CompilerServices;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>
/// A hash table of copies: 256 parts with linear probing. Each grows by itself, so that no more than one part is copied at a time; what is dead is
/// dropped first. 10 million entries take less than 400 MB.
/// </summary>
sealed class CopyTable
{
    public const int Parts = 256;

    const int Smallest = 8;

    /// <summary>
    /// Entries of a part below which it is at most three quarters full and grows by half: the search for a new key passes 8 others then. Above, it is
    /// at most seven eighths full, with a search of 32, since memory matters more.
    /// </summary>
    const int Small = 8192;

    readonly CopyEntry[][] _parts = new CopyEntry[Parts][];
    readonly int[] _counts = new int[Parts];

    /// <summary>Entries at which a part grows.</summary>
    readonly int[] _limits = new int[Parts];

    ulong _touched;

    public CopyTable() => Array.Fill(_parts, []);

    /// <summary>Entries, dead ones included.</summary>
    public int Count { get; private set; }

    /// <summary>Closed entries whose newest row is older are dead. In milliseconds since year 1.</summary>
    public long Floor { get; set; }

    /// <summary>The memory of the entries, in bytes.</summary>
    public long Bytes => _parts.Sum(p => (long)p.Length) * Unsafe.SizeOf<CopyEntry>();

    /// <summary>All places of a part; those with key 0 are free.</summary>
    public Span<CopyEntry> Part(int part) => _parts[part];

    public static int PartOf(ulong key) => (int)(key >> 56);

    /// <summary>The entry, or a null reference. Valid until the next call of <see cref="FindOrAdd"/>.</summary>
    public ref CopyEntry Find(ulong key)
    {
        var part = _parts[PartOf(key)];
        if (part.Length == 0)
            return ref Unsafe.NullRef<CopyEntry>();
        ref var entry = ref Place(part, key);
        return ref entry.Key == 0 ? ref Unsafe.NullRef<CopyEntry>() : ref entry;
    }

    /// <summary>Brings the places of some keys into the processor's cache, all at once: waiting for each alone takes longer than all else.</summary>
    public void Touch(ReadOnlySpan<CopyChange> changes)
    {
        var sum = 0UL;
        foreach (ref readonly var change in changes)
            sum += At(change.Key);
        _touched = sum;
    }

    /// <inheritdoc cref="Touch(ReadOnlySpan{CopyChange})"/>
    public void Touch(ReadOnlySpan<ulong> keys)
    {
        var sum = 0UL;
        foreach (var key in keys)
            sum += At(key);
        _touched = sum;
    }

    ulong At(ulong key) => _parts[PartOf(key)] is { Length: > 0 } part ? part[Home(key, part.Length)].Key : 0;

    /// <summary>The entry of a key, or a new one.</summary>
    public ref CopyEntry FindOrAdd(ulong key, out bool isNew)
    {
        var part = PartOf(key);
        if (_counts[part] >= _limits[part])
            Grow(part);
        ref var entry = ref Place(_parts[part], key);
        isNew = entry.Key == 0;
        if (isNew)
        {
            entry.Key = key;
            _counts[part]++;
            Count++;
        }

        return ref entry;
    }

    /// <summary>Drops entries of a part.</summary>
    public void Drop(int part, Predicate<CopyEntry> dropped)
    {
        var kept = 0;
        foreach (ref var entry in _parts[part].AsSpan())
            if (entry.Key != 0 && !dropped(entry))
                kept++;
            else
                // A place that is taken from a row of them makes it incomplete: all are moved below.
                entry.Key = 0;
        if (kept != _counts[part])
            Move(part, kept, SizeFor(kept));
    }

    void Grow(int part)
    {
        var live = _counts[part];
        if (Floor > 0)
            foreach (ref var entry in _parts[part].AsSpan())
                if (entry.Key != 0 && entry.IsDead(Floor))
                {
                    entry.Key = 0;
                    live--;
                }

        // With little room after dropping the dead, it would soon be full again. A large table grows in smaller steps.
        var more = live < Small ? live / 2 : live / 16;
        Move(part, live, Math.Max(_parts[part].Length, SizeFor(live + 1 + more)));
    }

    static int SizeFor(int entries) => (int)(entries < Small ? entries * 4L / 3 : entries * 8L / 7) + Smallest;

    static int LimitOf(int size) => (int)(size < SizeFor(Small) ? size * 3L / 4 : size * 7L / 8);

    /// <summary>Moves all entries of a part to a new array.</summary>
    void Move(int part, int count, int size)
    {
        // The collector does not move it: with small heaps it would copy all parts again and again.
        var after = GC.AllocateArray<CopyEntry>(size, pinned: true);
        foreach (ref var entry in _parts[part].AsSpan())
            if (entry.Key != 0)
                Place(after, entry.Key) = entry;
        Count += count - _counts[part];
        (_parts[part], _counts[part], _limits[part]) = (after, count, LimitOf(size));
    }

    /// <summary>The place of a key; one that is free if it is not there.</summary>
    static ref CopyEntry Place(CopyEntry[] part, ulong key)
    {
        var i = Home(key, part.Length);
        while (part[i].Key != 0 && part[i].Key != key)
            i = i + 1 == part.Length ? 0 : i + 1;
        return ref part[i];
    }

    // The upper 8 bits have chosen the part.
    static int Home(ulong key, int length) => (int)(((key >> 16 & 0xFFFFFFFF) * (ulong)length) >> 32);
}
