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

    readonly Dictionary<string, LogFile> _files = new(StringComparer.Ordinal);
    readonly TailStatus _status = new(root, clock);

    /// <summary>What this tailer sees, renewed at each poll.</summary>
    public SourceStatus Status => _status.Current;

    /// <summary>Follows the root until <paramref name="stop"/>.</summary>
    public async Task RunAsync(IReadOnlyList<ChannelWriter<Block>> readers, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
                if (!await PollAsync(readers, stop))
                    await Task.Delay(options.PollInterval, clock, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Looks at the folder once and reads what is new, up to a turn.</summary>
    /// <returns>True where more can be read at once.</returns>
    public async Task<bool> PollAsync(IReadOnlyList<ChannelWriter<Block>> readers, CancellationToken stop)
    {
        Discover();
        var more = false;
        try
        {
            var pending = _files.Values.Where(f => f.MayHaveMore).OrderBy(f => f.LastWrite).ThenBy(f => f.Name, StringComparer.Ordinal).ToList();
            foreach (var file in pending.Where(IsLive))
                more |= await ReadAsync(file, LiveTurn, readers, stop);
            foreach (var file in pending.Where(f => !IsLive(f)))
            {
                more |= await ReadAsync(file, BacklogTurn, readers, stop);
                if (more)
                    break;
            }
        }
        finally
        {
            CloseIdle();
            _status.Update(_files.Values);
        }

        return more;
    }

    bool IsLive(LogFile file) => clock.GetUtcNow().UtcDateTime - file.LastWrite < options.LiveWithin;

    /// <summary>A failed look at the folder says nothing about its files: positions and open handles stay as they are.</summary>
    void Discover()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var info in FolderScan.Logs(root.Folder))
            {
                if (!FolderScan.IsRegularFile(info.FullName))
                    continue;
                seen.Add(info.FullName);
                if (!_files.TryGetValue(info.FullName, out var file))
                    _files.Add(info.FullName, file = new(info.FullName, FolderScan.NameOf(root.Folder, info.FullName)));
                // Windows keeps the size in the folder's entry stale while a writer has the file open: an open handle knows better.
                file.Size = file.Handle is null ? info.Length : RandomAccess.GetLength(file.Handle);
                file.LastWrite = info.LastWriteTimeUtc;
            }

            _status.Error = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_status.Error is null)
                Log.RootUnreadable(log, root.Folder, e.Message);
            _status.Error = e.Message;
            return;
        }

        foreach (var file in _files.Values.Where(f => !seen.Contains(f.Path)).ToList())
            if (!Renamed(file))
                Vanished(file);
    }

    /// <summary>The same inode under a new name: the position goes with it.</summary>
    bool Renamed(LogFile file)
    {
        if (file.Tracked is not { Inode: not 0 } tracked)
            return false;
        foreach (var candidate in _files.Values.Where(f => f.Tracked is null && f.Refused is null && f != file))
        {
            if (FileId.Of(candidate.Path) != (tracked.Device, tracked.Inode))
                continue;
            _files.Remove(file.Path);
            candidate.Dispose();
            (file.Path, file.Name, file.Size, file.LastWrite) = (candidate.Path, candidate.Name, candidate.Size, candidate.LastWrite);
            file.Tracked = tracked with { Name = file.Name };
            _files[file.Path] = file;
            return true;
        }

        return false;
    }

    /// <summary>Exchange deletes the oldest file when its folder is full. What is open can still be read to its end.</summary>
    void Vanished(LogFile file)
    {
        file.Gone = true;
        if (file.Handle is not null)
        {
            file.Size = RandomAccess.GetLength(file.Handle);
            if (file.MayHaveMore && file.Error is null)
                return;
        }

        if (file.Unread > 0 && !_files.Values.Any(f => f != file && f.Tracked is { } t && t.Id == file.Tracked?.Id))
        {
            _status.LostBytes += file.Unread;
            Log.LostUnread(log, file.Path, file.Unread);
        }

        file.Dispose();
        _files.Remove(file.Path);
    }

    async Task<bool> ReadAsync(LogFile file, int blocks, IReadOnlyList<ChannelWriter<Block>> readers, CancellationToken stop)
    {
        try
        {
            if (!Open(file))
                return false;
            for (var i = 0; i < blocks; i++)
            {
                var block = await BlockReading.NextAsync(file, pool, options.MaxLineBytes, stop);
                if (block is null)
                    return false;
                known.Moved(block.File, block.End, block.Guard);
                await readers[(int)(block.File.Id % readers.Count)].WriteAsync(block, stop);
                _status.LastRead = clock.GetUtcNow();
            }

            return true;
        }
        catch (ReplacedException)
        {
            _status.Replaced++;
            Log.Replaced(log, file.Path, file.Offset);
            Forget(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (file.Error is null)
                Log.FileUnreadable(log, file.Path, e.Message);
            file.Error = e.Message;
            file.Close();
            return false;
        }
    }

    /// <summary>Opens the file and finds out which one it is.</summary>
    /// <returns>False where there is nothing to read yet, or never.</returns>
    bool Open(LogFile file)
    {
        file.Handle ??= FileOpener.Open(file.Path);
        file.Size = RandomAccess.GetLength(file.Handle);
        file.Error = null;
        if (file.Tracked is { } tracked)
        {
            var (device, inode) = FileId.Of(file.Handle);
            if (device == tracked.Device && inode == tracked.Inode)
                return true;
        }

        var identified = FileIdentity.Identify(file, root, known);
        if (identified.Refusal is { } refusal)
        {
            file.Refused = refusal;
            file.Close();
            Log.Refused(log, file.Path, refusal);
        }

        if (identified.Mismatch)
        {
            _status.Replaced++;
            Log.Replaced(log, file.Path, file.Offset);
        }

        return file.Tracked is not null && file.Refused is null;
    }

    /// <summary>The file is another one than it was: identify it again, from its start.</summary>
    static void Forget(LogFile file)
    {
        file.Close();
        file.Tracked = null;
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
    }

    public void Dispose()
    {
        foreach (var file in _files.Values)
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
