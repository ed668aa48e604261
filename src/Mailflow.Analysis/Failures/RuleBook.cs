using System.Collections.Frozen;
using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Failures;

/// <summary>
/// All rules in order: the first that matches wins. They are compiled once: every phrase gets a number, one pass over a text finds
/// all phrases, and only the rules whose rarest phrase was found are looked at.
/// </summary>
sealed class RuleBook
{
    // How many characters may stand between two phrases joined by "..": about six words.
    const int Gap = 36;

    readonly CompiledRule[] _rules;
    readonly PhraseSet _phrases;
    readonly string[] _names;
    readonly int[] _lengths;
    readonly int[][] _rulesByPhrase;
    readonly FrozenDictionary<string, int> _codes;
    readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _codesBySpan;

    public RuleBook(IReadOnlyList<RuleFamily> families)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = new List<string>();
        var rules = new List<CompiledRule>();
        foreach (var family in families)
        {
            foreach (var rule in family.Rules)
                rules.AddRange(PatternText.Parse(rule.Pattern, Id).Select(terms => new CompiledRule(rule, family.Strength, terms)));
        }
        _rules = [.. rules];
        _names = [.. names];

        var words = new string[names.Count];
        foreach (var (phrase, id) in ids)
            words[id] = phrase.StartsWith('#') ? "\uffff" + phrase : phrase;
        _lengths = [.. words.Select(w => w.Length)];
        _phrases = new PhraseSet(words);
        _codes = ids.Where(p => p.Key.StartsWith('#')).ToFrozenDictionary(p => p.Key[1..], p => p.Value, StringComparer.Ordinal);
        _codesBySpan = _codes.GetAlternateLookup<ReadOnlySpan<char>>();
        _rulesByPhrase = Index();

        int Id(string key, string name)
        {
            if (ids.TryGetValue(key, out var id))
                return id;
            ids.Add(key, names.Count);
            names.Add(name);
            return names.Count - 1;
        }
    }

    public static RuleBook Default => field ??= new RuleBook(AllRules.Families);

    public int PhraseCount => _names.Length;

    public int RuleCount => _rules.Length;

    public int States => _phrases.States;

    public IReadOnlyList<Rule> Rules => [.. _rules.Select(r => r.Rule)];

    /// <summary>Finds the first rule for a reply, given its words and codes.</summary>
    public (Rule Rule, Strength Strength, string Found)? Match(ReadOnlySpan<char> words, ReadOnlySpan<char> smtp, ReadOnlySpan<char> enhanced, Scratch scratch)
    {
        var hits = scratch.Hits;
        hits.Clear();
        if (smtp.Length == 3)
            AddCode(smtp, hits);
        if (enhanced.Length > 0)
        {
            AddCode(enhanced, hits);
            Span<char> anyClass = stackalloc char[enhanced.Length];
            enhanced.CopyTo(anyClass);
            anyClass[0] = 'x';
            AddCode(anyClass, hits);
        }
        _phrases.Scan(words, hits);

        var best = int.MaxValue;
        for (var i = 0; i < hits.Count; i++)
        {
            foreach (var candidate in _rulesByPhrase[hits[i]])
            {
                if (candidate >= best)
                    break;
                if (_rules[candidate].Matches(hits, _lengths, Gap))
                    best = candidate;
            }
        }
        if (best == int.MaxValue)
            return null;
        var rule = _rules[best];
        return (rule.Rule, rule.Strength, _names[rule.FirstHit(hits)]);
    }

    void AddCode(ReadOnlySpan<char> code, Hits hits)
    {
        if (_codesBySpan.TryGetValue(code, out var id))
            hits.Add(id, -1);
    }

    // A rule is filed under the phrases of that set of it which the fewest rules use.
    int[][] Index()
    {
        var uses = new int[_names.Length];
        foreach (var rule in _rules)
        {
            foreach (var phrase in rule.Sets().SelectMany(s => s))
                uses[phrase]++;
        }
        var index = new List<int>[_names.Length];
        for (var i = 0; i < _rules.Length; i++)
        {
            var key = _rules[i].Sets().MinBy(s => s.Sum(p => uses[p]) + (s.All(p => _names[p].StartsWith('#')) ? 1000 : 0))
                ?? throw new InvalidOperationException($"Rule '{_rules[i].Rule.Pattern}' asks for nothing.");
            foreach (var phrase in key)
                (index[phrase] ??= []).Add(i);
        }
        return [.. index.Select(l => l is null ? [] : l.Distinct().Order().ToArray())];
    }
}

/// <summary>A rule whose phrases are numbers.</summary>
sealed class CompiledRule(Rule rule, Strength strength, Term[] terms)
{
    public Rule Rule => rule;

    public Strength Strength => strength;

    /// <summary>The sets of phrases of each of which one must stand.</summary>
    public IEnumerable<int[]> Sets() => terms.Where(t => !t.Not).SelectMany(t => t.Sets);

    public bool Matches(Hits hits, int[] lengths, int gap)
    {
        foreach (var term in terms)
        {
            if (term.Stands(hits, lengths, gap) == term.Not)
                return false;
        }
        return true;
    }

    /// <summary>The phrase to show as evidence: that of the first set which is no code.</summary>
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
sealed record Term(int[][] Sets, bool Not)
{
    public bool Stands(Hits hits, int[] lengths, int gap)
    {
        foreach (var set in Sets)
        {
            if (!Any(set, hits))
                return false;
        }
        return Sets.Length == 1 || Follows(0, -1, hits, lengths, gap);
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

    // After the end of the last phrase; a trailing and a leading space may be the same one. Places are in order of their ends.
    bool Follows(int set, int end, Hits hits, int[] lengths, int gap)
    {
        for (var i = 0; i < hits.PlaceCount; i++)
        {
            var (phrase, at) = hits.Place(i);
            if (!Sets[set].Contains(phrase))
                continue;
            var start = at - lengths[phrase] + 1;
            if (set > 0 && (start < end || start > end + gap))
                continue;
            if (set == Sets.Length - 1 || Follows(set + 1, at, hits, lengths, gap))
                return true;
        }
        return false;
    }
}
