using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;

namespace Mailflow.Ledger;

/// <summary>
/// The facts of one hour as bytes: a version, the two numbers of items, the items, a hash of all that and of the hour. Items are sorted, and each has a
/// mask of what differs from the one before: about ten bytes an item. Causes are stored as names, because their numbers differ between versions.
/// </summary>
static class EvidenceBlob
{
    const byte Version = 1;
    const int HashBytes = 8;

    /// <summary>One recipient of one row: most passages.</summary>
    const int IsOne = 1 << 7;

    const int SecondsOfHour = 3600, MinutesOfHour = 60;

    /// <summary>The hour of a fact, counted from 1970.</summary>
    public static long HourOf(in Sighting sighting) => Floor(sighting.Second, SecondsOfHour);

    public static long HourOf(in Passage passage) => Floor(passage.Minute, MinutesOfHour);

    static long Floor(long value, long by) => value >= 0 ? value / by : ((value + 1) / by) - 1;

    /// <summary>Sorts both lists, adds equal passages up, and writes them.</summary>
    public static byte[] Write(long hour, List<Sighting> sightings, List<Passage> passages, NameList names)
    {
        Sort(sightings);
        Merge(passages);
        var bytes = new Bytes();
        bytes.Add(Version);
        bytes.Number(sightings.Count);
        bytes.Number(passages.Count);
        WriteAll(bytes, hour, CollectionsMarshal.AsSpan(sightings), names);
        WriteAll(bytes, hour, CollectionsMarshal.AsSpan(passages));
        return bytes.End(hour);
    }

    /// <summary>Adds what a blob has to the lists.</summary>
    /// <returns>False if it is damaged; the lists are then as they were.</returns>
    public static bool TryRead(ReadOnlySpan<byte> blob, long hour, NameList names, List<Sighting> sightings, List<Passage> passages)
    {
        if (blob.Length < HashBytes + 3 || blob[0] != Version)
            return false;
        var rest = blob[..^HashBytes];
        if (XxHash3.HashToUInt64(rest, hour) != BinaryPrimitives.ReadUInt64LittleEndian(blob[^HashBytes..]))
            return false;
        var (hadSightings, hadPassages) = (sightings.Count, passages.Count);
        var reading = new Reading(rest[1..], names.Texts.Count);
        var (some, more) = (reading.Number(), reading.Number());
        ReadSightings(ref reading, some, hour, names, sightings);
        ReadPassages(ref reading, more, hour, passages);
        if (!reading.Failed)
            return true;
        sightings.RemoveRange(hadSightings, sightings.Count - hadSightings);
        passages.RemoveRange(hadPassages, passages.Count - hadPassages);
        return false;
    }

    static void Sort(List<Sighting> sightings) =>
        sightings.Sort(static (a, b) =>
            a.Words != b.Words ? a.Words.CompareTo(b.Words)
            : a.Hop != b.Hop ? a.Hop.CompareTo(b.Hop)
            : a.Domain != b.Domain ? a.Domain.CompareTo(b.Domain)
            : a.Second.CompareTo(b.Second));

    /// <summary>Sorts by place and minute; passages of the same minute and place become one. A commit can have tens of thousands, of few places.</summary>
    public static void Merge(List<Passage> passages)
    {
        var places = new Dictionary<Passage, int>();
        var (keys, all) = (new ulong[passages.Count], passages.ToArray());
        for (var i = 0; i < all.Length; i++)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(places, PlaceOf(all[i]), out var known);
            if (!known)
                number = places.Count - 1;
            keys[i] = (uint)number;
        }

