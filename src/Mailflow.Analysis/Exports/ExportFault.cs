namespace Mailflow.Analysis.Exports;

/// <summary>One problem.</summary>
/// <param name="Record">The number of the record in the file, from 1; 0 for the file itself.</param>
public readonly record struct ExportFault(ExportProblem Reason, long Record, string Detail);
