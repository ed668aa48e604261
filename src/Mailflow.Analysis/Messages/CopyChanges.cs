namespace Mailflow.Analysis.Messages;

/// <summary>The changes of copies that one block makes: one for each copy, however many rows it has. Reused from block to block.</summary>
public sealed class CopyChanges
{
    const int Smallest = 1024;

    /// <summary>A list that grew larger is released.</summary>
    const int Largest = 16 * Smallest;

    CopyChange[] _changes = new CopyChange[Smallest / 2];

    /// <summary>Places in the list plus one, by hash; 0: free. Half of it is always free.</summary>
    int[] _places = new int[Smallest];

    readonly Dictionary<string, int> _hops = new(StringComparer.OrdinalIgnoreCase);
    readonly List<string> _names = [""];

    /// <summary>The next hop of the last row: it is nearly always that of the next.</summary>
    (string? Name, int Hop) _last;

    /// <summary>Messages that the server received over SMTP, once for each time: the hash of Message-ID and first recipient, and the time.</summary>
    public List<(ulong Key, long Milliseconds)> Received { get; } = [];

    /// <summary>How many copies changed.</summary>
    public int Count { get; private set; }

    /// <summary>The changes.</summary>
    public ReadOnlySpan<CopyChange> All => _changes.AsSpan(0, Count);

    /// <summary>The name of a next hop.</summary>
    public string HopName(int hop) => _names[hop];

    /// <summary>The number of next hops, with none.</summary>
    public int Hops => _names.Count;

    /// <summary>Estimated bytes of memory.</summary>
    public long Bytes => (48L * Count) + (16L * Received.Count);

    /// <summary>The number of a next hop; 0 for no name, or one that may be an address.</summary>
    public int HopOf(string name)
    {
        if (!ReferenceEquals(name, _last.Name))
            _last = (name, NumberOf(name));
        return _last.Hop;
    }

    int NumberOf(string name)
    {
        if (_hops.TryGetValue(name, out var hop))
            return hop;
        if (!LabelName.IsName(name))
            return 0;
        _hops.Add(name, hop = _names.Count);
        _names.Add(name);
        return hop;
    }

    /// <summary>Adds what a row says.</summary>
    public void Add(in CopyChange change)
    {
        var mask = _places.Length - 1;
        for (var i = (int)(change.Key >> 32) & mask; ; i = (i + 1) & mask)
        {
            var place = _places[i];
            if (place == 0)
            {
                _places[i] = Append(change);
                if (Count * 2 > _places.Length)
                    Grow();
                return;
            }

            ref var known = ref _changes[place - 1];
            if (known.Key != change.Key)
                continue;
            known = CopyChange.Join(known, change);
            return;
        }
    }

    /// <summary>Converts all offsets.</summary>
    public void MapOffsets(Func<int, int> map)
    {
        for (var i = 0; i < Count; i++)
            _changes[i] = _changes[i] with { Offset = map(_changes[i].Offset) };
    }

    /// <summary>Resets everything for the next block.</summary>
    public void Clear()
    {
        Received.Clear();
        if (Count == 0 && _names.Count == 1)
            return;
        if (_places.Length > Largest)
            (_places, _changes) = (new int[Smallest], new CopyChange[Smallest / 2]);
        else
            Array.Clear(_places);
        (Count, _last) = (0, default);
        _hops.Clear();
        _names.RemoveRange(1, _names.Count - 1);
    }

    int Append(in CopyChange change)
    {
        if (Count == _changes.Length)
            Array.Resize(ref _changes, 2 * Count);
        _changes[Count] = change;
        return ++Count;
    }

    void Grow()
    {
        _places = new int[2 * _places.Length];
        var mask = _places.Length - 1;
        for (var n = 0; n < Count; n++)
        {
            var i = (int)(_changes[n].Key >> 32) & mask;
            while (_places[i] != 0)
                i = (i + 1) & mask;
            _places[i] = n + 1;
        }
    }
}
