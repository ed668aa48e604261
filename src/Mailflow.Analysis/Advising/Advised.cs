using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising;

/// <summary>A command with its values.</summary>
public sealed record AdvisedCommand(Purpose Purpose, Command Command);

/// <summary>
/// The advice for one diagnosis: the row of the table, with the shells that fit, with values filled in. All that shows advice shows this one.
/// </summary>
/// <param name="Facts">What the reply itself says, as lines.</param>
/// <param name="Meaning">What the sub-reason means; without one, what the cause means.</param>
/// <param name="Check">What to check first.</param>
/// <param name="Commands">To look, to change, to verify.</param>
/// <param name="Page">The path of the documentation in the repository.</param>
public sealed record Advised(IReadOnlyList<string> Facts, string Meaning, string Check, IReadOnlyList<AdvisedCommand> Commands, string Page)
{
    /// <summary>The advice for a reply that says that the message was accepted.</summary>
    public const string NothingToDo = "Nothing has to be done.";

    /// <param name="diagnosis">The diagnosis of a status text.</param>
    /// <param name="facts">The facts of the text.</param>
    /// <param name="values">The values for the commands: <see cref="AdviceValues.Of"/>.</param>
    public static Advised Of(Diagnosis diagnosis, IReadOnlyList<Fact> facts, AdviceValues values)
    {
        if (diagnosis.IsSuccess)
            return new(
                FactText.Lines(facts), "This is a success reply (2xx): nothing failed.", NothingToDo, [], CauseTable.Of(diagnosis.Cause).Page);
        var choice = AdviceChoice.Of(diagnosis, values);
        return new(
            FactText.Lines(facts),
            SubReasons.Of(diagnosis.Cause, diagnosis.SubReason)?.Meaning ?? CauseTable.Of(diagnosis.Cause).Summary,
            // Who wrote a rule of their own, knows better.
            diagnosis.DecidedBy?.Advice ?? choice.Check,
            [.. choice.Commands().Select(c => c with { Command = c.Command.For(values) })],
            choice.Row.Page);
    }
}
