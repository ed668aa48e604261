using Mailflow.Configuration;
using Mailflow.Logging;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>
/// Finds the files of one root, and detects renames, replacements and deletions. Only files that are being written are checked at each tick.
/// Each folder is checked once a second for changed names. All files are checked more rarely the more there are in all roots together.
/// </summary>
sealed class Discovery(LogRoot root, KnownFiles known, TailOptions options, TimeProvider clock, ILogger log, TailStatus status, Tailer tailing)
{
    /// <summary>How many skipped or unlistable paths are logged: a folder full of links would otherwise fill the log.</summary>
    const int MaxNamed = 100;

    /// <summary>Files, besides the newest of each series, that are checked at each tick.</summary>
    const int MaxHot = 64;

    /// <summary>Files of all roots together that are checked per second, whether they change or not.</summary>
    const double LooksPerSecond = 5000;

    /// <summary>Listing a folder costs as much as checking this many files.</summary>
    const int LooksOfFolder = 10;

    /// <summary>How long after a change a file is checked at each tick.</summary>
    static readonly TimeSpan StaysHot = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A folder's modification time is trusted when it is older than this: two changes within one tick of the file system's clock, which may
    /// be two seconds, have the same time.
    /// </summary>
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    /// <summary>A log of another kind that grows is not looked at at every poll; in its place there may be one of ours some day.</summary>
    static readonly TimeSpan IgnoredFor = TimeSpan.FromMinutes(1);

    readonly LogFolder _top = new(tailing.Figures, root.Folder, "");

    /// <summary>The files checked at each tick.</summary>
    readonly List<LogFile> _hot = [];

    /// <summary>Files whose names were deleted or now belong to another file, in this scan.</summary>
    readonly List<LogFile> _displaced = [];

    /// <summary>Files that are new in this scan, on systems without inodes.</summary>
    readonly List<LogFile> _fresh = [];

    /// <summary>Folders that could not be listed completely.</summary>
    readonly SortedDictionary<string, string> _unlisted = new(StringComparer.Ordinal);

    /// <summary>Paths that were logged.</summary>
    readonly HashSet<string> _named = new(StringComparer.Ordinal);

    /// <summary>Old names of renamed files: another file may already have them.</summary>
    readonly List<(LogFolder Folder, string Name)> _vacated = [];

    /// <summary>A change was seen that requires a listing.</summary>
    bool _mustList;

    bool _isFirst = true;

    /// <summary>When all of them were last checked.</summary>
    long? _allHot;

    public IEnumerable<LogFile> Files => FilesOf(_top);

    /// <summary>Checks whatever is due.</summary>
    public void Look()
    {
        status.Pulse.Ask();
        LookAtHot();
        Look(_top);
        _mustList = false;
        _isFirst = false;
        string? failed = null;
        foreach (var (folder, name) in _vacated.ToList())
            if (!folder.Files.ContainsKey(name))
                LookAtNew(folder, name, ref failed);
        _vacated.Clear();
        foreach (var file in _displaced)
            if (file.Standing != FileStanding.Absent && !(file.Identity.Inode == 0 && TakesPlaceOfFresh(file)))
                tailing.Gone(file);
        _displaced.Clear();
        _fresh.Clear();
        status.Unlisted = [.. _unlisted.Select(u => new UnlistedFolder(u.Key, u.Value))];
        status.Pulse.Answered();
    }

    void LookAtHot()
    {
        var now = clock.GetUtcNow().UtcDateTime;
        // While nothing is written, the newest file of each series is not checked at each tick either.
        var all = _allHot is not { } then || clock.GetElapsedTime(then) >= options.ListInterval;
        if (all)
            _allHot = clock.GetTimestamp();
        var kept = 0;
        for (var i = 0; i < _hot.Count; i++)
        {
            var file = _hot[i];
            var isNewest = file.Series?.Newest == file;
            if (isNewest && !all && now - file.ChangedAt > StaysHot)
            {
                _hot[kept++] = file;
                continue;
            }

            if (file.Standing == FileStanding.Absent || (!isNewest && now - file.ChangedAt > StaysHot))
            {
                file.IsHot = false;
                continue;
            }

            _hot[kept++] = file;
            status.Pulse.Ask();
            if (FileId.Find(file.Path, follow: false, out var error, out _) is not { } found)
                _mustList |= error is null;
            else if (IsAnother(file, found))
                _mustList = true;
            else
                See(file, found);
        }

        _hot.RemoveRange(kept, _hot.Count - kept);
        if (_hot.Count <= 2 * MaxHot)
            return;
        foreach (var file in _hot.Where(f => f.Series?.Newest != f).OrderByDescending(f => f.ChangedAt).Skip(MaxHot).ToList())
            file.IsHot = false;
        _hot.RemoveAll(f => !f.IsHot);
    }

