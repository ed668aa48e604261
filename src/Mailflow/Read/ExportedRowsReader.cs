using System.Globalization;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.TrackingExports;
using Mailflow.Ledger;
using Mailflow.Pipeline;

namespace Mailflow.Read;

/// <summary>
/// Reads an export of message tracking in parts, each with the number of rows read so far, so that no row is lost or read twice. The rows become lines of
/// a tracking log, which the reader of these logs reads.
/// </summary>
/// <remarks>
/// An export is a selection of rows: what is not in it may have happened. So it says nothing about messages on their way.
/// </remarks>
sealed class ExportedRowsReader : IDisposable
{
    /// <summary>Bytes of lines in a part.</summary>
    public const int PartBytes = 256 * 1024;

    /// <summary>Rows that are read for a part, also if none of them is counted.</summary>
    const int MostRows = 20_000;

    readonly ExportBlock _block;
    readonly string? _server;
    readonly TimeProvider _clock;
    readonly TrackingLines _lines;
    readonly ExportProblems _problems = new();
    readonly NewProblems _new;
    readonly TrackingExport _export;
    readonly BlockReader _read;
    readonly IRowChoice? _choice;
    string? _named;
    long _end;

    /// <param name="server">The server of the folder; null where it is not known.</param>
    /// <param name="lines">A buffer that is reused.</param>
    /// <param name="zone">The zone of times without one; null: UTC, which is reported.</param>
    /// <param name="choice">Which rows are counted; null: all.</param>
    public ExportedRowsReader(
        ExportBlock block, string? server, TimeProvider clock, ReaderState state, TrackingLines lines, TimeZoneInfo? zone, IRowChoice? choice)
    {
        (_block, _server, _clock, _lines, _end) = (block, server, clock, lines, block.Offset);
        (_new, _choice) = (new(_problems), choice);
        _read = LogFormat.Tracking.Open(TrackingExport.Header, state);
        _export = new(block.Whole, _problems, zone, choice);
    }

    /// <summary>False once the last part is read.</summary>
    public bool HasMore { get; private set; } = true;

    /// <summary>Why the file as a whole is not read; null where a row is, or there is none. Known once the last part is read.</summary>
    public string? Unreadable => _export.HasReadable || _export.Records == 0
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"none of its {_export.Records:N0} rows has all columns and a time that can be read. The first:"
            + $" {(_problems.First is [var first, ..] ? first.Detail : "")}");

    /// <summary>Reads the next part.</summary>
    /// <param name="tally">Empty; the delta carries it.</param>
    public RowDelta Read(Tally tally)
    {
        var whole = _block.Whole;
        string? failed = null;
        var more = true;
        tally.Latest = _clock.GetUtcNow().UtcDateTime.AddDays(1);
        _lines.Clear();
        try
        {
            for (var rows = 0; more && rows < MostRows && _lines.Length < PartBytes; rows++)
                more = _export.Records < _block.Records ? _export.Skip() : _export.Read(_lines);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disconnected share: what was read so far is kept, and the tailer retries the rest.
            (failed, more) = (e.Message, false);
        }

        _read(_lines.Memory, tally);
        tally.MapOffsets(o => (int)Math.Min(int.MaxValue, _lines.RecordAt(o)));
        tally.Copies.Clear();
        _named ??= tally.Server;
        var start = _end;
        _end = more || failed is not null ? Math.Clamp(whole.Position, start, Math.Max(start, _block.End - 1)) : _block.End;
        var records = Math.Max(_export.Records, _block.Records);
        if (failed is not null)
            whole.Fail(records, _end, failed);
        // Problems in a part that is already committed were counted then.
        var isNew = !more || _export.Records > _block.Records;
        var (problems, faults) = _new.Take();
        HasMore = more;
        return new()
        {
            File = _block.File,
            Server = _server ?? _named ?? TrackedFile.UnknownServer,
            Offset = start,
            End = _end,
            ReadAt = _clock.GetUtcNow(),
            Tally = tally,
            Guard = 0,
            Head = 0,
            HeaderOffset = 0,
            Export = new(records, isNew ? problems : [], isNew ? faults : [], _choice is SeenRows.Choice seen ? seen.TakeFresh() : []),
        };
    }

    public void Dispose()
    {
        _export.Dispose();
        _block.Whole.Dispose();
    }
}
