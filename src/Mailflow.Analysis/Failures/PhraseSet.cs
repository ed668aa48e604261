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
        var trie = new Trie(phrases.Count);
        for (var phrase = 0; phrase < phrases.Count; phrase++)
            trie.Add(phrases[phrase], phrase);
        if (trie.States > ushort.MaxValue)
            throw new ArgumentException($"{trie.States} states do not fit 16 bits: split the phrases.", nameof(phrases));
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
    sealed class Trie(int phrases)
    {
        readonly int[] _sibling = new int[phrases];
        ushort[] _next = new ushort[4096 * Width];
        int[] _first = new int[4096];   // by state: the last phrase that ends there, plus one; its siblings follow

        public int States { get; private set; } = 1;

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
            if (States == _first.Length)
            {
                Array.Resize(ref _first, States * 2);
                Array.Resize(ref _next, States * 2 * Width);
            }

            _next[(state * Width) + symbol] = (ushort)States;
            return States++;
        }

        /// <summary>Breadth first: a state that has no step for a symbol takes that of the longest proper suffix which is a state, and finds what that finds.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public (ushort[] Next, int[] Found, int[] Lists) Complete()
        {
            var suffix = new int[States];
            var found = new int[States];
            var lists = new List<int>(phrases * 4) { 0 };
            var queue = new int[States];
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

            return (_next[..(States * Width)], found, [.. lists]);

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
