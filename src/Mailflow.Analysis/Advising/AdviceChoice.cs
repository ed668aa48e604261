using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising;

/// <summary>What decides which advice is shown, apart from the values of commands. There are few: what is made of one can be kept.</summary>
/// <param name="Cause">The cause of the row.</param>
/// <param name="Sub">The sub-reason of the row, null for that of the cause.</param>
/// <param name="In">The shells whose commands fit.</param>
public readonly record struct AdviceChoice(Cause Cause, string? Sub, IReadOnlyList<Shell> In, Permanence Permanence)
{
    const string Retries = "The message is still in a queue: Exchange tries again until it expires.";

    /// <summary>The row of the table.</summary>
    public Advice Row => AdviceTable.Of(Cause, Sub);

    /// <summary>What to check first. Only here are retries mentioned: they are never promised for a message that was returned.</summary>
    public string Check => Permanence == Permanence.Transient ? $"{Row.Check} {Retries}" : Row.Check;

    /// <param name="diagnosis">The diagnosis of a status text.</param>
    /// <param name="values">The values for the commands.</param>
    public static AdviceChoice Of(Diagnosis diagnosis, AdviceValues values)
    {
        // An IMCEAEX recipient has a remedy of its own, whatever words report that it was not found.
        var sub = diagnosis.Cause == Cause.InvalidRecipient && values.X500 is not null ? "legacy-address" : diagnosis.SubReason;
        var row = AdviceTable.Of(diagnosis.Cause, sub);
        return new(row.Cause, row.Sub, Shells.Of(diagnosis), diagnosis.Permanence);
    }

    /// <summary>The commands without values: to look, to change, to verify. The queue of a message that was returned is not to be retried.</summary>
    public IReadOnlyList<AdvisedCommand> Commands()
    {
        var (row, shells, permanence) = (Row, In, Permanence);
        AdvisedCommand[] all =
        [
            .. row.Look.Select(c => new AdvisedCommand(Purpose.Look, c)),
            .. row.Fix.Select(c => new AdvisedCommand(Purpose.Fix, c)),
            .. row.Verify.Select(c => new AdvisedCommand(Purpose.Verify, c)),
        ];
        var possible = all.Where(c => permanence != Permanence.Permanent || !c.Command.NeedsQueue).ToList();
        var shown = possible.FindAll(c => shells.Contains(c.Command.Shell));
        return shown.Exists(c => c.Purpose == Purpose.Look) ? shown : possible;
    }
}
