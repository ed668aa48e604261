using Mailflow.Analysis.Failures.Facts;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Failures;

/// <summary>One fact that a reply itself states.</summary>
/// <param name="Name">Its name: <c>spf</c>, <c>size_limit</c>.</param>
/// <param name="Value">Its value, as text of the reply or in the normal form of its name.</param>
/// <param name="Says">What the value means, as a sentence.</param>
public sealed record Fact(string Name, string Value, string Says);

/// <summary>
/// The facts that a reply states: what failed, for which domain, from which address, at which limit. They are taken out of the text on
/// demand, for one answer; counting never uses them. Nothing is guessed: a fact that is not in the text is missing.
/// </summary>
public static class ReplyFacts
{
    /// <summary>A longer value is not a name, a number or an address.</summary>
    const int LongestValue = 512;

    // The order in which a person reads them.
    static readonly Action<ReplyWords, List<Fact>>[] Families =
    [
        AuthenticationFacts.Find, ListFacts.Find, ThrottleFacts.Find, LimitFacts.Find, TlsFacts.Find, StageFacts.Find, ImceaFacts.Find, PartyFacts.Find,
    ];

    /// <summary>The facts of a status text, each name at most once. Never throws, whatever the text.</summary>
    public static IReadOnlyList<Fact> Of(string text)
    {
        var words = new ReplyWords(KeptText.Cut(text, KeptText.Status));
        var facts = new List<Fact>();
        foreach (var family in Families)
            family(words, facts);
        return facts;
    }

    /// <summary>The address of ours that the reply names, or null. Cheap for a text without an address.</summary>
    internal static string? AddressOfOurs(string text)
    {
        if (!MayNameAddress(text))
            return null;
        var facts = new List<Fact>();
        ListFacts.Find(new ReplyWords(KeptText.Cut(text, KeptText.Status)), facts);
        return facts.Value("our_address");
    }

    /// <summary>Three dots between digits, or two colons within five characters: 192.0.2.1, 2001:db8::1.</summary>
    static bool MayNameAddress(string text)
    {
        var (dots, colon) = (0, -6);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '.' when i > 0 && char.IsAsciiDigit(text[i - 1]):
                    if (++dots == 3)
                        return true;
                    break;
                case ':' when i - colon <= 5:
                    return true;
                case ':':
                    (colon, dots) = (i, 0);
                    break;
                case >= '0' and <= '9':
                    break;
                default:
                    dots = 0;
                    break;
            }
        }

        return false;
    }

    /// <summary>The value of a fact, or null.</summary>
    public static string? Value(this IReadOnlyList<Fact> facts, string name)
    {
        foreach (var fact in facts)
            if (fact.Name == name)
                return fact.Value;
        return null;
    }

    /// <summary>Adds a fact; the first one of a name stays. Values that are too long or have characters that cannot be shown are left out.</summary>
    internal static void Add(this List<Fact> facts, string name, string? value, string says)
    {
        if (!string.IsNullOrWhiteSpace(value) && value.Length <= LongestValue && IsVisible(value) && facts.Value(name) is null)
            facts.Add(new Fact(name, value, says));
    }

    static bool IsVisible(string value)
    {
        foreach (var letter in value)
            if (!Visible.Is(letter))
                return false;
        return true;
    }
}
