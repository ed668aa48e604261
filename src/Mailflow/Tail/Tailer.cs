using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Mailflow.Analysis.Formats;
using Mailflow.Configuration;
using Mailflow.Logging;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>
/// Follows one root: reads whole lines of its files in blocks. It knows identity, generation and offset, but not columns.
/// <see cref="Discovery"/> finds the files. Every root has its own tailer, so that a hanging share does not delay others.
/// </summary>
sealed class Tailer : IDisposable
{
    /// <summary>Blocks of a live file that are read before other files get their turn.</summary>
    const int LiveTurn = 4;

    /// <summary>Blocks of the oldest backlog that are read before the live files get their turn again.</summary>
    const int BacklogTurn = 32;

    /// <summary>Files that get a turn before the folder is checked again; opening one costs as much as reading an eighth of a block.</summary>
    const int MaxFiles = 8 * BacklogTurn;

    /// <summary>Exports that may be open at once, handed over and not read yet.</summary>
    const int MaxGiven = 16;

    readonly LogRoot _root;
    readonly KnownFiles _known;
    readonly BlockPool _pool;
    readonly TailOptions _options;
    readonly TimeProvider _clock;
    readonly ILogger _log;
    readonly HandleRoom _room;
    readonly Discovery _discovery;
    readonly TailStatus _status;
    readonly Turns _turns;

    /// <summary>Files without a name in the folder that are still open and not read to their end.</summary>
    readonly List<LogFile> _gone = [];

    int _lastGone;

    /// <summary>Files that stay open between their turns.</summary>
    readonly List<LogFile> _open = [];

    /// <summary>Files with blocks that are read and were not committed at the last poll.</summary>
    readonly HashSet<LogFile> _inFlight = [];

    /// <summary>Exports that were handed over.</summary>
    readonly List<WholeFile> _given = [];

    /// <summary>Exports that may still be handed over in this poll.</summary>
    int _mayGive;

    /// <summary>How long archives wait for logs that were never read to their end.</summary>
    internal static readonly TimeSpan ArchivesWait = TimeSpan.FromMinutes(10);

    bool? _hasUnreadLogs;

    /// <summary>Since when archives wait; null where they do not.</summary>
    long? _archivesWaitSince;
    bool _archivesWaitedEnough;
    bool _more;
    long _ticked;

    public Tailer(LogRoot root, KnownFiles known, BlockPool pool, TailOptions options, TimeProvider clock, ILogger log, HandleRoom room)
    {
        (_root, _known, _pool, _options, _clock, _log, _room) = (root, known, pool, options, clock, log, room);
        _status = new(root, Figures, clock);
        _turns = new(options, clock);
        _discovery = new(root, known, options, clock, log, _status, this);
    }

    /// <summary>The state of the root, replaced at each poll.</summary>
    public SourceStatus Status => _status.Current;

    public RootFigures Figures { get; } = new();

    /// <summary>All its files; only to be used between two polls.</summary>
    public IEnumerable<LogFile> Files => _discovery.Files.Concat(_gone);

