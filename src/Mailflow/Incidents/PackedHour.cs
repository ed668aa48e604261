using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;

namespace Mailflow.Incidents;

/// <summary>
/// The facts of one hour, packed: each number takes as many bytes as it needs, 7 bits in each.
/// </summary>
/// <param name="hour">Hours since 1970, UTC.</param>
sealed class PackedHour(int hour)
{
    const int SmallestPart = 1024;
    const int LargestPart = 64 * 1024;

    /// <summary>The first bit of a record says which of the two it is, so an entry of a sighting or a passage takes at most this.</summary>
    const int LongestRecord = 180;

    readonly List<(byte[] Bytes, int Length)> _full = [];
    byte[] _part = new byte[SmallestPart];
    int _used;

    /// <summary>Bytes of memory.</summary>
    public long Bytes { get; private set; } = SmallestPart;

    long FirstSecond => hour * 3600L;

    int FirstMinute => hour * 60;

    /// <summary>Adds a sighting.</summary>
    /// <param name="numbers">The number of each text in the list of all texts.</param>
    public void Add(in Sighting it, ReadOnlySpan<int> numbers)
    {
        Reserve();
        Put(((ulong)(it.Second - FirstSecond) << 1) | 1);
        Put(((ulong)it.Kind << 16) | ((ulong)it.Cause << 5) | ((ulong)it.Fault << 2) | (ulong)it.Permanence);
        Put(numbers, it.Server, it.Connector, it.Hop, it.Domain, it.Sender);
        Put(numbers, it.Database, it.Sub, it.Words, it.Egress);
        Put(it.Message);
        Put(it.Recipient);
        Put((ulong)it.Seconds);
    }

    /// <summary>Adds a passage.</summary>
    /// <param name="numbers">The number of each text in the list of all texts.</param>
    public void Add(in Passage it, ReadOnlySpan<int> numbers)
    {
        Reserve();
        Put(((((ulong)(it.Minute - FirstMinute)) << 3) | (ulong)it.Kind) << 1);
        Put(numbers, it.Server, it.Connector, it.Hop, it.Domain, it.Sender);
        Put(numbers, it.Database);
        Put((ulong)it.Recipients);
        Put((ulong)it.Messages);
    }

    /// <summary>All facts, in an order that does not depend on the order in which they were added; passages of one minute and place are one.</summary>
    /// <param name="numbers">The new number of each text.</param>
    public (List<Sighting> Sightings, List<Passage> Passages) Read(int[] numbers)
    {
        var sightings = new List<Sighting>();
        var passages = new Dictionary<Passage, (int Recipients, int Messages)>();
        foreach (var (bytes, length) in _full.Append((_part, _used)))
        {
            for (var at = 0; at < length;)
            {
                var head = Take(bytes, ref at);
                if ((head & 1) == 1)
                {
                    sightings.Add(ReadSighting(bytes, ref at, (long)(head >> 1)).With(numbers));
                    continue;
                }

                var passage = ReadPassage(bytes, ref at, head >> 1).With(numbers);
                var key = passage with { Recipients = 0, Messages = 0 };
                var sum = passages.GetValueOrDefault(key);
                passages[key] = (sum.Recipients + passage.Recipients, sum.Messages + passage.Messages);
            }
        }

        sightings.Sort(FactOrder.Compare);
        var sums = passages.Select(p => p.Key with { Recipients = p.Value.Recipients, Messages = p.Value.Messages }).ToList();
        sums.Sort(FactOrder.Compare);
        return (sightings, sums);
    }

    Sighting ReadSighting(byte[] bytes, ref int at, long second)
    {
        var kinds = Take(bytes, ref at);
        return new(
            FirstSecond + second, (SightingKind)(kinds >> 16), (Cause)((kinds >> 5) & 0x7FF), (Fault)((kinds >> 2) & 7), (Permanence)(kinds & 3),
            Number(bytes, ref at), Number(bytes, ref at), Number(bytes, ref at), Number(bytes, ref at), Number(bytes, ref at), Number(bytes, ref at),
            Number(bytes, ref at), Number(bytes, ref at), Number(bytes, ref at), (uint)Take(bytes, ref at), (uint)Take(bytes, ref at), Number(bytes, ref at));
    }

    Passage ReadPassage(byte[] bytes, ref int at, ulong head) => new(
        FirstMinute + (int)(head >> 3), (PassageKind)(head & 7), Number(bytes, ref at), Number(bytes, ref at), Number(bytes, ref at), Number(bytes, ref at),
        Number(bytes, ref at), Number(bytes, ref at), Number(bytes, ref at), Number(bytes, ref at));

    static int Number(byte[] bytes, ref int at) => (int)Take(bytes, ref at);

    static ulong Take(byte[] bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
    }

    void Put(ReadOnlySpan<int> numbers, params ReadOnlySpan<int> texts)
    {
        foreach (var text in texts)
            Put((ulong)numbers[text]);
    }

    void Put(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _part[_used++] = (byte)(value | 0x80);
        _part[_used++] = (byte)value;
    }

    /// <summary>No record is in two parts.</summary>
    void Reserve()
    {
        if (_part.Length - _used >= LongestRecord)
            return;
        _full.Add((_part, _used));
        var size = Math.Min(LargestPart, 2 * _part.Length);
        (_part, _used) = (new byte[size], 0);
        Bytes += size;
    }
}
