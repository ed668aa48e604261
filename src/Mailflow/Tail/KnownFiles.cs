using Mailflow.Configuration;
using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>The positions from the store, and the numbers of files. Shared by all tailers. No operation on one file visits all of them.</summary>
sealed class KnownFiles
{
    readonly Lock _lock = new();

    /// <summary>By <see cref="NameKey"/>; entries with the same key are chained.</summary>
    readonly Dictionary<long, KnownFile> _byName = [];

    /// <summary>By <see cref="InodeKey"/>; entries with the same key are chained.</summary>
    readonly Dictionary<long, KnownFile> _byInode = [];

    /// <summary>The files in their folders, by device and inode.</summary>
    readonly Dictionary<(long Device, long Inode), LogFile> _holders = [];

    /// <summary>By hash of the header. Made when the first log in an archive is looked up.</summary>
    Dictionary<long, List<KnownFile>>? _byHeader;

    readonly Dictionary<string, LogRoot>? _roots;
    long _lastId;
    int _looks;

    /// <param name="positions">The positions from the store.</param>
    /// <param name="roots">The configured roots: positions under other root names belong to folders that were moved or renamed.</param>
    public KnownFiles(IEnumerable<FilePosition> positions, IReadOnlyList<LogRoot>? roots = null)
    {
        _roots = roots?.ToDictionary(r => r.Name, StringComparer.Ordinal);
        foreach (var position in positions)
            Add(position);
    }

    public long NextId()
    {
        lock (_lock)
            return ++_lastId;
    }

    /// <summary>
    /// The positions that an opened file may have; none where it is new. The header must be equal; then an equal inode (a rename) or an equal
    /// name (a restored or moved folder) decides, newest generation first. The caller checks the guard of each. A copy under another name is
    /// another file: reading twice is better than not reading.
    /// </summary>
    public IReadOnlyList<FilePosition> Find(string root, string name, long device, long inode, long headerHash) =>
        [.. Candidates(root, name, device, inode, headerHash).Select(f => f.ToPosition())];

    /// <summary>See <see cref="Find"/>.</summary>
    public IReadOnlyList<KnownFile> Candidates(string root, string name, long device, long inode, long headerHash)
    {
        List<KnownFile>? found = null;
        lock (_lock)
        {
            Take(_byName.GetValueOrDefault(NameKey(root, name)), byName: true);
            Take(_byName.GetValueOrDefault(NameKey(null, name)), byName: true);
            Take(inode == 0 ? null : _byInode.GetValueOrDefault(InodeKey(device, inode)), byName: false);
            if (found is null)
                return [];
            if (found.Count > 1)
                found = [.. found.OrderByDescending(f => f.IsFile(device, inode)).ThenByDescending(f => f.Name == name).ThenByDescending(f => f.Generation)];
            return found;
        }

        void Take(KnownFile? first, bool byName)
        {
            for (var file = first; file is not null; file = byName ? file.NextOfName : file.NextOfInode)
                if (file.HeaderHash == headerHash
                    && (file.Root == root || IsOrphan(file.Root))
                    && (byName ? file.Name == name : file.IsFile(device, inode))
                    && found?.Contains(file) is not true)
                    (found ??= []).Add(file);
        }
    }

    /// <summary>Headers of logs that are being identified, or read in an archive.</summary>
    readonly HashSet<long> _claimed = [];

    /// <summary>
    /// Of the logs with one header, one at a time is identified: two that are opened at the same moment may be one log. Ends with
    /// <see cref="Unclaim"/>.
    /// </summary>
    /// <returns>False while another one is: this one is tried again later.</returns>
    public bool TryClaim(long headerHash)
    {
        lock (_lock)
            return _claimed.Add(headerHash);
    }

    public void Unclaim(long headerHash)
    {
        lock (_lock)
            _claimed.Remove(headerHash);
    }

    /// <summary>Whether a log in an archive was read.</summary>
    public bool HasPacked { get; private set; }

    /// <summary>The most logs with one header that are compared.</summary>
    const int MostTwins = 16;

    /// <summary>The logs with a header, of any root.</summary>
    public IReadOnlyList<KnownFile> WithHeader(long headerHash)
    {
        lock (_lock)
        {
            if (_byHeader is null)
            {
                _byHeader = [];
                foreach (var file in All())
                    AddHeader(file);
            }

            return [.. _byHeader.GetValueOrDefault(headerHash) ?? []];
        }
    }

