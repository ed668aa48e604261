using System.Collections.Immutable;
using System.Threading.Channels;

namespace Mailflow.Tail;

/// <summary>A folder of logs to follow.</summary>
/// <param name="Name">What positions are kept under: the configured name, or the folder.</param>
/// <param name="Folder">Where the files lie; it may not exist yet.</param>
/// <param name="Server">The server that writes there; null: the rows tell.</param>
sealed record LogRoot(string Name, string Folder, string? Server);

/// <summary>
/// Follows one root: finds files, reads whole lines of them in blocks. It knows identity, generation and offset, and nothing of columns.
/// A poll of the folder is the truth; every root has its own tailer, so that a share that hangs holds up nobody else.
/// </summary>
sealed class Tailer(LogRoot root, KnownFiles known, BlockPool pool, TailOptions options, TimeProvider clock, ILogger log) : IDisposable
{
    /// <summary>Blocks of a file that is being written that are read before the others get their turn.</summary>
    const int LiveTurn = 4;

    /// <summary>Blocks of the oldest backlog that are read before the live files get their turn again.</summary>
    const int BacklogTurn = 32;

    /// <summary>Exports that are open because they were handed over and not read yet.</summary>
    const int MaxGiven = 16;

    /// <summary>Paths that are passed over, or cannot be listed, and are named; a folder of links would else fill the log.</summary>
    const int MaxNamed = 100;

    /// <summary>A log of another kind that grows is not looked at at every poll; in its place there may be one of ours some day.</summary>
    static readonly TimeSpan RefusalHolds = TimeSpan.FromMinutes(1);

    readonly Dictionary<string, LogFile> _files = new(StringComparer.Ordinal);

    /// <summary>Files that have no name in the folder any more, but are open and not read to their end.</summary>
    readonly List<LogFile> _gone = [];

    /// <summary>What the last look at the folder showed.</summary>
    readonly List<FoundFile> _found = [];

    /// <summary>What it did not look at.</summary>
    readonly List<PassedOver> _passed = [];

    /// <summary>Those of them that were named in the log.</summary>
    readonly HashSet<string> _named = new(StringComparer.Ordinal);

    /// <summary>Exports that were handed over.</summary>
    readonly List<WholeFile> _given = [];

    /// <summary>So many more may be in this poll.</summary>
    int _mayGive;

    readonly TailStatus _status = new(root, clock);

    int _open;

    /// <summary>What this tailer sees, renewed at each poll.</summary>
    public SourceStatus Status => _status.Current;

