using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Pipeline;

/// <summary>What one block changes, and the position that it brings its file to: committed together or not at all.</summary>
/// <param name="keepsTimes">Whether latencies are kept one by one, for a scan.</param>
sealed class Delta(bool keepsTimes = false)
{
    /// <summary>A Windows event with its names.</summary>
    const int OfEvent = 1024;

    public TrackedFile File { get; set; } = null!;

    /// <summary>Who wrote the rows.</summary>
    public string Server { get; set; } = TrackedFile.UnknownServer;

    /// <summary>Where the block starts in the file, in bytes.</summary>
    public long Offset { get; set; }

    /// <summary>Where the next block starts.</summary>
    public long End { get; set; }

    public long Guard { get; set; }

    /// <summary>Hash of the first bytes of the file; null for an export.</summary>
    public long? Head { get; set; }

    /// <summary>Where the `#Fields:` line in force at <see cref="End"/> starts.</summary>
    public long HeaderOffset { get; set; }

    /// <summary>When it was read: for the lag.</summary>
    public DateTimeOffset ReadAt { get; set; }

    public Tally Tally { get; } = new() { KeepsTimes = keepsTimes };

    /// <summary>The SMTP sessions that are open at <see cref="End"/>, as <see cref="Analysis.Formats.OpenSessions"/> saves them; null for a log without sessions.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1819", Justification = "It goes to the store as it is.")]
    public byte[]? Sessions { get; set; }

    /// <summary>Of an export, the records that are read with this; null for a log.</summary>
    public long? Records { get; set; }

    /// <summary>What an export shows, whole.</summary>
    public List<ServerSnapshot> Snapshots { get; } = [];

    /// <summary>A part of the events of an export, in its order.</summary>
    public List<ReportedEvent> Events { get; } = [];

    /// <summary>What was wrong with an export, by <see cref="ExportProblem"/>, since the part before.</summary>
    public long[] Problems { get; } = new long[Enum.GetValues<ExportProblem>().Length];

    /// <summary>The first of that, one by one.</summary>
    public List<ExportFault> Faults { get; } = [];

    /// <summary>Lines that stand unfinished at the end of a scanned file.</summary>
    public int UnfinishedLines { get; set; }

    /// <summary>Where it holds the answers to events instead of a block's rows: then there is no file. Null for a block.</summary>
    public AnswerBatch? Answers { get; set; }

    /// <summary>Bytes of memory that it holds, about, as they were when it was admitted.</summary>
    public long Bytes { get; set; }

    /// <summary>What it takes of the room of its pool.</summary>
    public int Admitted { get; set; }

    /// <summary>Bytes of memory that it holds now, about.</summary>
    public long Measure()
    {
        var bytes = Tally.Bytes() + (Sessions?.Length ?? 0) + (OfEvent * (long)Events.Count);
        foreach (var reported in Events)
            bytes += sizeof(char) * (reported.Rejected?.Diagnosis.Text.Length ?? 0);
        foreach (var snapshot in Snapshots)
            bytes += sizeof(char) * snapshot.Characters();
        return bytes;
    }

    public void Clear()
    {
        (Bytes, Admitted) = (0, 0);
        Answers = null;
        File = null!;
        UnfinishedLines = 0;
        Sessions = null;
        Head = null;
        Records = null;
        Snapshots.Clear();
        Events.Clear();
        Array.Clear(Problems);
        Faults.Clear();
        Tally.Clear();
    }
}
