namespace Mailflow.Tail;

/// <summary>The positions that the store holds, and the numbers given to files. Shared by all tailers.</summary>
sealed class KnownFiles
{
    readonly Lock _lock = new();
    readonly Dictionary<long, FilePosition> _positions = [];
    readonly IReadOnlySet<string>? _roots;
    long _lastId;

    /// <param name="positions">What the store holds.</param>
    /// <param name="roots">The names of the folders that are configured: under another name stands what was read before a folder was moved or renamed.</param>
    public KnownFiles(IEnumerable<FilePosition> positions, IReadOnlySet<string>? roots = null)
    {
        _roots = roots;
        foreach (var position in positions)
        {
            _positions[position.Id] = position;
            _lastId = Math.Max(_lastId, position.Id);
        }
    }

    public long NextId()
    {
        lock (_lock)
            return ++_lastId;
    }

    /// <summary>
    /// The positions that the file just opened may have; none where it is new. The header must be the same; then the same
    /// inode (a rename), or the same name (a restored or moved folder) decides, and the newest generation first: what the guard says
    /// of each is for the caller to see. A copy under another name is another file: read twice is better than not at all.
    /// </summary>
    public IReadOnlyList<FilePosition> Find(string root, string name, long device, long inode, long headerHash)
    {
        var found = new List<FilePosition>();
        lock (_lock)
            foreach (var position in _positions.Values)
                if (position.HeaderHash == headerHash && (position.Root == root || _roots?.Contains(position.Root) == false) && (position.Name == name || IsFile(position, device, inode)))
                    found.Add(position);
        return [.. found.OrderByDescending(p => IsFile(p, device, inode)).ThenByDescending(p => p.Name == name).ThenByDescending(p => p.Generation)];
    }

    /// <summary>The numbers of those that lie below a folder of a root.</summary>
    public IReadOnlyList<long> Below(string root, string folder)
    {
        lock (_lock)
            return [.. _positions.Values.Where(p => p.Root == root && p.Name.StartsWith(folder + "/", StringComparison.Ordinal)).Select(p => p.Id)];
    }

    /// <summary>An export that is written anew under its name takes the place of the one before.</summary>
    public FilePosition? FindExport(string root, string name)
    {
        lock (_lock)
            return _positions.Values.Where(p => p.Root == root && p.Name == name && p.Records is not null).MaxBy(p => p.Generation);
    }

    static bool IsFile(FilePosition position, long device, long inode) =>
        inode != 0 && position.Inode == inode && position.Device == device;

    /// <summary>The generation for a new file of this name.</summary>
    public int NextGeneration(string root, string name)
    {
        lock (_lock)
        {
            var generation = 0;
            foreach (var position in _positions.Values)
                if (position.Root == root && position.Name == name)
                    generation = Math.Max(generation, position.Generation + 1);
            return generation;
        }
    }

    /// <summary>Remembers how far a file was read, in case it is closed and opened again, or renamed.</summary>
    public void Update(FilePosition position)
    {
        lock (_lock)
            _positions[position.Id] = position;
    }

    /// <summary>These files have been gone for long.</summary>
    public void Forget(IReadOnlyList<long> ids)
    {
        lock (_lock)
            foreach (var id in ids)
                _positions.Remove(id);
    }

    /// <summary>Reading an export broke off there.</summary>
    public void BrokeOff(TrackedFile file, BrokenOff at)
    {
        lock (_lock)
            if (_positions.TryGetValue(file.Id, out var position) && position.HeaderHash == file.HeaderHash)
                _positions[file.Id] = position with { Offset = at.Offset, Records = at.Records };
    }

    /// <summary>The file was read up to here.</summary>
    public void Moved(TrackedFile file, long offset, long guard)
    {
        lock (_lock)
            if (_positions.TryGetValue(file.Id, out var position))
                _positions[file.Id] = position with { Name = file.Name, Offset = offset, Guard = guard };
    }
}