    /// <summary>Follows the root until <paramref name="stop"/>.</summary>
    /// <param name="readers">Where lines go: all blocks of a file to the same reader.</param>
    /// <param name="exports">Where exports go.</param>
    /// <param name="stop">When to end.</param>
    public async Task RunAsync(IReadOnlyList<ChannelWriter<LogBlock>> readers, ChannelWriter<ExportBlock> exports, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
                if (!await PollAsync(readers, exports, stop))
                    await Task.Delay(UntilTick(), _clock, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Tailers tick at the same moments: hundreds that wake up separately cost more than their work.</summary>
    TimeSpan UntilTick() =>
        TimeSpan.FromTicks(_options.PollInterval.Ticks - (_clock.GetElapsedTime(0).Ticks % _options.PollInterval.Ticks));

    /// <summary>Checks what is due and reads new data, up to a turn.</summary>
    /// <returns>True where more can be read at once.</returns>
    public async Task<bool> PollAsync(IReadOnlyList<ChannelWriter<LogBlock>> readers, ChannelWriter<ExportBlock> exports, CancellationToken stop)
    {
        // While a backlog is read, failed files are retried as often as otherwise.
        if (!_more || _clock.GetElapsedTime(_ticked) >= _options.PollInterval)
        {
            _turns.Tick();
            _ticked = _clock.GetTimestamp();
        }

        _more = false;
        try
        {
            _discovery.Look();
            _given.RemoveAll(g => g.IsClosed);
            _mayGive = MaxGiven - _given.Count;
            _hasUnreadLogs = null;
            foreach (var file in _gone.ToList())
                _more |= await DrainAsync(file, readers, exports, stop);
            _more |= await ReadLiveAsync(readers, exports, stop);
            _more |= await ReadBacklogAsync(readers, exports, stop);
        }
        finally
        {
            _status.Pulse.Answered();
            CloseIdle();
            _inFlight.RemoveWhere(f => f.Committed >= f.Offset || f.Standing == FileStanding.Absent);
            _status.Update(_turns.All.Concat(_gone), _inFlight, _clock.GetUtcNow());
        }

        return _more;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The folder owns its files; a turn only lends one.")]
    async Task<bool> ReadLiveAsync(IReadOnlyList<ChannelWriter<LogBlock>> readers, ChannelWriter<ExportBlock> exports, CancellationToken stop)
    {
        List<LogFile>? again = null;
        for (var n = 0; n < MaxFiles && _turns.TryNextLive(out var file); n++)
            if (await ReadAsync(file, LiveTurn, readers, exports, stop))
                (again ??= []).Add(file);
            else if (file.MayHaveMore)
                _turns.Later(file);
        again?.ForEach(_turns.Add);
        return _turns.HasMore;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The folder owns its files; a turn only lends one.")]
    async Task<bool> ReadBacklogAsync(IReadOnlyList<ChannelWriter<LogBlock>> readers, ChannelWriter<ExportBlock> exports, CancellationToken stop)
    {
        for (var n = 0; n < MaxFiles && _turns.TryNextOfBacklog(out var file); n++)
        {
            if (await ReadAsync(file, BacklogTurn, readers, exports, stop))
            {
                _turns.Add(file);
                break;
            }

            if (file.MayHaveMore)
                _turns.Later(file);
        }

        return _turns.HasMore;
    }

    /// <summary>Reads a file without a name, and closes it at its end.</summary>
    /// <returns>True where more can be read at once; a file that must wait, for example for an earlier one of its name, is tried at the next poll.</returns>
    async Task<bool> DrainAsync(LogFile file, IReadOnlyList<ChannelWriter<LogBlock>> readers, ChannelWriter<ExportBlock> exports, CancellationToken stop)
    {
        var more = await ReadAsync(file, BacklogTurn, readers, exports, stop);
        if (file is { MayHaveMore: true, Handle: not null, Error: null })
            return more;
        _gone.Remove(file);
        LetGo(file);
        return false;
    }

    /// <summary>Queues a file that may have more data.</summary>
    public void Changed(LogFile file) => _turns.Add(file);

    /// <summary>Whether the found file is the one that was read under another name, and not a new one with its inode.</summary>
    public static bool IsRenamed(LogFile file, FoundFile found)
    {
        if (file.Handle is not null)
            return true;
        if (Discovery.IsReborn(file, found))
            return false;
        // For a file that was never opened, and for an export, there is nothing else to compare.
        if (file.Known is not { IsExport: false, Holder: not null } known)
            return found.Size >= file.Size && found.LastWrite >= file.LastWrite;
        return FileIdentity.IsSame(known, found.Path, found.Identity);
    }

    /// <summary>Records the new name: the position is kept.</summary>
    public void Renamed(LogFile file)
    {
        _gone.Remove(file);
        file.GoneAs = int.MaxValue;
        if (file.Known?.Holder == file)
            _known.Renamed(file.Known, _root.Name, file.Name);
        if (file.Tracked is { } tracked)
            file.Reading.Tracked = tracked with { Name = file.Name };
        if (file.Ignored is null)
            return;
        // Its new name may be that of a log.
        (file.Ignored, file.AtEnd) = (null, false);
        Stand(file);
    }

    /// <summary>Updates size and time from the open handle. On a failing share the last known values are kept.</summary>
    public static void Measure(LogFile file)
    {
        try
        {
            file.Size = RandomAccess.GetLength(file.Handle!);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Exchange deletes the oldest file when its folder is full. A file that is open can still be read to its end.</summary>
    public void Gone(LogFile file)
    {
        if (_gone.Contains(file))
            return;
        if (file.Handle is null || file.Error is not null)
        {
            LetGo(file);
            return;
        }

        // It is read once more even if its size is the same: it may have been rewritten to the same length.
        file.AtEnd = false;
        file.GoneAs = _lastGone++;
        _gone.Add(file);
    }

    void LetGo(LogFile file)
    {
        Lost(file, file.Unread);
        Close(file);
        _known.Release(file);
        file.Standing = FileStanding.Absent;
        _status.Set(file, null);
    }

    void Lost(LogFile file, long bytes)
    {
        if (bytes <= 0)
            return;
        _status.LostBytes += bytes;
        Log.LostUnread(_log, file.Path, bytes);
    }

    async Task<bool> ReadAsync(
        LogFile file, int blocks, IReadOnlyList<ChannelWriter<LogBlock>> readers, ChannelWriter<ExportBlock> exports, CancellationToken stop)
    {
        await _room.TurnAsync(stop);
        try
        {
            return await ReadBlocksAsync(file, blocks, readers, exports, stop);
        }
        finally
        {
            if (file.Handle is not null && !_open.Contains(file))
                Keep(file);
            _room.EndTurn();
        }
    }

    /// <summary>Decides whether a file stays open: thousands may have new data at once, and idle ones need not be open.</summary>
    void Keep(LogFile file)
    {
        var isOld = !file.MayHaveMore && _clock.GetUtcNow().UtcDateTime - file.LastWrite > _options.KeepOpen;
        if (!isOld && _open.Count < _options.MaxOpenFiles && _room.TryKeep())
            _open.Add(file);
        else if (!_gone.Contains(file))
            Close(file);
    }

    async Task<bool> ReadBlocksAsync(
        LogFile file, int blocks, IReadOnlyList<ChannelWriter<LogBlock>> readers, ChannelWriter<ExportBlock> exports, CancellationToken stop)
    {
        try
        {
            // Too many are waiting: a later poll hands it over.
            if (_mayGive <= 0 && file.Tracked?.Format.IsExport == true)
                return false;
            _status.Pulse.Ask();
            var isOpen = Open(file);
            _status.Pulse.Answered();
            if (!isOpen)
                return false;
            if (file.Tracked!.Format == LogFormat.Archive && HasUnreadLogs)
                return false;
            if (file.Tracked!.Format.IsExport)
            {
                await GiveAsync(file, exports, stop);
                return false;
            }

            for (var i = 0; i < blocks; i++)
            {
                if (await BlockReading.NextAsync(file, _pool, _options.MaxLineBytes, stop, _status.Pulse) is not { } block)
                {
                    file.WasCaughtUp = true;
                    return false;
                }

                _known.Moved(file.Known!, block);
                await readers[(int)(block.File.Id % readers.Count)].WriteAsync(block, stop);
                _inFlight.Add(file);
                _status.LastRead = _clock.GetUtcNow();
            }

            return true;
        }
        catch (ReplacedException)
        {
            _status.Replaced++;
            Log.Replaced(_log, file.Path, file.Offset);
            Lost(file, file.Reading.VerifiedSize - file.Offset);
            Forget(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (file.Error is null)
                Log.FileUnreadable(_log, file.Path, e.Message);
            Fail(file, e.Message);
            Close(file);
            return false;
        }
    }

    /// <summary>
    /// Archives are history: they wait for the logs, of which they may have copies. A log that was read to its end once is not waited for: on a busy
    /// server it always has new rows.
    /// </summary>
    bool HasUnreadLogs => _hasUnreadLogs ??= ArchivesMustWait(
        _turns.All.Concat(_gone).Count(f => f is { Unread: > 0, WasCaughtUp: false, Error: null } && FolderScan.IsLog(f.FileName))
        + _inFlight.Count(f => !f.WasCaughtUp));

    bool ArchivesMustWait(int logs)
    {
        if (logs == 0)
        {
            (_archivesWaitSince, _archivesWaitedEnough) = (null, false);
            return false;
        }

        _archivesWaitSince ??= _clock.GetTimestamp();
        if (!_archivesWaitedEnough && _clock.GetElapsedTime(_archivesWaitSince.Value) >= ArchivesWait)
        {
            _archivesWaitedEnough = true;
            Log.ArchivesDoNotWait(_log, _root.Folder, (int)ArchivesWait.TotalMinutes, logs);
        }

        return !_archivesWaitedEnough;
    }

    void Fail(LogFile file, string? error)
    {
        if (error == file.Error)
            return;
        file.Error = error;
        Stand(file);
    }

    void Stand(LogFile file)
    {
        file.Standing = file.Ignored is not null ? FileStanding.Ignored : file.Error is not null ? FileStanding.Failed : FileStanding.Good;
        _status.Set(file, file.Ignored?.Why ?? file.Error);
    }

    /// <summary>Hands an export over, unless it was read.</summary>
    async Task GiveAsync(LogFile file, ChannelWriter<ExportBlock> exports, CancellationToken stop)
    {
        if (_mayGive <= 0 || ExportReading.Next(file, _status.ExportPulse) is not { } block)
            return;
        if (_open.Remove(file))
            _room.LetGo();
        _mayGive--;
        _given.Add(block.Whole);
        _known.Moved(file.Known!, block);
        await exports.WriteAsync(block, stop);
        _status.LastRead = _clock.GetUtcNow();
    }

    /// <summary>Opens and identifies the file.</summary>
    /// <returns>False where there is nothing to read yet, or never.</returns>
    bool Open(LogFile file)
    {
        var reading = file.Reading;
        if (reading is { Given.Failure: { } failure, Tracked: not null })
        {
            _known.BrokeOff(file.Known!, failure);
            (reading.Given, reading.Tracked, reading.NotBefore, file.AtEnd) = (null, null, _clock.GetUtcNow() + _options.Settle, false);
            throw new IOException(failure.Reason);
        }

        if (_clock.GetUtcNow() < reading.NotBefore)
            return false;
        reading.Handle ??= FileOpener.Open(file.Path);
        file.Size = RandomAccess.GetLength(reading.Handle);
        Fail(file, null);
        if (reading.Tracked is { } tracked)
        {
            var (device, inode) = FileId.Of(reading.Handle);
            if (device == tracked.Device && inode == tracked.Inode && (!tracked.Format.IsExport || reading.Export == (file.Size, file.LastWrite)))
                return true;
            if (tracked.Format.IsExport)
                // Rewritten, which is normal for exports and not reported like a replaced log.
                reading.Tracked = null;
        }

        var identified = FileIdentity.Identify(file, _root, _known, IsAtRest(file));
        if (identified.Refusal is { } why)
        {
            if (file.Ignored?.Why != why)
                Log.Ignored(_log, file.Path, why);
            file.AtEnd = true;
            file.Ignored = new(why, _clock.GetUtcNow(), file.Size);
            Close(file);
        }
        else
        {
            file.Ignored = null;
        }

        Stand(file);
        if (identified.Mismatch && !file.Replaced)
        {
            _status.Replaced++;
            Log.Replaced(_log, file.Path, file.Offset);
        }

        file.Replaced &= file.Tracked is null;
        return file.Tracked is not null && file.Ignored is null;
    }

    /// <summary>Whether size and modification time have not changed for some polls; an old file counts at once.</summary>
    bool IsAtRest(LogFile file)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        return now - file.ChangedAt >= _options.Settle || now - file.LastWrite > TimeSpan.FromMinutes(1);
    }

    /// <summary>The file has been replaced: it is identified again from its start. It stays open, because its name may be gone.</summary>
    static void Forget(LogFile file)
    {
        file.Reading.Tracked = null;
        file.Reading.Skipping = null;
        file.Replaced = true;
        file.AtEnd = false;
    }

    /// <summary>Closes idle files. Files that are being written stay open, so that they can be read to their end even when they are deleted.</summary>
    void CloseIdle()
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        foreach (var file in _open.Where(f => !f.MayHaveMore && now - f.LastWrite > _options.KeepOpen).ToList())
            Close(file);
    }

    void Close(LogFile file)
    {
        if (_open.Remove(file))
            _room.LetGo();
        file.Close();
        file.Rest();
    }

    public void Dispose()
    {
        foreach (var file in Files.ToList())
            Close(file);
    }
}
