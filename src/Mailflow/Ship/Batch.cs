using System.Buffers;
using Mailflow.Ledger;
using Mailflow.Privacy;

namespace Mailflow.Ship;

/// <summary>Events as consecutive lines; any consecutive part can be sent. Bounded in number and bytes.</summary>
sealed class Batch(Masking masking) : IDisposable
{
    public const int MaxEvents = 500;

    /// <summary>Below the smallest usual request limit of a proxy in front of Seq: 1 MB (nginx).</summary>
    public const int MaxBytes = 256 * 1024;

    readonly EventJson _json = new(masking);
    readonly ArrayBufferWriter<byte> _lines = new(64 * 1024);
    readonly List<(long Id, string EventId, int End)> _events = [];

    public int Count => _events.Count;

    public long Id(int index) => _events[index].Id;

    public string EventId(int index) => _events[index].EventId;

    public ReadOnlyMemory<byte> Lines(int start, int count)
    {
        var from = start == 0 ? 0 : _events[start - 1].End;
        return _lines.WrittenMemory[from.._events[start + count - 1].End];
    }

    /// <summary>Adds events until it is full; a single event always fits.</summary>
    public void Fill(IEnumerable<StoredEvent> events)
    {
        _events.Clear();
        _lines.ResetWrittenCount();
        foreach (var stored in events)
        {
            _json.Write(stored, _lines);
            if (_events.Count > 0 && _lines.WrittenCount > MaxBytes)
                return;
            _events.Add((stored.Id, stored.EventId, _lines.WrittenCount));
        }
    }

    public void Dispose() => _json.Dispose();
}