        var ranks = new uint[places.Count];
        var rank = 0u;
        foreach (var place in places.Keys.Order(Comparer<Passage>.Create(ComparePlaces)))
            ranks[places[place]] = rank++;
        for (var i = 0; i < all.Length; i++)
            keys[i] = ((ulong)ranks[keys[i]] << 32) | ((uint)all[i].Minute ^ 0x80000000);
        Array.Sort(keys, all);
        passages.Clear();
        for (var i = 0; i < all.Length; i++)
            if (i > 0 && keys[i] == keys[i - 1])
                passages[^1] = passages[^1] with
                {
                    Recipients = passages[^1].Recipients + all[i].Recipients,
                    Messages = passages[^1].Messages + all[i].Messages,
                };
            else
                passages.Add(all[i]);
    }

    static Passage PlaceOf(in Passage passage) => passage with { Minute = 0, Recipients = 0, Messages = 0 };

    static int ComparePlaces(Passage a, Passage b) =>
        a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind)
        : a.Server != b.Server ? a.Server.CompareTo(b.Server)
        : a.Connector != b.Connector ? a.Connector.CompareTo(b.Connector)
        : a.Hop != b.Hop ? a.Hop.CompareTo(b.Hop)
        : a.Domain != b.Domain ? a.Domain.CompareTo(b.Domain)
        : a.Sender != b.Sender ? a.Sender.CompareTo(b.Sender)
        : a.Database.CompareTo(b.Database);

    static void WriteAll(Bytes bytes, long hour, ReadOnlySpan<Sighting> sightings, NameList names)
    {
        Span<long> before = stackalloc long[14];
        Span<long> now = stackalloc long[14];
        var second = hour * SecondsOfHour;
        foreach (ref readonly var s in sightings)
        {
            Take(s, names.Of(s.Cause.Name()), now);
            WriteChanges(bytes, before, now, countsAsOne: false);
            bytes.Signed(s.Second - second);
            second = s.Second;
        }
    }

    static void WriteAll(Bytes bytes, long hour, ReadOnlySpan<Passage> passages)
    {
        Span<long> before = stackalloc long[7];
        Span<long> now = stackalloc long[7];
        var minute = hour * MinutesOfHour;
        foreach (ref readonly var p in passages)
        {
            (now[0], now[1], now[2], now[3], now[4], now[5], now[6]) = ((long)p.Kind, p.Server, p.Connector, p.Hop, p.Domain, p.Sender, p.Database);
            WriteChanges(bytes, before, now, p is { Recipients: 1, Messages: 1 });
            bytes.Signed(p.Minute - minute);
            minute = p.Minute;
            if (p is { Recipients: 1, Messages: 1 })
                continue;
            bytes.Number(p.Recipients);
            bytes.Number(p.Messages);
        }
    }

    static void Take(in Sighting s, int cause, Span<long> fields)
    {
        (fields[0], fields[1], fields[2], fields[3], fields[4]) = (
            (long)s.Kind | ((long)s.Fault << 2) | ((long)s.Permanence << 5), s.Message, s.Recipient, s.Sender, s.Domain);
        (fields[5], fields[6], fields[7], fields[8], fields[9]) = (s.Hop, s.Server, cause, s.Connector, s.Database);
        (fields[10], fields[11], fields[12], fields[13]) = (s.Sub, s.Words, s.Egress, s.Seconds);
    }

    static void WriteChanges(Bytes bytes, Span<long> before, Span<long> now, bool countsAsOne)
    {
        var mask = countsAsOne ? IsOne : 0;
        for (var i = 0; i < now.Length; i++)
            if (now[i] != before[i])
                mask |= 1 << i;
        bytes.Number(mask);
        for (var i = 0; i < now.Length; i++)
            if (now[i] != before[i])
                bytes.Number(now[i]);
        now.CopyTo(before);
    }

    static void ReadSightings(ref Reading reading, long count, long hour, NameList names, List<Sighting> sightings)
    {
        Span<long> f = stackalloc long[14];
        var second = hour * SecondsOfHour;
        for (; count > 0 && !reading.Failed; count--)
        {
            reading.Changes(f, reading.Number());
            second += reading.Signed();
            for (var i = 3; i < 13; i++)
                reading.MustBe(f[i] < names.Texts.Count);
            var (kind, fault, permanence) = ((SightingKind)(f[0] & 3), (Fault)((f[0] >> 2) & 7), (Permanence)((f[0] >> 5) & 3));
            reading.MustBe(kind <= SightingKind.Late && fault <= Fault.Policy && permanence <= Permanence.Transient && f[0] < 128);
            reading.MustBe(f[1] <= uint.MaxValue && f[2] <= uint.MaxValue && f[13] <= int.MaxValue);
            if (reading.Failed)
                return;
            // A cause that another version knew.
            var cause = CauseTable.TryParse(names[(int)f[7]], out var known) ? known : Cause.Unknown;
            sightings.Add(new(
                second, kind, cause, fault, permanence, (int)f[6], (int)f[8], (int)f[5], (int)f[4], (int)f[3], (int)f[9], (int)f[10], (int)f[11],
                (int)f[12], (uint)f[1], (uint)f[2], (int)f[13]));
        }
    }

    static void ReadPassages(ref Reading reading, long count, long hour, List<Passage> passages)
    {
        Span<long> f = stackalloc long[7];
        var minute = hour * MinutesOfHour;
        for (; count > 0 && !reading.Failed; count--)
        {
            var mask = reading.Number();
            reading.Changes(f, mask & ~IsOne);
            minute += reading.Signed();
            var isOne = (mask & IsOne) != 0;
            var (recipients, messages) = isOne ? (1, 1) : (reading.Number(), reading.Number());
            reading.MustBe(f[0] <= int.MaxValue && Enum.IsDefined((PassageKind)f[0]) && Math.Max(recipients, messages) <= int.MaxValue);
            reading.MustBe(minute is >= int.MinValue and <= int.MaxValue);
            for (var i = 1; i < f.Length; i++)
                reading.MustBe(f[i] < reading.Names);
            if (!reading.Failed)
                passages.Add(new(
                    (int)minute, (PassageKind)f[0], (int)f[1], (int)f[2], (int)f[3], (int)f[4], (int)f[5], (int)f[6], (int)recipients, (int)messages));
        }
    }

    /// <summary>Bytes that grow.</summary>
    sealed class Bytes
    {
        byte[] _bytes = new byte[256];
        int _length;

        public void Add(byte value)
        {
            if (_length == _bytes.Length)
                Array.Resize(ref _bytes, 2 * _length);
            _bytes[_length++] = value;
        }

        /// <summary>Seven bits a byte, the lowest first.</summary>
        public void Number(long value)
        {
            var rest = (ulong)value;
            for (; rest >= 0x80; rest >>= 7)
                Add((byte)(rest | 0x80));
            Add((byte)rest);
        }

        public void Signed(long value) => Number((value << 1) ^ (value >> 63));

        public byte[] End(long hour)
        {
            var all = new byte[_length + HashBytes];
            _bytes.AsSpan(0, _length).CopyTo(all);
            BinaryPrimitives.WriteUInt64LittleEndian(all.AsSpan(_length), XxHash3.HashToUInt64(_bytes.AsSpan(0, _length), hour));
            return all;
        }
    }

    /// <summary>Reads numbers; after a fault all are 0.</summary>
    ref struct Reading(ReadOnlySpan<byte> rest, int names)
    {
        ReadOnlySpan<byte> _rest = rest;

        public bool Failed { get; private set; }

        /// <summary>How many names there are.</summary>
        public int Names => names;

        public void MustBe(bool holds) => Failed |= !holds;

        public long Number()
        {
            var (value, shift) = (0UL, 0);
            foreach (var part in _rest)
            {
                _rest = _rest[1..];
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    MustBe((long)value >= 0);
                    return Failed ? 0 : (long)value;
                }

                if ((shift += 7) > 63)
                    break;
            }

            Failed = true;
            return 0;
        }

        public long Signed()
        {
            var value = Number();
            return (value >> 1) ^ -(value & 1);
        }

        public void Changes(scoped Span<long> fields, long mask)
        {
            MustBe(mask < 1L << fields.Length);
            for (var i = 0; i < fields.Length && !Failed; i++)
                if ((mask >> i & 1) != 0)
                    fields[i] = Number();
        }
    }
}
