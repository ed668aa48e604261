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

    /// <summary>It cannot be read now and is retried at the next tick.</summary>
    Later,
}

/// <summary>A path under a root, and how far it has been read. State needed only while a file is read is in <see cref="Reading"/>.</summary>
sealed class LogFile(LogFolder folder, string fileName) : FileProgress(folder.Figures), IDisposable
{
    Reading? _reading;

    public LogFolder Folder { get; set; } = folder;

    public string FileName { get; set; } = fileName;

    public string Path => System.IO.Path.Combine(Folder.Path, FileName);

    /// <summary>A modification time older than this is not recent, even if the clock of the share is wrong.</summary>
    static readonly TimeSpan Recent = TimeSpan.FromMinutes(2);

    /// <summary>Path below the root, with `/`.</summary>
    public string Name => Folder.Name.Length == 0 ? FileName : $"{Folder.Name}/{FileName}";

    public LogSeries? Series { get; set; }

    /// <summary>Device and inode of the path at the last check; zeros where the system has none.</summary>
    public (long Device, long Inode) Identity { get; set; }

    /// <summary>Creation time, where the system has one: the inode of a deleted file may soon be reused.</summary>
    public long Born { get; set; }

    public DateTime LastWrite { get; set; }

    /// <summary>When size or modification time were last seen to change: an export is read when it has stopped changing.</summary>
    public DateTime ChangedAt { get; set; }

    /// <summary>Since when it has unread bytes.</summary>
    public DateTime PendingSince { get; set; }

    /// <summary>The state kept when it is closed or renamed. Before it was opened, assumed from its name.</summary>
    public KnownFile? Known { get; set; }

    /// <summary>The last listing of its folder that contained it.</summary>
    public int Listing { get; set; }

    /// <summary>Everything was read at the last check: it is checked again when size or time change.</summary>
    public bool AtEnd { get; set; }

    /// <summary>Everything was read once since the start.</summary>
    public bool WasCaughtUp { get; set; }

    /// <summary>Files that lost their names while they were open are numbered in that order. The highest number: it has its name.</summary>
    public int GoneAs { get; set; } = int.MaxValue;

    /// <summary>It is checked at each tick.</summary>
    public bool IsHot { get; set; }

    public Waiting Waits { get; set; }

    /// <summary>Its bytes were found to have changed, which was reported; it must be identified again.</summary>
    public bool Replaced { get; set; }

    /// <summary>It may be another file by now and must be identified again.</summary>
    public bool LookAgain { get; set; }

    /// <summary>Why the file is ignored: no header, or a log of another kind.</summary>
    public IgnoredFile? Ignored { get; set; }

    /// <summary>Why it could not be opened or read last time; it is retried.</summary>
    public string? Error { get; set; }

    public Reading Reading => _reading ??= new();

    /// <summary>Open while there is something to read or the file was written recently.</summary>
    public SafeFileHandle? Handle => _reading?.Handle;

    /// <summary>Whether its bytes can be read: it is open, or in an archive or a stream.</summary>
    public bool IsOpen => _reading is { Handle: not null } or { Unpacked: not null };

    /// <summary>Bytes now. More than there can be while the end of a stream is not reached.</summary>
    public long Length => _reading!.Unpacked?.Length ?? RandomAccess.GetLength(_reading.Handle!);

    /// <summary>Reads bytes; fewer than there is room for near the end, none at the end.</summary>
    public int Read(Span<byte> bytes, long offset) => _reading!.Unpacked?.Read(bytes, offset) ?? RandomAccess.Read(_reading.Handle!, bytes, offset);

    /// <summary>Reads until the room is full or the file ends: one call may return less.</summary>
    public int ReadAll(Span<byte> bytes, long offset)
    {
        var length = 0;
        while (length < bytes.Length && Read(bytes[length..], offset + length) is > 0 and var n)
            length += n;
        return length;
    }

    /// <summary>Null until the header is read, and again when everything is read and the file is closed.</summary>
    public TrackedFile? Tracked => _reading?.Tracked;

    /// <summary>Read once from start to end by a scan: nothing about it is stored.</summary>
    public bool Once { get; init; }

    /// <summary>The guard hash of the bytes before a position.</summary>
    public long GuardOf(ReadOnlySpan<byte> bytesBefore) => Once ? Guard.OfNow(bytesBefore) : Guard.Of(bytesBefore);

    public long Unread => Ignored is null ? Math.Max(0, Size - Offset) : 0;

    /// <summary>Also true where the size equals the offset: the file may have been rewritten to the same length, which the guard detects.</summary>
    public bool MayHaveMore => _reading?.Given?.Failure is not null || (!AtEnd && (Ignored is null || LookAgain));

    /// <summary>A file of a scan that has no header: its columns are those of the only known log that its rows fit.</summary>
    public bool IsAssumed { get; set; }

    /// <summary>A file of a scan.</summary>
    public static LogFile Alone(string path)
    {
        var folder = System.IO.Path.GetDirectoryName(path) ?? "";
        return new(new(new(), folder, folder.TrimEnd('/')), System.IO.Path.GetFileName(path)) { Once = true };
    }

    /// <summary>Updates it from a folder listing.</summary>
    /// <returns>Whether anything has changed.</returns>
    public bool See(FoundFile found, DateTime now)
    {
        (Identity, Born) = (found.Identity, found.Born);
        if (found.Size == Size && found.LastWrite == LastWrite)
            return false;
        // At the first check the time of the change is unknown: a file that was written long ago has not changed now.
        ChangedAt = ChangedAt == default && now - found.LastWrite > Recent ? found.LastWrite : now;
        if (AtEnd || PendingSince == default)
            PendingSince = now;
        AtEnd = false;
        (Size, LastWrite) = (found.Size, found.LastWrite);
        return true;
    }

    /// <summary>Everything is read and nothing is open: only a little state is kept. A log is identified again when it grows.</summary>
    public void Rest()
    {
        if (_reading is { Handle: null, Given: null } && AtEnd)
            _reading = null;
    }

    public void Close()
    {
        _reading?.Unpacked?.Dispose();
        _reading?.Unpacked = null;
        if (_reading is not { Handle: { } handle })
            return;
        handle.Dispose();
        _reading.Handle = null;
    }

    public void Dispose() => Close();
}

/// <summary>The state of a file while it is read.</summary>
sealed class Reading
{
    public SafeFileHandle? Handle { get; set; }

    /// <summary>The bytes of a file in an archive, or of a stream; null for a file of the system.</summary>
    public LogBytes? Unpacked { get; set; }

    public TrackedFile? Tracked { get; set; }

    /// <summary>Hash of the bytes before the offset.</summary>
    public long Guard { get; set; }

    /// <summary>Hash of the first bytes, at most up to the offset.</summary>
    public long Head { get; set; }

    /// <summary>Size at which its bytes were last verified.</summary>
    public long VerifiedSize { get; set; }

    /// <summary>A range that is being skipped: its start and the reason.</summary>
    public (long Start, Unreadable Reason)? Skipping { get; set; }

    /// <summary>How far the range was examined.</summary>
    public long SkippedTo { get; set; }

    /// <summary>Size and modification time that identify the export; default for a log.</summary>
    public (long Size, DateTime LastWrite) Export { get; set; }

    /// <summary>The export as it was last handed to a reader.</summary>
    public WholeFile? Given { get; set; }

    /// <summary>Reading was interrupted: it is not retried before this time.</summary>
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>Records of the export that are already committed.</summary>
    public long Records { get; set; }
}
