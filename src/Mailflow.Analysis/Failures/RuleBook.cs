using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Failures;

/// <summary>
/// All rules in order: the first match is used. They are compiled once: every phrase gets a number, one pass over a text finds
/// all phrases, and only rules whose rarest phrase was found are checked.
/// </summary>
sealed class RuleBook
{
    readonly CompiledRule[] _rules;
    readonly int[] _terms;   // the terms of all rules, concatenated
    readonly int[] _lengths; // by phrase: the length of its words
    readonly int[] _asides;  // the phrases of Asides.Signs
    readonly PhraseSet _phrases; // those of all rules except the vague ones
    readonly PhraseSet _vaguePhrases;
    readonly (string Pattern, int Start, int Length)[] _names; // by phrase: its place in a rule's pattern
    readonly string?[] _found; // by phrase: its name, as evidence
    readonly int[] _starts; // by phrase: where its rules begin
    readonly int[] _rulesByPhrase;
    readonly int _vague; // the first rule of the vague families, which come last
    readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _codesBySpan;

    public RuleBook(IReadOnlyList<RuleFamily> families)
    {
        var ids = new Dictionary<string, int>(4096, StringComparer.Ordinal);
        var idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var words = new List<string>(4096);
        var names = new List<(string, int, int)>(4096);
        var rules = new List<CompiledRule>(4096);
        var terms = new List<int>(32 * 1024);
        var ends = new List<int>();
        var (clear, vague) = (new HashSet<int>(4096), new HashSet<int>(4096));
        var (pattern, used) = ("", clear);
        foreach (var family in families)
            foreach (var rule in family.Rules)
            {
                var start = terms.Count;
                var strength = rule.Opening ? Strength.Opening : family.Strength;
                (pattern, used) = (rule.Pattern, strength == Strength.VagueText ? vague : clear);
                ends.Clear();
                PatternText.Parse(pattern, Id, terms, ends);
                foreach (var end in ends)
                {
                    rules.Add(new(rule, strength, start, end));
                    start = end;
                }
            }

        // The strongest first; among rules of one strength, the order of the tables.
        (pattern, used) = (Asides.Signs, clear);
        _asides = [.. Asides.Signs.Split('|').Select(s => Id(PatternText.Key(s), pattern.AsSpan(pattern.IndexOf(s, StringComparison.Ordinal), s.Length)))];
        (_rules, _terms, _names) = ([.. rules.OrderByDescending(r => r.Strength)], [.. terms], [.. names]);
        _vague = Array.FindIndex(_rules, r => r.Strength == Strength.VagueText) is >= 0 and var at ? at : _rules.Length;
        (_found, _lengths) = (new string[words.Count], [.. words.Select(w => w.Length)]);
        (_phrases, _vaguePhrases) = (new PhraseSet(words, clear), new PhraseSet(words, vague));
        _codesBySpan = _codes.GetAlternateLookup<ReadOnlySpan<char>>();
        (_starts, _rulesByPhrase) = Index();

        int Id(ReadOnlySpan<char> key, ReadOnlySpan<char> name)
        {
            if (idsBySpan.TryGetValue(key, out var id))
            {
                used.Add(id);
                return id;
            }
            id = names.Count;
            used.Add(id);
            var word = key.ToString();
            ids.Add(word, id);
            pattern.AsSpan().Overlaps(name, out var at);
            names.Add((pattern, at, name.Length));
            if (word.StartsWith('#'))
                _codes.Add(word[1..], id);
            // Codes are looked up, not searched for: the prefix occurs in no text.
            words.Add(word.StartsWith('#') ? "\uffff" + word : word);
            return id;
        }
    }

    public static RuleBook Default => field ??= new RuleBook(AllRules.Families);

    public int PhraseCount => _names.Length;

    /// <summary>Finds all phrases in a reply's words, except those of vague rules only. Returns whether there may be asides.</summary>
    public bool Scan(ReadOnlySpan<char> words, Scratch scratch)
    {
        Find(_phrases, words, scratch);
        foreach (var phrase in _asides)
            if (scratch.Hits.Has(phrase))
                return true;
        return false;
    }

    /// <summary>
    /// Finds the first rule that matches the phrases found and the codes, except vague ones; and whether a later rule of the same strength
    /// indicates another cause.
    /// </summary>
    public (Rule Rule, Strength Strength, string Found, bool Disputed)? Match(
        ReadOnlySpan<char> smtp, ReadOnlySpan<char> enhanced, ReplyStage stage, Scratch scratch)
    {
        var hits = scratch.Hits;
        AddCodes(smtp, enhanced, stage, hits);

        var best = int.MaxValue;
        var (opening, openingAt) = (int.MaxValue, -2);
        var others = 0; // the causes of matching rules, one bit each
        for (var i = 0; i < hits.Count; i++)
        {
            foreach (var candidate in _rulesByPhrase.AsSpan(_starts[hits[i]].._starts[hits[i] + 1]))
            {
                if (candidate >= _vague)
                    break;
                ref readonly var rule = ref _rules[candidate];
                if (rule.Strength == Strength.Opening)
                {
                    if (best < int.MaxValue && _rules[best].Strength > Strength.Opening)
                        continue;
                    // Of several openings, the last is nearest to the reason.
                    scratch.Work++;
                    if (!TermsOf(rule).Match(hits, _lengths))
                        continue;
                    var at = hits.LastEnd(TermsOf(rule).FirstHit(hits));
                    if (at > openingAt || (at == openingAt && candidate < opening))
                        (opening, openingAt) = (candidate, at);
                    continue;
                }
                var spoken = 1 << (int)rule.Rule.Cause;
                if (candidate >= best && (others & spoken) != 0)
                    continue;
                scratch.Work++;
                if (!TermsOf(rule).Match(hits, _lengths))
                    continue;
                best = Math.Min(best, candidate);
                others |= spoken;
            }
        }
        if (best == int.MaxValue)
            best = opening;
        if (best == int.MaxValue)
            return null;
        var first = _rules[best];
        return (first.Rule, first.Strength, Found(TermsOf(first).FirstHit(hits)), (others & ~(1 << (int)first.Rule.Cause)) != 0);
    }

