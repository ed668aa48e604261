using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Pipeline;

namespace Mailflow.Read;

/// <summary>
/// Reads one export in parts: a snapshot is one part, which is committed as a whole; events are as many parts as needed, each with the number
/// of records read so far, so that no part is lost or read twice.
/// </summary>
sealed class ExportReader : IDisposable
{
    /// <summary>Records per part: a transaction of about a thousand small rows.</summary>
    public const int PartRecords = 1000;

    /// <summary>Committed records that are skipped before other files get their turn.</summary>
    const int MaxSkipped = 20 * PartRecords;

    readonly ExportBlock _block;
    readonly string? _server;
    readonly TimeProvider _clock;
    readonly OwnRules _own;
    readonly WholeFile _whole;
    readonly ExportProblems _problems = new();
    readonly NewProblems _new;
    readonly IEnumerator<WindowsEvent>? _events;
    long _records;
    long _end;

    /// <param name="server">The server of the folder; null where it is not known.</param>
    /// <param name="own">The user's own rules for replies.</param>
    public ExportReader(ExportBlock block, string? server, TimeProvider clock, OwnRules own)
    {
        (_block, _server, _clock, _own, _whole) = (block, server, clock, own, block.Whole);
        (_end, _new) = (block.Offset, new(_problems));
        if (block.File.Format.Snapshot is null)
            _events = WindowsEvents.Read(_whole, _problems).GetEnumerator();
    }

    /// <summary>False once the last part is read.</summary>
    public bool HasMore { get; private set; } = true;

    /// <summary>Reads the next part.</summary>
    public ExportDelta Read()
    {
        var file = _block.File;
        var (snapshots, events) = (new List<ServerSnapshot>(), new List<ReportedEvent>());
        var more = false;
        string? failed = null;
        try
        {
            if (file.Format.Snapshot is { } kind)
                ReadSnapshot(kind, snapshots);
            else
                more = ReadEvents(events);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disconnected share: what was read so far is kept, and the tailer retries the rest.
            failed = e.Message;
        }

        var start = _end;
        _end = more || failed is not null ? Math.Clamp(_whole.Position, start, Math.Max(start, _block.End - 1)) : _block.End;
        var records = Math.Max(_records, _block.Records);
        if (failed is not null)
            _whole.Fail(records, _end, failed);
        // Problems in a part that is already committed were counted then.
        var isNew = !more || _records > _block.Records;
        var (problems, faults) = _new.Take();
        HasMore = more;
        return new()
        {
            File = file,
            Server = _server ?? events.FirstOrDefault()?.Server
                ?? snapshots.Find(s => s.Server != ServerSnapshot.Organisation)?.Server ?? TrackedFile.UnknownServer,
            Offset = start,
            End = _end,
            ReadAt = _clock.GetUtcNow(),
            Records = records,
            Snapshots = snapshots,
            Events = events,
            Problems = isNew ? problems : [],
            Faults = isNew ? faults : [],
        };
    }

    public void Dispose()
    {
        _events?.Dispose();
        _whole.Dispose();
    }

    /// <summary>
    /// A snapshot that is truncated, or was written to meanwhile, is not used: it is read again when it has changed, and the snapshot before it
    /// is valid until then.
    /// </summary>
    void ReadSnapshot(SnapshotKind kind, List<ServerSnapshot> snapshots)
    {
        var reading = new SnapshotReading(kind, _whole.LastWrite, _server ?? TrackedFile.UnknownServer);
        foreach (var export in ExportObjects.Read(_whole, _problems))
        {
            _records++;
            if (!reading.Add(export))
                _problems.Add(ExportProblem.UnknownShape, export.Record, $"not one of the {_block.File.Format.Name}, or more than there is room for");
        }

        if (_problems.Count(ExportProblem.Truncated) == 0 && _whole.IsUnchanged)
            snapshots.AddRange(reading.Snapshots());
    }

    bool ReadEvents(List<ReportedEvent> events)
    {
        for (var skipped = 0; skipped < MaxSkipped && events.Count < PartRecords;)
        {
            if (!_events!.MoveNext())
                return false;
            if (++_records > _block.Records)
                events.Add(Reported(_events.Current));
            else
                skipped++;
        }

        return true;
    }

    ReportedEvent Reported(WindowsEvent read)
    {
        var server = SnapshotReading.NameOf(read.Computer);
        var record = read.RecordId > 0 ? read.RecordId : Number(read);
        var rejected = SmtpAck.From(read) is { } ack
            ? new RejectedMessage(
                KeptText.Cut(ack.MessageId ?? "", KeptText.Line), KeptText.Cut(ack.Connector ?? "", KeptText.Name), Diagnosis.Of(ack.Response, _own))
            : null;
        return new(
            KeptText.Cut(read.Provider, KeptText.Name), read.Id, server, KeptText.Cut(read.Channel, KeptText.Name),
            record, read.TimeUtc, rejected, ResourcePressure.Of(read));
    }

    /// <summary>Event Viewer's CSV has no record numbers: a hash of the event is used, as a negative number so that it is distinct from real ones.</summary>
    static long Number(WindowsEvent read)
    {
        var text = $"{read.Provider}\n{read.Id}\n{read.TimeUtc.Ticks}\n{string.Join('\n', read.Strings)}\n{read.Message}";
        return BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) | long.MinValue;
    }
}
