using System.Buffers;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>A row of a failure or a deferral: its fields are ranges, to be read through <see cref="FailedRows"/>.</summary>
/// <param name="Recipients">Number of recipients.</param>
/// <param name="Offset">See <see cref="Failure.Offset"/>.</param>
readonly record struct FailedRow(
    TrackingEvent Event, bool Deferred, Direction Direction, DateTime Time, int Recipients, int Offset,
    Range Status, Range Context, Range Recipient, Range Connector, Range MessageId, Range Sender, Range Subject, Range Network)
{
    public string Source => Event.Source;

    /// <summary>Recipients that were replaced (<see cref="TrackingEvents.IsReplaced"/>): they did not fail.</summary>
    public int Replaced { get; init; }

    /// <summary>The size of the message.</summary>
    public uint Bytes { get; init; }

    /// <summary>The column reference, of a moderator's decision: the message that it is about.</summary>
    public Range Reference { get; init; }

    /// <summary>The columns server-hostname, server-ip and custom-data, kept for the detection of incidents.</summary>
    public Range Host { get; init; }

    public Range Address { get; init; }

    public Range Custom { get; init; }
}

/// <summary>
/// The rows of failures and deferrals of a block, until they are judged. One instance per worker. Fields that are in the block unchanged are not copied;
/// fields that were unquoted or cut are copied to a buffer. Ranges beyond the block's end refer to that buffer.
/// </summary>
sealed class FailedRows
{
    /// <summary>More than the rows of an ordinary block need; a buffer that a long line made larger is released.</summary>
    const int Ordinary = 512 * 1024;

    ReadOnlyMemory<byte> _block;
    ArrayBufferWriter<byte> _beside = new();

    public List<FailedRow> Rows { get; } = [];

    /// <summary>Called before the first row of a block. The block must not change until <see cref="Clear"/>.</summary>
    public void Begin(ReadOnlyMemory<byte> block) => _block = block;

    /// <summary>Keeps a field; of a field longer than <paramref name="most"/>, only its start and end.</summary>
    public Range Keep(ReadOnlySpan<byte> field, int most = int.MaxValue)
    {
        if (field.Length <= most && _block.Span.Overlaps(field, out var at))
            return at..(at + field.Length);
        var start = _block.Length + _beside.WrittenCount;
        if (field.Length <= most)
            _beside.Write(field);
        else
            _beside.Advance(KeptText.Cut(field, most, _beside.GetSpan(KeptText.Room(most))).Length);
        return start..(_block.Length + _beside.WrittenCount);
    }

    public ReadOnlySpan<byte> Kept(Range range)
    {
        var (start, length) = range.GetOffsetAndLength(int.MaxValue);
        return start < _block.Length ? _block.Span.Slice(start, length) : _beside.WrittenSpan.Slice(start - _block.Length, length);
    }

    public void Clear()
    {
        Rows.Clear();
        _block = default;
        if (_beside.Capacity > Ordinary)
            _beside = new();
        else
            _beside.ResetWrittenCount();
    }
}
