using System.Buffers.Binary;
using System.Globalization;

namespace Mailflow.Simulator;

/// <summary>
/// Lines as UTF-8 bytes, built in place: no string and no allocation for a row. A field is written plainly between
/// <c>var start = line._length</c> and <see cref="EndField"/>, which adds quotes if they are needed.
/// </summary>
sealed class LineBuffer
{
    /// <summary>Space reserved for one line: 64 recipients with a status each need much less.</summary>
    public const int LongestLine = 64 * 1024;

    const long DayMs = 86_400_000;

    readonly byte[] _bytes = new byte[Capacity + LongestLine];
    readonly byte[] _date = new byte[11];
    long _day = -1;

    public const int Capacity = 512 * 1024;

    int _length;

    public int Length => _length;

    public bool IsFull => _length >= Capacity;

    public ReadOnlyMemory<byte> Pending => _bytes.AsMemory(0, _length);

    public void Put(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_bytes.AsSpan(_length));
        _length += text.Length;
    }

    public void Put(byte character) => _bytes[_length++] = character;

    public void Put(long number)
    {
        number.TryFormat(_bytes.AsSpan(_length), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    public void Padded(long number, int digits)
    {
        for (var at = _length + digits - 1; at >= _length; at--, number /= 10)
            _bytes[at] = (byte)('0' + (number % 10));
        _length += digits;
    }

    /// <summary>The last bytes of a number, two lower-case hexadecimal digits each.</summary>
    public void Hex(ulong number, int bytes)
    {
        Span<byte> big = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(big, number);
        Convert.TryToHexStringLower(big[(sizeof(ulong) - bytes)..], _bytes.AsSpan(_length), out var written);
        _length += written;
    }

    public void Guid(ulong high, ulong low)
    {
        Hex(high >> 32, 4);
        Put((byte)'-');
        Hex(high >> 16, 2);
        Put((byte)'-');
        Hex(high, 2);
        Put((byte)'-');
        Hex(low >> 48, 2);
        Put((byte)'-');
        Hex(low, 6);
    }

    /// <summary>Seconds with three decimals, from milliseconds.</summary>
    public void Seconds(long milliseconds)
    {
        Put(milliseconds / 1000);
        Put((byte)'.');
        Padded(milliseconds % 1000, 3);
    }

    /// <summary>2026-01-05T08:00:00.000Z, from Unix milliseconds.</summary>
    public void Time(long at)
    {
        var day = at / DayMs;
        if (day != _day)
        {
            _day = day;
            DateTimeOffset.FromUnixTimeMilliseconds(at).TryFormat(_date, out _, "yyyy-MM-ddT", CultureInfo.InvariantCulture);
        }
        Put(_date);
        var rest = (int)(at - (day * DayMs));
        Padded(rest / 3_600_000, 2);
        Put((byte)':');
        Padded(rest / 60_000 % 60, 2);
        Put((byte)':');
        Padded(rest / 1000 % 60, 2);
        Put((byte)'.');
        Padded(rest % 1000, 3);
        Put((byte)'Z');
    }

    /// <summary>Ends a field: quoted only if it contains a comma or a quote (exchange-formats 3.2).</summary>
    public void EndField(int start)
    {
        if (_bytes.AsSpan(start, _length - start).ContainsAny((byte)',', (byte)'"'))
            Wrap(start, (byte)'"');
        Put((byte)',');
    }

    /// <summary>Ends a member of a list: wrapped in '...' only if it contains a semicolon or an apostrophe.</summary>
    public void EndMember(int start)
    {
        if (_bytes.AsSpan(start, _length - start).ContainsAny((byte)';', (byte)'\''))
            Wrap(start, (byte)'\'');
    }

    public void Replace(int start, byte old, byte replacement) => _bytes.AsSpan(start, _length - start).Replace(old, replacement);

    public void DropLast() => _length--;

    /// <summary>Removes the bytes that were written to the file.</summary>
    public void Discard(int count)
    {
        Buffer.BlockCopy(_bytes, count, _bytes, 0, _length - count);
        _length -= count;
    }

    void Wrap(int start, byte quote)
    {
        var inside = _bytes.AsSpan(start, _length - start);
        var from = _length;
        _length += 2 + inside.Count(quote);
        var to = _length;
        _bytes[--to] = quote;
        while (from > start)
        {
            var character = _bytes[--from];
            _bytes[--to] = character;
            if (character == quote)
                _bytes[--to] = quote;
        }
        _bytes[start] = quote;
    }
}
