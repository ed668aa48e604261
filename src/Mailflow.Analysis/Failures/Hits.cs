namespace Mailflow.Analysis.Failures;

/// <summary>The phrases found in a text, and their positions, sorted by end. Bounded: beyond the limit only presence is recorded.</summary>
sealed class Hits(int phrases)
{
    const int Places = 256;

    readonly bool[] _has = new bool[phrases];
    readonly int[] _seen = new int[phrases];
    readonly (int Phrase, int At)[] _places = new (int, int)[Places];

    /// <summary>Number of distinct phrases found.</summary>
    public int Count { get; private set; }

    public int PlaceCount { get; private set; }

    public int this[int i] => _seen[i];

    public bool Has(int phrase) => _has[phrase];

    public (int Phrase, int At) Place(int i) => _places[i];

    /// <summary>The end of the last place of a phrase; -1 where it is a code.</summary>
    public int LastEnd(int phrase)
    {
        for (var i = PlaceCount - 1; i >= 0; i--)
            if (_places[i].Phrase == phrase)
                return _places[i].At;
        return -1;
    }

    public void Add(int phrase, int at)
    {
        if (!_has[phrase])
        {
            _has[phrase] = true;
            _seen[Count++] = phrase;
        }
        if (PlaceCount == Places)
            return;
        // They arrive sorted by start; insertion keeps them sorted by end.
        var place = PlaceCount++;
        for (; place > 0 && _places[place - 1].At > at; place--)
            _places[place] = _places[place - 1];
        _places[place] = (phrase, at);
    }

    public void Clear()
    {
        for (var i = 0; i < Count; i++)
            _has[_seen[i]] = false;
        Count = 0;
        PlaceCount = 0;
    }
}
