using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.TrackingExports;
using Mailflow.Configuration;
using Mailflow.Pipeline;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Tail;

/// <summary>Decides whether an opened file is new, or was read before and up to which position.</summary>
static class FileIdentity
{
    /// <summary>Bytes of a byte order mark, which may precede the first line.</summary>
    const int MarkLength = 3;

    /// <param name="Refusal">Why the file is not read at all.</param>
    /// <param name="Mismatch">The header is that of a known file, but other bytes differ: it is read from the start.</param>
    internal readonly record struct Result(string? Refusal = null, bool Mismatch = false);

    /// <summary>
    /// Sets the file's identity and position. Does nothing while its header is incomplete, an export is still growing, or a log that it may
    /// be a copy of is still being read.
    /// </summary>
    /// <param name="atRest">The file seems to be no longer written: an export can be read.</param>
    public static Result Identify(LogFile file, LogRoot root, KnownFiles known, bool atRest)
    {
        var handle = file.Handle!;
        var top = FileOpener.ReadTop(handle);
        // An export of message tracking may be named like a log.
        if (top.Header is null && (!FolderScan.IsLog(file.Path) || (file.Once && TrackingExport.Recognises(HeadOf(handle)))))
            return atRest ? IdentifyExport(file, root, known) : default;
        if (top.Header is null)
        {
            if (!top.Complete)
            {
                file.AtEnd = true;
                return default;
            }

            return new(NoLog.Says(HeadOf(handle)) ?? "no #Fields: header: not an Exchange log, or its beginning is missing");
        }

        if (LogFormat.Of(top.Header) is not { } format)
            return new($"a log of another kind: {Named(top.Header.LogType)}");

        var (device, inode) = FileId.Of(handle);
        var hash = file.Once ? Guard.HashNow(top.Bytes.Span) : Guard.Hash(top.Bytes.Span);
        var mismatch = false;
        var name = file.Name;
        foreach (var candidate in known.Candidates(root.Name, name, device, inode, hash))
        {
            // Held by another file. If that one had this name before, it is read to its end first: this file may be a longer copy that replaced it
            // and continues it. A file that got the name later is not waited for: it may stay.
            if (candidate.Holder is { } holder && holder != file)
            {
                if (holder.Folder == file.Folder && holder.FileName == file.FileName && holder.GoneAs < file.GoneAs)
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

            // Where only the inode is the same, the file of that position was deleted and its inode reused.
            mismatch |= position.Name == name;
        }

        var fresh = Renewed(
            file, new(known.NextId(), root.Name, name, device, inode, hash, known.NextGeneration(root.Name, name), 0, top.Start, 0, root.Server));
        Start(file, fresh, top.Header, top, format, root, device, inode);
        known.Adopt(file, known.Update(fresh), root.Name, device, inode);
        return new(Mismatch: mismatch);
    }

    static void Start(LogFile file, FilePosition position, LogHeader header, FileOpener.Top top, LogFormat format, LogRoot root, long device, long inode)
    {
        var reading = file.Reading;
        reading.Tracked = new(
            position.Id, root.Name, file.Name, device, inode, position.HeaderHash, position.Generation, header,
            position.HeaderOffset, top.Encoding, format, root.Server ?? position.Server)
        {
            Sessions = position.Sessions,
            Progress = file,
        };
        file.Start(position.Id, position.Offset);
        (reading.Guard, reading.Head, reading.VerifiedSize) = (position.Guard, position.Head ?? 0, 0);
        (reading.Records, reading.Export, reading.Skipping) = (position.Records ?? 0, default, null);
    }

    /// <summary>
    /// An export is identified by its name, size, modification time and first bytes: a rewritten one is a new export, even with the same content.
    /// It has no guard: it is read from its start, and committed records are skipped by their number.
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
            return new($"not a known export: {Visible.Start(named, 400)}");

        var hash = Guard.Hash([.. head, .. BitConverter.GetBytes(file.Size), .. BitConverter.GetBytes(whole.LastWrite.Ticks)]);
        var (device, inode) = FileId.Of(handle);
        var before = known.Candidates(root.Name, file.Name, device, inode, hash).FirstOrDefault(k => k.Holder is null || k.Holder == file);
        var position = before?.ToPosition();
        if (position is null)
        {
            before = known.FindExport(root.Name, file.Name);
            position = new(
                before?.Id ?? known.NextId(), root.Name, file.Name, device, inode, hash,
                before?.Generation + 1 ?? known.NextGeneration(root.Name, file.Name),
                0, 0, 0, root.Server, 0);
        }

        Start(file, position, LogHeader.None, new(null, true, TextEncoding.Utf8, 0, default), format, root, device, inode);
        file.Reading.Export = (file.Size, file.LastWrite);
        known.Adopt(file, known.Update(position, before), root.Name, device, inode);
        return default;
    }

