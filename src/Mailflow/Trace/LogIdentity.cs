using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Tail;

namespace Mailflow.Trace;

/// <summary>Whether a file is the one that the store knows.</summary>
static class LogIdentity
{
    /// <summary>By its header, its first bytes and those before the offset, as <see cref="FileIdentity"/> decides it.</summary>
    public static bool IsSame(LogBytes log, FileOpener.Top top, TracedFile known)
    {
        if (log.Length < known.Offset || Guard.Hash(top.Bytes.Span) != known.HeaderHash)
            return false;
        if (known.Head is null)
            return Guard.Of(Bytes(log, known.Offset, Guard.ShortLength)) == known.Guard;
        var head = new byte[(int)Math.Min(Guard.Length, known.Offset)];
        return Guard.Hash(head.AsSpan(0, log.ReadAll(head, 0))) == known.Head
            && Guard.Of(Bytes(log, known.Offset, Guard.Length)) == known.Guard;
    }

    /// <summary>A changed file is read from its start, once, whatever the store knows of it.</summary>
    public static TracePart? Changed(TraceFile file, TraceNotes notes)
    {
        notes.Add(
            $"{file.Path} is not the file that was read: its first bytes, or those before the position in the store, differ."
            + " It was searched as it is now; rows that it had before are not in the result.");
        return TracePart.Whole(file);
    }

    static byte[] Bytes(LogBytes log, long end, int most)
    {
        var bytes = new byte[(int)Math.Min(most, end)];
        return bytes[..log.ReadAll(bytes, end - bytes.Length)];
    }
}
