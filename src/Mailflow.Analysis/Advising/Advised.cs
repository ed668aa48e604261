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
    const string Retries = "The message is still in a queue: Exchange tries again until it expires.";

    /// <param name="diagnosis">The diagnosis of a status text.</param>
    /// <param name="facts">The facts of the text.</param>
    /// <param name="values">The values for the commands: <see cref="AdviceValues.Of"/>.</param>
    public static Advised Of(Diagnosis diagnosis, IReadOnlyList<Fact> facts, AdviceValues values)
    {
        if (diagnosis.IsSuccess)
            return new(
                FactText.Lines(facts), "This is a success reply (2xx): nothing failed.", "Nothing has to be done.", [], CauseTable.Of(diagnosis.Cause).Page);
        // An IMCEAEX recipient has a remedy of its own, whatever words report that it was not found.
        var sub = diagnosis.Cause == Cause.InvalidRecipient && values.X500 is not null ? "legacy-address" : diagnosis.SubReason;
        var row = AdviceTable.Of(diagnosis.Cause, sub);
        AdvisedCommand[] all =
        [
            .. row.Look.Select(c => new AdvisedCommand(Purpose.Look, c)),
            .. row.Fix.Select(c => new AdvisedCommand(Purpose.Fix, c)),
            .. row.Verify.Select(c => new AdvisedCommand(Purpose.Verify, c)),
        ];
        // Only here are retries mentioned: they are never promised for a message that was returned, nor is its queue to be retried.
        var possible = all.Where(c => diagnosis.Permanence != Permanence.Permanent || !c.Command.NeedsQueue).ToList();
        var shells = Shells.Of(diagnosis);
        var shown = possible.Where(c => shells.Contains(c.Command.Shell)).ToList();
        return new(
            FactText.Lines(facts),
            SubReasons.Of(diagnosis.Cause, diagnosis.SubReason)?.Meaning ?? CauseTable.Of(diagnosis.Cause).Summary,
            // Who wrote a rule of their own, knows better.
            diagnosis.DecidedBy?.Advice ?? (diagnosis.Permanence == Permanence.Transient ? $"{row.Check} {Retries}" : row.Check),
            [.. (shown.Any(c => c.Purpose == Purpose.Look) ? shown : possible).Select(c => c with { Command = c.Command.For(values) })],
            row.Page);
    }
}
