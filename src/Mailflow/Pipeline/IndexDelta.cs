using Mailflow.Analysis.Tracing.Index;

namespace Mailflow.Pipeline;

/// <summary>A part of the index of traces that was built again, or found damaged.</summary>
sealed class IndexDelta : Delta
{
    /// <summary>The file; 0: none.</summary>
    public long File { get; init; }

    /// <summary>The name of its format.</summary>
    public string Format { get; init; } = "";

    /// <summary>Complete segments of the file.</summary>
    public IReadOnlyList<TraceSegment> Segments { get; init; } = [];

    /// <summary>Groups of segments that are damaged: they are deleted.</summary>
    public IReadOnlyList<long> Damaged { get; init; } = [];
}
