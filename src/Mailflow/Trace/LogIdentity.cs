using Mailflow.Ledger;
using Mailflow.Tail;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Trace;

/// <summary>Whether a file is the one that the store knows.</summary>
static class LogIdentity
{
    /// <summary>By its header, its first bytes and those before the offset, as <see cref="FileIdentity"/> decides it.</summary>
    public static bool IsSame(SafeFileHandle handle, FileOpener.Top top, TracedFile known)
    {
        if (RandomAccess.GetLength(handle) < known.Offset || Guard.Hash(top.Bytes.Span) != known.HeaderHash)
            return false;
        if (known.Head is null)
            return Guard.Of(Bytes(handle, known.Offset, Guard.ShortLength)) == known.Guard;
        var head = new byte[(int)Math.Min(Guard.Length, known.Offset)];
        return Guard.Hash(head.AsSpan(0, FileOpener.ReadAll(handle, head, 0))) == known.Head
            && Guard.Of(Bytes(handle, known.Offset, Guard.Length)) == known.Guard;
    }

    /// <summary>A changed file is read from its start, once, whatever the store knows of it.</summary>
    public static TracePart? Changed(TraceFile file, TraceNotes notes)
    {
        notes.Add(
            $"{file.Path} is not the file that was read: its first bytes, or those before the position in the store, differ."
            + " It was searched as it is now; rows that it had before are not in the result.");
        return TracePart.Whole(file);
    }

    static byte[] Bytes(SafeFileHandle handle, long end, int most)
    {
        var bytes = new byte[(int)Math.Min(most, end)];
        return bytes[..FileOpener.ReadAll(handle, bytes, end - bytes.Length)];
    }
}
