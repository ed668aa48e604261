using System.Buffers;

namespace Mailflow.Analysis.Failures.Own;

/// <summary>The user's own rules, in the order of the file: the first that matches wins, also over all built-in rules. Immutable.</summary>
public sealed class OwnRules
{
    /// <summary>No rules.</summary>
    public static readonly OwnRules None = new([], "");

    readonly OwnRule[] _rules;
    readonly SearchValues<string>? _texts;
    readonly bool _anyWithoutText;

    /// <param name="rules">In the order of the file.</param>
    /// <param name="name">The file's name, as evidence shows it.</param>
    public OwnRules(IReadOnlyList<OwnRule> rules, string name)
    {
        (_rules, Name) = ([.. rules], name);
        var texts = rules.SelectMany(r => r.Texts).ToArray();
        _texts = texts.Length == 0 ? null : SearchValues.Create(texts, StringComparison.OrdinalIgnoreCase);
        _anyWithoutText = rules.Any(r => r.Texts.Count == 0);
    }

    /// <summary>The file's name without its folder.</summary>
    public string Name { get; }

    /// <summary>All rules, in order.</summary>
    public IReadOnlyList<OwnRule> All => _rules;

    /// <summary>The first rule that matches, with the text or code that it found.</summary>
    internal (OwnRule Rule, string Found)? Match(ReadOnlySpan<char> text, List<ReplyPart> replies, ReadOnlySpan<char> host, ReadOnlySpan<char> address)
    {
        if (_rules.Length == 0)
            return null;
        text = OneSpace(text);
        if (!_anyWithoutText && !text.ContainsAny(_texts!))
            return null;
        foreach (var rule in _rules)
        {
            if (rule.HasCode(replies) && rule.IsNextHop(host, address) && FoundIn(rule, text) is { } found)
                return (rule, found);
        }

        return null;
    }

    /// <summary>Each run of white space as one space: a reply of several lines matches a text on one.</summary>
    internal static ReadOnlySpan<char> OneSpace(ReadOnlySpan<char> text)
    {
        var isPlain = true;
        for (var i = 0; i < text.Length && isPlain; i++)
            isPlain = !char.IsWhiteSpace(text[i]) || (text[i] == ' ' && i > 0 && text[i - 1] != ' ');
        if (isPlain)
            return text;
        var made = new char[text.Length];
        var n = 0;
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                made[n++] = c;
            else if (n > 0 && made[n - 1] != ' ')
                made[n++] = ' ';
        }

        return made.AsSpan(0, n).TrimEnd();
    }

    static string? FoundIn(OwnRule rule, ReadOnlySpan<char> text)
    {
        foreach (var part in rule.Texts)
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase))
                return part;
        return rule.Texts.Count == 0 ? rule.Codes[0] : null;
    }
}

/// <summary>The own rules that are in force now. Shared by all stages; a changed file replaces them while the program runs.</summary>
public sealed class RulesInForce
{
    volatile OwnRules _current = OwnRules.None;

    /// <summary>The rules in force.</summary>
    public OwnRules Current
    {
        get => _current;
        set => _current = value;
    }
}
