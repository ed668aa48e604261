namespace Mailflow.Analysis.Failures;

/// <summary>Reads the pattern of a <see cref="Rule"/>.</summary>
static class PatternText
{
    /// <param name="pattern">As described at <see cref="Rule"/>.</param>
    /// <param name="id">Gives a phrase its number: first the words to find, then the phrase as the row has it.</param>
    /// <returns>The ways in which a text can have the pattern, each a list of terms that must all stand.</returns>
    public static IEnumerable<Term[]> Parse(string pattern, Func<string, string, int> id)
    {
        foreach (var way in Split(pattern, "|"))
        {
            var terms = new List<Term>();
            foreach (var part in Split(way, " + "))
            {
                var not = part.StartsWith('!');
                var sets = Split(not ? part[1..] : part, " .. ")
                    .Select(set => set.Trim('[', ']').Split('|').Select(phrase => id(Key(phrase), phrase.Trim())).Distinct().ToArray());
                terms.Add(new Term([.. sets], not));
            }
            yield return [.. terms];
        }
    }

    /// <summary>Splits at a separator that stands outside of brackets.</summary>
    public static IEnumerable<string> Split(string text, string separator)
    {
        var start = 0;
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] == '[' ? 1 : text[i] == ']' ? -1 : 0;
            if (depth != 0 || string.CompareOrdinal(text, i, separator, 0, separator.Length) != 0)
                continue;
            yield return text[start..i].Trim();
            start = i + separator.Length;
        }
        yield return text[start..].Trim();
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
        words = words[..PlainWords.Write(phrase.Trim('*'), "", "", words)];
        if (words.Length < 3 || words.Contains('@') || phrase.Trim('*').Contains('*'))
            throw new ArgumentException($"The phrase '{phrase}' has no words, an address, or a star inside.", nameof(phrase));
        // Chinese and Japanese write without spaces.
        if (openStart || words[1] >= '\u2e80')
            words = words[1..];
        if (openEnd || words[^2] >= '\u2e80')
            words = words[..^1];
        return words.ToString();
    }
}
