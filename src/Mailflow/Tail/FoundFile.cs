namespace Mailflow.Tail;

/// <summary>A log file in a folder listing.</summary>
/// <param name="Device">Device and inode; 0 where the system does not show them without opening the file.</param>
readonly record struct FoundFile(string Path, long Device, long Inode, long Size, DateTime LastWrite)
{
    public (long Device, long Inode) Identity => (Device, Inode);

    /// <summary>Creation time in a unit of the system; 0 where the system has none.</summary>
    public long Born { get; init; }

    /// <summary>A pipe, a device, or standard input, which is read once, from its start to its end.</summary>
    public bool IsStream { get; init; }
}
