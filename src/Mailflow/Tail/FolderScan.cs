using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace Mailflow.Tail;

/// <summary>A log file as its folder shows it.</summary>
/// <param name="Device">Device and inode; 0 where the system does not tell without opening it.</param>
readonly record struct FoundFile(string Path, long Device, long Inode, long Size, DateTime LastWrite)
{
    public (long Device, long Inode) Identity => (Device, Inode);
}

/// <summary>
/// Finds the files in a folder and below it that may be logs, `*.log`, or exports, by <see cref="Exports"/>; whatever the case. An archive beside them (`.gz`, `.zip`)
/// is neither, nor is what is still being written under a name for the time being (`.tmp`, `.partial`).
/// </summary>
static class FolderScan
{
    static readonly EnumerationOptions Options = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 8,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>What PowerShell and Event Viewer write.</summary>
    static readonly string[] Exports = [".csv", ".json", ".xml", ".clixml", ".evtx"];

    /// <summary>What a simulation says of itself lies beside its logs, and is for another reader.</summary>
    const string Truth = "truth.json";

    public static bool IsLog(ReadOnlySpan<char> name) => name.EndsWith(".log", StringComparison.OrdinalIgnoreCase);

    static bool IsExport(ReadOnlySpan<char> name)
    {
        foreach (var extension in Exports)
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                return !name.Equals(Truth, StringComparison.OrdinalIgnoreCase);
        return false;
    }

    /// <summary>Adds what is there to <paramref name="files"/>. A pipe or a device that is named like a log is left out: it would block whoever opens it.</summary>
    /// <returns>Null, or why some or all of it could not be listed: then what is missing from the list may still be there.</returns>
    public static string? Find(string folder, List<FoundFile> files)
    {
        using var paths = new Enumerator(folder);
        string? first = null;
        while (paths.MoveNext())
        {
            if (FileId.Find(paths.Current, out var error) is { } file)
                files.Add(file);
            first ??= error;
        }

        return paths.Error ?? first;
    }

    /// <summary>The path below the folder with `/`, the same on every system.</summary>
    public static string NameOf(string folder, string path) => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>A folder that cannot be listed does not hide its neighbours.</summary>
    sealed class Enumerator(string folder) : FileSystemEnumerator<string>(folder, Options)
    {
        public string? Error { get; private set; }

        protected override bool ShouldIncludeEntry(ref FileSystemEntry entry) =>
            !entry.IsDirectory && (IsLog(entry.FileName) || IsExport(entry.FileName));

        protected override string TransformEntry(ref FileSystemEntry entry) => entry.ToFullPath();

        protected override bool ContinueOnError(int error)
        {
            Error = Marshal.GetPInvokeErrorMessage(error);
            return true;
        }
    }
}
