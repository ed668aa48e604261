using Mailflow.Configuration;
using Mailflow.Logging;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>
/// Finds the files of one root, and what became of them. Reading is fast and finding is slow: at each tick only the files are looked at that are
/// being written; whether a folder has other names than before is asked each second; all its files are looked at ever more seldom the more
/// there are in all roots together.
/// </summary>
sealed class Discovery(LogRoot root, KnownFiles known, TailOptions options, TimeProvider clock, ILogger log, TailStatus status, Tailer tailing)
{
    /// <summary>Paths that are passed over, or cannot be listed, and are named; a folder of links would else fill the log.</summary>
    const int MaxNamed = 100;

    /// <summary>Files besides the newest of each series that are looked at at each tick.</summary>
    const int MaxHot = 64;

    /// <summary>Files of all roots together that are looked at in a second, whether they change or not.</summary>
    const double LooksPerSecond = 5000;

    /// <summary>To list a folder costs as much as to look at so many files.</summary>
    const int LooksOfFolder = 10;

    /// <summary>So long after a change a file is looked at at each tick.</summary>
    static readonly TimeSpan StaysHot = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A folder's time of the last change is trusted when it is older than this: two changes within one tick of the file system's clock, which may be two
    /// seconds, have the same time.
    /// </summary>
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    /// <summary>A log of another kind that grows is not looked at at every poll; in its place there may be one of ours some day.</summary>
    static readonly TimeSpan IgnoredFor = TimeSpan.FromMinutes(1);

    readonly LogFolder _top = new(tailing.Figures, root.Folder, "");

    /// <summary>What is looked at at each tick.</summary>
    readonly List<LogFile> _hot = [];

    /// <summary>Files whose names are gone, or are another file's, in this look.</summary>
    readonly List<LogFile> _displaced = [];

    /// <summary>Files that are new in this look, where the system tells no inodes.</summary>
    readonly List<LogFile> _fresh = [];

    /// <summary>Folders that could not be listed, or not whole.</summary>
    readonly SortedDictionary<string, string> _unlisted = new(StringComparer.Ordinal);

    /// <summary>What was named in the log.</summary>
    readonly HashSet<string> _named = new(StringComparer.Ordinal);

    /// <summary>Names whose file has another name now: they may be another file's already.</summary>
    readonly List<(LogFolder Folder, string Name)> _vacated = [];

    /// <summary>Something was seen that only a listing can tell.</summary>
    bool _mustList;

    bool _isFirst = true;

    /// <summary>When all of them were last looked at.</summary>
    long? _allHot;

    public IEnumerable<LogFile> Files => FilesOf(_top);

    /// <summary>Looks at what is due.</summary>
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
        // While nothing is written, the newest of each series need not be looked at at each tick either.
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

    /// <param name="sweep">Whether all its files are to be looked at, not only its names.</param>
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

    /// <summary>A failed look at a folder says nothing about its files: positions and open handles stay as they are.</summary>
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
            // Renamed, or deleted and created anew: the path is another file's now.
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

    /// <summary>A name that was not there before: a new file, one that was renamed, or one more name of a file that is read already.</summary>
    void Add(LogFolder folder, string name, FoundFile found)
    {
        // A listing may show a name twice.
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
        // Windows keeps the size in the folder's entry stale while a writer has the file open: an open handle knows better.
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

    /// <summary>The file has this name now; where it was is known again by nobody.</summary>
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

    /// <summary>Whether the path names another file than it did.</summary>
    static bool IsAnother(LogFile file, FoundFile found)
    {
        if (found.Inode != 0)
            return file.Identity.Inode != 0 && (file.Identity != found.Identity || IsReborn(file, found));
        // Where a folder does not tell inodes, only a file that is open can have been renamed under us: one that is not is told by its header and guard.
        if (file.Handle is null || file.Tracked is not { Inode: not 0 } tracked)
            return false;
        var now = FileId.Of(found.Path);
        return now.Inode != 0 && now != (tracked.Device, tracked.Inode);
    }

    /// <summary>A deleted file's inode was given to a new one. While the file is open, nobody else can have it.</summary>
    public static bool IsReborn(LogFile file, FoundFile found) => file.Handle is null && found.Born != 0 && file.Born != 0 && found.Born != file.Born;

    /// <summary>Whether the name under which a file is read is still this file's.</summary>
    static bool StillNames(LogFile holder, FoundFile found) =>
        FileId.Find(holder.Path, follow: false, out var error, out _) is { } there ? there.Identity == found.Identity && !IsReborn(holder, found) : error is not null;

    /// <summary>Where folders tell no inodes: a file that is open, and whose name is gone, may be one of the new ones.</summary>
    bool TakesPlaceOfFresh(LogFile file)
    {
        if (file.Tracked is not { Inode: not 0 } tracked || _fresh.Find(f => f.Tracked is null && FileId.Of(f.Path) == (tracked.Device, tracked.Inode)) is not { } fresh)
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

    /// <summary>A folder is gone, with all that was in it.</summary>
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

    /// <summary>What is passed over is named in the log once.</summary>
    void PassOver(string path, string why)
    {
        if (_named.Count < MaxNamed && _named.Add(path))
            Log.PassedOver(log, path, why);
    }

    /// <summary>The file is read under another root: it is not read twice. That is said once.</summary>
    void Shared(string path, string otherPath)
    {
        if (status.Share(path, otherPath))
            Log.SharedFile(log, path, otherPath);
    }
}
