namespace Mailflow.Analysis.Failures;

/// <summary>How much a piece of evidence weighs; a stronger one wins over all weaker ones.</summary>
enum Strength
{
    None,

    /// <summary>Only the three digits of the SMTP reply.</summary>
    Smtp,

    /// <summary>An enhanced code that servers use for many things: 5.7.1, 5.0.0.</summary>
    VagueCode,

    /// <summary>Words that say little: <c>access denied</c>, <c>try again later</c>.</summary>
    VagueText,

    /// <summary>An enhanced code that means one thing: 5.1.1.</summary>
    Code,

    /// <summary>Words that mean one thing: <c>mailbox full</c>.</summary>
    Text,

    /// <summary>A reason that Exchange itself writes for programs: <c>RESOLVER.ADR.RecipNotFound</c>.</summary>
    Token,
}

/// <summary>
/// One row of the rules: a text that has the pattern has the cause.
/// <para>
/// A pattern is phrases, written as servers write them. <c>|</c> stands between the ways to say it; within one way, <c>+</c> joins
/// phrases that must all stand, <c>..</c> those that must follow each other within a few words, <c>!</c> goes before one that must not
/// stand, and <c>[a|b]</c> is a set of which one must stand. <c>*</c> lets a phrase begin or end inside a word; <c>#</c> goes before a
/// code (<c>#550</c>, <c>#5.7.1</c>, <c>#x.7.1</c>).
/// </para>
/// </summary>
/// <param name="Cause">What it means.</param>
/// <param name="Sub">What kind of it, or null.</param>
/// <param name="Pattern">Which texts have it.</param>
/// <param name="Source">Who says so: an RFC section, a vendor's page, a server's own code.</param>
/// <param name="Sample">A text that this row decides; a test runs it.</param>
/// <param name="Fault">Whose it is, where that is not the cause's usual one.</param>
/// <param name="Doubtful">True where servers use these words for other causes too: the answer is the likeliest, not a sure one.</param>
sealed record Rule(Cause Cause, string? Sub, string Pattern, string Source, string Sample, Fault Fault = Fault.Unknown, bool Doubtful = false)
{
    public string Says => field ??= Sub is null ? $"{Cause.Name()}: {Source}" : $"{Cause.Name()} ({Sub}): {Source}";
}

/// <summary>Rules of one kind, in order.</summary>
sealed record RuleFamily(string Name, Strength Strength, Rule[] Rules);
