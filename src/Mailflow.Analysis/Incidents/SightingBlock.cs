using System.Runtime.InteropServices;

namespace Mailflow.Analysis.Incidents;

/// <summary>
/// What one block of rows adds to the detection of incidents. Its texts have numbers of their own, because blocks are read by several workers. Reused
/// from block to block.
/// </summary>
public sealed class SightingBlock
{
    /// <summary>The number of the server that wrote the rows: it may become known only after the block is read.</summary>
    public const int ServerNumber = 1;

    /// <summary>A list that grew larger is released.</summary>
    const int Ordinary = 4096;

    const int Slots = 1024;

    readonly List<string> _names = ["", ""];
    readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The place of a passage plus one, by the hash of its key. A place that is taken by another key is overwritten: then there are two.</summary>
    readonly int[] _places = new int[Slots];

    /// <summary>The row that was added last to each passage.</summary>
    readonly List<int> _rows = [];

    int _row;

    /// <summary>Failed, deferred and late recipients.</summary>
    public List<Sighting> Sightings { get; } = [];

    /// <summary>Ordinary events, summed by minute and place. A sum may be in several parts.</summary>
    public List<Passage> Passages { get; } = [];

    /// <summary>The texts by number; the first is empty.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The server that wrote the rows; empty where it is not known.</summary>
    public string Server
    {
        get => _names[ServerNumber];
        set => _names[ServerNumber] = value;
    }

    /// <summary>A number that is another one after each <see cref="Clear"/>: numbers of texts are valid as long as it is the same.</summary>
    internal int Round { get; private set; }

    /// <summary>Estimated bytes of memory.</summary>
    public long Bytes => (80L * Sightings.Count) + (48L * Passages.Count) + (96L * (_names.Count - 2));

    /// <summary>The number of a text.</summary>
    public int NumberOf(string text)
    {
        if (text.Length == 0)
            return 0;
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, text, out var exists);
        if (!exists)
        {
            number = _names.Count;
            _names.Add(text);
        }

        return number;
    }

    /// <summary>Called before the first part of a row.</summary>
    internal void BeginRow() => _row++;

    /// <summary>Adds a part of a row to its passage. The parts of one row count as one message in each passage.</summary>
    internal void Add(in Passage passage)
    {
        var key = passage with { Recipients = 0, Messages = 0 };
        ref var place = ref _places[HashOf(key) & (Slots - 1)];
        if (place > 0)
        {
            ref var known = ref CollectionsMarshal.AsSpan(Passages)[place - 1];
            if (known with { Recipients = 0, Messages = 0 } == key)
            {
                known = known with
                {
                    Recipients = known.Recipients + passage.Recipients,
                    Messages = known.Messages + (_rows[place - 1] == _row ? 0 : passage.Messages),
                };
                _rows[place - 1] = _row;
                return;
            }
        }

        Passages.Add(passage);
        _rows.Add(_row);
        place = Passages.Count;
    }

    /// <summary>The contents with the numbers of a list for all blocks.</summary>
    public (List<Sighting> Sightings, List<Passage> Passages) With(NameList names)
    {
        var numbers = new int[_names.Count];
        for (var i = 1; i < numbers.Length; i++)
            numbers[i] = names.Of(_names[i]);
        return (Sightings.ConvertAll(s => s.With(numbers)), Passages.ConvertAll(p => p.With(numbers)));
    }

    /// <summary>Empties it for the next block.</summary>
    public void Clear()
    {
        Empty(Sightings);
        Empty(Passages);
        Empty(_rows);
        Array.Clear(_places);
        _numbers.Clear();
        _names.RemoveRange(2, _names.Count - 2);
        Server = "";
        Round++;
        _row = 0;
    }

    static int HashOf(in Passage key)
    {
        const uint Prime = 0x9E3779B1;
        var hash = ((uint)key.Minute * Prime) ^ (uint)key.Kind;
        hash = (hash ^ (uint)key.Hop) * Prime;
        hash = (hash ^ (uint)key.Domain) * Prime;
        hash = (hash ^ (uint)key.Sender) * Prime;
        hash = (hash ^ (uint)(key.Database + (key.Connector << 12))) * Prime;
        return (int)(hash >> 16);
    }

    static void Empty<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > Ordinary)
            list.Capacity = 0;
    }
}
