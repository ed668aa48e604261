using Microsoft.Win32.SafeHandles;

namespace Mailflow.Pipeline;

/// <summary>The bytes of a log: of a file, of a compressed copy of it, or of a stream.</summary>
abstract class LogBytes : IDisposable
{
    /// <summary>How many there are now. More than there can be while the end of a stream is not reached.</summary>
    public abstract long Length { get; }

    /// <summary>Last write time, UTC; default where it is not known.</summary>
    public virtual DateTime LastWrite => default;

    /// <summary>Reads bytes; fewer than there is room for near the end, none at the end.</summary>
    public abstract int Read(Span<byte> bytes, long offset);

    /// <summary>Reads until the room is full or the log ends: one call may return less.</summary>
    public int ReadAll(Span<byte> bytes, long offset)
    {
        var length = 0;
        while (length < bytes.Length && Read(bytes[length..], offset + length) is > 0 and var n)
            length += n;
        return length;
    }

    public abstract void Dispose();
}

/// <summary>The bytes of a file.</summary>
sealed class FileBytes(SafeFileHandle handle) : LogBytes
{
    public override long Length => RandomAccess.GetLength(handle);

    public override DateTime LastWrite => File.GetLastWriteTimeUtc(handle);

    public override int Read(Span<byte> bytes, long offset) => RandomAccess.Read(handle, bytes, offset);

    public override void Dispose() => handle.Dispose();
}

/// <summary>The bytes of a short text that is in memory as a whole.</summary>
sealed class MemoryBytes(ReadOnlyMemory<byte> text, DateTime lastWrite) : LogBytes
{
    public override long Length => text.Length;

    public override DateTime LastWrite => lastWrite;

    public override int Read(Span<byte> bytes, long offset)
    {
        var rest = text.Span[(int)Math.Clamp(offset, 0, text.Length)..];
        rest = rest[..Math.Min(rest.Length, bytes.Length)];
        rest.CopyTo(bytes);
        return rest.Length;
    }

    public override void Dispose()
    {
    }
}
