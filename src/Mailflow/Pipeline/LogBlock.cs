using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Messages;

namespace Mailflow.Pipeline;

/// <summary>A part of a log, for a reader. Every case holds a buffer of the pool, so that the pool bounds how many blocks are in flight.</summary>
abstract class LogBlock : Block
{
    private protected LogBlock(TrackedFile file, long offset, byte[] buffer, long end, long guard, long head)
        : base(file, offset, end) => (Buffer, Guard, Head) = (buffer, guard, head);

    /// <summary>Rented; the reader returns it.</summary>
    [SuppressMessage("Performance", "CA1819", Justification = "The pool takes the array back.")]
    public byte[] Buffer { get; }

    /// <summary>Hash of the bytes before <see cref="Block.End"/>.</summary>
    public long Guard { get; }

    /// <summary>Hash of the first bytes of the file.</summary>
    public long Head { get; }
}

/// <summary>Whole lines.</summary>
/// <param name="start">Where the lines start in the buffer.</param>
/// <param name="length">Their bytes.</param>
sealed class LineBlock(TrackedFile file, long offset, byte[] buffer, int start, int length, long end, long guard, long head)
    : LogBlock(file, offset, buffer, end, guard, head)
{
    public ReadOnlyMemory<byte> Lines { get; } = buffer.AsMemory(start, length);
}

/// <summary>A stretch that cannot be read: a line that is too long, or NUL bytes. It counts as one unreadable line.</summary>
sealed class SkippedBlock(TrackedFile file, long offset, byte[] buffer, long end, long guard, long head, Unreadable reason)
    : LogBlock(file, offset, buffer, end, guard, head)
{
    public Unreadable Reason { get; } = reason;
}

/// <summary>The last line of a file, without a line end. Only a scan reads it; no position is stored after it, so it has no hashes.</summary>
sealed class UnfinishedBlock(TrackedFile file, long offset, byte[] buffer, int length)
    : LogBlock(file, offset, buffer, offset + length, 0, 0)
{
    public ReadOnlyMemory<byte> Line { get; } = buffer.AsMemory(0, length);
}
