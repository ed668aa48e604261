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

    /// <summary>The mail is not about delivery: a read receipt, a complaint.</summary>
    None,
}

/// <summary>What a mail about a recipient says, as its fields have it.</summary>
/// <param name="Kind">The kind of mail: <c>delivery-status</c>, <c>disposition-notification</c>, <c>feedback-report</c> or <c>bounce</c>.</param>
/// <param name="Recipient">The address of Final-Recipient, without its type.</param>
/// <param name="Original">Original-Recipient: the address that the sender used.</param>
/// <param name="Action">Action, as it is written: <c>delivered (to mailbox)</c>.</param>
/// <param name="Status">Status, as it is written: <c>5.1.10 (556 ...)</c>.</param>
/// <param name="Diagnostic">Diagnostic-Code; if there is none, the words of the part for people.</param>
/// <param name="RemoteMta">Remote-MTA.</param>
/// <param name="ReportingMta">Reporting-MTA.</param>
public sealed record RecipientReport(
    string Kind, string? Recipient, string? Original = null, string? Action = null, string? Status = null, string? Diagnostic = null,
    string? RemoteMta = null, string? ReportingMta = null);

/// <summary>One status that a person or a report gives: for one recipient, where it comes from a report.</summary>
/// <param name="Text">The status text that is judged.</param>
/// <param name="Facts">What the report says around it, then what the text itself states; each name once.</param>
/// <param name="Action">The outcome that the report means.</param>
public sealed record StatusNotice(string Text, IReadOnlyList<Fact> Facts, DeliveryAction Action = DeliveryAction.Unknown)
{
    /// <summary>What the report says word for word; null for a text without a report around it.</summary>
    public RecipientReport? Report { get; init; }

    /// <summary>Whether nothing failed and nothing waits: the message was delivered or passed on, or the mail is not about delivery.</summary>
    public bool IsGood => Action is DeliveryAction.Delivered or DeliveryAction.Relayed or DeliveryAction.Expanded or DeliveryAction.None;

    /// <summary>A text without a report around it.</summary>
    public static StatusNotice Of(string text) => new(text, ReplyFacts.Of(text));

    internal static StatusNotice Of(string text, List<Fact> said, DeliveryAction action, RecipientReport report)
    {
        // A mail that is not about a failure has no reply.
        if (action != DeliveryAction.None)
            foreach (var fact in ReplyFacts.Of(text))
                said.Add(fact.Name, fact.Value, fact.Says);
        return new StatusNotice(text, said, action) { Report = report };
    }

    internal static StatusNotice Of(string text, List<Fact> said)
    {
        foreach (var fact in ReplyFacts.Of(text))
            said.Add(fact.Name, fact.Value, fact.Says);
        return new StatusNotice(text, said);
    }

    /// <summary>
    /// The diagnosis of the text. Whether a retry can help is the report's word: a 4yz reply that was retried until the message expired is
    /// final, and a delayed message is still under way.
    /// </summary>
    /// <param name="own">The user's rules, or null for none.</param>
    public Diagnosis Diagnose(OwnRules? own = null) => Action switch
    {
        DeliveryAction.Failed => Judged(own) with { Permanence = Permanence.Permanent },
        DeliveryAction.Delayed => Waiting(Judged(own)) with { Permanence = Permanence.Transient },
        _ => Judged(own),
    };

    // The code says expired, but the message is still under way: "400 4.4.7 Message delayed" does not say why it waits. Words that say so remain.
    static Diagnosis Waiting(Diagnosis judged) =>
        judged is { Cause: Cause.MessageExpired, DecidedBy: null } && judged.Evidence.All(e => e.Kind is "enhanced" or "smtp")
            ? judged with { Cause = Cause.Unknown, SubReason = null, Fault = Fault.Unknown, Confidence = 0, Evidence = [] } : judged;

    Diagnosis Judged(OwnRules? own) => Diagnosis.Of(Text, own, Facts.Value("remote_server"), Facts.Value("remote_address"));
}