    /// <summary>The first bytes, enough to recognise the file's format.</summary>
    public static byte[] HeadOf(SafeFileHandle handle)
    {
        var head = new byte[NoLog.HeadLength];
        return head[..FileOpener.ReadAll(handle, head, 0)];
    }

    /// <summary>Whether the bytes up to a position are unchanged, as far as the position's hashes show.</summary>
    static bool Holds(LogFile file, FilePosition position)
    {
        if (position.Offset > file.Size)
            return false;
        if (position.Head is null)
            return Guard.Of(Before(file, position.Offset, Guard.ShortLength)) == position.Guard;
        return Guard.Of(Before(file, position.Offset, Guard.Length)) == position.Guard && HeadAt(file, position.Offset) == position.Head;
    }

    /// <summary>Whether the file at a path is the one that was read: by its header, its first bytes and those before the offset.</summary>
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

    /// <summary>The position with both hashes, also if an older version saved it.</summary>
    static FilePosition Renewed(LogFile file, FilePosition position) =>
        position.Head is not null
            ? position
            : position with { Guard = file.GuardOf(Before(file, position.Offset, Guard.Length)), Head = file.Once ? 0 : HeadAt(file, position.Offset) };

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
    /// Whether the file still begins with the bytes that were read. Checked after each read: a file that was emptied and rewritten before the
    /// read does not.
    /// </summary>
    /// <param name="from">Where the read began. Where the guard covers all bytes before it, nothing more is checked.</param>
    public static bool StartHolds(LogFile file, long from)
    {
        if (file.Once)
            return true;
        if (file.Offset <= MarkLength)
            return HeaderHolds(file);
        return (from == file.Offset && from <= Guard.Length) || HeadAt(file, file.Offset) == file.Reading.Head;
    }

    /// <summary>The head hash once the file has been read up to the end of these bytes.</summary>
    /// <param name="start">Their offset in the file.</param>
    public static long HeadAfter(LogFile file, long start, ReadOnlySpan<byte> bytes)
    {
        if (file.Once || file.Offset >= Guard.Length)
            return file.Reading.Head;
        return start == 0 ? Guard.Hash(bytes[..Math.Min(Guard.Length, bytes.Length)]) : HeadAt(file, start + bytes.Length);
    }

    /// <summary>While nothing of a file is read, only the header can be compared.</summary>
    static bool HeaderHolds(LogFile file)
    {
        var header = new byte[file.Tracked!.Header.Length];
        return Guard.Hash(header.AsSpan(0, FileOpener.ReadAll(file.Handle!, header, 0))) == file.Tracked.HeaderHash
            || Guard.Hash(FileOpener.ReadTop(file.Handle!).Bytes.Span) == file.Tracked.HeaderHash;
    }

    /// <summary>The log type in the file's header, shortened and in visible characters: it is shown in the log and on the page.</summary>
    static string Named(string logType) =>
        logType.Length == 0 ? "without #Log-type" : Visible.Start(logType, 60);
}
