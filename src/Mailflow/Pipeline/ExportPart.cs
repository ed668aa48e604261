using Mailflow.Analysis.Exports;

namespace Mailflow.Pipeline;

/// <summary>The position of rows in an export, and what was found in this part of it besides rows.</summary>
/// <param name="Records">The records of the export that are read with this part.</param>
/// <param name="Problems">How often each problem was found since the part before.</param>
/// <param name="Faults">The first problems, one by one.</param>
sealed record ExportPart(long Records, IReadOnlyList<(ExportProblem Problem, long Count)> Problems, IReadOnlyList<ExportFault> Faults);
