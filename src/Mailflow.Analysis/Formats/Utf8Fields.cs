using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Mailflow.Analysis.Formats;

/// <summary>Allocation-free readers of UTF-8 fields, used by all Exchange logs.</summary>
static class Utf8Fields
{
    public static SearchValues<byte> HexDigits { get; } = SearchValues.Create("0123456789ABCDEFabcdef"u8);

    /// <summary>
    /// Reads <c>2025-03-04T10:00:00.101Z</c>, with or without the fraction and the Z. Exchange always writes UTC; a tool may have added an
    /// offset, <c>+02:00</c>. Any other text after it makes it invalid.
    /// </summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, out DateTime time)
    {
        var day = default(LastDay);
        return TryTimestamp(text, ref day, out time);
    }

    /// <summary>The same, optimised for consecutive rows, which nearly always have the same date.</summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, ref LastDay last, out DateTime time) =>
        TryTimestamp(text, ref last, out time, out var length) && (text[length..] is [] or [(byte)'Z'] || TryApplyOffset(text[length..], ref time));

    /// <summary>The same, with any text after it.</summary>
    /// <param name="length">The length of the time, including the fraction.</param>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, ref LastDay last, out DateTime time, out int length)
    {
        time = default;
        length = 19;
        if (text.Length < 19 || text[10] is not ((byte)'T' or (byte)' ') || text[13] != ':' || text[16] != ':')
            return false;
        if (!last.Is(text) && !last.TryRead(text))
            return false;
        var bad = 0u;
        var (hour, minute, second) = (Two(text, 11, ref bad), Two(text, 14, ref bad), Two(text, 17, ref bad));
        if (bad != 0 || hour > 23 || minute > 59 || second > 59)
            return false;
        var milliseconds = 0L;
        if (text.Length > 20 && text[19] == '.' && (uint)(text[20] - '0') <= 9)
            for (int i = 20, unit = 100; i < text.Length && (uint)(text[i] - '0') <= 9; length = ++i, unit /= 10)
                milliseconds += (text[i] - '0') * unit;
        var seconds = (((hour * 60L) + minute) * 60) + second;
        time = new DateTime(
            last.Ticks + (seconds * TimeSpan.TicksPerSecond) + (milliseconds * TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
        return true;
    }

    /// <summary>Converts a time with this offset, <c>+02:00</c> or <c>-0930</c>, to UTC.</summary>
    static bool TryApplyOffset(ReadOnlySpan<byte> offset, ref DateTime time)
    {
        if (offset.Length is not (5 or 6) || offset[0] is not ((byte)'+' or (byte)'-') || (offset.Length == 6 && offset[3] != ':'))
            return false;
        var bad = 0u;
        var minutes = (60 * (long)Two(offset, 1, ref bad)) + Two(offset, offset.Length - 2, ref bad);
        var ticks = time.Ticks - ((offset[0] == '+' ? minutes : -minutes) * TimeSpan.TicksPerMinute);
        if (bad != 0 || minutes > 14 * 60 || ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;
        time = new(ticks, DateTimeKind.Utc);
        return true;
    }

    /// <summary>The last date that was read, and its text: <c>2025-03-04</c>.</summary>
    public struct LastDay
    {
        ulong _head;
        ushort _tail;

        /// <summary>Ticks of its start; 0 before a date was read.</summary>
        public long Ticks { get; private set; }

        public readonly bool Is(ReadOnlySpan<byte> text) => Ticks != 0 && _head == BitConverter.ToUInt64(text) && _tail == BitConverter.ToUInt16(text[8..]);

        public bool TryRead(ReadOnlySpan<byte> text)
        {
            var bad = 0u;
            var year = (Two(text, 0, ref bad) * 100) + Two(text, 2, ref bad);
            var (month, day) = (Two(text, 5, ref bad), Two(text, 8, ref bad));
            if (bad != 0 || text[4] != '-' || text[7] != '-' || year == 0 || month is 0 or > 12)
                return false;
            if (day == 0 || day > (uint)DateTime.DaysInMonth((int)year, (int)month))
                return false;
            (_head, _tail) = (BitConverter.ToUInt64(text), BitConverter.ToUInt16(text[8..]));
            Ticks = new DateTime((int)year, (int)month, (int)day, 0, 0, 0, DateTimeKind.Utc).Ticks;
            return true;
        }
    }

    /// <summary>Reads the digits at the start; 0 where there are none. Saturates instead of overflowing.</summary>
    public static long Digits(ReadOnlySpan<byte> text)
    {
        long value = 0;
        foreach (var b in text)
        {
            if ((uint)(b - '0') > 9)
                break;
            value = value > long.MaxValue / 16 ? value : (value * 10) + (b - '0');
        }

        return value;
    }

    /// <summary>Reads decimal seconds such as <c>1.500</c> as whole milliseconds; -1 for any other text.</summary>
    public static long Milliseconds(ReadOnlySpan<byte> seconds)
    {
        var dot = seconds.IndexOf((byte)'.');
        var whole = dot < 0 ? seconds : seconds[..dot];
        if (whole.IsEmpty || whole.Length > 9 || whole.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return -1;
        var total = Digits(whole) * 1000;
        if (dot >= 0)
            for (int i = dot + 1, unit = 100; i < seconds.Length && unit > 0 && (uint)(seconds[i] - '0') <= 9; i++, unit /= 10)
                total += (seconds[i] - '0') * unit;
        return total;
    }

    /// <summary>The number of members of a `;` list; a member in `'...'` may contain `;`. An empty field has none.</summary>
    public static int CountMembers(ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty)
            return 0;
        if (list.IndexOf((byte)'\'') < 0)
            return list.Count((byte)';') + 1;
        var count = 0;
        foreach (var _ in new ListMembers(list))
            count++;
        return count;
    }

    static uint Two(ReadOnlySpan<byte> text, int at, ref uint bad)
    {
        var (high, low) = ((uint)(text[at] - '0'), (uint)(text[at + 1] - '0'));
        bad |= (high > 9 ? 1u : 0) | (low > 9 ? 1u : 0);
        return (high * 10) + low;
    }
}

/// <summary>
/// The members of a `;` list, as written. A member with `;` or `'` in it is wrapped in `'...'` and its `'` doubled;
/// an unwrapped address such as <c>o'brien@contoso.com</c> is also accepted.
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "Enumerators are not compared.")]
ref struct ListMembers(ReadOnlySpan<byte> list)
{
    ReadOnlySpan<byte> _rest = list;
    bool _done;

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly ListMembers GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_done)
            return false;
        var end = _rest.Length > 0 && _rest[0] == '\'' ? EndOfWrapped(_rest) : _rest.IndexOf((byte)';');
        _done = end < 0 || end >= _rest.Length;
        Current = _done ? _rest : _rest[..end];
        _rest = _done ? default : _rest[(end + 1)..];
        return true;
    }

    /// <summary>The member without the quotes around it; a doubled `'` stays doubled.</summary>
    public static ReadOnlySpan<byte> Unwrap(ReadOnlySpan<byte> member) =>
        member.Length >= 2 && member[0] == '\'' && member[^1] == '\'' ? member[1..^1] : member;

    static int EndOfWrapped(ReadOnlySpan<byte> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] != '\'')
                continue;
            if (i + 1 >= text.Length || text[i + 1] == ';')
                return i + 1;
            if (text[i + 1] == '\'')
                i++;
        }

        // No closing quote: the member is not wrapped.
        return text.IndexOf((byte)';');
    }
}
