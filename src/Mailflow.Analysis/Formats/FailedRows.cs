using System.Buffers;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>A FAIL or DEFER row: its fields are ranges of what <see cref="FailedRows"/> keeps.</summary>
/// <param name="Recipients">How many.</param>
/// <param name="Offset">As <see cref="Failure.Offset"/>.</param>
readonly record struct FailedRow(
    string Source, bool Deferred, Direction Direction, DateTime Time, int Recipients, int Offset,
    Range Status, Range Context, Range Recipient, Range Connector, Range MessageId, Range Sender, Range Subject, Range Network);

/// <summary>The FAIL and DEFER rows of a block, until they are judged. One for a worker, and no larger than the largest block.</summary>
sealed class FailedRows
{
    readonly ArrayBufferWriter<byte> _bytes = new();

    public List<FailedRow> Rows { get; } = [];

    public Range Keep(ReadOnlySpan<byte> field)
    {
        var start = _bytes.WrittenCount;
        _bytes.Write(field);
        return start.._bytes.WrittenCount;
    }

    public ReadOnlySpan<byte> Kept(Range range) => _bytes.WrittenSpan[range];

    public void Clear()
    {
        Rows.Clear();
        _bytes.ResetWrittenCount();
    }
}
