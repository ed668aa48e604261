using System.Diagnostics.CodeAnalysis;

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
