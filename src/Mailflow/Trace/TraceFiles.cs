using Mailflow.Scan;
using Mailflow.Tail;

namespace Mailflow.Trace;

/// <summary>Finds the log files to search.</summary>
static class TraceFiles
{
    /// <summary>The log files of some paths, newest first.</summary>
    /// <param name="paths">Files, folders, wildcards, or SERVER=FOLDER.</param>
    /// <param name="since">Files that were last written a day before this are left out; clocks differ by less.</param>
    /// <param name="incomplete">Receives what could not be listed, each in a sentence.</param>
    /// <exception cref="FileNotFoundException">A path does not exist.</exception>
    public static List<TraceFile> Find(IReadOnlyList<string> paths, DateTime? since, List<string> incomplete)
    {
        var files = new List<FoundFile>();
        foreach (var path in paths.SelectMany(Expand))
        {
            var (found, passed) = (new List<FoundFile>(), new List<PassedOver>());
            if (Directory.Exists(path))
            {
                if (FolderScan.Find(path, found, passed) is { } error)
                    incomplete.Add($"{path} cannot be listed: {error.TrimEnd('.')}.");
                incomplete.AddRange(passed.Where(p => p.IsUnknown).Select(p => $"{p.Path} cannot be listed: {p.Why.TrimEnd('.')}."));
                files.AddRange(found.Where(f => FolderScan.IsLog(f.Path)));
            }
            else if (FileId.Find(Path.GetFullPath(path), follow: true, out var fault, out var other) is { } file)
            {
                files.Add(file);
            }
            else if ((fault ?? other) is { } why)
            {
                incomplete.Add($"{path} cannot be read: {why.TrimEnd('.')}.");
            }
            else
            {
                throw new FileNotFoundException($"{path} does not exist: expected a log file or a folder of logs.", path);
            }
        }

        return
        [
            .. files.DistinctBy(f => f.Inode == 0 ? (f.Path, 0L, 0L) : ("", f.Device, f.Inode))
                .Where(f => since is not { } from || f.LastWrite == default || f.LastWrite.ToUniversalTime() >= from.AddDays(-1))
                .OrderByDescending(f => f.LastWrite).ThenBy(f => f.Path, StringComparer.Ordinal)
                .Select(f => new TraceFile(f.Path, f.Size, null)),
        ];
    }

    static IReadOnlyList<string> Expand(string path) =>
        Wildcards.Expand(path) is { Count: > 0 } found
            ? found
            : throw new FileNotFoundException($"{path} matches nothing: expected log files or folders with them.", path);
}
