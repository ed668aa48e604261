using Microsoft.Win32.SafeHandles;

namespace Mailflow.Tail;

/// <summary>The bytes of a log: of a file, or of a compressed copy of it.</summary>
abstract class LogBytes : IDisposable
{
    /// <summary>How many there are now.</summary>
    public abstract long Length { get; }

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

    public override int Read(Span<byte> bytes, long offset) => RandomAccess.Read(handle, bytes, offset);

    public override void Dispose() => handle.Dispose();
}
