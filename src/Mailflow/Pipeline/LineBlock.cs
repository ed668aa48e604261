namespace Mailflow.Pipeline;

/// <summary>Whole lines.</summary>
/// <param name="start">Where the lines start in the buffer.</param>
/// <param name="length">Their bytes.</param>
sealed class LineBlock(TrackedFile file, long offset, byte[] buffer, int start, int length, long end, long guard, long head)
    : LogBlock(file, offset, buffer, end, guard, head)
{
    public ReadOnlyMemory<byte> Lines { get; } = buffer.AsMemory(start, length);
}
