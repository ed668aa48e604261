using System.Buffers;
using System.Globalization;

namespace Mailflow.Analysis.TrackingExports;

/// <summary>
/// Lines of a tracking log that are made of the rows of an export, with the columns of <see cref="ExportColumns.Header"/>. The table that decides
/// what a row of a log means so decides what a row of an export means.
/// </summary>
public sealed class TrackingLines
{
    /// <summary>A buffer that a long row made larger is released.</summary>
    const int MostKept = 4 << 20;

    static readonly SearchValues<byte> Special = SearchValues.Create(",\"\r\n"u8);

    readonly List<(int Offset, long Record)> _records = [];
    byte[] _bytes = new byte[64 * 1024];
    int _column;

    /// <summary>The lines.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public int Length { get; private set; }

    public void Clear()
    {
        _records.Clear();
        Length = 0;
        if (_bytes.Length > MostKept)
            _bytes = new byte[64 * 1024];
    }

    /// <summary>The number in the export of the row whose line has this offset.</summary>
    public long RecordAt(int offset)
    {
        var (low, high) = (0, _records.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_records[middle].Offset <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return _records.Count == 0 ? 0 : _records[low].Record;
    }

    internal void Begin(long record)
    {
        _records.Add((Length, record));
        _column = 0;
    }

    internal void End()
    {
        for (; _column < ExportColumns.OfLog; _column++)
            if (_column > 0)
                Add((byte)',');
        Add((byte)'\n');
    }

    internal void Field(ReadOnlySpan<byte> text)
    {
        Separate();
        if (text.IndexOfAny(Special) < 0)
            Add(text);
        else
            AddQuoted(text);
    }

    internal void Time(DateTime utc)
    {
        Separate();
        Reserve(32);
        _ = utc.TryFormat(_bytes.AsSpan(Length), out var written, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        Length += written;
    }

    void Separate()
    {
        if (_column++ > 0)
            Add((byte)',');
    }

    /// <summary>A record of a log is one line: a line end is a blank, as Exchange writes a reply of several lines.</summary>
    void AddQuoted(ReadOnlySpan<byte> text)
    {
        Reserve((2 * text.Length) + 2);
        var to = _bytes.AsSpan();
        var at = Length;
        to[at++] = (byte)'"';
        while (true)
        {
            var next = text.IndexOfAny("\"\r\n"u8);
            var plain = next < 0 ? text : text[..next];
            plain.CopyTo(to[at..]);
            at += plain.Length;
            if (next < 0)
                break;
            if (text[next] == '"')
            {
                to[at++] = (byte)'"';
                to[at++] = (byte)'"';
            }
            else if (text[next] == '\n' || next + 1 >= text.Length || text[next + 1] != '\n')
            {
                to[at++] = (byte)' ';
            }

            text = text[(next + 1)..];
        }

        to[at++] = (byte)'"';
        Length = at;
    }

    void Add(byte one)
    {
        Reserve(1);
        _bytes[Length++] = one;
    }

    void Add(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_bytes.AsSpan(Length));
        Length += text.Length;
    }

    void Reserve(int more)
    {
        if (_bytes.Length - Length < more)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, Length + more));
    }
}
