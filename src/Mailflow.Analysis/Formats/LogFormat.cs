using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Analysis.TrackingExports;

namespace Mailflow.Analysis.Formats;

/// <summary>Reads whole lines of one file, in order, and adds up what they change. Never throws, whatever the bytes.</summary>
/// <param name="block">Whole UTF-8 lines, without header lines.</param>
/// <param name="tally">Receives the changes; offsets in it are relative to the block.</param>
public delegate void BlockReader(ReadOnlyMemory<byte> block, Tally tally);

/// <summary>
/// A file format. A log is recognised by its header and read line by line as it grows; an export is recognised by its first object and read
/// once as a whole.
/// </summary>
public sealed class LogFormat
{
    /// <summary>THE table of formats; the first that recognises a header is used.</summary>
    public static IReadOnlyList<LogFormat> All { get; } =
    [
        new("tracking", TrackingLog.Recognises, (header, state, _) => TrackingLog.Open(header, state)),
        new("connectivity", ConnectivityLog.Recognises, (header, state, _) => ConnectivityLog.Open(header, state)),
        new("smtp-protocol", ProtocolLog.Recognises, ProtocolLog.Open) { HasSessions = true },
        new("agent", AgentLog.Recognises, (header, state, _) => AgentLog.Open(header, state)),
        new("queues", SnapshotKind.Queues),
        new("messages", SnapshotKind.Messages),
        new("send-connectors", SnapshotKind.SendConnectors),
        new("receive-connectors", SnapshotKind.ReceiveConnectors),
        new("certificates", SnapshotKind.Certificates),
        new("transport-config", SnapshotKind.TransportConfig),
        new("transport-service", SnapshotKind.TransportService),
        new("back-pressure", SnapshotKind.BackPressure),
        new("tracking-export", snapshot: null) { HasRows = true },
        new("windows-events", snapshot: null),
    ];

    /// <summary>An archive of logs. It is recognised by its name and first bytes, read as a whole, and its files have formats of their own.</summary>
    public static LogFormat Archive { get; } = new("archive", snapshot: null);

    /// <summary>Message tracking logs.</summary>
    public static LogFormat Tracking => All[0];

    /// <summary>Exports of message tracking.</summary>
    public static LogFormat TrackingExport { get; } = All.First(f => f.HasRows);

    readonly Func<LogHeader, bool> _recognises = _ => false;
    readonly Func<LogHeader, ReaderState, OpenSessions, BlockReader> _open = (_, _, _) => throw new InvalidOperationException("An export has no lines.");

    LogFormat(string name, Func<LogHeader, bool> recognises, Func<LogHeader, ReaderState, OpenSessions, BlockReader> open) =>
        (Name, _recognises, _open) = (name, recognises, open);

    /// <summary>Whether the meaning of a row depends on earlier rows: then the open sessions are saved with the file's position.</summary>
    public bool HasSessions { get; private init; }

    LogFormat(string name, SnapshotKind? snapshot) => (Name, Snapshot, IsExport) = (name, snapshot, true);

    /// <summary>The name in reports and metrics.</summary>
    public string Name { get; }

    /// <summary>Whether the file is read once as a whole, not line by line as it grows.</summary>
    public bool IsExport { get; }

    /// <summary>Whether an export has rows of message tracking.</summary>
    public bool HasRows { get; private init; }

    /// <summary>The kind of snapshot in an export; null for rows, Windows events, and logs.</summary>
    public SnapshotKind? Snapshot { get; }

    /// <summary>The format of a file with this header; null for a log of another kind, which is reported and not read.</summary>
    public static LogFormat? Of(LogHeader header)
    {
        foreach (var format in All)
            if (format._recognises(header))
                return format;
        return null;
    }

    /// <summary>The format of an export; null for another kind of file, which is reported and not read.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <param name="whole">The whole file; no more than the first object is read.</param>
    /// <param name="named">A description of the file, where its format is not known.</param>
    public static LogFormat? OfExport(ReadOnlySpan<byte> head, Stream whole, out string named)
    {
        named = "";
        if (TrackingExports.TrackingExport.Recognises(head))
            return TrackingExport;
        if (WindowsEvents.Recognises(head))
            return All[^1];
        var problems = new ExportProblems();
        foreach (var first in ExportObjects.Read(whole, problems))
        {
            if (SnapshotFormat.Of(first) is { } format)
                return All.First(f => f.IsExport && f.Snapshot == format.Kind);
            if (TrackingExports.TrackingExport.Recognises(first))
                return TrackingExport;
            named = UnreadExports.NameOf(first);
            return null;
        }

        named = problems.First.Count > 0 ? problems.First[0].Detail : "an export with nothing in it";
        return null;
    }

    /// <summary>Creates a reader of the lines that follow <paramref name="header"/>.</summary>
    /// <param name="header">Has the column names.</param>
    /// <param name="state">The worker's caches, kept from file to file.</param>
    /// <param name="sessions">The sessions open where reading starts; null for none.</param>
    public BlockReader Open(LogHeader header, ReaderState state, OpenSessions? sessions = null) => _open(header, state, sessions ?? new());
}
