namespace Mailflow.Tail;

/// <summary>The positions that the store holds, and the numbers given to files. Shared by all tailers.</summary>
sealed class KnownFiles
{
    readonly Lock _lock = new();
    readonly Dictionary<long, FilePosition> _positions = [];
    long _lastId;

    public KnownFiles(IEnumerable<FilePosition> positions)
    {
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
    /// The position of the file just opened, and null where it is new. The header must be the same; then the same
    /// inode (a rename), or the same name (a restored or moved folder) decides. A copy under another name is another file:
    /// read twice is better than not at all.
    /// </summary>
    public FilePosition? Find(string root, string name, long device, long inode, long headerHash)
    {
        lock (_lock)
        {
            FilePosition? found = null;
            foreach (var position in _positions.Values)
            {
                if (position.HeaderHash != headerHash || position.Root != root)
                    continue;
                var sameName = position.Name == name;
                var sameFile = inode != 0 && position.Inode == inode && position.Device == device;
                if ((sameName || sameFile) && (found is null || position.Generation > found.Generation || (sameFile && sameName)))
                    found = position;
            }

            return found;
        }
    }

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

    /// <summary>The file was read up to here.</summary>
    public void Moved(TrackedFile file, long offset, long guard)
    {
        lock (_lock)
            if (_positions.TryGetValue(file.Id, out var position))
                _positions[file.Id] = position with { Name = file.Name, Offset = offset, Guard = guard };
    }
}
