using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>
/// Rows of exports that stand in a log or in another export, too, so that they count once. First the rows of all exports are collected, then the rows of
/// logs are looked up, then each row of an export is counted only if no log and no other export has it.
/// </summary>
public sealed class SharedRows
{
    /// <summary>Keys that are remembered, with about 24 bytes each. Rows beyond are counted in each file that has them.</summary>
    public const int Most = 4_000_000;

    const int OfLog = -1;

    // A file's number from 1 on, or -1 minus it while a row of another file that says why may still take its place.
    readonly Dictionary<ulong, int> _owners = [];
    readonly List<RowParts> _parts = [];
    readonly Dictionary<string, int> _files = new(StringComparer.Ordinal);
    long _left;

    /// <summary>Rows that were not counted, because another file has them.</summary>
    public long Left => Interlocked.Read(ref _left);

    /// <summary>Whether there were more keys than are remembered.</summary>
    public bool IsFull => _owners.Count >= Most;

    /// <summary>Collects the rows of an export; none of them is counted.</summary>
    public IRowChoice Collect(string file)
    {
        _files[file] = _files.Count + 1;
        return new Collecting(this, _files[file]);
    }

    /// <summary>Counts the rows of an export that no other file has; null for a file that was not collected.</summary>
    public IRowChoice? Of(string file) => _files.TryGetValue(file, out var number) ? new Counting(this, number) : null;

    /// <summary>A row of a log. Called by several threads.</summary>
    internal void Mark(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> internalId, ReadOnlySpan<byte> source, ReadOnlySpan<byte> eventId, ReadOnlySpan<byte> recipients,
        DateTime time)
    {
        foreach (var parts in _parts)
        {
            var row = RowKey.OfRow(parts, message, internalId, source, eventId, time);
            if (row == 0)
                return;
            if (!parts.HasFlag(RowParts.Recipient))
                Mark(row);
            else
                foreach (var member in new ListMembers(recipients))
                    Mark(RowKey.OfRecipient(row, ListMembers.Unwrap(member)));
        }
    }

    // No key is added any more, so that threads can set values at the same time.
    void Mark(ulong key)
    {
        ref var owner = ref CollectionsMarshal.GetValueRefOrNullRef(_owners, key);
        if (!Unsafe.IsNullRef(ref owner))
            Volatile.Write(ref owner, OfLog);
    }

    /// <summary>
    /// The first row has the key, or the first one that says why. A row of several recipients keeps its keys, since it counts as a whole.
    /// </summary>
    void Add(int file, RowParts parts, ReadOnlySpan<ulong> keys, bool hasReason)
    {
        if (keys.Length > 0 && !_parts.Contains(parts))
            _parts.Add(parts);
        foreach (var key in keys)
            if (_owners.TryGetValue(key, out var owner) ? hasReason && owner < OfLog : _owners.Count < Most)
                _owners[key] = hasReason || keys.Length > 1 ? file : -1 - file;
    }

    bool IsElsewhere(int file, ReadOnlySpan<ulong> keys)
    {
        foreach (var key in keys)
            if (!_owners.TryGetValue(key, out var owner) || owner == file || owner == -1 - file)
                return false;
        return keys.Length > 0;
    }

    sealed class Collecting(SharedRows shared, int file) : IRowChoice
    {
        readonly RowParts[] _all = new RowParts[1];

        public IReadOnlyList<RowParts> PartsFor(RowParts all)
        {
            _all[0] = all;
            return _all;
        }

        public bool Takes(RowParts parts, ReadOnlySpan<ulong> keys, bool hasReason)
        {
            shared.Add(file, parts, keys, hasReason);
            return false;
        }
    }

    /// <summary>Of two exports, the row of the one with fewer parts is counted: the other one can be compared with it.</summary>
    sealed class Counting(SharedRows shared, int file) : IRowChoice
    {
        readonly Dictionary<RowParts, RowParts[]> _parts = [];

        public IReadOnlyList<RowParts> PartsFor(RowParts all)
        {
            if (!_parts.TryGetValue(all, out var found))
                _parts.Add(all, found = [.. shared._parts.Where(p => (p & ~all) == RowParts.None).OrderBy(p => BitOperations.PopCount((uint)p))]);
            return found;
        }

        public bool Takes(RowParts parts, ReadOnlySpan<ulong> keys, bool hasReason)
        {
            if (!shared.IsElsewhere(file, keys))
                return true;
            Interlocked.Increment(ref shared._left);
            return false;
        }
    }
}
