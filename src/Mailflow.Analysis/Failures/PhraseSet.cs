namespace Mailflow.Analysis.Failures;

/// <summary>
/// Finds all phrases of a set in a text, however many phrases there are. Texts and phrases are <see cref="PlainWords"/>: nearly all phrases
/// begin with a space, so a trie is walked from each space, and most walks end after a few letters.
/// </summary>
/// <remarks>
/// A walk touches only a few kilobytes. The tables of an automaton (Aho and Corasick, 1975) have a row per letter of each phrase, 4 MB here,
/// and each step would be a cache miss.
/// </remarks>
sealed class PhraseSet
{
    readonly Node[] _nodes;
    readonly char[] _heads; // by node, the first letter of its label
    readonly string _text;  // all phrases, concatenated
    readonly string[] _inside; // the phrases that begin with a letter, so inside a word
    readonly int[]? _words; // by ASCII letter, the node of the words that begin with it, after a space; 0 where there are none
    readonly int[] _pairs = new int[32 * 32]; // by the first two of a to z, the node of the second letter; 0 where there is none, -1 where to ask _words

    /// <summary>A sequence of letters shared by phrases, after those of the parent nodes. The children of a node are adjacent.</summary>
    /// <param name="Label">Offset of its letters in the concatenated phrases.</param>
    /// <param name="Phrase">The phrase that ends here, or -1.</param>
    readonly record struct Node(int Label, int Length, int Phrase, int FirstChild, int Children);

    /// <param name="phrases">By number.</param>
    /// <param name="numbers">The phrases of this set.</param>
    public PhraseSet(IReadOnlyList<string> phrases, IEnumerable<int> numbers)
    {
        int[] order = [.. numbers];
        var sorted = Array.ConvertAll(order, i => phrases[i]);
        var at = new int[order.Length];
        _inside = [.. sorted.Where(p => char.IsAsciiLetterOrDigit(p[0]))];
        Array.Sort(sorted, order, StringComparer.Ordinal);
        for (var i = 1; i < sorted.Length; i++)
            at[i] = at[i - 1] + sorted[i - 1].Length;
        _text = string.Concat(sorted);
        var nodes = new List<Node>(2 * sorted.Length) { default };
        var heads = new List<char>(2 * sorted.Length) { default };
        var ranges = new List<(int From, int To, int Depth)>(2 * sorted.Length) { (0, sorted.Length, 0) };
        for (var i = 0; i < nodes.Count; i++)
        {
            // In sorted order, phrases with a common start are a range, the shortest first.
            var (from, to, depth) = ranges[i];
            var phrase = -1;
            for (; from < to && sorted[from].Length == depth; from++)
                phrase = phrase < 0 ? order[from] : throw new ArgumentException($"The phrase '{sorted[from]}' is there twice.", nameof(phrases));
            nodes[i] = nodes[i] with { Phrase = phrase, FirstChild = nodes.Count };
            while (from < to)
            {
                var end = from + 1;
                while (end < to && sorted[end][depth] == sorted[from][depth])
                    end++;
                var length = sorted[from].AsSpan(depth).CommonPrefixLength(sorted[end - 1].AsSpan(depth));
                nodes.Add(new(at[from] + depth, length, -1, 0, 0));
                heads.Add(sorted[from][depth]);
                ranges.Add((from, end, depth + length));
                from = end;
            }

            nodes[i] = nodes[i] with { Children = nodes.Count - nodes[i].FirstChild };
        }

        (_nodes, _heads) = ([.. nodes], [.. heads]);
        if (Heads(_nodes[0]).IndexOf(' ') is >= 0 and var space && _nodes[_nodes[0].FirstChild + space] is { Length: 1, Phrase: < 0 } start)
        {
            _words = new int[128];
            for (var child = start.FirstChild; child < start.FirstChild + start.Children; child++)
                if (_heads[child] < 128)
                    _words[_heads[child]] = child;
            for (var first = 'a'; first <= 'z'; first++)
                for (var second = 'a'; second <= 'z'; second++)
                    _pairs[PairOf(first, second)] = Second(_words[first], second);
        }
    }

    static int PairOf(char first, char second) => ((first & 31) * 32) + (second & 31);

    int Second(int node, char letter)
    {
        if (node == 0)
            return 0;
        if (_nodes[node] is not { Length: 1, Phrase: < 0 })
            return -1;
        return Heads(_nodes[node]).IndexOf(letter) is >= 0 and var child ? _nodes[node].FirstChild + child : 0;
    }

    /// <summary>Reports each phrase and the position of its last character.</summary>
    public void Scan(ReadOnlySpan<char> words, Hits hits)
    {
        // Few phrases begin inside a word, and few texts have one. The others begin with a space, a dot or a slash.
        var inside = false;
        foreach (var phrase in _inside)
            inside |= words.Contains(phrase, StringComparison.Ordinal);
        for (var i = 0; i < words.Length; i++)
            if (words[i] is < '0' or >= '\u0080' || inside)
                Walk(words, i, hits);
    }

    void Walk(ReadOnlySpan<char> words, int at, Hits hits)
    {
        // Nearly all walks begin with a space and a letter: the first two steps are one look into a table.
        var node = 0;
        if (_words is not null && words[at] == ' ' && at + 1 < words.Length && words[at + 1] < 128)
        {
            at++;
            node = -1;
            if (at + 1 < words.Length && char.IsAsciiLetterLower(words[at]) && char.IsAsciiLetterLower(words[at + 1]))
                node = _pairs[PairOf(words[at], words[at + 1])];
            if (node > 0)
                at++;
            else if (node < 0)
                node = _words[words[at]];
            if (node == 0)
                return;
        }

        // The first letter of the node's label is known to fit. Most labels are short and differ at once: a loop is faster than a call.
        while (true)
        {
            ref readonly var here = ref _nodes[node];
            var label = _text.AsSpan(here.Label, here.Length);
            if (words.Length - at < label.Length)
                return;
            for (var i = 1; i < label.Length; i++)
                if (words[at + i] != label[i])
                    return;
            at += label.Length;
            if (here.Phrase >= 0)
                hits.Add(here.Phrase, at - 1);
            if (at == words.Length)
                return;
            var child = ChildOf(here, words[at]);
            if (child < 0)
                return;
            node = here.FirstChild + child;
        }
    }

    int ChildOf(in Node node, char letter)
    {
        var heads = Heads(node);
        if (heads.Length > 8)
            return heads.IndexOf(letter);
        for (var i = 0; i < heads.Length; i++)
            if (heads[i] == letter)
                return i;
        return -1;
    }

    ReadOnlySpan<char> Heads(in Node node) => _heads.AsSpan(node.FirstChild, node.Children);
}