    /// <summary>
    /// Finds the first vague rule that matches. Most texts have plain words or a clear code: the phrases of vague rules, which are in nearly every
    /// text, are searched for in the others only.
    /// </summary>
    public (Rule Rule, Strength Strength, string Found, bool Disputed)? MatchVague(
        ReadOnlySpan<char> words, ReadOnlySpan<char> smtp, ReadOnlySpan<char> enhanced, ReplyStage stage, Scratch scratch)
    {
        var hits = scratch.Hits;
        Find(_vaguePhrases, words, scratch);
        AddCodes(smtp, enhanced, stage, hits);
        var best = int.MaxValue;
        for (var i = 0; i < hits.Count; i++)
        {
            foreach (var candidate in _rulesByPhrase.AsSpan(_starts[hits[i]].._starts[hits[i] + 1]))
            {
                if (candidate < _vague || candidate >= best)
                    continue;
                scratch.Work++;
                if (TermsOf(_rules[candidate]).Match(hits, _lengths))
                    best = candidate;
            }
        }
        if (best == int.MaxValue)
            return null;
        var first = _rules[best];
        return (first.Rule, first.Strength, Found(TermsOf(first).FirstHit(hits)), false);
    }

    static void Find(PhraseSet phrases, ReadOnlySpan<char> words, Scratch scratch)
    {
        scratch.Hits.Clear();
        phrases.Scan(words, scratch.Hits);
        scratch.Work += words.Length;
    }

    void AddCodes(ReadOnlySpan<char> smtp, ReadOnlySpan<char> enhanced, ReplyStage stage, Hits hits)
    {
        if (smtp.Length == 3)
            AddCode(smtp, hits);
        if (stage != ReplyStage.None)
            AddCode(stage.Name(), hits);
        if (enhanced.Length == 0)
            return;
        AddCode(enhanced, hits);
        Span<char> anyClass = stackalloc char[enhanced.Length];
        enhanced.CopyTo(anyClass);
        anyClass[0] = 'x';
        AddCode(anyClass, hits);
    }

    Terms TermsOf(CompiledRule rule) => new(_terms.AsSpan(rule.Start..rule.End));

    string Found(int phrase) => _found[phrase] ??= NameOf(phrase).ToString();

    ReadOnlySpan<char> NameOf(int phrase) => _names[phrase].Pattern.AsSpan(_names[phrase].Start, _names[phrase].Length);

    void AddCode(ReadOnlySpan<char> code, Hits hits)
    {
        if (_codesBySpan.TryGetValue(code, out var id))
            hits.Add(id, -1);
    }

    // A rule is indexed by the phrases of its rarest set: the one whose phrases are in the fewest rules.
    (int[] Starts, int[] Rules) Index()
    {
        var uses = new int[_names.Length];
        foreach (var rule in _rules)
            foreach (var set in TermsOf(rule).Asked)
                foreach (var phrase in set)
                    uses[phrase]++;
        var starts = new int[_names.Length + 1];
        foreach (var rule in _rules)
            foreach (var phrase in Rarest(rule, uses))
                starts[phrase + 1]++;
        for (var phrase = 0; phrase < _names.Length; phrase++)
            starts[phrase + 1] += starts[phrase];
        var rules = new int[starts[^1]];
        var next = starts.AsSpan().ToArray();
        for (var i = 0; i < _rules.Length; i++)
            foreach (var phrase in Rarest(_rules[i], uses))
                rules[next[phrase]++] = i;
        return (starts, rules);
    }

    ReadOnlySpan<int> Rarest(CompiledRule rule, int[] uses)
    {
        var rarest = ReadOnlySpan<int>.Empty;
        var least = int.MaxValue;
        foreach (var set in TermsOf(rule).Asked)
        {
            var weight = AreCodes(set) ? 1000 : 0;
            foreach (var phrase in set)
                weight += uses[phrase];
            if (weight >= least)
                continue;
            rarest = set;
            least = weight;
        }

        return !rarest.IsEmpty ? rarest : throw new InvalidOperationException($"Rule '{rule.Rule.Pattern}' asks for nothing.");
    }

    bool AreCodes(ReadOnlySpan<int> set)
    {
        foreach (var phrase in set)
            if (!NameOf(phrase).StartsWith('#'))
                return false;
        return true;
    }
}