    void AddHeader(KnownFile file)
    {
        if (_byHeader is null || file.IsExport)
            return;
        if (!_byHeader.TryGetValue(file.HeaderHash, out var same))
            _byHeader.Add(file.HeaderHash, same = []);
        if (same.Count < MostTwins)
            same.Add(file);
    }

    /// <summary>
    /// Records that a file is in its folder. Its identity is assumed from its name or inode until it is opened.
    /// </summary>
    public void Hold(LogFile file, string root, FoundFile found)
    {
        var name = file.Name;
        lock (_lock)
        {
            if (found.Inode != 0)
                _holders[found.Identity] = file;
            Interlocked.Increment(ref _looks);
            file.Known = Newest(root, name);
            var known = found.Inode == 0 ? null : _byInode.GetValueOrDefault(InodeKey(found.Device, found.Inode));
            for (; known is not null && file.Known is null; known = known.NextOfInode)
                if (known.IsFile(found.Device, found.Inode) && known.Root == root)
                    file.Known = known;
            if (file.Known is not { IsExport: false } expected || expected.Offset > found.Size)
                return;
            expected.IsPresent = true;
            file.Start(0, expected.Offset);
        }
    }

    /// <summary>Records that a file is gone from its folder.</summary>
    public void Release(LogFile file)
    {
        lock (_lock)
        {
            if (_holders.GetValueOrDefault(file.Identity) == file)
                _holders.Remove(file.Identity);
            Interlocked.Decrement(ref _looks);
            if (file.Known is null)
                return;
            file.Known.IsPresent = false;
            if (file.Known.Holder == file)
                file.Known.Holder = null;
        }
    }

    /// <summary>The file in its folder with this device and inode.</summary>
    public LogFile? HolderOf((long Device, long Inode) identity)
    {
        lock (_lock)
            return _holders.GetValueOrDefault(identity);
    }

    /// <summary>The cost of checking all files and folders once, in files.</summary>
    public int Looks => Volatile.Read(ref _looks);

    public void AddLooks(int looks) => Interlocked.Add(ref _looks, looks);

    /// <summary>The numbers of the files in their folders, and of the logs in archives that are there.</summary>
    public HashSet<long> Present()
    {
        lock (_lock)
            return [.. All().Where(f => f.IsPresent || IsInPresentArchive(f)).Select(f => f.Id)];
    }

    bool IsInPresentArchive(KnownFile file) =>
        HasPacked && !file.IsExport && FileIdentity.ArchiveOf(file.Name) is { } archive && Newest(file.Root, archive)?.IsPresent == true;

    /// <summary>The path under another root under which a file was already read and still exists, where it is continued; otherwise null.</summary>
    public string? IsReadElsewhere(string root, long device, long inode)
    {
        List<string>? paths = null;
        lock (_lock)
            for (var file = _byInode.GetValueOrDefault(InodeKey(device, inode)); file is not null; file = file.NextOfInode)
                if (file.Root != root && file.IsFile(device, inode) && _roots?.GetValueOrDefault(file.Root) is { } other)
                    (paths ??= []).Add(Path.Combine(other.Folder, file.Name));
        return paths?.Find(p => FileId.Find(p, follow: false, out _, out _)?.Identity == (device, inode));
    }

    /// <summary>The numbers of the files below a folder of a root.</summary>
    public IReadOnlyList<long> Below(string root, string folder)
    {
        lock (_lock)
            return [.. All().Where(p => p.Root == root && p.Name.StartsWith(folder + "/", StringComparison.Ordinal)).Select(p => p.Id)];
    }

    /// <summary>The last export of this name: a rewritten export replaces it.</summary>
    public KnownFile? FindExport(string root, string name)
    {
        lock (_lock)
            return Newest(root, name, exports: true);
    }

    /// <summary>The generation of a new file of this name.</summary>
    public int NextGeneration(string root, string name)
    {
        lock (_lock)
            return Newest(root, name)?.Generation + 1 ?? 0;
    }

    /// <summary>Adds a position, replacing the one with its number.</summary>
    public KnownFile Update(FilePosition position, KnownFile? before = null)
    {
        lock (_lock)
        {
            if (before is not null)
                Remove(before);
            return Add(position);
        }
    }

