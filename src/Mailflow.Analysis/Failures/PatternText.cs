namespace Mailflow.Analysis.Failures;

/// <summary>Reads the pattern of a <see cref="Rule"/>.</summary>
static class PatternText
{
    /// <param name="pattern">As described at <see cref="Rule"/>.</param>
    /// <param name="id">Gives a phrase its number: first the words to find, then the phrase as the row has it.</param>
    public static Term[] Parse(string pattern, Func<string, string, int> id)
    {
        var terms = new List<Term>();
        foreach (var part in pattern.Split(" + ", StringSplitOptions.TrimEntries))
        {
            var not = part.StartsWith('!');
            var sets = (not ? part[1..] : part).Split(" .. ")
                .Select(set => set.Split('|').Select(phrase => id(Key(phrase), phrase.Trim())).Distinct().ToArray());
            terms.Add(new Term([.. sets], not));
        }
        return [.. terms];
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
        if (words.Length < 3)
            throw new ArgumentException($"The phrase '{phrase}' has no words.", nameof(phrase));
        // Chinese and Japanese write without spaces.
        if (openStart || words[1] >= '\u2e80')
            words = words[1..];
        if (openEnd || words[^2] >= '\u2e80')
            words = words[..^1];
        return words.ToString();
    }
}
