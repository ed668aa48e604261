using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Pipeline;

/// <summary>What a part of an export changes.</summary>
sealed class ExportDelta : FileDelta
{
    /// <summary>Estimated bytes of a Windows event with its names.</summary>
    const int OfEvent = 1024;

    /// <summary>The records of the export that are read with this part.</summary>
    public required long Records { get; init; }

    /// <summary>What the export shows; all of it is in one part.</summary>
    public IReadOnlyList<ServerSnapshot> Snapshots { get; init; } = [];

    /// <summary>Events of the export, in its order.</summary>
    public IReadOnlyList<ReportedEvent> Events { get; init; } = [];

    /// <summary>How often each problem was found since the part before.</summary>
    public IReadOnlyList<(ExportProblem Problem, long Count)> Problems { get; init; } = [];

    /// <summary>The first problems, one by one.</summary>
    public IReadOnlyList<ExportFault> Faults { get; init; } = [];

    public override long Measure()
    {
        var bytes = OfEvent * (long)Events.Count;
        foreach (var reported in Events)
            bytes += sizeof(char) * (reported.Rejected?.Diagnosis.Text.Length ?? 0);
        foreach (var snapshot in Snapshots)
            bytes += sizeof(char) * snapshot.Characters();
        return bytes;
    }
}