    void Look(LogFolder folder)
    {
        if (!IsDue(folder, out var sweep))
        {
            foreach (var below in folder.Folders.Values.ToList())
                Look(below);
            return;
        }

        List(folder, sweep);
        if (folder.Error is not null)
            return;
        foreach (var below in folder.Folders.Values.ToList())
            Look(below);
    }

    /// <param name="sweep">Whether all its files are due, not only its names.</param>
    bool IsDue(LogFolder folder, out bool sweep)
    {
        var now = clock.GetTimestamp();
        sweep = folder.SweptAt is not { } swept || clock.GetElapsedTime(swept, now) >= SweepInterval;
        if (!sweep && !_mustList && folder.LookedAt is { } looked && clock.GetElapsedTime(looked, now) < options.ListInterval)
            return false;
        folder.LookedAt = now;
        status.Pulse.Ask();
        var written = FileId.FolderWritten(folder.Path);
        if (written != folder.Written)
            (folder.Written, folder.WrittenSeen) = (written, now);
        if (!sweep && !_mustList && written != default && folder.Error is null && clock.GetElapsedTime(folder.WrittenSeen, folder.ListedAt) >= Settled)
            return false;
        folder.ListedAt = now;
        if (sweep)
            folder.SweptAt = now;
        return true;
    }

    TimeSpan SweepInterval
    {
        get
        {
            var needed = TimeSpan.FromSeconds(known.Looks / LooksPerSecond);
            return needed < options.MaxSweepInterval ? needed : options.MaxSweepInterval;
        }
    }

    /// <summary>A failed listing does not change the files: positions and open handles are kept.</summary>
    void List(LogFolder folder, bool sweep)
    {
        folder.Listing++;
        string? failed = null;
        var names = new List<string>();
        var folders = new HashSet<string>(StringComparer.Ordinal);
        bool isGone;
        using (var entries = new FolderScan.Entries(folder.Path, folder.Files))
        {
            for (status.Pulse.Ask(); entries.MoveNext(); status.Pulse.Ask())
            {
                var entry = entries.Current;
                if (entry.IsFolder)
                    folders.Add(entry.Name!);
                else if (entry.File is { } file)
                    file.Listing = folder.Listing;
                else
                    names.Add(entry.Name!);
            }

            failed = entries.Error;
            isGone = entries.IsGone;
        }

        if (sweep)
            foreach (var file in folder.Files.Values.ToList())
                if (file.Listing == folder.Listing)
                    LookAt(file, ref failed);
        names.Sort(StringComparer.Ordinal);
        foreach (var name in names)
            LookAtNew(folder, name, ref failed);
        foreach (var name in folders)
            Enter(folder, name);

        Tell(folder, failed, isGone);
        if (failed is null)
        {
            foreach (var file in folder.Files.Values.Where(f => f.Listing != folder.Listing).ToList())
                Displace(file);
            foreach (var below in folder.Folders.Values.Where(f => !folders.Contains(System.IO.Path.GetFileName(f.Path))).ToList())
                Leave(folder, below);
        }

        if (_isFirst || folder.Listing == 1)
            foreach (var series in folder.Series)
                series.Start(folder.Files.Values.Where(f => f.Series == series), clock.GetUtcNow().UtcDateTime);
        else
            foreach (var series in folder.Series.Where(s => s.Newest is null))
                series.Newest = folder.Files.Values.Where(f => f.Series == series).MaxBy(f => f.LastWrite);
        foreach (var series in folder.Series)
            if (series.Newest is { IsHot: false } newest)
                MakeHot(newest);
    }

