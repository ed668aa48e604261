using System.Globalization;
using System.Threading.Channels;
using Mailflow.Archives;
using Mailflow.Configuration;
using Mailflow.Logging;
using Mailflow.Pipeline;
using Mailflow.Tail;

namespace Mailflow.Read;

/// <summary>
/// Reads the logs in an archive, each with a position of its own as if it were a file of the folder; then commits the position of the archive, after which
/// it is not opened again. Interrupted in between, what was committed is unpacked again and not read again.
/// </summary>
/// <param name="reader">Of this root alone: a reader keeps the columns of a file.</param>
sealed class ArchiveReading(
    LogRoot root, KnownFiles known, Reader reader, DeltaPool deltas, TimeProvider clock, TailOptions options, ILogger log) : IDisposable
{
    const long InFlightBytes = 2 * BlockPool.BlockBytes;

    /// <summary>How long a log in an archive waits for one that may be the same and of which too little is read to compare them.</summary>
    static readonly TimeSpan TwinWait = TimeSpan.FromSeconds(5);

    static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    readonly BlockPool _blocks = new(InFlightBytes);

    /// <summary>What an archive had.</summary>
    sealed record Found
    {
        public int Read { get; set; }

        public int Copies { get; set; }

        public int Others { get; set; }

        public List<string> Faults { get; } = [];
    }

    public async Task ReadAsync(ExportBlock block, ChannelWriter<Delta> ledger, CancellationToken abort)
    {
        using var whole = block.Whole;
        var path = Path.Combine(root.Folder, block.File.Name);
        var found = new Found();
        try
        {
            foreach (var file in Files(path, block.File.Name, found))
                using (file)
                    await ReadFileAsync(file, found, ledger, abort);
        }
        catch (ArchiveException e)
        {
            found.Faults.Add(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A share that is absent: the tailer tries again.
            whole.Fail(0, block.Offset, e.Message);
            return;
        }

        Log.ArchiveRead(log, path, found.Read, found.Copies, found.Others);
        if (found.Faults is [var fault, .. var more])
            Log.ArchiveIncomplete(log, path, more.Count == 0 ? fault : string.Create(CultureInfo.InvariantCulture, $"{fault}, and {more.Count} more"));
        await deltas.EnterAsync(abort);
        var end = new ExportDelta
        {
            File = block.File,
            Server = TrackedFile.UnknownServer,
            Offset = block.Offset,
            End = block.End,
            ReadAt = clock.GetUtcNow(),
            Records = found.Read + found.Copies + found.Others,
        };
        await deltas.AdmitAsync(end, abort);
        await ledger.WriteAsync(end, abort);
    }

    /// <summary>The files in an archive, as files of the root.</summary>
    static IEnumerable<LogFile> Files(string path, string name, Found found)
    {
        var kind = KindOf(path) ?? throw new ArchiveException("it is no archive any more");
        if (kind.List is not { } list)
        {
            var inner = Path.GetFileName(name)[..^Path.GetExtension(name).Length];
            yield return FileOf(path, name, inner, ArchivePath.OfOne(kind, path, default));
            yield break;
        }

        using var listing = list(path, ArchiveLimits.Default);
        foreach (var member in listing.Members)
            if (member.Refusal is { } why)
                found.Faults.Add($"{member.Name}: {why}");
            else
                yield return FileOf(path, name, member.Name, new StreamBytes(member.Open, member.LastWrite));
    }

    static LogFile FileOf(string path, string name, string member, LogBytes bytes)
    {
        var slash = member.LastIndexOf('/');
        var folder = slash < 0 ? "" : "/" + member[..slash].TrimStart('/');
        var file = new LogFile(new(new(), path + folder, name + folder), member[(slash + 1)..]);
        file.Reading.Unpacked = bytes;
        return file;
    }

    static ArchiveKind? KindOf(string path)
    {
        const int HeadBytes = 16;
        Span<byte> head = stackalloc byte[HeadBytes];
        using var file = ArchiveFile.Open(path);
        return ArchiveKind.Of(head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }

    async Task ReadFileAsync(LogFile file, Found found, ChannelWriter<Delta> ledger, CancellationToken abort)
    {
        file.Size = file.Length;
        var top = FileOpener.ReadTop(file.ReadAll);
        if (!IsLog(file, top, found))
            return;
        var hash = Guard.Hash(top.Bytes.Span);
        while (!known.TryClaim(hash))
            await Task.Delay(LookAgain, abort);
        known.AddLooks(1);
        try
        {
            for (var waited = TimeSpan.Zero; waited < TwinWait && FileIdentity.MayBeginAs(file, known, hash); waited += LookAgain)
                await Task.Delay(LookAgain, abort);
            if (!Open(file, hash, found))
                return;
            while (await BlockReading.NextAsync(file, _blocks, options.MaxLineBytes, abort) is { } block)
            {
                known.Moved(file.Known!, block);
                await reader.ReadAsync(block, _blocks, ledger, abort);
            }

            found.Read++;
            // The last line of what could be unpacked is cut off.
            if (file.Reading.Unpacked is StreamBytes { Fault: { } fault })
                found.Faults.Add($"{file.FileName}: {fault.Message}");
            else if (await BlockReading.UnfinishedAsync(file, _blocks, options.MaxLineBytes, abort) is { } last)
                await ReadLastAsync(file, last, found, ledger, abort);
        }
        catch (ReplacedException)
        {
            found.Faults.Add($"{file.FileName}: it was rewritten while it was read");
        }
        finally
        {
            file.Close();
            known.Release(file);
            known.Unclaim(hash);
        }
    }

    /// <summary>Reads the last line, without a line end. An incomplete one is left: a longer copy of the log may have the rest.</summary>
    async Task ReadLastAsync(LogFile file, LogBlock last, Found found, ChannelWriter<Delta> ledger, CancellationToken abort)
    {
        if (await reader.ReadLastAsync(last, _blocks, ledger, abort))
            known.Moved(file.Known!, last);
        else
            found.Faults.Add($"{file.FileName}: its last line is incomplete");
    }

    static bool IsLog(LogFile file, FileOpener.Top top, Found found)
    {
        if (top.Header is not null)
            return true;
        if (file.Reading.Unpacked is StreamBytes { Fault: { } fault })
            found.Faults.Add($"{file.FileName}: {fault.Message}");
        else
            found.Others++;
        return false;
    }

    bool Open(LogFile file, long hash, Found found)
    {
        if (FileIdentity.Twin(file, known, hash, out _) is { } twin && twin.IsPresent && !FileIdentity.IsPacked(twin.Name))
        {
            found.Copies++;
            return false;
        }

        if (FileIdentity.Identify(file, root, known, atRest: true).Refusal is null && file.Tracked is not null)
            return true;
        found.Others++;
        return false;
    }

    public void Dispose() => _blocks.Dispose();
}
