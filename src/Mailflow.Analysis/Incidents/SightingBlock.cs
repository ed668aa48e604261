namespace Mailflow.Analysis.Incidents;

/// <summary>
/// What one block of rows adds to the detection of incidents. Its texts have numbers of their own, because blocks are read by several workers. Reused
/// from block to block.
/// </summary>
public sealed class SightingBlock
{
    readonly List<string> _names = [""];

    /// <summary>Failed, deferred and late recipients.</summary>
    public List<Sighting> Sightings { get; } = [];

    /// <summary>Ordinary events, summed by minute and place.</summary>
    public List<Passage> Passages { get; } = [];

    /// <summary>The texts by number; the first is empty.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Estimated bytes of memory.</summary>
    public long Bytes => (72L * Sightings.Count) + (48L * Passages.Count) + (64L * _names.Count);

    /// <summary>Adds a text; the caller takes care that it is new.</summary>
    public int AddName(string text)
    {
        _names.Add(text);
        return _names.Count - 1;
    }

    /// <summary>The contents with the numbers of a list for all blocks.</summary>
    public (List<Sighting> Sightings, List<Passage> Passages) With(NameList names)
    {
        var numbers = new int[_names.Count];
        for (var i = 1; i < numbers.Length; i++)
            numbers[i] = names.Of(_names[i]);
        return (
            Sightings.ConvertAll(s => s with
            {
                Server = numbers[s.Server],
                Connector = numbers[s.Connector],
                Hop = numbers[s.Hop],
                Domain = numbers[s.Domain],
                Sender = numbers[s.Sender],
                Database = numbers[s.Database],
                Sub = numbers[s.Sub],
                Words = numbers[s.Words],
                Egress = numbers[s.Egress],
            }),
            Passages.ConvertAll(f => f with
            {
                Server = numbers[f.Server],
                Connector = numbers[f.Connector],
                Hop = numbers[f.Hop],
                Domain = numbers[f.Domain],
                Sender = numbers[f.Sender],
                Database = numbers[f.Database],
            }));
    }

    /// <summary>Empties it for the next block.</summary>
    public void Clear()
    {
        Sightings.Clear();
        Passages.Clear();
        _names.RemoveRange(1, _names.Count - 1);
    }
}