    void Tell(LogFolder folder, string? failed, bool isGone)
    {
        if (folder.Depth == 0)
        {
            status.Missing = failed is not null && !Directory.Exists(root.Folder);
            if (failed is not null && status.Error is null)
                Log.RootUnreadable(log, root.Folder, failed);
            if (failed is null && status.Error is not null)
                Log.RootReadable(log, root.Folder);
            status.Error = failed;
        }
        else if (failed is null || isGone)
        {
            _unlisted.Remove(folder.Name);
        }
        else
        {
            if (!_unlisted.ContainsKey(folder.Name) && _unlisted.Count < MaxNamed)
                Log.FolderUnreadable(log, folder.Path, failed);
            _unlisted[folder.Name] = failed;
        }

        folder.Error = failed;
    }

    void LookAt(LogFile file, ref string? failed)
    {
        status.Pulse.Ask();
        var found = FileId.Find(file.Path, follow: false, out var error, out var other);
        failed = error ?? failed;
        if (other is not null)
            PassOver(file.Path, other);
        if (found is null)
        {
            if (error is null)
                Displace(file);
        }
        else if (IsAnother(file, found.Value))
        {
            // Renamed, or deleted and created again: the path belongs to another file now.
            Displace(file);
            Add(file.Folder, file.FileName, found.Value);
        }
        else
        {
            See(file, found.Value);
        }
    }

    void LookAtNew(LogFolder folder, string name, ref string? failed)
    {
        status.Pulse.Ask();
        var path = System.IO.Path.Combine(folder.Path, name);
        var found = FileId.Find(path, follow: false, out var error, out var other);
        failed = error ?? failed;
        if (other is not null)
            PassOver(path, other);
        if (found is not null)
            Add(folder, name, found.Value);
    }

    /// <summary>Adds a name that is new in the folder: a new file, a renamed one, or another hard link of a known file.</summary>
    void Add(LogFolder folder, string name, FoundFile found)
    {
        // A listing may contain a name twice.
        if (folder.Files.TryGetValue(name, out var file))
        {
            file.Listing = folder.Listing;
            See(file, found);
            return;
        }

        if (found.Inode != 0 && known.HolderOf(found.Identity) is { Standing: not FileStanding.Absent } holder)
        {
            if (StillNames(holder, found))
            {
                if (holder.Folder.Figures != tailing.Figures)
                    Shared(System.IO.Path.Combine(folder.Path, name), holder.Path);
                return;
            }

            if (holder.Folder.Figures == tailing.Figures && Tailer.IsRenamed(holder, found))
            {
                Rename(holder, folder, name);
                See(holder, found);
                return;
            }
        }

        if (found.Inode != 0 && known.IsReadElsewhere(root.Name, found.Device, found.Inode) is { } elsewhere)
        {
            Shared(System.IO.Path.Combine(folder.Path, name), elsewhere);
            return;
        }

        file = new(folder, name) { Listing = folder.Listing, Series = folder.SeriesOf(name) };
        folder.Files.Add(name, file);
        known.Hold(file, root.Name, found);
        file.Standing = FileStanding.Good;
        if (found.Inode == 0)
            _fresh.Add(file);
        See(file, found);
    }

    void See(LogFile file, FoundFile found)
    {
        var now = clock.GetUtcNow();
        var size = file.ChangedAt == default && (_isFirst || file.Folder.Listing == 1) ? found.Size : file.Size;
        var changed = file.See(found, now.UtcDateTime);
        // Windows does not update the size in the folder's entry while a writer has the file open: an open handle has the current size.
        if (OperatingSystem.IsWindows() && file.Handle is not null)
            Tailer.Measure(file);
        file.LookAgain = file.Ignored is { } refusal && (file.Size < refusal.Size || now - refusal.At > IgnoredFor);
        if (changed)
        {
            file.Series!.Append(file.Size - size, now.UtcDateTime);
            if (file.Series.Newest is null || file.Series.Newest.LastWrite <= file.LastWrite)
                file.Series.Newest = file;
            MakeHot(file);
        }

        if (file.MayHaveMore)
            tailing.Changed(file);
    }

    void MakeHot(LogFile file)
    {
        if (file.IsHot)
            return;
        file.IsHot = true;
        _hot.Add(file);
    }

    void Displace(LogFile file)
    {
        if (file.Folder.Files.GetValueOrDefault(file.FileName) == file)
            file.Folder.Files.Remove(file.FileName);
        if (file.Series?.Newest == file)
            file.Series.Newest = null;
        _displaced.Add(file);
    }

