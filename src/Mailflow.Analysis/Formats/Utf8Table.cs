using System.Numerics;

namespace Mailflow.Analysis.Formats;

/// <summary>A dictionary by UTF-8 names, for a lookup per row: .NET's dictionary makes two interface calls to its comparer per lookup.</summary>
sealed class Utf8Table<T>
    where T : class
{
    // Open addressing; at most half full.
    (uint Hash, byte[] Name, T? Value)[] _slots = new (uint, byte[], T?)[64];

    public int Count { get; private set; }

    /// <summary>The value of this name, or null.</summary>
    public T? Find(ReadOnlySpan<byte> name)
    {
        var slots = _slots;
        var hash = HashOf(name);
        for (var i = hash & (uint)(slots.Length - 1); ; i = (i + 1) & (uint)(slots.Length - 1))
        {
            ref readonly var slot = ref slots[i];
            if (slot.Value is null || (slot.Hash == hash && name.SequenceEqual(slot.Name)))
                return slot.Value;
        }
    }

    /// <summary>Adds a name that is not in the table.</summary>
    public void Add(ReadOnlySpan<byte> name, T value)
    {
        if (++Count > _slots.Length / 2)
        {
            var old = _slots;
            _slots = new (uint, byte[], T?)[2 * old.Length];
            foreach (var slot in old)
                if (slot.Value is not null)
                    Put(slot);
        }

        Put((HashOf(name), name.ToArray(), value));
    }

    void Put((uint Hash, byte[] Name, T? Value) slot)
    {
        var i = slot.Hash & (uint)(_slots.Length - 1);
        while (_slots[i].Value is not null)
            i = (i + 1) & (uint)(_slots.Length - 1);
        _slots[i] = slot;
    }

    /// <summary>
    /// Hashes all bytes, eight at a time: names from one provider differ only in the middle. The table's size limits the cost of deliberately
    /// colliding names.
    /// </summary>
    static uint HashOf(ReadOnlySpan<byte> name)
    {
        const ulong Golden = 0x9E3779B97F4A7C15;
        var hash = (uint)name.Length * Golden;
        var rest = name;
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
            hash = (BitOperations.RotateLeft(hash, 29) ^ BitConverter.ToUInt64(rest)) * Golden;
        if (name.Length >= sizeof(ulong))
            hash = (BitOperations.RotateLeft(hash, 29) ^ BitConverter.ToUInt64(name[^sizeof(ulong)..])) * Golden;
        else
            foreach (var b in name)
                hash = (BitOperations.RotateLeft(hash, 29) ^ b) * Golden;
        return (uint)(hash >> 32);
    }
}
