using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
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
    const int PassedOver = 20 * PartRecords;

    readonly Block _block;
    readonly string? _server;
    readonly TimeProvider _clock;
    readonly WholeFile _whole;
    readonly ExportProblems _problems = new();
    readonly long[] _told = new long[Enum.GetValues<ExportProblem>().Length];
    readonly IEnumerator<WindowsEvent>? _events;
    int _faultsTold;
    long _records;
    long _end;

    /// <param name="server">The server of the folder; null where it is not known.</param>
    public ExportReader(Block block, string? server, TimeProvider clock)
    {
        (_block, _server, _clock, _whole) = (block, server, clock, block.Whole!);
        _end = block.Offset;
        if (block.File.Format.Snapshot is null)
            _events = WindowsEvents.Read(_whole, _problems).GetEnumerator();
    }

    /// <summary>Reads the next part.</summary>
    /// <returns>False where it was the last one.</returns>
    public bool Read(Delta delta)
    {
        var file = _block.File;
        var more = false;
        string? failed = null;
        try
        {
            if (file.Format.Snapshot is { } kind)
                ReadSnapshot(kind, delta);
            else
                more = ReadEvents(delta);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disconnected share: what was read so far is kept, and the tailer retries the rest.
            failed = e.Message;
        }

        (delta.File, delta.Server) = (file, _server ?? delta.Events.FirstOrDefault()?.Server
            ?? delta.Snapshots.FirstOrDefault(s => s.Server != ServerSnapshot.Organisation)?.Server ?? TrackedFile.UnknownServer);
        var end = more || failed is not null ? Math.Clamp(_whole.Position, _end, Math.Max(_end, _block.End - 1)) : _block.End;
        (delta.Offset, delta.End, delta.Guard, delta.HeaderOffset) = (_end, end, 0, 0);
        delta.Records = Math.Max(_records, _block.Records);
        delta.ReadAt = _clock.GetUtcNow();
        _end = end;
        if (failed is not null)
            _whole.Fail(delta.Records.Value, end, failed);
        TellProblems(delta, isNew: !more || _records > _block.Records);
        return more;
    }

    public void Dispose()
    {
        _events?.Dispose();
        _whole.Dispose();
    }

    /// <summary>One that is cut off, or was written to meanwhile, is not taken: it is read again when it has changed, and the snapshot before it is valid until then.</summary>
    void ReadSnapshot(SnapshotKind kind, Delta delta)
    {
        var reading = new SnapshotReading(kind, _whole.LastWrite, _server ?? TrackedFile.UnknownServer);
        foreach (var export in ExportObjects.Read(_whole, _problems))
        {
            _records++;
            if (!reading.Add(export))
                _problems.Add(ExportProblem.UnknownShape, export.Record, $"not one of the {_block.File.Format.Name}, or more than there is room for");
        }

        if (_problems.Count(ExportProblem.Truncated) == 0 && _whole.IsUnchanged)
            delta.Snapshots.AddRange(reading.Snapshots());
    }

    bool ReadEvents(Delta delta)
    {
        for (var passedOver = 0; passedOver < PassedOver && delta.Events.Count < PartRecords;)
        {
            if (!_events!.MoveNext())
                return false;
            if (++_records > _block.Records)
                delta.Events.Add(Reported(_events.Current));
            else
                passedOver++;
        }

        return true;
    }

    static ReportedEvent Reported(WindowsEvent read)
    {
        var server = SnapshotReading.NameOf(read.Computer);
        var record = read.RecordId > 0 ? read.RecordId : Number(read);
        var refused = SmtpAck.From(read) is { } ack
            ? new RejectedMessage(
                KeptText.Cut(ack.MessageId ?? "", KeptText.Line), KeptText.Cut(ack.Connector ?? "", KeptText.Name), Diagnosis.Of(ack.Response))
            : null;
        return new(
            KeptText.Cut(read.Provider, KeptText.Name), read.Id, server, KeptText.Cut(read.Channel, KeptText.Name),
            record, read.TimeUtc, refused, ResourcePressure.Of(read));
    }

    /// <summary>Event Viewer's CSV has no record numbers: a hash of the event is used, as a negative number so that it is distinct from real ones.</summary>
    static long Number(WindowsEvent read)
    {
        var text = $"{read.Provider}\n{read.Id}\n{read.TimeUtc.Ticks}\n{string.Join('\n', read.Strings)}\n{read.Message}";
        return BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) | long.MinValue;
    }

    /// <summary>Problems in a part that is already committed were counted then.</summary>
    void TellProblems(Delta delta, bool isNew)
    {
        foreach (var problem in Enum.GetValues<ExportProblem>())
        {
            delta.Problems[(int)problem] = isNew ? _problems.Count(problem) - _told[(int)problem] : 0;
            _told[(int)problem] = _problems.Count(problem);
        }

        if (isNew)
            delta.Faults.AddRange(_problems.First.Skip(_faultsTold));
        _faultsTold = _problems.First.Count;
    }
}
