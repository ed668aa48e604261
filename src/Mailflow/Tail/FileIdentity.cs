using Mailflow.Analysis.Formats;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Tail;

/// <summary>Decides which file an opened path is: a new one, or one that was read before and how far.</summary>
static class FileIdentity
{
    /// <summary>A byte order mark: what may lie before the first line.</summary>
    const int MarkLength = 3;

    /// <param name="Refusal">Why the file is left alone for good.</param>
    /// <param name="Mismatch">The file has a known one's header, but not its bytes: read again from the start.</param>
    internal readonly record struct Result(string? Refusal = null, bool Mismatch = false);

    /// <summary>Sets the file's identity and position. Leaves them alone while its header is not complete, or an export is not at rest.</summary>
    /// <param name="atRest">Nobody seems to be writing: an export can be looked at.</param>
    /// <param name="isTaken">Whether another open file has the position with this number.</param>
    public static Result Identify(LogFile file, LogRoot root, KnownFiles known, bool atRest, Func<long, bool>? isTaken = null)
    {
        var handle = file.Handle!;
        var top = FileOpener.ReadTop(handle);
        if (top.Header is null && !FolderScan.IsLog(file.Path))
            return atRest ? IdentifyExport(file, root, known, isTaken) : default;
        if (top.Header is null)
        {
            if (!top.Complete)
            {
                file.Exhausted = (file.Size, file.LastWrite);
                return default;
            }

            return new(NoLog.Says(HeadOf(handle)) ?? "no #Fields: header: not an Exchange log, or its start is torn off");
        }

        if (LogFormat.Of(top.Header) is not { } format)
            return new($"a log of another kind: {Named(top.Header.LogType)}");

        var (device, inode) = FileId.Of(handle);
        var hash = file.Once ? Guard.HashNow(top.Bytes.Span) : Guard.Hash(top.Bytes.Span);
        var mismatch = false;
        foreach (var position in known.Find(root.Name, file.Name, device, inode, hash))
        {
            if (isTaken?.Invoke(position.Id) is true)
                continue;
            var header = FileOpener.ReadHeaderAt(handle, position.HeaderOffset, top.Encoding, top.Header);
            if (header is not null && Holds(file, position))
            {
                Start(file, Renewed(file, position), header, top, format, root, device, inode);
                Adopt(file, position, known, device, inode);
                return default;
            }

            // Where only the inode is the same, the file of that position was deleted, and this one has its inode.
            mismatch |= position.Name == file.Name;
        }

        var fresh = new FilePosition(known.NextId(), root.Name, file.Name, device, inode, hash, known.NextGeneration(root.Name, file.Name), 0, top.Start, 0, root.Server);
        Start(file, Renewed(file, fresh), top.Header, top, format, root, device, inode);
        file.Known = known.Update(fresh with { Guard = file.Guard, Head = file.Head });
        return new(Mismatch: mismatch);
    }

    static void Start(LogFile file, FilePosition position, LogHeader header, FileOpener.Top top, LogFormat format, LogRoot root, long device, long inode)
    {
        file.Tracked = new(position.Id, root.Name, file.Name, device, inode, position.HeaderHash, position.Generation, header, position.HeaderOffset, top.Encoding, format, root.Server ?? position.Server) { Sessions = position.Sessions };
        file.Offset = position.Offset;
        file.Guard = position.Guard;
        file.Head = position.Head ?? 0;
        file.Records = position.Records ?? 0;
        file.Export = default;
        file.Skipping = null;
    }

    /// <summary>
    /// An export is what it is by its name, size, time of the last write and first bytes: written anew, it is another one, also where it says the same.
    /// It has no guard: it is read from its start, and what is committed of it is passed over by the number of records.
    /// </summary>
    static Result IdentifyExport(LogFile file, LogRoot root, KnownFiles known, Func<long, bool>? isTaken)
    {
        var handle = file.Handle!;
        if (file.Size == 0)
        {
            file.Exhausted = (file.Size, file.LastWrite);
            return default;
        }

        using var whole = new WholeFile(handle, file.Size, ownsHandle: false);
        var head = HeadOf(handle);
        if (NoLog.Compressed(head) is { } compressed)
            return new(compressed);
        if (LogFormat.OfExport(head, whole, out var named) is not { } format)
            return new($"no export that is known: {Named(named)}");

        var hash = Guard.Hash([.. head, .. BitConverter.GetBytes(file.Size), .. BitConverter.GetBytes(whole.LastWrite.Ticks)]);
        var (device, inode) = FileId.Of(handle);
        var position = known.Find(root.Name, file.Name, device, inode, hash).FirstOrDefault(p => isTaken?.Invoke(p.Id) is not true);
        if (position is null)
        {
            var before = known.FindExport(root.Name, file.Name);
            file.Known = before is null ? null : known.Get(before);
            position = new(before?.Id ?? known.NextId(), root.Name, file.Name, device, inode, hash, before?.Generation + 1 ?? known.NextGeneration(root.Name, file.Name), 0, 0, 0, root.Server, 0);
        }

        Start(file, position, LogHeader.None, new(null, true, TextEncoding.Utf8, 0, default), format, root, device, inode);
        file.Export = (file.Size, file.LastWrite);
        file.Known = known.Update(position with { Root = root.Name, Name = file.Name, Device = device, Inode = inode }, file.Known ?? known.Get(position));
        return default;
    }

