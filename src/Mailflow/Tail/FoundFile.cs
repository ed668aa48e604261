namespace Mailflow.Tail;

/// <summary>A log file as its folder shows it.</summary>
/// <param name="Device">Device and inode; 0 where the system does not tell without opening it.</param>
readonly record struct FoundFile(string Path, long Device, long Inode, long Size, DateTime LastWrite)
{
    public (long Device, long Inode) Identity => (Device, Inode);

    /// <summary>When it was made, in a unit of the system's; 0 where the system does not tell.</summary>
    public long Born { get; init; }
}
