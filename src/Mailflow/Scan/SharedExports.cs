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
        foreach (var file in files.Where(f => !f.IsStream && !FolderScan.IsLog(f.Path)))
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
        using var handle = FileOpener.Open(file.Path);
        using var bytes = new FileBytes(handle);
        using var whole = new WholeFile(bytes, bytes.Length, ownsBytes: false);
        Span<byte> head = stackalloc byte[NoLog.HeadLength];
        if (LogFormat.OfExport(head[..bytes.ReadAll(head, 0)], whole, out _) != LogFormat.TrackingExport)
            return;
        whole.Position = 0;
        shared ??= new();
        using var export = new TrackingExport(whole, new ExportProblems(), zone, shared.Collect(file.Path));
        for (var lines = new TrackingLines(); export.Read(lines);)
            stop.ThrowIfCancellationRequested();
    }
}
