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
    readonly int[] _found;   // by state: where its list starts in _lists, 0 for none
    readonly int[] _lists;   // count, phrase, phrase, ...

    public PhraseSet(IReadOnlyList<string> phrases)
    {
        // In order, so that what begins alike lies together, and the table is made once in its size.
        int[] order = [.. Enumerable.Range(0, phrases.Count)];
        Array.Sort([.. phrases], order, StringComparer.Ordinal);
        var most = 1;
        for (var i = 0; i < order.Length; i++)
        {
            var shared = i == 0 ? 0 : phrases[order[i]].AsSpan().CommonPrefixLength(phrases[order[i - 1]]);
            foreach (var c in phrases[order[i]].AsSpan(shared))
                most += c < 128 ? 1 : 4;
        }

        if (most > ushort.MaxValue)
            throw new ArgumentException($"{most} states do not fit 16 bits: split the phrases.", nameof(phrases));
        var trie = new Trie(phrases.Count, most);
        foreach (var phrase in order)
            trie.Add(phrases[phrase], phrase);
        (_next, _found, _lists) = trie.Complete();
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

    /// <summary>The table while it is made: flat, since it is made at every start.</summary>
    /// <param name="phrases">How many there are.</param>
    /// <param name="most">No fewer states than they need.</param>
    sealed class Trie(int phrases, int most)
    {
        readonly int[] _sibling = new int[phrases];
        readonly ushort[] _next = new ushort[most * Width];
        readonly int[] _first = new int[most];   // by state: the last phrase that ends there, plus one; its siblings follow
        int _states = 1;

        public void Add(string words, int phrase)
        {
            var state = 0;
            foreach (var c in words)
            {
                if (c < 128)
                {
                    state = Step(state, Class(c));
                    continue;
                }

                for (var shift = 12; shift >= 0; shift -= 4)
                    state = Step(state, Nibbles + ((c >> shift) & 15));
            }

            _sibling[phrase] = _first[state];
            _first[state] = phrase + 1;
        }

        int Step(int state, int symbol)
        {
            if (_next[(state * Width) + symbol] is var known and not 0)
                return known;
            _next[(state * Width) + symbol] = (ushort)_states;
            return _states++;
        }

        /// <summary>Breadth first: a state that has no step for a symbol takes that of the longest proper suffix which is a state, and finds what that finds.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public (ushort[] Next, int[] Found, int[] Lists) Complete()
        {
            var suffix = new int[_states];
            var found = new int[_states];
            var lists = new List<int>(phrases * 4) { 0 };
            var queue = new int[_states];
            var (head, tail) = (0, 1);
            while (head < tail)
            {
                var state = queue[head++];
                if (state != 0)
                    List(state, found[suffix[state]]);
                for (var symbol = 0; symbol < Width; symbol++)
                {
                    int to = _next[(state * Width) + symbol];
                    var shorter = state == 0 ? (ushort)0 : _next[(suffix[state] * Width) + symbol];
                    if (to == 0)
                    {
                        _next[(state * Width) + symbol] = shorter;
                        continue;
                    }

                    suffix[to] = shorter;
                    queue[tail++] = to;
                }
            }

            return (_next, found, [.. lists]);

            void List(int state, int shorter)
            {
                if (_first[state] == 0)
                {
                    found[state] = shorter;
                    return;
                }

                found[state] = lists.Count;
                lists.Add(0);
                for (var phrase = _first[state]; phrase != 0; phrase = _sibling[phrase - 1])
                    lists.Add(phrase - 1);
                for (var i = 1; i <= lists[shorter]; i++)
                    lists.Add(lists[shorter + i]);
                lists[found[state]] = lists.Count - found[state] - 1;
            }
        }
    }
}
