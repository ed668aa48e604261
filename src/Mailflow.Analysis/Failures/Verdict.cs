using System.Globalization;

namespace Mailflow.Analysis.Failures;

/// <summary>The classification of one reply of a chain.</summary>
sealed record Verdict(
    Strength Strength,
    Cause Cause,
    string? Sub,
    Fault Fault,
    int Part,
    int Smtp,
    string? Enhanced,
    Rule? Rule,
    string? Found,
    CodeMeaning? Code,
    ReplyStage Stage = ReplyStage.None,
    bool Disputed = false,
    bool Vetoed = false)
{
    /// <summary>The verdict on a text without meaning.</summary>
    public static readonly Verdict None = new(Strength.None, Cause.Unknown, null, Fault.Unknown, 0, 0, null, null, null, null);

    /// <summary>Longer replies are not remembered: those that repeat are short.</summary>
    const int LongestRemembered = 512;

    public static Verdict Of(ReadOnlySpan<char> text, ReplyPart reply, int part, Scratch scratch)
    {
        // Room after the words for the codes and the part, which complete the key of the cache.
        const int Codes = 32;
        var span = text[reply.Start..reply.End];
        Span<char> smtp = stackalloc char[3];
        smtp = reply.Smtp == 0 ? [] : smtp[..(reply.Smtp.TryFormat(smtp, out var n, default, CultureInfo.InvariantCulture) ? n : 0)];
        var buffer = scratch.Words(PlainWords.Room(span.Length) + Codes).AsSpan();
        var words = buffer[..PlainWords.Write(span, smtp, reply.Enhanced, buffer)];
        if (words.Length > LongestRemembered)
            return Judge(span, words, smtp, reply, part, scratch);
        var codes = buffer[words.Length..];
        (codes[0], codes[1], codes[2]) = ('\0', (char)part, (char)reply.Smtp);
        reply.Enhanced.AsSpan().CopyTo(codes[3..]);
        var all = buffer[..(words.Length + 3 + (reply.Enhanced?.Length ?? 0))];
        if (!scratch.Verdicts.TryGetBy<ReadOnlySpan<char>>(all, out var verdict))
            scratch.Verdicts.Set(all.ToString(), verdict = scratch.TheSame(Judge(span, words, smtp, reply, part, scratch)));
        return verdict;
    }

    static Verdict Judge(ReadOnlySpan<char> text, ReadOnlySpan<char> words, ReadOnlySpan<char> smtp, ReplyPart reply, int part, Scratch scratch)
    {
        var stage = ReplyStage.None;
        var book = RuleBook.Default;
        if (book.Scan(words, scratch) && scratch.Copy(text.Length) is var copy && Asides.Remove(text, copy, out stage))
        {
            var rest = scratch.Rest(PlainWords.Room(text.Length));
            words = rest.AsSpan(0, PlainWords.Write(copy.AsSpan(0, text.Length), smtp, reply.Enhanced, rest));
            book.Scan(words, scratch);
        }
        var code = reply.Enhanced is null ? null : CodeTable.Of(reply.Enhanced);
        var match = book.Match(smtp, reply.Enhanced, stage, scratch);
        var vetoed = code is { Strength: Strength.Code } && !(match?.Strength >= Strength.Text) && CodeTable.IsVetoed(code.Cause, words);
        var strength = vetoed ? Strength.VagueCode : code?.Strength ?? Strength.None;
        if (match is null && strength <= Strength.VagueText)
            match = book.MatchVague(words, smtp, reply.Enhanced, stage, scratch);
        if (match is { } m && (m.Strength >= strength || (m.Strength == Strength.Opening && m.Rule.Cause == code!.Cause)))
            return New(m.Strength > strength ? m.Strength : strength, m.Rule.Cause, m.Rule.Sub, m.Rule.Fault, m.Rule, m.Found, code, m.Disputed);
        if (code is not null)
            return New(strength, code.Cause, code.Sub, Fault.Unknown, null, null, code);
        var basic = CodeTable.OfSmtp(reply.Smtp, stage, words);
        return basic is null
            ? New(Strength.None, Cause.Unknown, null, Fault.Unknown, null, null, null)
            : New(Strength.Smtp, basic.Cause, basic.Sub, Fault.Unknown, null, null, basic);

        Verdict New(Strength strength, Cause cause, string? sub, Fault fault, Rule? rule, string? found, CodeMeaning? code, bool disputed = false)
        {
            if (cause is Cause.InvalidRecipient or Cause.DnsFailure && IsAboutSender(code, stage))
                (cause, sub, fault) = (Cause.SenderRejected, cause == Cause.DnsFailure ? "sender-domain" : "sender-address", Fault.Unknown);
            return new(strength, cause, sub, fault, part, reply.Smtp, reply.Enhanced, rule, found, code, stage, disputed, vetoed);
        }
    }

    // An address or a domain that does not exist is the sender's where the code says so, or where the server answered MAIL.
    static bool IsAboutSender(CodeMeaning? code, ReplyStage stage) =>
        stage == ReplyStage.Mail || code is { Cause: Cause.SenderRejected, Sub: "sender-address" or "sender-domain" };

    /// <summary>Equal verdicts are nearly always the same instance (<see cref="Scratch.TheSame"/>), so lookups are cheap.</summary>
    public bool Equals(Verdict? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && Strength == other.Strength && Cause == other.Cause && Fault == other.Fault && Disputed == other.Disputed
            && Stage == other.Stage && Vetoed == other.Vetoed
            && Part == other.Part && Smtp == other.Smtp
            && Sub == other.Sub && Enhanced == other.Enhanced && Found == other.Found
            && ReferenceEquals(Rule, other.Rule) && ReferenceEquals(Code, other.Code));

    public override int GetHashCode() =>
        ((((int)Cause * 31) + Part) * 1021) + Smtp + (Enhanced?.GetHashCode(StringComparison.Ordinal) ?? 0) + (131 * (Found?.Length ?? 0));

    public double Confidence
    {
        get
        {
            var agrees = Rule is not null && Code is not null && Code.Cause == Cause;
            var contradicts = Rule is not null && Code is { Strength: Strength.Code } && Code.Cause != Cause;
            return Strength switch
            {
                Strength.Token => 0.98,
                Strength.Text when Disputed => agrees ? 0.78 : contradicts ? 0.66 : 0.74,
                Strength.Text => agrees ? 0.97 : contradicts ? 0.85 : 0.92,
                Strength.Code => Rule is null ? Code!.Sure : 0.92,
                Strength.Opening => agrees ? 0.85 : contradicts ? 0.6 : 0.75,
                Strength.VagueText => agrees ? 0.75 : 0.65,
                Strength.VagueCode => Vetoed ? 0.4 : 0.5,
                Strength.Smtp => 0.35,
                _ => 0.1,
            };
        }
    }

    public IReadOnlyList<Evidence> Evidence => field ??= FindEvidence();

    IReadOnlyList<Evidence> FindEvidence()
    {
        if (Rule is null && Code is null)
            return [];
        if (Rule is null)
            return [CodeEvidence(Code!)];
        var kind = Strength == Strength.Token ? "token" : Found!.StartsWith('#') ? "enhanced" : "phrase";
        var first = new Evidence(Part, kind, Found!.TrimStart('#'), Says(Rule.Cause, Rule.Says));
        return Code is null ? [first] : [first, CodeEvidence(Code)];
    }

    Evidence CodeEvidence(CodeMeaning code) => Strength == Strength.Smtp
        ? new Evidence(Part, "smtp", Smtp.ToString(CultureInfo.InvariantCulture), code.Says)
        : new Evidence(Part, "enhanced", Enhanced!, Rule is null ? Says(code.Cause, code.Says) : code.Says);

    string Says(Cause found, string says) =>
        found == Cause ? says : $"{Cause.Name()}: what is missing is the sender's, by the code or because the command MAIL was answered";
}
