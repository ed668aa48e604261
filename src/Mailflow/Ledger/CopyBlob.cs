using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>
/// Entries of copies as bytes: a header, then key and kind of each entry with what it needs, then a hash of all that. A key without an entry was removed.
/// </summary>
sealed class CopyBlob
{
    const byte Removed = 0xFF;
    const int HeaderBytes = 24, HashBytes = 8, MostOfEntry = 40;

    byte[] _bytes = new byte[4096];
    int _length;

    public void Begin(Copies copies)
    {
        _length = 0;
        Room(HeaderBytes);
        Number(copies.Floor, 8);
        Number(copies.FoldedBefore, 8);
        Number(copies.Folded, 8);
    }

    public void Remove(ulong key)
    {
        Room(MostOfEntry);
        Number((long)key, 8);
        Number(Removed, 1);
    }

    public void Add(in CopyEntry entry)
    {
        Room(MostOfEntry);
        Number((long)entry.Key, 8);
        Number((byte)entry.Kind, 1);
        Number(entry.When >> 3, 6);
        if (entry.Kind == CopyKind.Received)
            Number(entry.Span, 4);
        if (entry.Kind != CopyKind.Open)
            return;
        Number(entry.Span, 4);
        Number(entry.File, 4);
        Number(entry.Offset, 5);
        Number(entry.Server | (entry.Hop << 12), 3);
    }

    public byte[] End()
    {
        Room(HashBytes);
        Number((long)XxHash3.HashToUInt64(_bytes.AsSpan(0, _length)), 8);
        return _bytes[.._length];
    }

    /// <summary>Applies a blob to the state.</summary>
    /// <param name="applies">Whether the entry of a key is taken.</param>
    /// <returns>False if the bytes are damaged; the state may then have a part of them.</returns>
    public static bool Apply(byte[] bytes, Copies copies, Func<ulong, bool> applies)
    {
        if (bytes.Length < HeaderBytes + HashBytes)
            return false;
        var rest = bytes.AsSpan(0, bytes.Length - HashBytes);
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(rest.Length)) != XxHash3.HashToUInt64(rest))
            return false;
        copies.Load(Take(ref rest, 8), Take(ref rest, 8), Take(ref rest, 8));
        while (rest.Length > 0)
        {
            if (rest.Length < 9)
                return false;
            var (key, form) = ((ulong)Take(ref rest, 8), (byte)Take(ref rest, 1));
            var entry = default(CopyEntry);
            if (form != Removed)
            {
                var kind = (CopyKind)form;
                if (key == 0 || kind > CopyKind.Received || rest.Length < (kind == CopyKind.Open ? 22 : kind == CopyKind.Received ? 10 : 6))
                    return false;
                entry.Set(CopyChange.WithKind(Take(ref rest, 6) << 3, kind));
                if (kind != CopyKind.Ended)
                    entry.Span = (uint)Take(ref rest, 4);
                if (kind == CopyKind.Open)
                {
                    var (file, offset, names) = ((uint)Take(ref rest, 4), Take(ref rest, 5), (int)Take(ref rest, 3));
                    entry.Put(file, offset, names & CopyEntry.MaxName, names >> 12);
                    if (Math.Max(entry.Server, entry.Hop) >= copies.Names.Count)
                        return false;
                }
            }

            if (!applies(key))
                continue;
            if (form == Removed)
            {
                // Closed and long ago: it is dropped when everything is loaded.
                ref var known = ref copies.Table.Find(key);
                if (!Unsafe.IsNullRef(ref known))
                    known.Set(CopyChange.WhenOf(0, false, CopyKind.Ended));
                continue;
            }

            entry.Key = key;
            copies.Table.FindOrAdd(key, out _) = entry;
        }

        return true;
    }

    /// <summary>Writes 8 bytes, of which the first are taken: <see cref="Room"/> has some more.</summary>
    void Number(long value, int bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_length), value);
        _length += bytes;
    }

    static long Take(ref Span<byte> rest, int bytes)
    {
        var value = 0L;
        for (var i = bytes - 1; i >= 0; i--)
            value = (value << 8) | rest[i];
        rest = rest[bytes..];
        return value;
    }

    void Room(int bytes)
    {
        if (_length + bytes > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + bytes));
    }
}
