namespace Mailflow.Analysis.Failures;

/// <summary>
/// Splits the <c>recipient-status</c> field of a message tracking log, which lists one status per recipient. The result is in a buffer that
/// is reused for the next row. One instance serves one thread at a time.
/// </summary>
/// <remarks>
/// Exchange joins with <c>;</c> and wraps a status that has <c>;</c> or <c>'</c> itself into <c>'...'</c>, with <c>'</c> doubled.
/// Exchange 2010 and earlier do not quote: <c>550 4.4.7 QUEUE.Expired;message expired</c>. A list that was copied may have lost its
/// <c>'</c>; then <c>[{LED=...}]</c> is one status, and where exactly as many parts begin with codes as there are recipients, each begins a status.
/// </remarks>
public sealed class RecipientStatus
{
    const int Least = 1024;

    /// <summary>A buffer that a longer field made larger is released.</summary>
    const int LongestReused = 256 * 1024;

    List<Range> _members = [];
    byte[] _bytes = new byte[Least];
    int _used;

    /// <summary>The number of recipients, as given to <see cref="Read"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Whether one status applies to all recipients.</summary>
    public bool IsOneForAll => _members.Count == 1;

    /// <summary>The status of one recipient, UTF-8; empty where the field has none for it.</summary>
    public ReadOnlySpan<byte> this[int recipient] =>
        IsOneForAll ? _bytes.AsSpan(_members[0])
        : recipient < _members.Count ? _bytes.AsSpan(_members[recipient])
        : [];

    /// <summary>Splits a field for this many recipients.</summary>
    public void Read(ReadOnlySpan<byte> field, int recipients)
    {
        if (_bytes.Length > LongestReused)
            (_bytes, _members) = (new byte[Least], []);
        _members.Clear();
        _used = 0;
        Count = Math.Max(0, recipients);
        if (_bytes.Length < field.Length)
            _bytes = new byte[Math.Max(field.Length, 2 * _bytes.Length)];
        field = field.Trim((byte)' ');
        if (field.IsEmpty)
            return;
        if (recipients == 1 && field[0] != '\'')
            Add(field.SequenceEqual(";"u8) ? [] : field);
        else
            Split(field, recipients);
    }

    // At most this many; text after the last is ignored. "a;" lists a and an empty status.
    void Split(ReadOnlySpan<byte> field, int most)
    {
        var i = 0;
        var byCode = field.IndexOf((byte)'\'') < 0 && CodesBegin(field.TrimEnd((byte)';'), most);
        if (byCode)
            field = field.TrimEnd((byte)';');
        // Searched again only up to the last one: a field may begin a hundred thousand envelopes and end none.
        var lastLed = field.LastIndexOf(EndOfLed);
        while (i <= field.Length && _members.Count < most)
        {
            while (i < field.Length && field[i] == ' ')
                i++;
            if (i < field.Length && field[i] == '\'')
            {
                AddQuoted(field, ref i);
                continue;
            }

            var from = i < lastLed && field[i..].StartsWith(LedList) ? Find(field, EndOfLed, i) : i;
            var end = Find(field, (byte)';', from);
            while (byCode && end >= 0 && !BeginsWithCode(field[(end + 1)..]))
                end = Find(field, (byte)';', end + 1);
            end = end < 0 ? field.Length : end;
            Add(field[i..end].Trim((byte)' '));
            i = end + 1;
        }
    }

    /// <summary>Whether there are more parts than recipients, and exactly as many of them as recipients begin with a code.</summary>
    static bool CodesBegin(ReadOnlySpan<byte> field, int recipients)
    {
        if (field.Count((byte)';') < recipients || !BeginsWithCode(field))
            return false;
        var codes = 1;
        for (var at = Find(field, (byte)';', 0); at >= 0; at = Find(field, (byte)';', at + 1))
            if (BeginsWithCode(field[(at + 1)..]))
                codes++;
        return codes == recipients;
    }

    /// <summary>An SMTP reply code and the character that must follow it (RFC 5321 section 4.2).</summary>
    static bool BeginsWithCode(ReadOnlySpan<byte> part)
    {
        part = part.TrimStart((byte)' ');
        return part.Length >= 4
            && part[0] is >= (byte)'2' and <= (byte)'5' && char.IsAsciiDigit((char)part[1]) && char.IsAsciiDigit((char)part[2])
            && part[3] is (byte)' ' or (byte)'-';
    }

    // Leaves i after the separator. A text cut off inside quotes ends where the field ends.
    void AddQuoted(ReadOnlySpan<byte> field, ref int i)
    {
        var start = _used;
        i++;
        while (true)
        {
            var quote = Find(field, (byte)'\'', i);
            if (quote < 0)
            {
                Append(field[i..]);
                i = field.Length + 1;
                break;
            }

            if (quote + 1 < field.Length && field[quote + 1] == '\'')
            {
                Append(field[i..(quote + 1)]);
                i = quote + 2;
                continue;
            }

            Append(field[i..quote]);
            var end = Find(field, (byte)';', quote);
            i = end < 0 ? field.Length + 1 : end + 1;
            break;
        }

        if (_bytes.AsSpan(start, _used - start).StartsWith(EmptyLed))
            _used = start;
        _members.Add(start.._used);
    }

    void Add(ReadOnlySpan<byte> status)
    {
        var start = _used;
        // An empty reply, as where no server was contacted.
        if (!status.StartsWith(EmptyLed))
            Append(status);
        _members.Add(start.._used);
    }

    void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes.AsSpan(_used));
        _used += bytes.Length;
    }

    static ReadOnlySpan<byte> LedList => "[{LED="u8;

    static ReadOnlySpan<byte> EndOfLed => "}]"u8;

    static ReadOnlySpan<byte> EmptyLed => "[{LED=};{MSG=};{FQDN=};{IP=}"u8;

    static int Find(ReadOnlySpan<byte> field, ReadOnlySpan<byte> value, int from) => field[from..].IndexOf(value) is >= 0 and var at ? from + at : -1;

    static int Find(ReadOnlySpan<byte> field, byte value, int from) => field[from..].IndexOf(value) is >= 0 and var at ? from + at : -1;
}
