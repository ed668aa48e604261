namespace Mailflow.Analysis.Failures;

/// <summary>One way of a rule, its phrases being numbers.</summary>
sealed class CompiledRule(Rule rule, Strength strength, Term[] terms)
{
    public Rule Rule => rule;

    public Strength Strength => strength;

    /// <summary>The terms that must stand.</summary>
    public Term[] Asked { get; } = Array.Exists(terms, t => t.Not) ? Array.FindAll(terms, t => !t.Not) : terms;

    public void Prepare(int[] lengths)
    {
        foreach (var term in terms)
            term.Prepare(lengths);
    }

    public bool Matches(Hits hits)
    {
        foreach (var term in terms)
        {
            if (term.Stands(hits) == term.Not)
                return false;
        }
        return true;
    }

    /// <summary>The phrase to show as evidence: that of the first term.</summary>
    public int FirstHit(Hits hits)
    {
        foreach (var term in terms)
        {
            if (term.Not)
                continue;
            foreach (var phrase in term.Sets[^1])
            {
                if (hits.Has(phrase))
                    return phrase;
            }
        }
        throw new InvalidOperationException("A rule that matched has a phrase.");
    }
}

/// <summary>A part of a pattern: one phrase of each set, each behind the one before.</summary>
sealed class Term(int[][] sets, bool not)
{
    // How many characters may stand between two phrases: about six words.
    const int Gap = 36;

    // How many phrases of one set can end within the gap, at most.
    const int Open = 8;

    int[] _lengths = [];

    public int[][] Sets => sets;

    public bool Not => not;

    public void Prepare(int[] lengths) => _lengths = lengths;

    public bool Stands(Hits hits)
    {
        foreach (var set in sets)
        {
            if (!Any(set, hits))
                return false;
        }
        return sets.Length == 1 || Follow(hits);
    }

    static bool Any(int[] set, Hits hits)
    {
        foreach (var phrase in set)
        {
            if (hits.Has(phrase))
                return true;
        }
        return false;
    }

    // One pass over the places, which are in order of their ends. For each set it keeps where the last sequences up to it ended;
    // a trailing and a leading space may be the same one.
    bool Follow(Hits hits)
    {
        Span<int> ends = stackalloc int[sets.Length * Open];
        ends.Fill(int.MinValue / 2);
        Span<int> next = stackalloc int[sets.Length];
        next.Clear();
        for (var i = 0; i < hits.PlaceCount; i++)
        {
            var (phrase, at) = hits.Place(i);
            for (var set = sets.Length - 1; set >= 0; set--)
            {
                if (!sets[set].AsSpan().Contains(phrase))
                    continue;
                var start = at - _lengths[phrase] + 1;
                if (set > 0 && !Reaches(ends.Slice((set - 1) * Open, Open), start))
                    continue;
                if (set == sets.Length - 1)
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
}
