using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace Mailflow.Tail;

/// <summary>
/// Finds the files in a folder and below it that may be logs, `*.log`, or exports, by <see cref="Exports"/>; whatever the case. An archive beside them (`.gz`, `.zip`)
/// is neither, nor is what is still being written under a name for the time being (`.tmp`, `.partial`).
/// </summary>
static class FolderScan
{
    /// <summary>Folders in folders that are looked into. What lies deeper is hardly meant; a share that contains itself has no end.</summary>
    public const int MaxDepth = 8;

    public static readonly string TooDeep = $"it is more than {MaxDepth} folders deep";

    static readonly EnumerationOptions Options = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

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

    /// <summary>
    /// Adds what is there to <paramref name="files"/>, and to <paramref name="passed"/> what is not looked at: links, which may lead anywhere; folders that lie too deep or
    /// cannot be listed; a pipe or a device that is named like a log, which would block whoever opens it.
    /// </summary>
    /// <returns>Null, or why the folder itself could not be listed, or not whole: then what is missing may still be there.</returns>
    public static string? Find(string folder, List<FoundFile> files, List<PassedOver> passed)
    {
        string? error = null;
        var folders = new Queue<(string Path, int Depth)>([(folder, 0)]);
        while (folders.TryDequeue(out var next))
        {
            // A folder that cannot be listed does not hide its neighbours.
            using var entries = new Entries(next.Path);
            string? failed = null;
            while (entries.MoveNext())
                failed = Look(Path.Combine(next.Path, entries.Current.Name!), entries.Current.IsFolder, next.Depth, files, passed, folders) ?? failed;
            failed ??= entries.Error;
            if (next.Depth == 0)
                error = failed;
            else if (failed is not null && !entries.IsGone)
                passed.Add(new(next.Path, failed, IsUnknown: true));
        }

        return error;
    }

    /// <returns>Why it cannot be told what stands there; null where it can.</returns>
    static string? Look(string path, bool isFolder, int depth, List<FoundFile> files, List<PassedOver> passed, Queue<(string, int)> folders)
    {
        if (!isFolder)
        {
            if (FileId.Find(path, follow: false, out var error, out var other) is { } file)
                files.Add(file);
            if (other is not null)
                passed.Add(new(path, other, IsUnknown: false));
            return error;
        }

        if (depth < MaxDepth)
            folders.Enqueue((path, depth + 1));
        else
            passed.Add(new(path, TooDeep, IsUnknown: false));
        return null;
    }

    /// <summary>What a folder shows: a folder, a file that is known already, or a name that may be a log's or an export's.</summary>
    internal readonly record struct Entry(string? Name, LogFile? File, bool IsFolder);

    /// <summary>Reads a folder. A link is no folder, whatever it leads to. For files that are known no text is made: there may be many.</summary>
    internal sealed class Entries(string folder, Dictionary<string, LogFile>? known = null) : FileSystemEnumerator<Entry>(folder, Options)
    {
        int _error;

        public string? Error => _error == 0 ? null : Marshal.GetPInvokeErrorMessage(_error);

        /// <summary>It was deleted since its own folder showed it: no such file or path, or no folder any more.</summary>
        public bool IsGone => _error is 2 or 3 || (_error == 20 && OperatingSystem.IsLinux());

        protected override bool ShouldIncludeEntry(ref FileSystemEntry entry) => entry.IsDirectory || IsLog(entry.FileName) || IsExport(entry.FileName);

        protected override Entry TransformEntry(ref FileSystemEntry entry)
        {
            if (entry.IsDirectory && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                return new(entry.FileName.ToString(), null, true);
            return known is not null && known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(entry.FileName, out var file) ? new(null, file, false) : new(entry.FileName.ToString(), null, false);
        }

        protected override bool ContinueOnError(int error)
        {
            _error = error;
            return true;
        }
    }
}
