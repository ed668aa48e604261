using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Pipeline;
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

    /// <summary>Sets the file's identity and position. Leaves them alone while its header is not complete, an export is not at rest, or a log that it may be a copy of is still being read.</summary>
    /// <param name="atRest">Nobody seems to be writing: an export can be looked at.</param>
    public static Result Identify(LogFile file, LogRoot root, KnownFiles known, bool atRest)
    {
        var handle = file.Handle!;
        var top = FileOpener.ReadTop(handle);
        if (top.Header is null && !FolderScan.IsLog(file.Path))
            return atRest ? IdentifyExport(file, root, known) : default;
        if (top.Header is null)
        {
            if (!top.Complete)
            {
                file.AtEnd = true;
                return default;
            }

            return new(NoLog.Says(HeadOf(handle)) ?? "no #Fields: header: not an Exchange log, or its start is torn off");
        }

        if (LogFormat.Of(top.Header) is not { } format)
            return new($"a log of another kind: {Named(top.Header.LogType)}");

        var (device, inode) = FileId.Of(handle);
        var hash = file.Once ? Guard.HashNow(top.Bytes.Span) : Guard.Hash(top.Bytes.Span);
        var mismatch = false;
        var name = file.Name;
        foreach (var candidate in known.Candidates(root.Name, name, device, inode, hash))
        {
            // Another file has it. One that had this name is read to its end first: this one may be a longer copy in its place, and goes on there.
            if (candidate.Holder is { } holder && holder != file)
            {
                if (holder.Folder == file.Folder && holder.FileName == file.FileName)
                    return default;
                continue;
            }

            var position = candidate.ToPosition();
            var header = FileOpener.ReadHeaderAt(handle, position.HeaderOffset, top.Encoding, top.Header);
            if (header is not null && Holds(file, position))
            {
                Start(file, Renewed(file, position), header, top, format, root, device, inode);
                known.Adopt(file, candidate, root.Name, device, inode);
                return default;
            }

            // Where only the inode is the same, the file of that position was deleted, and this one has its inode.
            mismatch |= position.Name == name;
        }

        var fresh = Renewed(file, new(known.NextId(), root.Name, name, device, inode, hash, known.NextGeneration(root.Name, name), 0, top.Start, 0, root.Server));
        Start(file, fresh, top.Header, top, format, root, device, inode);
        known.Adopt(file, known.Update(fresh), root.Name, device, inode);
        return new(Mismatch: mismatch);
    }

    static void Start(LogFile file, FilePosition position, LogHeader header, FileOpener.Top top, LogFormat format, LogRoot root, long device, long inode)
    {
        var reading = file.Reading;
        reading.Tracked = new(position.Id, root.Name, file.Name, device, inode, position.HeaderHash, position.Generation, header, position.HeaderOffset, top.Encoding, format, root.Server ?? position.Server)
        {
            Sessions = position.Sessions,
            Progress = file,
        };
        file.Start(position.Id, position.Offset);
        (reading.Guard, reading.Head, reading.VerifiedSize) = (position.Guard, position.Head ?? 0, 0);
        (reading.Records, reading.Export, reading.Skipping) = (position.Records ?? 0, default, null);
    }

    /// <summary>
    /// An export is what it is by its name, size, time of the last write and first bytes: written anew, it is another one, also where it says the same.
    /// It has no guard: it is read from its start, and what is committed of it is passed over by the number of records.
    /// </summary>
    static Result IdentifyExport(LogFile file, LogRoot root, KnownFiles known)
    {
        var handle = file.Handle!;
        if (file.Size == 0)
        {
            file.AtEnd = true;
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
        var before = known.Candidates(root.Name, file.Name, device, inode, hash).FirstOrDefault(k => k.Holder is null || k.Holder == file);
        var position = before?.ToPosition();
        if (position is null)
        {
            before = known.FindExport(root.Name, file.Name);
            position = new(before?.Id ?? known.NextId(), root.Name, file.Name, device, inode, hash, before?.Generation + 1 ?? known.NextGeneration(root.Name, file.Name), 0, 0, 0, root.Server, 0);
        }

        Start(file, position, LogHeader.None, new(null, true, TextEncoding.Utf8, 0, default), format, root, device, inode);
        file.Reading.Export = (file.Size, file.LastWrite);
        known.Adopt(file, known.Update(position, before), root.Name, device, inode);
        return default;
    }

    /// <summary>Enough to see what a file is.</summary>
    public static byte[] HeadOf(SafeFileHandle handle)
    {
        var head = new byte[NoLog.HeadLength];
        return head[..FileOpener.ReadAll(handle, head, 0)];
    }

    /// <summary>Whether the bytes up to a position are those that were read, as far as its hashes tell.</summary>
    static bool Holds(LogFile file, FilePosition position)
    {
        if (position.Offset > file.Size)
            return false;
        if (position.Head is null)
            return Guard.Of(Before(file, position.Offset, Guard.ShortLength)) == position.Guard;
        return Guard.Of(Before(file, position.Offset, Guard.Length)) == position.Guard && HeadAt(file, position.Offset) == position.Head;
    }

    /// <summary>Whether what is at a path now is the file that was read: by its header, its first bytes and those before the offset.</summary>
    public static bool IsSame(KnownFile known, string path, (long Device, long Inode) identity)
    {
        try
        {
            using var handle = FileOpener.Open(path);
            if (FileId.Of(handle) != identity)
                return false;
            using var file = LogFile.Alone(path);
            (file.Reading.Handle, file.Size) = (handle, RandomAccess.GetLength(handle));
            return Guard.Hash(FileOpener.ReadTop(handle).Bytes.Span) == known.HeaderHash && Holds(file, known.ToPosition());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>With both hashes, whatever version they come from.</summary>
    static FilePosition Renewed(LogFile file, FilePosition position) =>
        position.Head is not null ? position : position with { Guard = file.GuardOf(Before(file, position.Offset, Guard.Length)), Head = file.Once ? 0 : HeadAt(file, position.Offset) };

    static byte[] Before(LogFile file, long offset, int most)
    {
        var bytes = new byte[(int)Math.Min(most, offset)];
        return bytes[..FileOpener.ReadAll(file.Handle!, bytes, offset - bytes.Length)];
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
        return (from == file.Offset && from <= Guard.Length) || HeadAt(file, file.Offset) == file.Reading.Head;
    }

    /// <summary>The head when the file will have been read up to the end of these bytes.</summary>
    /// <param name="start">Where in the file they start.</param>
    public static long HeadAfter(LogFile file, long start, ReadOnlySpan<byte> bytes)
    {
        if (file.Once || file.Offset >= Guard.Length)
            return file.Reading.Head;
        return start == 0 ? Guard.Hash(bytes[..Math.Min(Guard.Length, bytes.Length)]) : HeadAt(file, start + bytes.Length);
    }

    /// <summary>Of a file of which nothing is read yet, only the header tells.</summary>
    static bool HeaderHolds(LogFile file)
    {
        var header = new byte[file.Tracked!.Header.Length];
        return Guard.Hash(header.AsSpan(0, FileOpener.ReadAll(file.Handle!, header, 0))) == file.Tracked.HeaderHash
            || Guard.Hash(FileOpener.ReadTop(file.Handle!).Bytes.Span) == file.Tracked.HeaderHash;
    }

    /// <summary>The log type that a file names itself, short and in visible characters: it goes to the program log and the page.</summary>
    static string Named(string logType) =>
        logType.Length == 0 ? "without #Log-type" : Visible.Start(logType, 60);
}
