namespace Mailflow.Pipeline;

/// <summary>The last line of a log that is not written any more, without a line end: of a file of a scan, or of one in an archive.</summary>
sealed class UnfinishedBlock(TrackedFile file, long offset, byte[] buffer, int length, long guard, long head)
    : LogBlock(file, offset, buffer, offset + length, guard, head)
{
    public ReadOnlyMemory<byte> Line { get; } = buffer.AsMemory(0, length);
}
