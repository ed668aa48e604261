namespace Mailflow.Analysis.Failures;

/// <summary>Reads the pattern of a <see cref="Rule"/>.</summary>
static class PatternText
{
    /// <param name="pattern">As described at <see cref="Rule"/>.</param>
    /// <param name="id">Gives a phrase its number: first the words to find, then the phrase as the row has it.</param>
    /// <returns>The ways in which a text can have the pattern, each a list of terms that must all stand.</returns>
    public static List<Term[]> Parse(string pattern, Func<string, string, int> id)
    {
        var ways = Split(pattern, "|");
        var parsed = new List<Term[]>(ways.Count);
        foreach (var way in ways)
        {
            var parts = Split(way, " + ");
            var terms = new Term[parts.Count];
            for (var i = 0; i < terms.Length; i++)
            {
                var not = parts[i].StartsWith('!');
                var sets = Split(not ? parts[i][1..] : parts[i], " .. ");
                var phrases = new int[sets.Count][];
                for (var set = 0; set < phrases.Length; set++)
                    phrases[set] = Phrases(sets[set], id);
                terms[i] = new(phrases, not);
            }

            parsed.Add(terms);
        }

        return parsed;
    }

    static int[] Phrases(string set, Func<string, string, int> id)
    {
        var phrases = set.StartsWith('[') ? set.Trim('[', ']').Split('|') : [set];
        var ids = new int[phrases.Length];
        var count = 0;
        foreach (var phrase in phrases)
            if (id(Key(phrase), phrase.Trim()) is var found && !ids.AsSpan(0, count).Contains(found))
                ids[count++] = found;
        return ids[..count];
    }

    /// <summary>Splits at a separator that stands outside of brackets.</summary>
    public static List<string> Split(string text, string separator)
    {
        var parts = new List<string>();
        var start = 0;
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (depth != 0 || c != separator[0] || !text.AsSpan(i).StartsWith(separator))
                continue;
            parts.Add(text[start..i].Trim());
            start = i + separator.Length;
        }
        parts.Add(text[start..].Trim());
        return parts;
    }

    /// <summary>The words that a phrase looks for: <c>*</c> opens an end, elsewhere a phrase begins and ends with a word.</summary>
    public static string Key(string phrase)
    {
        phrase = phrase.Trim();
        if (phrase.StartsWith('#'))
            return phrase;
        var openStart = phrase.StartsWith('*');
        var openEnd = phrase.EndsWith('*');
        Span<char> words = stackalloc char[PlainWords.Room(phrase.Length)];
        words = words[..PlainWords.Write(phrase.AsSpan().Trim('*'), "", "", words)];
        if (words.Length < 3 || words.Contains('@') || phrase.AsSpan().Trim('*').Contains('*'))
            throw new ArgumentException($"The phrase '{phrase}' has no words, an address, or a star inside.", nameof(phrase));
        // Chinese and Japanese write without spaces.
        if (openStart || words[1] >= '\u2e80')
            words = words[1..];
        if (openEnd || words[^2] >= '\u2e80')
            words = words[..^1];
        return words.ToString();
    }
}
