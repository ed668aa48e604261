using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Tracing;
using Mailflow.Analysis.Tracing.Index;
using Mailflow.Archives;
using Mailflow.Scan;
using Mailflow.Tail;
using Microsoft.Win32.SafeHandles;

namespace Mailflow.Trace;

/// <summary>Searches log files and folders without a store.</summary>
static class TraceFiles
{
    /// <summary>A search in some paths.</summary>
    /// <param name="paths">Files, folders, wildcards, or SERVER=FOLDER.</param>
    /// <param name="open">Opens a file; null: as usual.</param>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The search closes the archives.")]
    public static TraceSearch In(
        IReadOnlyList<string> paths, SearchLimits limits, TimeProvider clock, Func<string, SafeFileHandle>? open = null)
    {
        var (notes, archives) = (new TraceNotes(), new OpenArchives());
        return new([.. paths.Select(p => new TraceRoot(p, n => List(p, archives, n)))], Plan, limits, clock, notes, open, archives);

        Func<TraceRoot, IEnumerable<TracePart>> Plan(TraceQuery query, IReadOnlyList<KeyProbe>? probes) => root => root.Files(notes).Select(f => All(f, query));
    }

    /// <summary>All of a file. Without a text to look for, each row must be read: then the newest are read first.</summary>
    public static TracePart All(TraceFile file, TraceQuery query) =>
        TracePart.Whole(file) with { Backwards = IsBackwards(query) && !file.IsPacked };

    /// <summary>Whether each row must be read, because there is no text to look for.</summary>
    public static bool IsBackwards(TraceQuery query) => query.Needles is null && query.Messages is null;

    /// <summary>The log files of a path.</summary>
    /// <exception cref="FileNotFoundException">The path does not exist.</exception>
    static List<TraceFile> List(string typed, OpenArchives archives, TraceNotes notes)
    {
        var files = new List<TraceFile>();
        foreach (var path in Expand(typed))
            if (Directory.Exists(path))
            {
                var others = new List<FoundFile>();
                files.AddRange(Folder(path, notes, others).Where(notes.IsNew).Select(f => new TraceFile(f.Path, f.Size, f.LastWrite, null)));
                files.AddRange(others.Where(notes.IsNew).SelectMany(f => PackedLogs.In(f, isNamed: false, archives, notes)));
            }
            else if (FileId.Find(Path.GetFullPath(path), follow: true, out var fault, out var other) is { } file)
                files.AddRange(notes.IsNew(file) ? PackedLogs.In(file, isNamed: true, archives, notes) : []);
            else if ((fault ?? other) is { } why)
                notes.Add($"{path} cannot be read: {why.TrimEnd('.')}.");
            else
                throw new FileNotFoundException($"{path} does not exist: expected a log file or a folder of logs.", path);
        return PackedLogs.WithoutCopies(files, archives, notes);
    }

    /// <summary>The logs in a folder and below it.</summary>
    /// <param name="others">Receives archives and files with other names; null: they are not searched.</param>
    public static IEnumerable<FoundFile> Folder(string path, TraceNotes notes, List<FoundFile>? others = null)
    {
        var (found, passed) = (new List<FoundFile>(), new List<PassedOver>());
        if (FolderScan.Find(path, found, passed, others) is { } error)
            notes.Add($"{path} cannot be listed: {error.TrimEnd('.')}.");
        foreach (var unknown in passed.Where(p => p.IsUnknown))
            notes.Add($"{unknown.Path} cannot be listed: {unknown.Why.TrimEnd('.')}.");
        return found.Where(f => FolderScan.IsLog(f.Path));
    }

    static IReadOnlyList<string> Expand(string path) =>
        Wildcards.Expand(path) is { Count: > 0 } found
            ? found
            : throw new FileNotFoundException($"{path} matches nothing: expected log files or folders with them.", path);
}
