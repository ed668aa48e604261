using Mailflow.Analysis.Formats;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Tail;

/// <summary>Decides which file an opened path is: a new one, or one that was read before and how far.</summary>
static class FileIdentity
{
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
            if (header is not null && GuardHolds(file, position))
            {
                Start(file, position, header, top, format, root, device, inode);
                known.Update(position with { Root = root.Name, Name = file.Name, Device = device, Inode = inode });
                return default;
            }

            mismatch = true;
        }

        var fresh = new FilePosition(known.NextId(), root.Name, file.Name, device, inode, hash, known.NextGeneration(root.Name, file.Name), 0, top.Start, 0, root.Server);
        Start(file, fresh with { Guard = GuardAt(file, top.Start) }, top.Header, top, format, root, device, inode);
        known.Update(fresh with { Guard = file.Guard });
        return new(Mismatch: mismatch);
    }

    static void Start(LogFile file, FilePosition position, LogHeader header, FileOpener.Top top, LogFormat format, LogRoot root, long device, long inode)
    {
        file.Tracked = new(position.Id, root.Name, file.Name, device, inode, position.HeaderHash, position.Generation, header, position.HeaderOffset, top.Encoding, format, root.Server ?? position.Server) { Sessions = position.Sessions };
        file.Offset = position.Offset;
        file.Guard = position.Guard;
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
            position = new(before?.Id ?? known.NextId(), root.Name, file.Name, device, inode, hash, before?.Generation + 1 ?? known.NextGeneration(root.Name, file.Name), 0, 0, 0, root.Server, 0);
        }

        Start(file, position, LogHeader.None, new(null, true, TextEncoding.Utf8, 0, default), format, root, device, inode);
        file.Export = (file.Size, file.LastWrite);
        known.Update(position with { Root = root.Name, Name = file.Name, Device = device, Inode = inode });
        return default;
    }

    /// <summary>Enough to see what a file is.</summary>
    public static byte[] HeadOf(SafeFileHandle handle)
    {
        var head = new byte[NoLog.HeadLength];
        return head[..FileOpener.ReadAll(handle, head, 0)];
    }

    static bool GuardHolds(LogFile file, FilePosition position) =>
        position.Offset <= file.Size && GuardAt(file, position.Offset) == position.Guard;

    static long GuardAt(LogFile file, long offset)
    {
        Span<byte> bytes = stackalloc byte[Guard.Length];
        var length = (int)Math.Min(Guard.Length, offset);
        var read = RandomAccess.Read(file.Handle!, bytes[..length], offset - length);
        return file.GuardOf(bytes[..read]);
    }

    /// <summary>What a file says of itself goes to the log and the page: short, and without control characters.</summary>
    static string Named(string logType) =>
        logType.Length == 0 ? "without #Log-type" : string.Concat(logType.Where(c => !char.IsControl(c)).Take(60));
}
