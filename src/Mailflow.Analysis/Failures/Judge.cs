using System.Buffers;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Failures;

/// <summary>
/// Decides what a status text means. Each reply of the chain is classified on its own. The innermost reply with a definite meaning gives the
/// cause, because the outer ones only report it; the outermost decides whether a retry can help.
/// </summary>
static class Judge
{
    const int MostAlike = 4096;

    // The server that reports it has given up, whatever class the last reply had: Exim's bounces, RFC 3464 section 2.3.3.
    static readonly SearchValues<string> GivenUp = SearchValues.Create(["retry timeout exceeded", "Action: failed"], StringComparison.OrdinalIgnoreCase);

    // Or it keeps the message, whatever class the last reply had: Postfix, Sendmail. One search for both, because nearly no text has one of them.
    static readonly SearchValues<string> GivenUpOrKept = SearchValues.Create(
        ["retry timeout exceeded", "Action: failed", "delivery temporarily suspended", "Action: delayed", "status=deferred", "stat=Deferred"],
        StringComparison.OrdinalIgnoreCase);

    // What follows is a quotation from the check of an address.
    static readonly SearchValues<string> Verification = SearchValues.Create(["verif"], StringComparison.OrdinalIgnoreCase);

    // Where no reply of the text has a class, its words say it.
    static readonly SearchValues<string> Final = SearchValues.Create(
        [
            "giving up", "gave up", "given up", "permanent failure", "permanent error", "not going to try again", "will not be retried",
            "no further attempts",
        ],
        StringComparison.OrdinalIgnoreCase);

