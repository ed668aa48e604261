namespace Mailflow.Analysis.Failures;

/// <summary>Parses the pattern of a <see cref="Rule"/>.</summary>
static class PatternText
{
    /// <summary>Assigns a number to a phrase.</summary>
    /// <param name="key">The words to search for.</param>
    /// <param name="name">The phrase as the rule writes it.</param>
    public delegate int Number(ReadOnlySpan<char> key, ReadOnlySpan<char> name);

    /// <summary>Appends the alternatives of a pattern in the encoding of <see cref="Terms"/>.</summary>
    /// <param name="pattern">See <see cref="Rule"/>.</param>
    /// <param name="ends">Receives the end of each alternative.</param>
    public static void Parse(string pattern, Number number, List<int> code, List<int> ends)
    {
        foreach (var way in Split(pattern, "|"))
        {
            foreach (var part in Split(way, " + "))
            {
                var not = part.StartsWith('!');
                var (term, sets) = (code.Count, 0);
                code.AddRange(0, not ? 1 : 0, 0);
                foreach (var set in Split(not ? part[1..] : part, " .. "))
                {
                    AddSet(set, number, code);
                    sets++;
                }

                (code[term], code[term + 2]) = (code.Count - term, sets);
            }

            ends.Add(code.Count);
        }
    }

    static void AddSet(ReadOnlySpan<char> set, Number number, List<int> code)
    {
        Span<char> key = stackalloc char[256];
        var start = code.Count;
        code.Add(0);
        if (set.StartsWith('['))
        {
            set = set.Trim("[]");
            foreach (var range in set.Split('|'))
            {
                var phrase = set[range].Trim();
                var id = number(Key(phrase, key), phrase);
                if (code.IndexOf(id, start + 1) < 0)
                    code.Add(id);
            }
        }
        else
        {
            code.Add(number(Key(set, key), set));
        }

        code[start] = code.Count - start - 1;
    }

    /// <summary>Splits at a separator outside of brackets.</summary>
    public static Parts Split(ReadOnlySpan<char> text, string separator) => new(text, separator);

    /// <summary>The parts, each without the spaces around it.</summary>
    public ref struct Parts(ReadOnlySpan<char> text, string separator)
    {
        ReadOnlySpan<char> _rest = text;
        bool _done;

        public ReadOnlySpan<char> Current { get; private set; }

        public readonly Parts GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_done)
                return false;
            var depth = 0;
            for (var i = 0; i < _rest.Length; i++)
            {
                var c = _rest[i];
                depth += c == '[' ? 1 : c == ']' ? -1 : 0;
                if (depth != 0 || c != separator[0] || !_rest[i..].StartsWith(separator))
                    continue;
                Current = _rest[..i].Trim();
                _rest = _rest[(i + separator.Length)..];
                return true;
            }

            Current = _rest.Trim();
            _done = true;
            return true;
        }

        public readonly List<string> ToList()
        {
            var list = new List<string>();
            foreach (var part in this)
                list.Add(part.ToString());
            return list;
        }
    }

    /// <summary>The words to search for: a phrase begins and ends at a word boundary, except where <c>*</c> allows any text.</summary>
    public static string Key(string phrase) => Key(phrase.AsSpan().Trim(), stackalloc char[PlainWords.Room(phrase.Length + 8)]).ToString();

    /// <param name="words">A buffer for the result.</param>
    static ReadOnlySpan<char> Key(ReadOnlySpan<char> phrase, Span<char> words)
    {
        if (phrase.StartsWith('#'))
            return phrase;
        var openStart = phrase.StartsWith('*');
        var openEnd = phrase.EndsWith('*');
        var closed = phrase.Trim('*');
        if (openStart && closed[0] == '/')
            return Key($"http:/{phrase.Trim('*')}{(openEnd ? "*" : "")}", words)[2..];
        if (PlainWords.Room(closed.Length) > words.Length)
            throw new ArgumentException($"The phrase '{phrase}' is too long.", nameof(phrase));
        words = words[..PlainWords.Write(closed, "", "", words)];
        if (words.Length < 3 || words.Contains('@') || closed.Contains('*'))
            throw new ArgumentException($"The phrase '{phrase}' has no words, an address, or a star inside.", nameof(phrase));
        // "*.example" is a part of a host's name, "*/example" of a web address.
        if (openStart && closed[0] is '.')
            words[0] = '.';
        // Chinese and Japanese are written without spaces.
        else if (openStart || words[1] >= '\u2e80')
            words = words[1..];
        if (openEnd || words[^2] >= '\u2e80')
            words = words[..^1];
        return words;
    }
}