    /// <summary>Gives the file its new name; its old name belongs to no known file.</summary>
    void Rename(LogFile file, LogFolder folder, string name)
    {
        if (file.Folder.Files.GetValueOrDefault(file.FileName) == file)
            file.Folder.Files.Remove(file.FileName);
        if (file.Series?.Newest == file)
            file.Series.Newest = null;
        _displaced.Remove(file);
        _vacated.Add((file.Folder, file.FileName));
        (file.Folder, file.FileName, file.Series, file.Listing) = (folder, name, folder.SeriesOf(name), folder.Listing);
        folder.Files[name] = file;
        tailing.Renamed(file);
    }

    /// <summary>Whether the path now belongs to another file.</summary>
    static bool IsAnother(LogFile file, FoundFile found)
    {
        if (found.Inode != 0)
            return file.Identity.Inode != 0 && (file.Identity != found.Identity || IsReborn(file, found));
        // Where a listing has no inodes, only an open file can be detected as renamed; a closed one is identified by its header and guard when opened.
        if (file.Handle is null || file.Tracked is not { Inode: not 0 } tracked)
            return false;
        var now = FileId.Of(found.Path);
        return now.Inode != 0 && now != (tracked.Device, tracked.Inode);
    }

    /// <summary>Whether a new file got the inode of a deleted one. Not possible while the file is open.</summary>
    public static bool IsReborn(LogFile file, FoundFile found) => file.Handle is null && found.Born != 0 && file.Born != 0 && found.Born != file.Born;

    /// <summary>Whether the name under which a file is read still belongs to it.</summary>
    static bool StillNames(LogFile holder, FoundFile found) =>
        FileId.Find(holder.Path, follow: false, out var error, out _) is { } there
            ? there.Identity == found.Identity && !IsReborn(holder, found)
            : error is not null;

    /// <summary>Where listings have no inodes: an open file whose name is gone may be one of the new files.</summary>
    bool TakesPlaceOfFresh(LogFile file)
    {
        if (file.Tracked is not { Inode: not 0 } tracked
            || _fresh.Find(f => f.Tracked is null && FileId.Of(f.Path) == (tracked.Device, tracked.Inode)) is not { } fresh)
            return false;
        fresh.Folder.Files.Remove(fresh.FileName);
        fresh.Standing = FileStanding.Absent;
        var found = new FoundFile(fresh.Path, 0, 0, fresh.Size, fresh.LastWrite);
        (file.Folder, file.FileName, file.Series, file.Listing) = (fresh.Folder, fresh.FileName, fresh.Series, fresh.Listing);
        file.Folder.Files[file.FileName] = file;
        tailing.Renamed(file);
        See(file, found);
        return true;
    }

    void Enter(LogFolder folder, string name)
    {
        if (folder.Folders.ContainsKey(name))
            return;
        var path = System.IO.Path.Combine(folder.Path, name);
        if (folder.Depth < FolderScan.MaxDepth)
        {
            folder.Folders.Add(name, new(tailing.Figures, path, folder.Name.Length == 0 ? name : $"{folder.Name}/{name}", folder.Depth + 1));
            known.AddLooks(LooksOfFolder);
        }
        else
            PassOver(path, FolderScan.TooDeep);
    }

    /// <summary>Removes a deleted folder and its files.</summary>
    void Leave(LogFolder folder, LogFolder below)
    {
        foreach (var file in FilesOf(below).ToList())
            Displace(file);
        foreach (var name in _unlisted.Keys.Where(n => n == below.Name || n.StartsWith(below.Name + "/", StringComparison.Ordinal)).ToList())
            _unlisted.Remove(name);
        folder.Folders.Remove(System.IO.Path.GetFileName(below.Path));
        known.AddLooks(-LooksOfFolder);
    }

    static IEnumerable<LogFile> FilesOf(LogFolder folder) => folder.Files.Values.Concat(folder.Folders.Values.SelectMany(FilesOf));

    /// <summary>Logs a skipped path once.</summary>
    void PassOver(string path, string why)
    {
        if (_named.Count < MaxNamed && _named.Add(path))
            Log.PassedOver(log, path, why);
    }

    /// <summary>The file is already read under another root and is not read twice. Logged once.</summary>
    void Shared(string path, string otherPath)
    {
        if (status.Share(path, otherPath))
            Log.SharedFile(log, path, otherPath);
    }
}
