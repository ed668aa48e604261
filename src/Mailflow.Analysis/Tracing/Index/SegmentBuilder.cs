using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.Tracing.Index;

/// <summary>
/// Adds the keys of rows to the segment of a file, and divides the file into segments: a worker has one, for all its files. A segment ends before the
/// row with which it would exceed <see cref="MaxBytes"/>, or when its filter is full. A row with more keys than a filter has room for is one segment,
/// whose filter is fuller: it has more false hits.
/// </summary>
/// <param name="leastGrowth">
/// A segment that grew by less is not given to the tally: a server that writes a row a second must not make the store write a page a second. What was
/// not given is read by a search.
/// </param>
public sealed class SegmentBuilder(int leastGrowth = SegmentBuilder.LeastGrowth)
{
    /// <summary>The longest segment, in bytes: what a hit costs to read.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>A segment of this length ends with its block: the rest would be a small part of the next block.</summary>
    const int NearlyFull = MaxBytes - (MaxBytes / 16);

    const int LeastGrowth = 16 * 1024;

    const int Known = 512;

    /// <summary>Addresses that are already in the segment, by their key: their domain needs no second hash.</summary>
    readonly ulong[] _known = new ulong[Known];

    readonly byte[] _room = new byte[256];
    OpenSegment _segment = new();
    List<TraceSegment> _given = [];
    int _count;
    long _block;

    /// <summary>Starts a block of a file.</summary>
    /// <param name="segment">The file's.</param>
    /// <param name="offset">Where the block starts in the file.</param>
    /// <param name="given">Receives segments; those in it are reused.</param>
    public void Begin(OpenSegment segment, long offset, List<TraceSegment> given)
    {
        (_segment, _block, _given, _count) = (segment, offset, given, 0);
        // After a gap, another segment begins.
        if (segment.Start < 0 || segment.End != offset)
            segment.Begin(offset);
        Array.Clear(_known);
    }

    /// <summary>Begins a row.</summary>
    /// <param name="offset">Its start in the block.</param>
    internal void BeginRow(int offset, DateTime time)
    {
        if (_segment.Keys >= KeyFilter.MaxKeys || _block + offset - _segment.Start >= MaxBytes)
            Close(offset);
        if (time < _segment.First)
            _segment.First = time;
        if (time > _segment.Last)
            _segment.Last = time;
    }

    internal void AddMessage(ReadOnlySpan<byte> id)
    {
        if (!id.IsEmpty)
            Add(TraceKey.Message(id));
    }

    internal void AddNetwork(ReadOnlySpan<byte> id)
    {
        if (!id.IsEmpty)
            Add(TraceKey.Network(id));
    }

    internal void AddList(ReadOnlySpan<byte> addresses)
    {
        if (!addresses.IsEmpty)
            foreach (var member in new ListMembers(addresses))
                AddAddress(ListMembers.Unwrap(member));
    }

    internal void AddAddress(ReadOnlySpan<byte> address)
    {
        if (address.IsEmpty)
            return;
        // A halved text may have two quotes again; then it takes the slow way from its start.
        var written = address;
        if (address.IndexOf("''"u8) >= 0)
            address = TraceKey.Halved(address, _room);
        var isPlain = TraceKey.TryAddress(address, out var key, out var at);
        var domain = 0UL;
        if (!isPlain)
            key = TraceKey.AddressSlowly(written, out domain);
        // Of an address that is in the segment, its domain is there too.
        ref var known = ref _known[key % Known];
        if (known == key)
            return;
        known = key;
        Add(key);
        Add(isPlain && at >= 0 ? TraceKey.Domain(address[(at + 1)..]) : domain);
    }

    /// <summary>Here is text whose keys are not known: the segment always matches.</summary>
    public void AddUnknown()
    {
        _segment.Filter.AsSpan().Fill(0xFF);
        (_segment.First, _segment.Last, _segment.Keys) = (DateTime.MinValue, DateTime.MaxValue, int.MaxValue);
    }

    /// <summary>Ends the block: the tally has the segments that ended, and the last one if it grew enough.</summary>
    /// <param name="end">The end of the block in the file.</param>
    /// <returns>How many segments of the list are of this block.</returns>
    public int End(long end)
    {
        _segment.End = end;
        if (_segment.Keys >= KeyFilter.MaxKeys || end - _segment.Start >= NearlyFull)
        {
            Give(end, isOpen: false);
            _segment.Begin(end);
        }
        else if (end - _segment.Given >= (_segment.Given == _segment.Start ? leastGrowth / 4 : leastGrowth))
        {
            Give(end, isOpen: true);
            _segment.Given = end;
        }

        return _count;
    }

    void Close(int offset)
    {
        if (_block + offset <= _segment.Start)
            return;
        Give(_block + offset, isOpen: false);
        _segment.Begin(_block + offset);
        Array.Clear(_known);
    }

    void Give(long end, bool isOpen)
    {
        if (_count == _given.Count)
            _given.Add(new());
        _given[_count++].Set(_segment, end, isOpen);
    }

    void Add(ulong key)
    {
        if (key != 0 && KeyFilter.Add(_segment.Filter, key))
            _segment.Keys++;
    }
}
