using System.Runtime.CompilerServices;

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
    readonly ulong[] _ends;  // by state, a bit: whether a phrase ends there; small enough to stay close, as _found is not
    readonly int[] _found;   // by state: where its list starts in _lists, 0 for none
    readonly int[] _lists;   // count, phrase, phrase, ...

    /// <summary>
    /// States are numbered breadth first: what most texts visit lies together. So a state finds the row of its longest proper suffix done, and takes it
    /// over but for its own children; and in order, the phrases that begin alike are a range.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public PhraseSet(IReadOnlyList<string> phrases)
    {
        var symbols = new byte[phrases.Count][];
        var order = new int[phrases.Count];
        for (var i = 0; i < order.Length; i++)
            (symbols[i], order[i]) = (Symbols(phrases[i]), i);
        Array.Sort(symbols, order, Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y)));
        var states = 1;
        for (var i = 0; i < order.Length; i++)
            states += symbols[i].Length - (i == 0 ? 0 : symbols[i].AsSpan().CommonPrefixLength(symbols[i - 1]));
        if (states > ushort.MaxValue)
            throw new ArgumentException($"{states} states do not fit 16 bits: split the phrases.", nameof(phrases));

        (_next, _found, _ends) = (new ushort[states * Width], new int[states], new ulong[(states / 64) + 1]);
        var lists = new List<int>(phrases.Count * 4) { 0 };
        var nodes = new Node[states];
        nodes[0] = new(0, order.Length, 0, 0);
        for (int state = 0, last = 0; state < states; state++)
        {
            var (from, to, depth, suffix) = nodes[state];
            var row = _next.AsSpan(state * Width, Width);
            if (state > 0)
                _next.AsSpan(suffix * Width, Width).CopyTo(row);
            _found[state] = _found[suffix];
            if (from < to && symbols[from].Length == depth)
            {
                _found[state] = lists.Count;
                lists.Add(0);
                for (; from < to && symbols[from].Length == depth; from++)
                    lists.Add(order[from]);
                for (var i = 1; i <= lists[_found[suffix]]; i++)
                    lists.Add(lists[_found[suffix] + i]);
                lists[_found[state]] = lists.Count - _found[state] - 1;
            }

            if (_found[state] != 0)
                _ends[state / 64] |= 1UL << (state % 64);
            while (from < to)
            {
                var symbol = symbols[from][depth];
                var end = from + 1;
                while (end < to && symbols[end][depth] == symbol)
                    end++;
                nodes[++last] = new(from, end, depth + 1, state == 0 ? 0 : row[symbol]);
                row[symbol] = (ushort)last;
                from = end;
            }
        }

        _lists = [.. lists];
    }

    /// <summary>A state while the table is made: the phrases that begin with it, its length, and its longest proper suffix that is a state.</summary>
    readonly record struct Node(int From, int To, int Depth, int Suffix);

    public int States => _found.Length;

    /// <summary>Reports each phrase and the position of its last character.</summary>
    public void Scan(ReadOnlySpan<char> words, Hits hits)
    {
        var next = _next;
        var ends = _ends;
        var state = 0;
        for (var i = 0; i < words.Length; i++)
        {
            var c = words[i];
            if (c < 128)
            {
                state = next[(state * Width) + Classes[c]];
            }
            else
            {
                for (var shift = 12; shift >= 0; shift -= 4)
                    state = next[(state * Width) + Nibbles + ((c >> shift) & 15)];
            }

            if ((ends[state >> 6] & (1UL << (state & 63))) != 0)
                Report(_found[state], i, hits);
        }
    }

    void Report(int list, int at, Hits hits)
    {
        var count = _lists[list];
        for (var i = 1; i <= count; i++)
            hits.Add(_lists[list + i], at);
    }

    static byte[] Symbols(string words)
    {
        var symbols = new byte[words.Length + (3 * words.Count(c => c >= 128))];
        var n = 0;
        foreach (var c in words)
        {
            if (c < 128)
                symbols[n++] = Classes[c];
            else
                for (var shift = 12; shift >= 0; shift -= 4)
                    symbols[n++] = (byte)(Nibbles + ((c >> shift) & 15));
        }

        return symbols;
    }

    static ReadOnlySpan<byte> Classes =>
    [
        Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other,
        Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other,
        36, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, 37, Other,
        26, 27, 28, 29, 30, 31, 32, 33, 34, 35, Other, Other, Other, Other, Other, Other,
        38, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other,
        Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Other,
        Other, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, Other, Other, Other, Other, Other,
    ];
}
