namespace Mailflow.Pipeline;

/// <summary>
/// A part of a file on its way from a tailer to the stage that reads it. The cases are closed: lines, a skipped stretch or the unfinished
/// last line of a log (<see cref="LogBlock"/>), or a whole export (<see cref="ExportBlock"/>).
/// </summary>
abstract class Block
{
    private protected Block(TrackedFile file, long offset, long end) => (File, Offset, End) = (file, offset, end);

    public TrackedFile File { get; }

    /// <summary>Where the block starts in the file, in bytes.</summary>
    public long Offset { get; }

    /// <summary>Where the next block starts.</summary>
    public long End { get; }
}