    static readonly SearchValues<string> Repeated = SearchValues.Create(
        [
            "will retry", "will be retried", "try again", "try later", "retry later", "retry in", "temporar", "deferred", "defer (", "not yet been delivered",
            "will continue to",
            "SASL authentication failed; cannot authenticate",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Everything that a diagnosis contains except the text and the server's name.</summary>
    public readonly record struct Meaning(
        Verdict Best, Verdict First, int Smtp, string? Enhanced, string? Sub, ReplyStage Stage, OwnRule? Own, Permanence Reported);

    /// <param name="own">The user's own rules, which win over all others.</param>
    /// <param name="alike">Diagnoses by meaning, where texts with the same meaning may share the first one's; null: each text has its own.</param>
    /// <param name="knownHost">The server that rejected, where it is known and the text has no envelope that names it.</param>
    /// <param name="knownAddress">Its address.</param>
    public static Diagnosis Of(
        ReadOnlySpan<char> status, Scratch scratch, OwnRules own, Dictionary<Meaning, Diagnosis>? alike = null,
        ReadOnlySpan<char> knownHost = default, ReadOnlySpan<char> knownAddress = default)
    {
        // Longer than any server's reply: classified by its start and end.
        status = KeptText.Cut(status, KeptText.Status);
        var text = StatusText.Unwrap(status, out var host, out var address);
        host = host.IsEmpty ? knownHost : host;
        address = address.IsEmpty ? knownAddress : address;
        var replies = scratch.Replies;
        StatusText.Split(text, replies);

        var (best, first, stage) = Choose(text, replies, scratch);
        var outer = Outermost(replies);
        // Words of an answer that says "delivered" are no failure, whatever they are.
        if (ClassOf(outer) == 2)
            best = first = Verdict.None;
        var cause = best.Cause;
        var facts = CauseTable.Of(cause);
        var ownRule = ClassOf(outer) == 2 ? null : own.Match(text, replies, host, address);
        var meaning = new Meaning(
            best, first, outer.Smtp, outer.Enhanced, best.Sub ?? (cause == Cause.Blocklisted ? ListName.Find(text) : null), stage, ownRule?.Rule,
            Reported(text, ClassOf(outer)));
        if (alike is not null && alike.TryGetValue(meaning, out var known))
            return known;
        var kind = SubReasons.Of(cause, meaning.Sub);
        var diagnosis = new Diagnosis
        {
            Smtp = outer.Smtp == 0 ? null : outer.Smtp,
            Enhanced = best.Enhanced ?? outer.Enhanced,
            Cause = cause,
            SubReason = meaning.Sub,
            Permanence = PermanenceOf(outer, meaning.Reported, kind?.Permanence ?? facts.DefaultPermanence),
            Fault = best.Fault != Fault.Unknown ? best.Fault : kind?.Fault ?? facts.DefaultFault,
            Confidence = best.Confidence,
            // The outermost reply may add to it, for example that the message expired.
            Evidence = first.Part == best.Part || first.Cause == cause ? best.Evidence : [.. best.Evidence, .. first.Evidence],
            Stage = stage,
            Text = text.ToString(),
            RemoteHost = host.IsEmpty ? null : KeptText.Cut(host, KeptText.Name).ToString(),
            RemoteAddress = address.IsEmpty ? null : KeptText.Cut(address, KeptText.Name).ToString(),
        };
        if (ownRule is { } found)
            diagnosis = Overruled(diagnosis, found.Rule, found.Found, own.Name, outer, meaning.Reported);
        if (alike?.Count < MostAlike)
            alike.Add(meaning, diagnosis);
        return diagnosis;
    }

    /// <summary>The verdict that gives the cause, that of the outermost reply, and the command that was answered.</summary>
    static (Verdict Best, Verdict First, ReplyStage Stage) Choose(ReadOnlySpan<char> text, List<ReplyPart> replies, Scratch scratch)
    {
        var best = Verdict.None;
        var first = Verdict.None;
        var stage = ReplyStage.None;
        for (var i = replies.Count - 1; i >= 0; i--)
        {
            if (best.Strength >= Strength.Code && i > 0 && !text[replies[i].Start..replies[i].End].ContainsAny(Verification))
                continue;
            var verdict = Verdict.Of(text, replies[i], i, scratch);
            if (best.Strength < Strength.Code && verdict.Strength > best.Strength)
                best = verdict;
            // What a server quotes from its check of the sender's address is about the sender, whatever it says.
            else if (verdict is { Cause: Cause.SenderRejected, Sub: "callout", Strength: Strength.Text })
                best = verdict;
            if (stage == ReplyStage.None)
                stage = verdict.Stage;
            if (i == 0)
                first = verdict;
        }
        // A meaning may be spread over several replies, as in a transcript.
        if (replies.Count > 1 && best.Strength < Strength.Opening)
        {
            var whole = Verdict.Of(text, replies[0] with { End = text.Length }, 0, scratch);
            if (whole.Strength > best.Strength)
                best = whole;
        }

        return (best, first, stage);
    }

    /// <summary>The diagnosis of the user's own rule. The reply still decides whether a retry can help.</summary>
    static Diagnosis Overruled(Diagnosis diagnosis, OwnRule rule, string found, string file, ReplyPart outer, Permanence reported)
    {
        var kind = SubReasons.Of(rule.Cause, rule.SubReason);
        return diagnosis with
        {
            Cause = rule.Cause,
            SubReason = rule.SubReason,
            Permanence = PermanenceOf(outer, reported, kind?.Permanence ?? CauseTable.Of(rule.Cause).DefaultPermanence),
            Fault = rule.Fault ?? SubReasons.FaultOf(rule.Cause, rule.SubReason),
            Confidence = 1,
            Evidence = [new(0, "own-rule", found, $"your rule at line {rule.Line} of {file}"), .. diagnosis.Evidence],
            DecidedBy = rule,
        };
    }

    static ReplyPart Outermost(List<ReplyPart> replies)
    {
        var outer = default(ReplyPart);
        foreach (var reply in replies)
        {
            if (reply.Smtp != 0)
                return reply with { Enhanced = reply.Enhanced ?? outer.Enhanced };
            if (outer.Enhanced is null && reply.Enhanced is not null)
                outer = reply;
        }
        return outer;
    }

    static Permanence Reported(ReadOnlySpan<char> text, int ofClass)
    {
        if (text.ContainsAny(GivenUpOrKept))
            return text.ContainsAny(GivenUp) ? Permanence.Permanent : Permanence.Transient;
        if (ofClass is 4 or 5)
            return Permanence.Unknown;
        return text.ContainsAny(Final) ? Permanence.Permanent : text.ContainsAny(Repeated) ? Permanence.Transient : Permanence.Unknown;
    }

    static int ClassOf(ReplyPart reply)
    {
        if (reply.Smtp != 0)
            return reply.Smtp / 100;
        return reply.Enhanced is null ? 0 : reply.Enhanced[0] - '0';
    }

    static Permanence PermanenceOf(ReplyPart outer, Permanence reported, Permanence otherwise) => ClassOf(outer) switch
    {
        _ when reported != Permanence.Unknown => reported,
        4 => Permanence.Transient,
        5 => Permanence.Permanent,
        _ => otherwise,
    };
}
