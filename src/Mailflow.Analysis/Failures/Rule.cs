namespace Mailflow.Analysis.Failures;

/// <summary>The weight of a piece of evidence; a stronger one takes precedence over all weaker ones.</summary>
enum Strength
{
    None,

    /// <summary>Only the three digits of the SMTP reply.</summary>
    Smtp,

    /// <summary>An enhanced code that servers use for many things: 5.7.1, 5.0.0.</summary>
    VagueCode,

    /// <summary>Words with little meaning: <c>access denied</c>, <c>try again later</c>.</summary>
    VagueText,

    /// <summary>Words that often open a reply and leave the reason to the next clause: <c>connection refused</c>, <c>for policy reasons</c>.</summary>
    Opening,

    /// <summary>An enhanced code with one meaning: 5.1.1.</summary>
    Code,

    /// <summary>Words with one meaning: <c>mailbox full</c>.</summary>
    Text,

    /// <summary>A reason that Exchange writes for programs: <c>RESOLVER.ADR.RecipNotFound</c>.</summary>
    Token,
}

/// <summary>
/// One row of the rules: a text that matches the pattern has the cause.
/// <para>
/// A pattern is made of phrases, written as servers write them. <c>|</c> separates alternatives. Within one alternative, <c>+</c> joins
/// phrases that must all occur, <c>..</c> those that must follow each other within a few words, <c>!</c> precedes one that must not
/// occur, and <c>[a|b]</c> is a set of which one must occur. <c>*</c> lets a phrase begin or end inside a word; <c>#</c> precedes a
/// code (<c>#550</c>, <c>#5.7.1</c>, <c>#x.7.1</c>) or the command that was answered (<c>#mail</c>, <c>#rcpt</c>, see <see cref="ReplyStage"/>).
/// </para>
/// </summary>
/// <param name="Cause">The cause.</param>
/// <param name="Sub">The sub-reason, or null.</param>
/// <param name="Pattern">The texts that match.</param>
/// <param name="Source">Where this is documented: an RFC section, a vendor's page, a server's source code.</param>
/// <param name="Sample">A text that this row decides; a test runs it.</param>
/// <param name="Fault">The responsible side, where it is not the cause's default.</param>
/// <param name="Opening">True where servers use these words for other causes too, or before the reason: any rule with plain words is used first.</param>
sealed record Rule(Cause Cause, string? Sub, string Pattern, string Source, string Sample, Fault Fault = Fault.Unknown, bool Opening = false)
{
    public string Says => field ??= Sub is null ? $"{Cause.Name()}: {Source}" : $"{Cause.Name()} ({Sub}): {Source}";
}

/// <summary>Rules of one strength, in order.</summary>
sealed record RuleFamily(string Name, Strength Strength, Rule[] Rules);