    /// <summary>Records that an opened file was identified as this one.</summary>
    public void Adopt(LogFile file, KnownFile known, string root, long device, long inode)
    {
        var name = file.Name;
        lock (_lock)
        {
            if (file.Known is { } before && before != known)
            {
                before.IsPresent = false;
                if (before.Holder == file)
                    before.Holder = null;
            }

            (file.Known, known.Holder, known.IsPresent) = (known, file, true);
            if (known.Root == root && known.Name == name && known.Device == device && known.Inode == inode)
                return;
            Remove(known);
            // Shares one string for the name, because there may be hundreds of thousands.
            known.Rename(root, name);
            known.Move(device, inode);
            Link(known);
        }
    }

    /// <summary>Records the file's new name.</summary>
    public void Renamed(KnownFile file, string root, string name)
    {
        lock (_lock)
        {
            Remove(file);
            file.Rename(root, name);
            Link(file);
        }
    }

    /// <summary>Removes files that have been gone for long.</summary>
    public void Forget(IReadOnlyList<long> ids)
    {
        var forgotten = ids.ToHashSet();
        lock (_lock)
            foreach (var file in All().Where(f => forgotten.Contains(f.Id)).ToList())
            {
                Remove(file);
                _byHeader?.GetValueOrDefault(file.HeaderHash)?.Remove(file);
            }

    }

    /// <summary>Records that reading an export was interrupted at this point.</summary>
    public void BrokeOff(KnownFile file, BrokenOff at)
    {
        lock (_lock)
            file.BrokeOff(at);
    }

    /// <summary>Records how far the file was read.</summary>
    public void Moved(KnownFile file, Block block)
    {
        lock (_lock)
            if (block is LogBlock log)
                file.ReadTo(log.End, log.Guard, log.Head);
            else
                file.ReadTo(block.End, 0, null);
    }

    /// <summary>Root names that are not configured count as one: such a folder may have been renamed to this one.</summary>
    long NameKey(string? root, string name) =>
        ((long)(root is null || IsOrphan(root) ? 0 : root.GetHashCode(StringComparison.Ordinal)) << 32) | (uint)name.GetHashCode(StringComparison.Ordinal);

    static long InodeKey(long device, long inode) => (device * 31) ^ inode;

    bool IsOrphan(string root) => _roots?.ContainsKey(root) == false;

    KnownFile? Newest(string root, string name, bool exports = false)
    {
        KnownFile? newest = null;
        for (var file = _byName.GetValueOrDefault(NameKey(root, name)); file is not null; file = file.NextOfName)
            if (file.Root == root && file.Name == name && (!exports || file.IsExport) && !(newest?.Generation > file.Generation))
                newest = file;
        return newest;
    }

    IEnumerable<KnownFile> All()
    {
        foreach (var first in _byName.Values)
            for (var file = first; file is not null; file = file.NextOfName)
                yield return file;
    }

    KnownFile Add(FilePosition position)
    {
        _lastId = Math.Max(_lastId, position.Id);
        var file = new KnownFile(position);
        Link(file);
        AddHeader(file);
        HasPacked |= !file.IsExport && FileIdentity.IsPacked(file.Name);
        return file;
    }

    void Link(KnownFile file)
    {
        var key = NameKey(file.Root, file.Name);
        file.NextOfName = _byName.GetValueOrDefault(key);
        _byName[key] = file;
        if (file.Inode == 0)
            return;
        key = InodeKey(file.Device, file.Inode);
        file.NextOfInode = _byInode.GetValueOrDefault(key);
        _byInode[key] = file;
    }

    void Remove(KnownFile file)
    {
        Unlink(_byName, NameKey(file.Root, file.Name), file, f => f.NextOfName, (f, next) => f.NextOfName = next);
        if (file.Inode != 0)
            Unlink(_byInode, InodeKey(file.Device, file.Inode), file, f => f.NextOfInode, (f, next) => f.NextOfInode = next);
    }

    static void Unlink(Dictionary<long, KnownFile> index, long key, KnownFile file, Func<KnownFile, KnownFile?> next, Action<KnownFile, KnownFile?> setNext)
    {
        if (!index.TryGetValue(key, out var at))
            return;
        if (at == file && next(file) is null)
            index.Remove(key);
        else if (at == file)
            index[key] = next(file)!;
        else
        {
            while (next(at) is { } following && following != file)
                at = following;
            if (next(at) == file)
                setNext(at, next(file));
        }

        setNext(file, null);
    }
}
