using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.TrackingExports;
using Mailflow.Archives;
using Mailflow.Configuration;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>Decides whether an opened file is new, or was read before and up to which position.</summary>
static class FileIdentity
{
    /// <summary>Bytes of a byte order mark, which may precede the first line.</summary>
    const int MarkLength = 3;

    /// <summary>A log that was read and then renamed is continued; other files with such names are not read.</summary>
    const string Copy = "it has the name of a copy of a log, and run reads files that end in .log: mailflow scan reads it";

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
        var isOther = !file.Once && file.Reading.Unpacked is null && !FolderScan.IsUsual(file.FileName);
        if (isOther && ArchiveKind.IsNamed(file.FileName))
            return atRest ? IdentifyArchive(file, root, known) : default;
        var top = FileOpener.ReadTop(file.ReadAll);
        if (isOther && top.Header is null)
            return new(Copy);
        if (top.Header is null && file.Once)
            top = FileOpener.AssumedTop(file.ReadAll) ?? top;
        if (top.Header is null)
            return WithoutHeader(file, root, known, top, atRest);
        if (LogFormat.Of(top.Header) is not { } format)
            return new($"a log of another kind: {Named(top.Header.LogType)}");

        file.IsAssumed = top.IsAssumed;
        var hash = file.Once ? Guard.HashNow(top.Bytes.Span) : Guard.Hash(top.Bytes.Span);
        // Who reads an archive has claimed the header.
        if (file.Once || file.Reading.Unpacked is not null)
            return IdentifyLog(file, root, known, top, format, hash, isOther);
        if (!known.TryClaim(hash))
            return default;
        try
        {
            return IdentifyLog(file, root, known, top, format, hash, isOther);
        }
        finally
        {
            known.Unclaim(hash);
        }
    }

    static Result IdentifyLog(LogFile file, LogRoot root, KnownFiles known, FileOpener.Top top, LogFormat format, long hash, bool isOther)
    {
        var (device, inode) = IdOf(file);
        var mismatch = false;
        var name = file.Name;
        if (IsKnown(file, root, known, top, format, hash, ref mismatch))
            return default;
        if (!file.Once && Twin(file, known, hash, out var waits) is var twin && (twin is not null || waits))
        {
            if (twin is not null)
            {
                // Read in an archive before, which had it up to there.
                Start(file, twin.ToPosition(), top.Header!, top, format, root, device, inode);
                known.Adopt(file, twin, root.Name, device, inode);
            }

            return default;
        }

        if (isOther)
            return new(Copy);
        var fresh = Renewed(
            file, new(known.NextId(), root.Name, name, device, inode, hash, known.NextGeneration(root.Name, name), 0, top.Start, 0, root.Server));
        Start(file, fresh, top.Header!, top, format, root, device, inode);
        known.Adopt(file, known.Update(fresh), root.Name, device, inode);
        return new(Mismatch: mismatch);
    }

    /// <summary>
    /// The log of an archive, for a log in a folder, or the log of a folder or an archive, for one in an archive, whose bytes are the start of this file: it is
    /// the same log, if Exchange did not name it differently.
    /// </summary>
    /// <param name="waits">It is still being read.</param>
    public static KnownFile? Twin(LogFile file, KnownFiles known, long headerHash, out bool waits)
    {
        waits = false;
        var isPacked = file.Reading.Unpacked is not null;
        if (!isPacked && !known.HasPacked)
            return null;
        foreach (var twin in known.WithHeader(headerHash))
        {
            // Of an empty log, nothing could be compared.
            if ((!isPacked && !IsPacked(twin.Name)) || twin.Holder == file || twin.Offset < Guard.ShortLength || !MayBe(twin.Name, file.FileName)
                || !Holds(file, twin.ToPosition()))
                continue;
            if (!isPacked && twin.Holder is not null)
                waits = true;
            else
                return twin;
        }

        return null;
    }

    /// <summary>Whether a log of a folder with this header and name is being read, and too little of it to compare them.</summary>
    public static bool MayBeginAs(LogFile file, KnownFiles known, long headerHash) =>
        known.WithHeader(headerHash).Any(k => k.Holder is not null && k.Offset < Guard.ShortLength && !IsPacked(k.Name) && MayBe(k.Name, file.FileName));

    /// <summary>Whether a position is one of a log in an archive.</summary>
    public static bool IsPacked(string name) => ArchiveOf(name) is not null;

    /// <summary>The name of the archive that a log is in; null for a log in a folder.</summary>
    public static string? ArchiveOf(string name)
    {
        for (var end = name.IndexOf('/', StringComparison.Ordinal); end > 0; end = name.IndexOf('/', end + 1))
            if (ArchiveKind.IsNamed(name.AsSpan(0, end)))
                return name[..end];
        return null;
    }

    /// <summary>Whether two names may be those of one log.</summary>
    static bool MayBe(string name, string other)
    {
        var a = ExchangeName.Of(System.IO.Path.GetFileName(name));
        var b = ExchangeName.Of(other);
        return a.IsEmpty || b.IsEmpty || a.Equals(b, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether the file is one that was read before, or waits until that is known.</summary>
    static bool IsKnown(LogFile file, LogRoot root, KnownFiles known, FileOpener.Top top, LogFormat format, long hash, ref bool mismatch)
    {
        var (name, (device, inode)) = (file.Name, IdOf(file));
        foreach (var candidate in known.Candidates(root.Name, name, device, inode, hash))
        {
            // Held by another file. If that one had this name before, it is read to its end first: this file may be a longer copy that replaced it
            // and continues it. A file that got the name later is not waited for: it may stay.
            if (candidate.Holder is { } holder && holder != file)
            {
                if (holder.Folder == file.Folder && holder.FileName == file.FileName && holder.GoneAs < file.GoneAs)
                    return true;
                continue;
            }

            var position = candidate.ToPosition();
            var header = FileOpener.ReadHeaderAt(file.ReadAll, position.HeaderOffset, top.Encoding, top.Header!);
            if (header is not null && Holds(file, position))
            {
                Start(file, Renewed(file, position), header, top, LogFormat.Of(header) ?? format, root, device, inode);
                known.Adopt(file, candidate, root.Name, device, inode);
                return true;
            }

            // Where only the inode is the same, the file of that position was deleted and its inode reused.
            mismatch |= position.Name == name;
        }

        return false;
    }

    static Result WithoutHeader(LogFile file, LogRoot root, KnownFiles known, FileOpener.Top top, bool atRest)
    {
        // An export of message tracking may be named like a log.
        if (!FolderScan.IsLog(file.FileName) || (file.Once && TrackingExport.Recognises(HeadOf(file))))
            return atRest ? IdentifyExport(file, root, known) : default;
        if (top.Complete)
            return new(NoLog.Says(HeadOf(file)) ?? "no #Fields: header: not an Exchange log, or its beginning is missing");
        file.AtEnd = true;
        return default;
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
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The handle stays open.")]
    static Result IdentifyExport(LogFile file, LogRoot root, KnownFiles known)
    {
        if (file.Size == 0)
        {
            file.AtEnd = true;
            return default;
        }

        using var whole = new WholeFile(file.Reading.Unpacked ?? new FileBytes(file.Handle!), file.Size, ownsBytes: false);
        var head = HeadOf(file);
        if (NoLog.Compressed(head) is { } compressed)
            return new(compressed);
        if (LogFormat.OfExport(head, whole, out var named) is not { } format)
            return new($"not a known export: {Visible.Start(named, 400)}");

        StartWhole(file, root, known, format, Guard.Hash([.. head, .. BitConverter.GetBytes(file.Size), .. BitConverter.GetBytes(whole.LastWrite.Ticks)]));
        return default;
    }

    /// <summary>An archive is identified like an export. Its files have positions of their own: of a rewritten one, only what is new is read.</summary>
    static Result IdentifyArchive(LogFile file, LogRoot root, KnownFiles known)
    {
        if (file.Size == 0)
            return new("it is empty");
        if (KindOf(file) is not { } kind)
            return new("it has the name of an archive, but not its first bytes: it is damaged or something else");
        if (!kind.IsRead)
            return new(kind.MustBeUnpacked);
        StartWhole(
            file, root, known, LogFormat.Archive,
            Guard.Hash([.. HeadOf(file), .. BitConverter.GetBytes(file.Size), .. BitConverter.GetBytes(file.LastWrite.Ticks)]));
        return default;
    }

    static void StartWhole(LogFile file, LogRoot root, KnownFiles known, LogFormat format, long hash)
    {
        var (device, inode) = IdOf(file);
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
    }

    /// <summary>Continues an identified file of a scan at a position.</summary>
    public static void Continue(LogFile file, long offset)
    {
        file.Reading.Guard = file.GuardOf(Before(file, offset, Guard.Length));
        file.Start(file.Tracked!.Id, offset);
    }

    /// <summary>The first bytes, enough to recognise the file's format.</summary>
    public static byte[] HeadOf(LogFile file)
    {
        var head = new byte[NoLog.HeadLength];
        return head[..file.ReadAll(head, 0)];
    }

    /// <summary>The kind of archive that a file is; null where it is none.</summary>
    public static ArchiveKind? KindOf(LogFile file)
    {
        Span<byte> head = stackalloc byte[16];
        return ArchiveKind.Of(head[..file.ReadAll(head, 0)]);
    }

    /// <summary>A file in an archive, and a stream, have none.</summary>
    static (long Device, long Inode) IdOf(LogFile file) => file.Handle is { } handle ? FileId.Of(handle) : default;

    /// <summary>Whether the bytes up to a position are unchanged, as far as the position's hashes show.</summary>
    static bool Holds(LogFile file, FilePosition position)
    {
        if (position.Offset > file.Size)
            return false;
        if (position.Head is null)
            return Guard.Of(Before(file, position.Offset, Guard.ShortLength)) == position.Guard;
        // In this order a text that is unpacked is read once.
        return HeadAt(file, position.Offset) == position.Head && Guard.Of(Before(file, position.Offset, Guard.Length)) == position.Guard;
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
            return Guard.Hash(FileOpener.ReadTop(file.ReadAll).Bytes.Span) == known.HeaderHash && Holds(file, known.ToPosition());
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
        return bytes[..file.ReadAll(bytes, offset - bytes.Length)];
    }

    static long HeadAt(LogFile file, long offset)
    {
        Span<byte> bytes = stackalloc byte[Guard.Length];
        return Guard.Hash(bytes[..file.ReadAll(bytes[..(int)Math.Min(Guard.Length, offset)], 0)]);
    }

    /// <summary>
    /// Whether the file still begins with the bytes that were read. Checked after each read: a file that was emptied and rewritten before the
    /// read does not.
    /// </summary>
    /// <param name="from">Where the read began. Where the guard covers all bytes before it, nothing more is checked.</param>
    public static bool StartHolds(LogFile file, long from)
    {
        if (file.Once || file.Reading.Unpacked is not null)
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

    /// <summary>Guard and head at a position after the file's offset; zeros for a scan, which stores no position.</summary>
    public static (long Guard, long Head) HashesAt(LogFile file, long end)
    {
        if (file.Once)
            return default;
        // In this order a text that is unpacked is read once.
        var guard = file.GuardOf(Before(file, end, Guard.Length));
        return (guard, file.Offset >= Guard.Length ? file.Reading.Head : HeadAt(file, end));
    }

    /// <summary>While nothing of a file is read, only the header can be compared.</summary>
    static bool HeaderHolds(LogFile file)
    {
        var header = new byte[file.Tracked!.Header.Length];
        return Guard.Hash(header.AsSpan(0, file.ReadAll(header, 0))) == file.Tracked.HeaderHash
            || Guard.Hash(FileOpener.ReadTop(file.ReadAll).Bytes.Span) == file.Tracked.HeaderHash;
    }

    /// <summary>The log type in the file's header, shortened and in visible characters: it is shown in the log and on the page.</summary>
    static string Named(string logType) =>
        logType.Length == 0 ? "without #Log-type" : Visible.Start(logType, 60);
}
