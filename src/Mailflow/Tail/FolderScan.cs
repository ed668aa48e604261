using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace Mailflow.Tail;

/// <summary>A log file as its folder shows it.</summary>
/// <param name="Device">Device and inode; 0 where the system does not tell without opening it.</param>
readonly record struct FoundFile(string Path, long Device, long Inode, long Size, DateTime LastWrite)
{
    public (long Device, long Inode) Identity => (Device, Inode);
}

/// <summary>Finds the logs in a folder and below it: every `*.log` file, whatever the case; an archive beside it (`.gz`, `.zip`) is not one.</summary>
static class FolderScan
{
    static readonly EnumerationOptions Options = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 8,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>Adds what is there to <paramref name="files"/>. A pipe or a device that is named like a log is left out: it would block whoever opens it.</summary>
    /// <returns>Null, or why some or all of it could not be listed: then what is missing from the list may still be there.</returns>
    public static string? Find(string folder, List<FoundFile> files)
    {
        using var paths = new Enumerator(folder);
        while (paths.MoveNext())
            if (FileId.Find(paths.Current) is { } file)
                files.Add(file);
        return paths.Error;
    }

    /// <summary>The path below the folder with `/`, the same on every system.</summary>
    public static string NameOf(string folder, string path) => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>A folder that cannot be listed does not hide its neighbours.</summary>
    sealed class Enumerator(string folder) : FileSystemEnumerator<string>(folder, Options)
    {
        public string? Error { get; private set; }

        protected override bool ShouldIncludeEntry(ref FileSystemEntry entry) =>
            !entry.IsDirectory && entry.FileName.EndsWith(".log", StringComparison.OrdinalIgnoreCase);

        protected override string TransformEntry(ref FileSystemEntry entry) => entry.ToFullPath();

        protected override bool ContinueOnError(int error)
        {
            Error = Marshal.GetPInvokeErrorMessage(error);
            return true;
        }
    }
}
