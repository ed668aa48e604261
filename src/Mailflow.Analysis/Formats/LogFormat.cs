using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Analysis.Formats;

/// <summary>Reads whole lines of one file, in order, and adds up what they change. Never throws, whatever the bytes.</summary>
/// <param name="block">Whole UTF-8 lines without a header line among them.</param>
/// <param name="tally">What the block changes is added here; offsets in it are relative to the block.</param>
public delegate void BlockReader(ReadOnlyMemory<byte> block, Tally tally);

/// <summary>
/// A kind of file: a log, how its header is recognised and what reads its lines as they are written; or an export, which is read once and whole,
/// and is recognised by its first object.
/// </summary>
public sealed class LogFormat
{
    /// <summary>THE table of formats; the first that recognises a header reads the file.</summary>
    public static IReadOnlyList<LogFormat> All { get; } =
    [
        new("tracking", TrackingLog.Recognises, (header, state, _) => TrackingLog.Open(header, state)),
        new("connectivity", ConnectivityLog.Recognises, (header, state, _) => ConnectivityLog.Open(header, state)),
        new("smtp-protocol", ProtocolLog.Recognises, ProtocolLog.Open) { HasSessions = true },
        new("queues", SnapshotKind.Queues),
        new("messages", SnapshotKind.Messages),
        new("send-connectors", SnapshotKind.SendConnectors),
        new("receive-connectors", SnapshotKind.ReceiveConnectors),
        new("certificates", SnapshotKind.Certificates),
        new("transport-config", SnapshotKind.TransportConfig),
        new("transport-service", SnapshotKind.TransportService),
        new("back-pressure", SnapshotKind.BackPressure),
        new("windows-events", snapshot: null),
    ];

    readonly Func<LogHeader, bool> _recognises = _ => false;
    readonly Func<LogHeader, ReaderState, OpenSessions, BlockReader> _open = (_, _, _) => throw new InvalidOperationException("An export has no lines.");

    LogFormat(string name, Func<LogHeader, bool> recognises, Func<LogHeader, ReaderState, OpenSessions, BlockReader> open) =>
        (Name, _recognises, _open) = (name, recognises, open);

    /// <summary>Whether what a row means depends on rows before it: then what is open belongs to the position of the file.</summary>
    public bool HasSessions { get; private init; }

    LogFormat(string name, SnapshotKind? snapshot) => (Name, Snapshot, IsExport) = (name, snapshot, true);

    /// <summary>The name in reports and metrics.</summary>
    public string Name { get; }

    /// <summary>Whether the file is read once and whole, and not line by line as it grows.</summary>
    public bool IsExport { get; }

    /// <summary>What an export shows; null for Windows events, and for logs.</summary>
    public SnapshotKind? Snapshot { get; }

    /// <summary>The format of the file with this header, or null: a log of another kind, to be named and left alone.</summary>
    public static LogFormat? Of(LogHeader header)
    {
        foreach (var format in All)
            if (format._recognises(header))
                return format;
        return null;
    }

    /// <summary>The format of an export, or null: it is to be named and left alone.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <param name="whole">The whole of it; no more than the first object is read.</param>
    /// <param name="named">What it calls itself, where it is of no known format.</param>
    public static LogFormat? OfExport(ReadOnlySpan<byte> head, Stream whole, out string named)
    {
        named = "";
        if (WindowsEvents.Recognises(head))
            return All[^1];
        var problems = new ExportProblems();
        foreach (var first in ExportObjects.Read(whole, problems))
        {
            if (SnapshotFormat.Of(first) is { } format)
                return All.First(f => f.IsExport && f.Snapshot == format.Kind);
            // In a list without names of columns the first row stands in their place: whose addresses it has is not said.
            named = WindowsEvents.IsMessageTracking(first.Names.ToHashSet(StringComparer.OrdinalIgnoreCase)) ? "rows of Get-MessageTrackingLog: read the raw logs instead"
                : first.TypeName ?? "an export with " + string.Join(", ", first.Names.Where(n => !n.Contains('@', StringComparison.Ordinal)).Take(4));
            return null;
        }

        named = problems.First.Count > 0 ? problems.First[0].Detail : "an export with nothing in it";
        return null;
    }

    /// <summary>A reader of the lines that follow <paramref name="header"/>.</summary>
    /// <param name="header">Names the columns.</param>
    /// <param name="state">What one worker remembers from file to file.</param>
    /// <param name="sessions">What is open where reading starts; null: nothing is.</param>
    public BlockReader Open(LogHeader header, ReaderState state, OpenSessions? sessions = null) => _open(header, state, sessions ?? new());
}
