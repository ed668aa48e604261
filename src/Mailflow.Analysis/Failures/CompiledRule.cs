namespace Mailflow.Analysis.Failures;

/// <summary>One alternative of a rule: its terms are a range of <see cref="RuleBook"/>'s numbers, read with <see cref="Terms"/>.</summary>
readonly record struct CompiledRule(Rule Rule, Strength Strength, int Start, int End);

/// <summary>
/// The terms of one alternative, encoded as numbers. For each term: how many numbers it has, 1 where it must be absent, and how many sets; for
/// each set: how many phrases, and their numbers. A term matches one phrase of each set, in order.
/// Encoded, because objects for thousands of alternatives would have to be created at each start.
/// </summary>
readonly ref struct Terms(ReadOnlySpan<int> code)
{
    // The most characters between two phrases of a term: about six words.
    const int Gap = 36;

    // The most phrases of one set that can end within the gap.
    const int Open = 8;

    const int Not = 1;
    const int Sets = 2;
    const int FirstSet = 3;

    readonly ReadOnlySpan<int> _code = code;

    public bool Match(Hits hits, ReadOnlySpan<int> lengths)
    {
        for (var at = 0; at < _code.Length; at += _code[at])
        {
            var term = _code.Slice(at, _code[at]);
            if (Stands(term, hits, lengths) == (term[Not] != 0))
                return false;
        }
        return true;
    }

    /// <summary>The phrase to show as evidence: from the last set of the first term.</summary>
    public int FirstHit(Hits hits)
    {
        for (var at = 0; at < _code.Length; at += _code[at])
        {
            var term = _code.Slice(at, _code[at]);
            if (term[Not] != 0)
                continue;
            var set = FirstSet;
            for (var i = 1; i < term[Sets]; i++)
                set += term[set] + 1;
            foreach (var phrase in term.Slice(set + 1, term[set]))
            {
                if (hits.Has(phrase))
                    return phrase;
            }
        }
        throw new InvalidOperationException("A rule that matched has a phrase.");
    }

    /// <summary>The sets that must each have at least one phrase in the text.</summary>
    public AskedSets Asked => new(_code);

    static bool Stands(ReadOnlySpan<int> term, Hits hits, ReadOnlySpan<int> lengths)
    {
        for (int i = 0, set = FirstSet; i < term[Sets]; i++, set += term[set] + 1)
        {
            if (!Any(term.Slice(set + 1, term[set]), hits))
                return false;
        }
        return term[Sets] == 1 || Follow(term, hits, lengths);
    }

    static bool Any(ReadOnlySpan<int> set, Hits hits)
    {
        foreach (var phrase in set)
        {
            if (hits.Has(phrase))
                return true;
        }
        return false;
    }

    // One pass over the places, sorted by their ends. Keeps, for each set, where the last sequences up to it ended.
    // One space may be both the trailing space of a phrase and the leading space of the next.
    static bool Follow(ReadOnlySpan<int> term, Hits hits, ReadOnlySpan<int> lengths)
    {
        var count = term[Sets];
        Span<int> sets = stackalloc int[count];
        for (int i = 0, set = FirstSet; i < count; i++, set += term[set] + 1)
            sets[i] = set;
        Span<int> ends = stackalloc int[count * Open];
        ends.Fill(int.MinValue / 2);
        Span<int> next = stackalloc int[count];
        next.Clear();
        for (var i = 0; i < hits.PlaceCount; i++)
        {
            var (phrase, at) = hits.Place(i);
            for (var set = count - 1; set >= 0; set--)
            {
                if (!term.Slice(sets[set] + 1, term[sets[set]]).Contains(phrase))
                    continue;
                var start = at - lengths[phrase] + 1;
                if (set > 0 && !Reaches(ends.Slice((set - 1) * Open, Open), start))
                    continue;
                if (set == count - 1)
                    return true;
                ends[(set * Open) + next[set]] = at;
                next[set] = (next[set] + 1) % Open;
            }
        }
        return false;
    }

    static bool Reaches(ReadOnlySpan<int> ends, int start)
    {
        foreach (var end in ends)
        {
            if (start >= end && start <= end + Gap)
                return true;
        }
        return false;
    }

    /// <summary>Enumerates the sets of the terms that must be present.</summary>
    public ref struct AskedSets(ReadOnlySpan<int> code)
    {
        readonly ReadOnlySpan<int> _code = code;
        int _term;
        int _set;
        int _left;

        public ReadOnlySpan<int> Current { get; private set; }

        public readonly AskedSets GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_left == 0)
            {
                if (_term >= _code.Length)
                    return false;
                (_left, _set) = (_code[_term + Not] != 0 ? 0 : _code[_term + Sets], _term + FirstSet);
                _term += _code[_term];
            }

            Current = _code.Slice(_set + 1, _code[_set]);
            _set += Current.Length + 1;
            _left--;
            return true;
        }
    }
}
