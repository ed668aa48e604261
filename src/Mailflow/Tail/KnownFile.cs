using Mailflow.Pipeline;

namespace Mailflow.Tail;

/// <summary>A position as kept in <see cref="KnownFiles"/>: one per generation of a file. There may be hundreds of thousands.</summary>
sealed class KnownFile(FilePosition position)
{
    const long NoRecords = -1;

    readonly string? _server = position.Server;
    bool _hasHead = position.Head is not null;
    long _head = position.Head ?? 0;
    long _guard = position.Guard;
    readonly long _headerOffset = position.HeaderOffset;
    long _records = position.Records ?? NoRecords;
    SavedSessions? _sessions = position.Sessions;

    public long Id { get; } = position.Id;

    public string Root { get; private set; } = position.Root;

    public string Name { get; private set; } = position.Name;

    public long Device { get; private set; } = position.Device;

    public long Inode { get; private set; } = position.Inode;

    public long HeaderHash { get; } = position.HeaderHash;

    public int Generation { get; } = position.Generation;

    public long Offset { get; private set; } = position.Offset;

    public bool IsExport => _records != NoRecords;

    /// <summary>Whether the file is in its folder, judged by its name.</summary>
    public bool IsPresent { get; set; }

    /// <summary>The opened file that was identified as this one.</summary>
    public LogFile? Holder { get; set; }

    /// <summary>The next one with the same hash of root and name.</summary>
    public KnownFile? NextOfName { get; set; }

    /// <summary>The next one with the same hash of device and inode.</summary>
    public KnownFile? NextOfInode { get; set; }

    public bool IsFile(long device, long inode) => inode != 0 && Inode == inode && Device == device;

    public FilePosition ToPosition() =>
        new(Id, Root, Name, Device, Inode, HeaderHash, Generation, _headerOffset, Offset, _guard, _server, IsExport ? _records : null)
        {
            Head = _hasHead ? _head : null,
            Sessions = _sessions,
        };

    public void Rename(string root, string name) => (Root, Name) = (root, name);

    public void Move(long device, long inode) => (Device, Inode) = (device, inode);

    public void ReadTo(long offset, long guard, long? head)
    {
        (Offset, _guard, _hasHead, _head) = (offset, guard, head is not null, head ?? 0);
        // They belong to the loaded position.
        _sessions = null;
    }

    public void BrokeOff(BrokenOff at) => (Offset, _records) = (at.Offset, at.Records);
}
