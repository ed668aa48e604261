using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Failures;

/// <summary>
/// All rules in order: the first that matches wins. They are compiled once: every phrase gets a number, one pass over a text finds
/// all phrases, and only the rules whose rarest phrase was found are looked at.
/// </summary>
sealed class RuleBook
{
    readonly CompiledRule[] _rules;
    readonly PhraseSet _phrases;
    readonly string[] _names;
    readonly int[][] _rulesByPhrase;
    readonly Dictionary<string, int> _codes;
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _codesBySpan;

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
        var lengths = words.Select(w => w.Length).ToArray();
        foreach (var rule in _rules)
            rule.Prepare(lengths);
        _phrases = new PhraseSet(words);
        _codes = ids.Where(p => p.Key.StartsWith('#')).ToDictionary(p => p.Key[1..], p => p.Value, StringComparer.Ordinal);
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

    public int States => _phrases.States;

    /// <summary>Finds the first rule for a reply, given its words and codes; and whether a later one, of words that mean one thing too, speaks for another cause.</summary>
    public (Rule Rule, Strength Strength, string Found, bool Disputed)? Match(ReadOnlySpan<char> words, ReadOnlySpan<char> smtp, ReadOnlySpan<char> enhanced, Scratch scratch)
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
        scratch.Work += words.Length;

        var best = int.MaxValue;
        var others = 0; // the causes that matching rules speak for, a bit each
        for (var i = 0; i < hits.Count; i++)
        {
            foreach (var candidate in _rulesByPhrase[hits[i]])
            {
                var rule = _rules[candidate];
                var spoken = 1 << (int)rule.Rule.Cause;
                if (candidate >= best && (rule.Strength < Strength.Text || (others & spoken) != 0))
                    continue;
                scratch.Work++;
                if (!rule.Matches(hits))
                    continue;
                best = Math.Min(best, candidate);
                if (rule.Strength >= Strength.Text)
                    others |= spoken;
            }
        }
        if (best == int.MaxValue)
            return null;
        var first = _rules[best];
        return (first.Rule, first.Strength, _names[first.FirstHit(hits)], (others & ~(1 << (int)first.Rule.Cause)) != 0);
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
