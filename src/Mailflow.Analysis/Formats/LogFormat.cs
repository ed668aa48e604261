using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>Reads whole lines of one file, in order, and adds up what they change. Never throws, whatever the bytes.</summary>
/// <param name="block">Whole UTF-8 lines without a header line among them.</param>
/// <param name="tally">What the block changes is added here; offsets in it are relative to the block.</param>
public delegate void BlockReader(ReadOnlyMemory<byte> block, Tally tally);

/// <summary>A kind of log: how its header is recognised and what reads its lines.</summary>
public sealed class LogFormat
{
    /// <summary>THE table of formats; the first that recognises a header reads the file.</summary>
    public static IReadOnlyList<LogFormat> All { get; } =
    [
        new("tracking", TrackingLog.Recognises, (header, state, _) => TrackingLog.Open(header, state)),
        new("connectivity", ConnectivityLog.Recognises, (header, state, _) => ConnectivityLog.Open(header, state)),
        new("smtp-protocol", ProtocolLog.Recognises, ProtocolLog.Open) { HasSessions = true },
    ];

    readonly Func<LogHeader, bool> _recognises;
    readonly Func<LogHeader, ReaderState, OpenSessions, BlockReader> _open;

    LogFormat(string name, Func<LogHeader, bool> recognises, Func<LogHeader, ReaderState, OpenSessions, BlockReader> open) =>
        (Name, _recognises, _open) = (name, recognises, open);

    /// <summary>Whether what a row means depends on rows before it: then what is open belongs to the position of the file.</summary>
    public bool HasSessions { get; private init; }

    /// <summary>The name in reports and metrics.</summary>
    public string Name { get; }

    /// <summary>The format of the file with this header, or null: a log of another kind, to be named and left alone.</summary>
    public static LogFormat? Of(LogHeader header)
    {
        foreach (var format in All)
            if (format._recognises(header))
                return format;
        return null;
    }

    /// <summary>A reader of the lines that follow <paramref name="header"/>.</summary>
    /// <param name="header">Names the columns.</param>
    /// <param name="state">What one worker remembers from file to file.</param>
    /// <param name="sessions">What is open where reading starts; null: nothing is.</param>
    public BlockReader Open(LogHeader header, ReaderState state, OpenSessions? sessions = null) => _open(header, state, sessions ?? new());
}
