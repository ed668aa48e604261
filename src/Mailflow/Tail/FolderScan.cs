using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace Mailflow.Tail;

/// <summary>
/// Finds the files in a folder and below it that may be logs, `*.log`, or exports, by the extensions in <see cref="Exports"/>, ignoring case. The service also
/// sees archives, which it reads, and copies of logs under other names, which it names and does not read; a scan looks into files with any name.
/// </summary>
static class FolderScan
{
    /// <summary>Maximum depth; guards against cyclic mounts.</summary>
    public const int MaxDepth = 8;

    public static readonly string TooDeep = $"it is more than {MaxDepth} folders deep";

    static readonly EnumerationOptions Options = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>Extensions written by PowerShell, Event Viewer, and programs that ship logs.</summary>
    static readonly string[] Exports = [".csv", ".json", ".jsonl", ".ndjson", ".xml", ".clixml", ".evtx"];

    /// <summary>The files with a simulation's true counts, beside its logs; they are no exports.</summary>
    static readonly string[] Truth = ["truth.json", "journeys.jsonl"];

    public static bool IsLog(ReadOnlySpan<char> name) => name.EndsWith(".log", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a file has the name of a log or an export.</summary>
    public static bool IsUsual(ReadOnlySpan<char> name) => IsLog(name) || IsExport(name);

    public static bool IsExport(ReadOnlySpan<char> name)
    {
        foreach (var extension in Exports)
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                return !Truth.Contains(name.ToString(), StringComparer.OrdinalIgnoreCase);
        return false;
    }

    /// <summary>
    /// Adds files to <paramref name="files"/>, and skipped paths to <paramref name="passed"/>: links, which may lead anywhere; folders that
    /// are too deep or cannot be listed; pipes and devices named like a log, which would block whoever opens them.
    /// </summary>
    /// <param name="others">Receives the files with other names; null: they are not looked at.</param>
    /// <returns>Null, or why the folder itself could not be listed completely: then missing files may still exist.</returns>
    public static string? Find(string folder, List<FoundFile> files, List<PassedOver> passed, List<FoundFile>? others = null)
    {
        string? error = null;
        var folders = new Queue<(string Path, int Depth)>([(folder, 0)]);
        while (folders.TryDequeue(out var next))
        {
            // A folder that cannot be listed does not affect its siblings.
            using var entries = new Entries(next.Path, all: others is not null);
            string? failed = null;
            while (entries.MoveNext())
            {
                var (path, isFolder) = (Path.Combine(next.Path, entries.Current.Name!), entries.Current.IsFolder);
                var kind = isFolder || IsLog(path) || IsExport(entries.Current.Name) ? files : others!;
                failed = Look(path, isFolder, next.Depth, kind, passed, folders) ?? failed;
            }

            failed ??= entries.Error;
            if (next.Depth == 0)
                error = failed;
            else if (failed is not null && !entries.IsGone)
                passed.Add(new(next.Path, failed, IsUnknown: true));
        }

        return error;
    }

    /// <returns>Why the path cannot be examined; null where it can.</returns>
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

    /// <summary>An entry of a folder: a subfolder, a known file, or the name of a possible log or export.</summary>
    internal readonly record struct Entry(string? Name, LogFile? File, bool IsFolder);

    /// <summary>Lists a folder. Links are not folders. Known files are returned without allocating their names, because there may be many.</summary>
    /// <param name="all">Whether files with other names are returned too.</param>
    internal sealed class Entries(string folder, Dictionary<string, LogFile>? known = null, bool all = false) : FileSystemEnumerator<Entry>(folder, Options)
    {
        int _error;

        public string? Error => _error == 0 ? null : Marshal.GetPInvokeErrorMessage(_error);

        /// <summary>The folder was deleted after its parent was listed: no such file or path, or no longer a folder.</summary>
        public bool IsGone => _error is 2 or 3 || (_error == 20 && OperatingSystem.IsLinux());

        protected override bool ShouldIncludeEntry(ref FileSystemEntry entry) =>
            all || entry.IsDirectory || IsUsual(entry.FileName) || (known is not null && NoLog.IsNamedLike(entry.FileName));

        protected override Entry TransformEntry(ref FileSystemEntry entry)
        {
            if (entry.IsDirectory && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                return new(entry.FileName.ToString(), null, true);
            return known is not null && known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(entry.FileName, out var file)
                ? new(null, file, false)
                : new(entry.FileName.ToString(), null, false);
        }

        protected override bool ContinueOnError(int error)
        {
            _error = error;
            return true;
        }
    }
}
