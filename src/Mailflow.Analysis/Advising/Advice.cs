using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising;

/// <summary>One row of THE advice table.</summary>
/// <param name="Sub">The sub-reason; null: the row of the cause, for sub-reasons without a row of their own.</param>
/// <param name="Check">What to check first, in one or two sentences. It says nothing about retries: <see cref="Advised"/> does.</param>
/// <param name="Look">Commands that change nothing.</param>
/// <param name="Fix">Commands that change the smallest thing; each says what it changes, and how to undo it.</param>
/// <param name="Verify">How to see that it is corrected.</param>
public sealed record Advice(
    Cause Cause, string? Sub, string Check, IReadOnlyList<Command> Look, IReadOnlyList<Command> Fix, IReadOnlyList<Command> Verify)
{
    /// <summary>The path of its documentation in the repository, with the section of the sub-reason.</summary>
    public string Page => CauseTable.Of(Cause).Page + (Sub is null ? "" : "#" + Sub);
}
