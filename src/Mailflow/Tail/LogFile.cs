using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Tail;

/// <summary>In which queue a file waits for its turn.</summary>
enum Waiting : byte
{
    No,
    Live,
    Backlog,

    /// <summary>It cannot be read now: it is tried again at the next tick.</summary>
    Later,
}

/// <summary>One path under a root, and how far it has been read. What only a file needs that is being read is in <see cref="Reading"/>.</summary>
sealed class LogFile(LogFolder folder, string fileName) : FileProgress(folder.Figures), IDisposable
{
    Reading? _reading;

    public LogFolder Folder { get; set; } = folder;

    public string FileName { get; set; } = fileName;

    public string Path => System.IO.Path.Combine(Folder.Path, FileName);

    /// <summary>What was written before this was not written just now, whatever the clock of the share says.</summary>
    static readonly TimeSpan Recent = TimeSpan.FromMinutes(2);

    /// <summary>Path below the root, with `/`.</summary>
    public string Name => Folder.Name.Length == 0 ? FileName : $"{Folder.Name}/{FileName}";

    public LogSeries? Series { get; set; }

    /// <summary>Device and inode that the path named when it was last looked at; zeros where the system does not tell.</summary>
    public (long Device, long Inode) Identity { get; set; }

    /// <summary>When the file was made, as far as the system tells: a deleted file's inode may be another's soon.</summary>
    public long Born { get; set; }

    public DateTime LastWrite { get; set; }

    /// <summary>When size or time of the last write were last seen to change: an export is read when it has come to rest.</summary>
    public DateTime ChangedAt { get; set; }

    /// <summary>Since when it has bytes that were not looked at.</summary>
    public DateTime PendingSince { get; set; }

    /// <summary>What is kept of it when it is closed or renamed. Before it was opened, what its name says.</summary>
    public KnownFile? Known { get; set; }

    /// <summary>The last listing of its folder that showed it.</summary>
    public int Listing { get; set; }

    /// <summary>Nothing more could be read as the file was last seen: look again when size or time change.</summary>
    public bool AtEnd { get; set; }

    /// <summary>It is looked at at each tick.</summary>
    public bool IsHot { get; set; }

    public Waiting Waits { get; set; }

    /// <summary>Its bytes were found to be others, which was said; it is to be identified again.</summary>
    public bool Replaced { get; set; }

    /// <summary>It may be another file by now: it is identified once more.</summary>
    public bool LookAgain { get; set; }

    /// <summary>Why the file is left alone: no header, or a log of another kind.</summary>
    public IgnoredFile? Ignored { get; set; }

    /// <summary>Why it could not be opened or read the last time; tried again.</summary>
    public string? Error { get; set; }

    public Reading Reading => _reading ??= new();

    /// <summary>Open while there is something to read or the file was written lately.</summary>
    public SafeFileHandle? Handle => _reading?.Handle;

    /// <summary>Null until the header was read, and again when all is read and the file was closed.</summary>
    public TrackedFile? Tracked => _reading?.Tracked;

    /// <summary>Read once, from start to end, by a scan: nothing about it is stored.</summary>
    public bool Once { get; init; }

    /// <summary>The guard that these bytes before a position make.</summary>
    public long GuardOf(ReadOnlySpan<byte> bytesBefore) => Once ? Guard.OfNow(bytesBefore) : Guard.Of(bytesBefore);

    public long Unread => Ignored is null ? Math.Max(0, Size - Offset) : 0;

    /// <summary>Also where the size is the offset: the file may have been written anew to just this length, which the guard tells.</summary>
    public bool MayHaveMore => _reading?.Given?.Failure is not null || (!AtEnd && (Ignored is null || LookAgain));

    /// <summary>What a scan reads.</summary>
    public static LogFile Alone(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(path) ?? "";
        return new(new(new(), folder, folder.TrimEnd('/')), System.IO.Path.GetFileName(path)) { Once = true };
    }

    /// <summary>Takes over what the folder shows.</summary>
    /// <returns>Whether that is news.</returns>
    public bool See(FoundFile found, DateTime now)
    {
        (Identity, Born) = (found.Identity, found.Born);
        if (found.Size == Size && found.LastWrite == LastWrite)
            return false;
        // At the first look nobody knows when the file changed: one that was written long ago has not changed now.
        ChangedAt = ChangedAt == default && now - found.LastWrite > Recent ? found.LastWrite : now;
        if (AtEnd || PendingSince == default)
            PendingSince = now;
        AtEnd = false;
        (Size, LastWrite) = (found.Size, found.LastWrite);
        return true;
    }

    /// <summary>All is read and nothing is open: what is left is small. A log is identified again when there is more of it.</summary>
    public void Rest()
    {
        if (_reading is { Handle: null, Given: null } && AtEnd)
            _reading = null;
    }

    public void Close()
    {
        if (_reading is not { Handle: { } handle })
            return;
        handle.Dispose();
        _reading.Handle = null;
    }

    public void Dispose() => Close();
}

/// <summary>A file that is being read.</summary>
sealed class Reading
{
    public SafeFileHandle? Handle { get; set; }

    public TrackedFile? Tracked { get; set; }

    /// <summary>Hash of the bytes before the offset.</summary>
    public long Guard { get; set; }

    /// <summary>Hash of the first bytes, up to the offset at the most.</summary>
    public long Head { get; set; }

    /// <summary>Size when its bytes were last found to be those that were read.</summary>
    public long VerifiedSize { get; set; }

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
}