    /// <summary>Follows the root until <paramref name="stop"/>.</summary>
    /// <param name="readers">Where lines go: a file's to one of them.</param>
    /// <param name="exports">Where exports go.</param>
    /// <param name="stop">When to end.</param>
    public async Task RunAsync(IReadOnlyList<ChannelWriter<Block>> readers, ChannelWriter<Block> exports, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
                if (!await PollAsync(readers, exports, stop))
                    await Task.Delay(options.PollInterval, clock, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Looks at the folder once and reads what is new, up to a turn.</summary>
    /// <returns>True where more can be read at once.</returns>
    public async Task<bool> PollAsync(IReadOnlyList<ChannelWriter<Block>> readers, ChannelWriter<Block> exports, CancellationToken stop)
    {
        var more = false;
        try
        {
            Discover();
            _given.RemoveAll(g => g.IsClosed);
            _mayGive = MaxGiven - _given.Count;
            var pending = _files.Values.Concat(_gone).Where(f => f.MayHaveMore).OrderBy(f => f.LastWrite).ThenBy(f => f.Name, StringComparer.Ordinal).ToList();
            foreach (var file in pending.Where(IsLive))
                more |= await ReadAsync(file, LiveTurn, readers, exports, stop);
            foreach (var file in pending.Where(f => !IsLive(f)))
            {
                var moreOfThis = await ReadAsync(file, BacklogTurn, readers, exports, stop);
                more |= moreOfThis;
                if (moreOfThis)
                    break;
            }
        }
        finally
        {
            _status.Pulse.Answered();
            CloseIdle();
            _status.Update([.. _files.Values, .. _gone]);
        }

        return more;
    }

    bool IsLive(LogFile file) => clock.GetUtcNow().UtcDateTime - file.LastWrite < options.LiveWithin;

    /// <summary>A failed look at a folder says nothing about its files: positions and open handles stay as they are.</summary>
    void Discover()
    {
        _found.Clear();
        _passed.Clear();
        _status.Pulse.Ask();
        var error = FolderScan.Find(root.Folder, _found, _passed, _status.Pulse);
        _status.Missing = error is not null && !Directory.Exists(root.Folder);
        if (error is not null && _status.Error is null)
            Log.RootUnreadable(log, root.Folder, error);
        if (error is null && _status.Error is not null)
            Log.RootReadable(log, root.Folder);
        _status.Error = error;
        TellPassedOver();

        var paths = WithoutSecondNames();
        var displaced = new List<LogFile>(_gone);
        foreach (var found in paths.Values)
        {
            if (_files.TryGetValue(found.Path, out var file) && IsAnother(file, found))
            {
                // Renamed, or deleted and created anew: the path is another file's now.
                _files.Remove(found.Path);
                displaced.Add(file);
                file = null;
            }

            if (file is null)
                _files.Add(found.Path, file = new(found.Path, FolderScan.NameOf(root.Folder, found.Path)));
            file.Seen(found, clock.GetUtcNow());
            file.LookAgain = file.Refused is not null && (file.Size < file.Exhausted.Size || clock.GetUtcNow() - file.RefusedAt > RefusalHolds);
            // Windows keeps the size in the folder's entry stale while a writer has the file open: an open handle knows better.
            if (OperatingSystem.IsWindows() && file.Handle is not null)
                Measure(file);
        }

        if (error is null)
            foreach (var file in _files.Values.Where(f => !paths.ContainsKey(f.Path) && !_passed.Exists(p => p.IsUnknown && p.Holds(f.Path))).ToList())
            {
                _files.Remove(file.Path);
                displaced.Add(file);
            }

        _gone.Clear();
        foreach (var file in displaced)
            if (!Renamed(file))
                Gone(file);
        _status.Pulse.Answered();
    }

    /// <summary>What is passed over is named in the log once; a folder that cannot be listed, whenever that begins.</summary>
    void TellPassedOver()
    {
        ImmutableArray<UnlistedFolder> unlisted = [.. _passed.Where(p => p.IsUnknown).Select(p => new UnlistedFolder(FolderScan.NameOf(root.Folder, p.Path), p.Why))];
        foreach (var folder in unlisted.Take(MaxNamed))
            if (!_status.Unlisted.Any(u => u.Name == folder.Name))
                Log.FolderUnreadable(log, Path.Combine(root.Folder, folder.Name), folder.Why);
        _status.Unlisted = unlisted;
        foreach (var passed in _passed)
            if (!passed.IsUnknown && _named.Count < MaxNamed && _named.Add(passed.Path))
                Log.PassedOver(log, passed.Path, passed.Why);
    }

    /// <summary>By path, each file once: under the name that it is read under already, or else the first.</summary>
    Dictionary<string, FoundFile> WithoutSecondNames()
    {
        var byIdentity = new Dictionary<(long, long), FoundFile>();
        var byPath = new Dictionary<string, FoundFile>(_found.Count, StringComparer.Ordinal);
        foreach (var found in _found)
        {
            if (found.Inode != 0 && !byIdentity.TryAdd(found.Identity, found))
            {
                var other = byIdentity[found.Identity];
                if (IsFollowed(other) || (!IsFollowed(found) && string.CompareOrdinal(other.Path, found.Path) < 0))
                    continue;
                byPath.Remove(other.Path);
                byIdentity[found.Identity] = found;
            }

            byPath.Add(found.Path, found);
        }

        return byPath;
    }

    bool IsFollowed(FoundFile found) => _files.TryGetValue(found.Path, out var file) && file.Tracked is not null && !IsAnother(file, found);

    /// <summary>Whether the path names another file than it did.</summary>
    static bool IsAnother(LogFile file, FoundFile found)
    {
        if (found.Inode != 0)
            return file.Identity.Inode != 0 && (file.Identity != found.Identity || IsReborn(file, found.Born));
        // Where a folder does not tell inodes, only a file that is open can have been renamed under us: one that is not is told by its header and guard.
        if (file.Handle is null || file.Tracked is not { Inode: not 0 } tracked)
            return false;
        var now = FileId.Of(found.Path);
        return now.Inode != 0 && now != (tracked.Device, tracked.Inode);
    }

    /// <summary>A deleted file's inode was given to a new one. While the file is open, nobody else can have it.</summary>
    static bool IsReborn(LogFile file, long born) => file.Handle is null && born != 0 && file.Born != 0 && born != file.Born;

    /// <summary>The same inode under a new name: the position goes with it, unless a new file was given the inode.</summary>
    bool Renamed(LogFile file)
    {
        var identity = file.Tracked is { Inode: not 0 } tracked ? (tracked.Device, tracked.Inode) : file.Identity;
        if (identity.Inode == 0)
            return false;
        var candidate = _files.Values.FirstOrDefault(f => f != file && f.Tracked is null && (f.Identity.Inode != 0 ? f.Identity : FileId.Of(f.Path)) == identity);
        if (candidate is null || IsReborn(file, candidate.Born))
            return false;
        if (file.Tracked is null)
            return candidate.Size >= file.Size && candidate.LastWrite >= file.LastWrite;
        if (file.Handle is null && !IsSame(file, candidate.Path, identity))
            return false;
        candidate.Dispose();
        (file.Path, file.Name, file.Size, file.LastWrite, file.Identity) = (candidate.Path, candidate.Name, candidate.Size, candidate.LastWrite, candidate.Identity);
        file.Born = candidate.Born;
        file.Tracked = file.Tracked with { Name = file.Name };
        known.Renamed(file.Known!, root.Name, file.Name, identity.Device, identity.Inode);
        _files[file.Path] = file;
        return true;
    }

    /// <summary>Whether what is at the path now is the file that was read, by its bytes.</summary>
    static bool IsSame(LogFile file, string path, (long Device, long Inode) identity)
    {
        try
        {
            using var handle = FileOpener.Open(path);
            return FileId.Of(handle) == identity && FileIdentity.IsSame(file, handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>As the open handle has it. On a share that fails, what was known before holds.</summary>
    static void Measure(LogFile file)
    {
        try
        {
            file.Size = RandomAccess.GetLength(file.Handle!);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Exchange deletes the oldest file when its folder is full. What is open can still be read to its end.</summary>
    void Gone(LogFile file)
    {
        if (file.Handle is not null && file.Error is null)
        {
            Measure(file);
            if (file.MayHaveMore)
            {
                _gone.Add(file);
                return;
            }
        }

        // One that was never opened may have been read by the process before.
        Lost(file, file.Tracked is null && file.Refused is null ? file.Size - known.ReadOf(root.Name, file.Name, file.Identity.Device, file.Identity.Inode) : file.Unread);
        file.Dispose();
    }

    void Lost(LogFile file, long bytes)
    {
        if (bytes <= 0)
            return;
        _status.LostBytes += bytes;
        Log.LostUnread(log, file.Path, bytes);
    }

    async Task<bool> ReadAsync(LogFile file, int blocks, IReadOnlyList<ChannelWriter<Block>> readers, ChannelWriter<Block> exports, CancellationToken stop)
    {
        var more = await ReadBlocksAsync(file, blocks, readers, exports, stop);
        // Thousands of files may have something new at once: they are not all held open.
        if (_open > options.MaxOpenFiles && !_gone.Contains(file))
            Close(file);
        return more;
    }

    async Task<bool> ReadBlocksAsync(LogFile file, int blocks, IReadOnlyList<ChannelWriter<Block>> readers, ChannelWriter<Block> exports, CancellationToken stop)
    {
        try
        {
            // Many wait already: a later poll hands it over.
            if (_mayGive <= 0 && file.Tracked?.Format.IsExport == true)
                return false;
            _status.Pulse.Ask();
            var isOpen = Open(file);
            _status.Pulse.Answered();
            if (!isOpen)
                return false;
            if (file.Tracked!.Format.IsExport)
            {
                await GiveAsync(file, exports, stop);
                return false;
            }

            for (var i = 0; i < blocks; i++)
            {
                if (await BlockReading.NextAsync(file, pool, options.MaxLineBytes, stop, _status.Pulse) is not { } block)
                    return false;
                known.Moved(file.Known!, block);
                await readers[(int)(block.File.Id % readers.Count)].WriteAsync(block, stop);
                _status.LastRead = clock.GetUtcNow();
            }

            return true;
        }
        catch (ReplacedException)
        {
            _status.Replaced++;
            Log.Replaced(log, file.Path, file.Offset);
            Lost(file, file.VerifiedSize - file.Offset);
            Forget(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (file.Error is null)
                Log.FileUnreadable(log, file.Path, e.Message);
            file.Error = e.Message;
            Close(file);
            return false;
        }
    }

    /// <summary>Hands an export over, unless it was read.</summary>
    async Task GiveAsync(LogFile file, ChannelWriter<Block> exports, CancellationToken stop)
    {
        if (_mayGive <= 0 || ExportReading.Next(file, _status.ExportPulse) is not { Whole: { } whole } block)
            return;
        _mayGive--;
        _given.Add(whole);
        known.Moved(file.Known!, block);
        await exports.WriteAsync(block, stop);
        _status.LastRead = clock.GetUtcNow();
    }

    /// <summary>Opens the file and finds out which one it is.</summary>
    /// <returns>False where there is nothing to read yet, or never.</returns>
    bool Open(LogFile file)
    {
        if (file is { Given.Failure: { } failure, Tracked: not null })
        {
            known.BrokeOff(file.Known!, failure);
            (file.Given, file.Tracked, file.Exhausted, file.NotBefore) = (null, null, (-1, default), clock.GetUtcNow() + options.Settle);
            throw new IOException(failure.Reason);
        }

        if (clock.GetUtcNow() < file.NotBefore)
            return false;

        if (file.Handle is null)
        {
            file.Handle = FileOpener.Open(file.Path);
            _open++;
        }

        file.Size = RandomAccess.GetLength(file.Handle);
        file.Error = null;
        if (file.Tracked is { } tracked)
        {
            var (device, inode) = FileId.Of(file.Handle);
            if (device == tracked.Device && inode == tracked.Inode && (!tracked.Format.IsExport || file.Export == (file.Size, file.LastWrite)))
                return true;
            if (tracked.Format.IsExport)
                // Written anew: that is how exports are, and no log that was replaced.
                file.Tracked = null;
        }

        var identified = FileIdentity.Identify(file, root, known, IsAtRest(file), id => _files.Values.Concat(_gone).Any(f => f != file && f.Tracked?.Id == id));
        if (identified.Refusal is { } refusal)
        {
            if (file.Refused != refusal)
                Log.Refused(log, file.Path, refusal);
            (file.RefusedAt, file.Exhausted) = (clock.GetUtcNow(), (file.Size, file.LastWrite));
            Close(file);
        }

        file.Refused = identified.Refusal;

        if (identified.Mismatch && !file.Replaced)
        {
            _status.Replaced++;
            Log.Replaced(log, file.Path, file.Offset);
        }

        file.Replaced &= file.Tracked is null;
        return file.Tracked is not null && file.Refused is null;
    }

    /// <summary>Size and time of the last write stood still for some polls; an old file need not be watched for that.</summary>
    bool IsAtRest(LogFile file)
    {
        var now = clock.GetUtcNow();
        return now - file.ChangedAt >= options.Settle || now.UtcDateTime - file.LastWrite > TimeSpan.FromMinutes(1);
    }

    /// <summary>The file is another one than it was: identify it again, from its start. It stays open: its name may be gone.</summary>
    static void Forget(LogFile file)
    {
        file.Tracked = null;
        file.Replaced = true;
        file.Offset = 0;
        file.VerifiedSize = 0;
        file.Skipping = null;
        file.Exhausted = (-1, default);
    }

    /// <summary>Keeps open what is being written, so that it can be read to its end even when it is deleted; and no more than that.</summary>
    void CloseIdle()
    {
        var open = _files.Values.Where(f => f.Handle is not null).OrderByDescending(f => f.LastWrite).ToList();
        for (var i = 0; i < open.Count; i++)
            if (i >= options.MaxOpenFiles || (!open[i].MayHaveMore && clock.GetUtcNow().UtcDateTime - open[i].LastWrite > options.KeepOpen))
                open[i].Close();
        _open = _files.Values.Count(f => f.Handle is not null) + _gone.Count;
    }

    void Close(LogFile file)
    {
        if (file.Handle is null)
            return;
        file.Close();
        _open--;
    }

    public void Dispose()
    {
        foreach (var file in _files.Values.Concat(_gone))
            file.Dispose();
    }
}

/// <summary>The bytes before the position are not those that were read: truncated, restored or written anew.</summary>
sealed class ReplacedException : Exception
{
    public ReplacedException()
        : base("The bytes before the position have changed.")
    {
    }

    public ReplacedException(string message)
        : base(message)
    {
    }

    public ReplacedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
