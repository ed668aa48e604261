using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;

namespace Mailflow.Analysis.Notices;

/// <summary>What a report says happened to a recipient's message (RFC 3464 section 2.3.3).</summary>
public enum DeliveryAction
{
    /// <summary>The text is a reply only, or the report does not say.</summary>
    Unknown,
    Failed,
    Delayed,
    Delivered,
    Relayed,
    Expanded,
}

/// <summary>One status that a person or a report gives: for one recipient, where it comes from a report.</summary>
/// <param name="Text">The status text that is judged.</param>
/// <param name="Facts">What the report says around it, then what the text itself states; each name once.</param>
/// <param name="Action">The report's own word for the outcome.</param>
public sealed record StatusNotice(string Text, IReadOnlyList<Fact> Facts, DeliveryAction Action = DeliveryAction.Unknown)
{
    /// <summary>A text without a report around it.</summary>
    public static StatusNotice Of(string text) => new(text, ReplyFacts.Of(text));

    internal static StatusNotice Of(string text, List<Fact> said, DeliveryAction action = DeliveryAction.Unknown)
    {
        foreach (var fact in ReplyFacts.Of(text))
            said.Add(fact.Name, fact.Value, fact.Says);
        return new StatusNotice(text, said, action);
    }

    /// <summary>
    /// The diagnosis of the text. Whether a retry can help is the report's word: a 4yz reply that was retried until the message expired is
    /// final, and a delayed message is still under way.
    /// </summary>
    /// <param name="own">The user's rules, or null for none.</param>
    public Diagnosis Diagnose(OwnRules? own = null) => Action switch
    {
        DeliveryAction.Failed => Diagnosis.Of(Text, own) with { Permanence = Permanence.Permanent },
        DeliveryAction.Delayed => Diagnosis.Of(Text, own) with { Permanence = Permanence.Transient },
        _ => Diagnosis.Of(Text, own),
    };
}
