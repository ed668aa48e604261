using Mailflow.Analysis.Messages;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Tail;

/// <summary>One path under a root, and how far it has been read.</summary>
sealed class LogFile(string path, string name) : IDisposable
{
    public string Path { get; set; } = path;

    /// <summary>Path below the root, with `/`.</summary>
    public string Name { get; set; } = name;

    /// <summary>Device and inode that the path named when the folder was last looked at; zeros where the system does not tell.</summary>
    public (long Device, long Inode) Identity { get; set; }

    /// <summary>Open while there is something to read or the file was written lately.</summary>
    public SafeFileHandle? Handle { get; set; }

    /// <summary>Null until the header was read.</summary>
    public TrackedFile? Tracked { get; set; }

    /// <summary>The next byte to read: the start of a line.</summary>
    public long Offset { get; set; }

    /// <summary>Hash of the bytes before <see cref="Offset"/>.</summary>
    public long Guard { get; set; }

    /// <summary>Read once, from start to end, by a scan: nothing about it is stored.</summary>
    public bool Once { get; init; }

    /// <summary>Hash of the first bytes, up to <see cref="Offset"/> at the most.</summary>
    public long Head { get; set; }

    /// <summary>What is kept of it when it is closed or renamed.</summary>
    public KnownFile? Known { get; set; }

    /// <summary>When the file was made, as far as the system tells: a deleted file's inode may be another's soon.</summary>
    public long Born { get; set; }

    /// <summary>Size when its bytes were last found to be those that were read.</summary>
    public long VerifiedSize { get; set; }

    /// <summary>The guard that these bytes before a position make.</summary>
    public long GuardOf(ReadOnlySpan<byte> bytesBefore) => Once ? Tail.Guard.OfNow(bytesBefore) : Tail.Guard.Of(bytesBefore);

    /// <summary>Size as last seen.</summary>
    public long Size { get; set; }

    public DateTime LastWrite { get; set; }

    /// <summary>Size and time at which nothing more could be read: look again when they change.</summary>
    public (long Size, DateTime LastWrite) Exhausted { get; set; } = (-1, default);

    /// <summary>A stretch that is being passed over: where it starts and why.</summary>
    public (long Start, Unreadable Reason)? Skipping { get; set; }

    /// <summary>How far the stretch has been looked at.</summary>
    public long SkippedTo { get; set; }

    /// <summary>Size and time of the last write of the export that it was found to be; default for a log.</summary>
    public (long Size, DateTime LastWrite) Export { get; set; }

    /// <summary>The export as a reader has it, or had it last.</summary>
    public WholeFile? Given { get; set; }

    /// <summary>Reading it broke off: not before this is it tried again.</summary>
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>Records of the export that are committed already.</summary>
    public long Records { get; set; }

    /// <summary>When size or time of the last write were last seen to change: an export is read when it has come to rest.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>Why the file is left alone: no header, or a log of another kind.</summary>
    public string? Refused { get; set; }

    /// <summary>When that was found.</summary>
    public DateTimeOffset RefusedAt { get; set; }

    /// <summary>It may be another file by now: it is identified once more.</summary>
    public bool LookAgain { get; set; }

    /// <summary>Why it could not be opened or read the last time; tried again.</summary>
    public string? Error { get; set; }

    /// <summary>Its bytes were found to be others, which was said; it is to be identified again.</summary>
    public bool Replaced { get; set; }

    public long Unread => Refused is null ? Math.Max(0, Size - Offset) : 0;

    /// <summary>Also where the size is the offset: the file may have been written anew to just this length, which the guard tells.</summary>
    public bool MayHaveMore => Given?.Failure is not null || ((Refused is null || LookAgain) && (Size != Exhausted.Size || LastWrite != Exhausted.LastWrite));

    /// <summary>Takes over what the folder shows.</summary>
    public void Seen(FoundFile found, DateTimeOffset now)
    {
        if (found.Size != Size || found.LastWrite != LastWrite)
            ChangedAt = now;
        (Identity, Born, Size, LastWrite) = (found.Identity, found.Born, found.Size, found.LastWrite);
    }

    public void Close()
    {
        Handle?.Dispose();
        Handle = null;
    }

    public void Dispose() => Close();
}
