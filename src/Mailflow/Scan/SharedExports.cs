using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.TrackingExports;
using Mailflow.Pipeline;
using Mailflow.Tail;

namespace Mailflow.Scan;

/// <summary>Collects the rows of the exports of a scan before anything is counted, so that a row counts once if several files have it.</summary>
static class SharedExports
{
    /// <summary>Null if no export of message tracking is among the files, or nothing else.</summary>
    public static SharedRows? Collect(IReadOnlyList<FoundFile> files, TimeZoneInfo? zone, CancellationToken stop)
    {
        if (files.Count < 2)
            return null;
        SharedRows? shared = null;
        foreach (var file in files.Where(f => !FolderScan.IsLog(f.Path)))
            try
            {
                Collect(file, ref shared, zone, stop);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The scan itself reports it.
            }

        return shared;
    }

    static void Collect(FoundFile file, ref SharedRows? shared, TimeZoneInfo? zone, CancellationToken stop)
    {
        var bytes = new FileBytes(FileOpener.Open(file.Path));
        using var whole = new WholeFile(bytes, bytes.Length);
        var head = new byte[NoLog.HeadLength];
        if (LogFormat.OfExport(head[..bytes.ReadAll(head, 0)], whole, out _) != LogFormat.TrackingExport)
            return;
        whole.Position = 0;
        shared ??= new();
        using var export = new TrackingExport(whole, new ExportProblems(), zone, shared.Collect(file.Path));
        for (var lines = new TrackingLines(); export.Read(lines);)
            stop.ThrowIfCancellationRequested();
    }
}
