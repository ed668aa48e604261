namespace Mailflow.Pipeline;

/// <summary>The last line of a file, without a line end. Only a scan reads it; no position is stored after it, so it has no hashes.</summary>
sealed class UnfinishedBlock(TrackedFile file, long offset, byte[] buffer, int length)
    : LogBlock(file, offset, buffer, offset + length, 0, 0)
{
    public ReadOnlyMemory<byte> Line { get; } = buffer.AsMemory(0, length);
}
