using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Messages;

namespace Mailflow.Pipeline;

/// <summary>What one block of a log changes.</summary>
sealed class RowDelta : FileDelta
{
    /// <summary>Rented from the pool, which takes it back after the commit.</summary>
    public required Tally Tally { get; init; }

    /// <summary>Hash of the bytes before <see cref="FileDelta.End"/>.</summary>
    public required long Guard { get; init; }

    /// <summary>Hash of the first bytes of the file.</summary>
    public required long Head { get; init; }

    /// <summary>Where the `#Fields:` line in force at <see cref="FileDelta.End"/> starts.</summary>
    public required long HeaderOffset { get; init; }

    /// <summary>
    /// The SMTP sessions that are open at <see cref="FileDelta.End"/>, as <see cref="Analysis.Formats.OpenSessions"/> saves them; empty where
    /// none are.
    /// </summary>
    [SuppressMessage("Performance", "CA1819", Justification = "It goes to the store as it is.")]
    public byte[] Sessions { get; init; } = [];

    /// <summary>Where the rows are, if they are those of an export. Offsets in the tally are then numbers of rows.</summary>
    public ExportPart? Export { get; init; }

    /// <summary>Incomplete last lines of a scanned file.</summary>
    public int UnfinishedLines { get; init; }

    public override long Measure() => Tally.Bytes() + Sessions.Length + (Export?.Bytes ?? 0);
}