    /// <summary>Enough to see what a file is.</summary>
    public static byte[] HeadOf(SafeFileHandle handle)
    {
        var head = new byte[NoLog.HeadLength];
        return head[..FileOpener.ReadAll(handle, head, 0)];
    }

    /// <summary>The number goes to this file, under the name and inode that it has now.</summary>
    static void Adopt(LogFile file, FilePosition position, KnownFiles known, long device, long inode)
    {
        file.Known = known.Get(position)!;
        if (file.Known.Root != file.Tracked!.Root || file.Known.Name != file.Name || !file.Known.IsFile(device, inode))
            known.Renamed(file.Known, file.Tracked.Root, file.Name, device, inode);
    }

    /// <summary>Whether the bytes up to a position are those that were read, as far as its hashes tell.</summary>
    static bool Holds(LogFile file, FilePosition position)
    {
        if (position.Offset > file.Size)
            return false;
        if (position.Head is null)
            return GuardAt(file, position.Offset, Guard.ShortLength) == position.Guard;
        return GuardAt(file, position.Offset, Guard.Length) == position.Guard && HeadAt(file, position.Offset) == position.Head;
    }

    /// <summary>Whether a file whose handle was closed is still the one that was read up to its offset: its header, its first bytes and those before the offset.</summary>
    public static bool IsSame(LogFile file, SafeFileHandle handle)
    {
        var other = new LogFile(file.Path, file.Name) { Handle = handle, Offset = file.Offset, Head = file.Head, Tracked = file.Tracked, Size = RandomAccess.GetLength(handle) };
        return other.Size >= file.Offset && GuardAt(other, file.Offset, Guard.Length) == file.Guard && StartHolds(other, -1);
    }

    /// <summary>With both hashes, whatever version they come from.</summary>
    static FilePosition Renewed(LogFile file, FilePosition position) =>
        position.Head is not null ? position : position with { Guard = GuardAt(file, position.Offset, Guard.Length), Head = file.Once ? 0 : HeadAt(file, position.Offset) };

    static long GuardAt(LogFile file, long offset, int most)
    {
        Span<byte> bytes = stackalloc byte[Guard.Length];
        var length = (int)Math.Min(most, offset);
        return file.GuardOf(bytes[..FileOpener.ReadAll(file.Handle!, bytes[..length], offset - length)]);
    }

    static long HeadAt(LogFile file, long offset)
    {
        Span<byte> bytes = stackalloc byte[Guard.Length];
        return Guard.Hash(bytes[..FileOpener.ReadAll(file.Handle!, bytes[..(int)Math.Min(Guard.Length, offset)], 0)]);
    }

    /// <summary>
    /// Whether the file still begins with the bytes that were read. Asked after each read: a file that was emptied and written anew before it does not.
    /// </summary>
    /// <param name="from">Where the read began. Where the guard covers everything before it, the guard has told.</param>
    public static bool StartHolds(LogFile file, long from)
    {
        if (file.Once)
            return true;
        if (file.Offset <= MarkLength)
            return HeaderHolds(file);
        return (from == file.Offset && from <= Guard.Length) || HeadAt(file, file.Offset) == file.Head;
    }

    /// <summary>The head when the file will have been read up to the end of these bytes.</summary>
    /// <param name="start">Where in the file they start.</param>
    public static long HeadAfter(LogFile file, long start, ReadOnlySpan<byte> bytes)
    {
        if (file.Once || file.Offset >= Guard.Length)
            return file.Head;
        return start == 0 ? Guard.Hash(bytes[..Math.Min(Guard.Length, bytes.Length)]) : HeadAt(file, start + bytes.Length);
    }

    /// <summary>Of a file of which nothing is read yet, only the header tells.</summary>
    static bool HeaderHolds(LogFile file)
    {
        var header = new byte[file.Tracked!.Header.Length];
        return Guard.Hash(header.AsSpan(0, FileOpener.ReadAll(file.Handle!, header, 0))) == file.Tracked.HeaderHash
            || Guard.Hash(FileOpener.ReadTop(file.Handle!).Bytes.Span) == file.Tracked.HeaderHash;
    }

    /// <summary>What a file says of itself goes to the log and the page: short, and without control characters.</summary>
    static string Named(string logType) =>
        logType.Length == 0 ? "without #Log-type" : string.Concat(logType.Where(c => !char.IsControl(c)).Take(60));
}
