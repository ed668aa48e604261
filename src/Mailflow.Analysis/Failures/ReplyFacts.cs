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
