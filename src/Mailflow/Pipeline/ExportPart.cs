using Mailflow.Analysis.Exports;

namespace Mailflow.Pipeline;

/// <summary>The position of rows in an export, and what was found in this part of it besides rows.</summary>
/// <param name="Records">The records of the export that are read with this part.</param>
/// <param name="Problems">How often each problem was found since the part before.</param>
/// <param name="Faults">The first problems, one by one.</param>
/// <param name="Keys">Keys of the rows that are counted with this part, and of their file, so that a row of another export is recognised.</param>
sealed record ExportPart(
    long Records, IReadOnlyList<(ExportProblem Problem, long Count)> Problems, IReadOnlyList<ExportFault> Faults, IReadOnlyList<(long Key, long File)> Keys)
{
    public long Bytes => 2L * sizeof(long) * Keys.Count;
}
