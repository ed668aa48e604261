using System.Globalization;

namespace Mailflow.Simulate;

/// <summary>
/// Lines as UTF-8 bytes, built in place: no string and no allocation for a row. A field is written plainly between
/// <c>var start = line.Length</c> and <see cref="EndField"/>, which looks whether it needs quotes.
/// </summary>
sealed class LineBuffer
{
    /// <summary>Room kept for one line: 64 recipients with a status each stay far below it.</summary>
    public const int LongestLine = 64 * 1024;

    const long DayMs = 86_400_000;

    readonly byte[] _bytes = new byte[Capacity + LongestLine];
    readonly byte[] _date = new byte[11];
    long _day = -1;

    public const int Capacity = 512 * 1024;

    public int Length { get; private set; }

    public bool IsFull => Length >= Capacity;

    public ReadOnlyMemory<byte> Pending => _bytes.AsMemory(0, Length);

    public void Put(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_bytes.AsSpan(Length));
        Length += text.Length;
    }

    public void Put(byte character) => _bytes[Length++] = character;

    public void Put(long number)
    {
        number.TryFormat(_bytes.AsSpan(Length), out var written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    public void Padded(long number, int digits)
    {
        for (var at = Length + digits - 1; at >= Length; at--, number /= 10)
            _bytes[at] = (byte)('0' + (number % 10));
        Length += digits;
    }

    public void Hex(ulong number, int digits)
    {
        for (var at = Length + digits - 1; at >= Length; at--, number >>= 4)
            _bytes[at] = "0123456789abcdef"u8[(int)(number & 15)];
        Length += digits;
    }

    public void Guid(ulong high, ulong low)
    {
        Hex(high >> 32, 8);
        Put((byte)'-');
        Hex(high >> 16, 4);
        Put((byte)'-');
        Hex(high, 4);
        Put((byte)'-');
        Hex(low >> 48, 4);
        Put((byte)'-');
        Hex(low, 12);
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

    /// <summary>Ends a field: quoted if, and only if, it holds a comma or a quote (exchange-formats 3.2).</summary>
    public void EndField(int start)
    {
        if (_bytes.AsSpan(start, Length - start).ContainsAny((byte)',', (byte)'"'))
            Wrap(start, (byte)'"');
        Put((byte)',');
    }

    /// <summary>Ends a member of a list: wrapped in '...' if, and only if, it holds a semicolon or an apostrophe.</summary>
    public void EndMember(int start)
    {
        if (_bytes.AsSpan(start, Length - start).ContainsAny((byte)';', (byte)'\''))
            Wrap(start, (byte)'\'');
    }

    public void Replace(int start, byte old, byte replacement) => _bytes.AsSpan(start, Length - start).Replace(old, replacement);

    public void DropLast() => Length--;

    /// <summary>Takes away what has gone to the file.</summary>
    public void Discard(int count)
    {
        Buffer.BlockCopy(_bytes, count, _bytes, 0, Length - count);
        Length -= count;
    }

    void Wrap(int start, byte quote)
    {
        var inside = _bytes.AsSpan(start, Length - start);
        var from = Length;
        Length += 2 + inside.Count(quote);
        var to = Length;
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
