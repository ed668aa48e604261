using Mailflow.Analysis.Messages;
using Mailflow.Ledger;

namespace Mailflow;

/// <summary>What one block changes, and the position that it brings its file to: committed together or not at all.</summary>
sealed class Delta
{
    public TrackedFile File { get; set; } = null!;

    /// <summary>Who wrote the rows.</summary>
    public string Server { get; set; } = TrackedFile.UnknownServer;

    /// <summary>Where the block starts in the file, in bytes.</summary>
    public long Offset { get; set; }

    /// <summary>Where the next block starts.</summary>
    public long End { get; set; }

    public long Guard { get; set; }

    /// <summary>Where the `#Fields:` line in force at <see cref="End"/> starts.</summary>
    public long HeaderOffset { get; set; }

    /// <summary>When it was read: for the lag.</summary>
    public DateTimeOffset ReadAt { get; set; }

    public Tally Tally { get; } = new();

    /// <summary>Lines that stand unfinished at the end of a scanned file.</summary>
    public int UnfinishedLines { get; set; }

    /// <summary>Where it holds the answers to events instead of a block's rows: then there is no file. Null for a block.</summary>
    public AnswerBatch? Answers { get; set; }

    public void Clear()
    {
        Answers = null;
        File = null!;
        UnfinishedLines = 0;
        Tally.Clear();
    }
}
