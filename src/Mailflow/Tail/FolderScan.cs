namespace Mailflow.Tail;

/// <summary>Finds the logs in a folder and below it.</summary>
static class FolderScan
{
    static readonly EnumerationOptions Options = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 8,
        MatchCasing = MatchCasing.CaseInsensitive,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>Every `*.log` file; an archive beside it (`.gz`, `.zip`) is not one.</summary>
    public static IEnumerable<FileInfo> Logs(string folder) => new DirectoryInfo(folder).EnumerateFiles("*.log", Options);

    /// <summary>The path below the folder with `/`, the same on every system.</summary>
    public static string NameOf(string folder, string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');

    /// <summary>A pipe or a device that is named like a log would block whoever opens it.</summary>
    public static bool IsRegularFile(string path) => FileId.IsRegular(path);
}
