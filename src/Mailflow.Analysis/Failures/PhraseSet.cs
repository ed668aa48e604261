namespace Mailflow.Analysis.Failures;

/// <summary>
/// Finds all phrases of a set in one pass over a text, however many phrases there are (Aho and Corasick, 1975).
/// Texts and phrases are <see cref="PlainWords"/>; the work is one table step a character, four for a character beyond ASCII.
/// </summary>
sealed class PhraseSet
{
    // a-z, 0-9, space, dot, @, then sixteen symbols that spell other characters as four nibbles.
    const int Width = 64;
    const int Nibbles = 40;
    const int Other = 39;

    readonly ushort[] _next;
    readonly int[] _found;   // by state: where its list starts in _lists, 0 for none
    readonly int[] _lists;   // count, phrase, phrase, ...

    public PhraseSet(IReadOnlyList<string> phrases)
    {
        var next = new List<ushort[]> { new ushort[Width] };
        var ends = new List<List<int>> { new() };
        for (var phrase = 0; phrase < phrases.Count; phrase++)
        {
            var state = 0;
            foreach (var c in phrases[phrase])
            {
                if (c < 128)
                {
                    state = Step(state, Class(c));
                    continue;
                }
                for (var shift = 12; shift >= 0; shift -= 4)
                    state = Step(state, Nibbles + ((c >> shift) & 15));
            }
            ends[state].Add(phrase);
        }
        if (next.Count > ushort.MaxValue)
            throw new ArgumentException($"{next.Count} states do not fit 16 bits: split the phrases.", nameof(phrases));

        Complete(next, ends);
        _next = new ushort[next.Count * Width];
        _found = new int[next.Count];
        var lists = new List<int> { 0 };
        for (var state = 0; state < next.Count; state++)
        {
            next[state].CopyTo(_next, state * Width);
            if (ends[state].Count == 0)
                continue;
            _found[state] = lists.Count;
            lists.Add(ends[state].Count);
            lists.AddRange(ends[state]);
        }
        _lists = [.. lists];

        int Step(int state, int symbol)
        {
            if (next[state][symbol] == 0)
            {
                next[state][symbol] = (ushort)next.Count;
                next.Add(new ushort[Width]);
                ends.Add([]);
            }
            return next[state][symbol];
        }
    }

    public int States => _found.Length;

    /// <summary>Reports each phrase and the position of its last character.</summary>
    public void Scan(ReadOnlySpan<char> words, Hits hits)
    {
        var next = _next;
        var found = _found;
        var state = 0;
        for (var i = 0; i < words.Length; i++)
        {
            var c = words[i];
            if (c < 128)
            {
                state = next[(state * Width) + Class(c)];
            }
            else
            {
                for (var shift = 12; shift >= 0; shift -= 4)
                    state = next[(state * Width) + Nibbles + ((c >> shift) & 15)];
            }
            if (found[state] != 0)
                Report(found[state], i, hits);
        }
    }

    void Report(int list, int at, Hits hits)
    {
        var count = _lists[list];
        for (var i = 1; i <= count; i++)
            hits.Add(_lists[list + i], at);
    }

    static ReadOnlySpan<byte> Classes =>
    [
        39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39,
        36, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 37, 39, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 39, 39, 39, 39, 39, 39,
        38, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39,
        39, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 39, 39, 39, 39, 39,
    ];

    static int Class(char c) => c < 128 ? Classes[c] : Other;

    // Breadth first: a state that has no step for a symbol takes that of the longest proper suffix which is a state.
    static void Complete(List<ushort[]> next, List<List<int>> ends)
    {
        var suffix = new int[next.Count];
        var queue = new Queue<int>();
        for (var symbol = 0; symbol < Width; symbol++)
        {
            if (next[0][symbol] != 0)
                queue.Enqueue(next[0][symbol]);
        }
        while (queue.TryDequeue(out var state))
        {
            for (var symbol = 0; symbol < Width; symbol++)
            {
                int to = next[state][symbol];
                var shorter = next[suffix[state]][symbol];
                if (to == 0)
                {
                    next[state][symbol] = shorter;
                    continue;
                }
                suffix[to] = shorter;
                ends[to].AddRange(ends[shorter]);
                queue.Enqueue(to);
            }
        }
    }
}
