using System.Numerics;
using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>What one worker remembers from row to row and file to file: names and diagnoses that it has met before.</summary>
/// <param name="names">Shared by all workers.</param>
public sealed class ReaderState(EventNames names)
{
    const int MaxCachedDiagnoses = 512;

    readonly Dictionary<byte[], TrackingEvent>.AlternateLookup<ReadOnlySpan<byte>> _events =
        new Dictionary<byte[], TrackingEvent>(Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    internal DiagnosisCache Diagnoses { get; } = new(MaxCachedDiagnoses);

    internal RecipientStatus Statuses { get; } = new();

    internal RepeatedText Connectors { get; } = new();

    internal RepeatedText Destinations { get; } = new();

    /// <summary>The event of a row, by <c>SOURCE|EVENT</c>. Bounded like <see cref="EventNames"/>.</summary>
    internal TrackingEvent EventOf(ReadOnlySpan<byte> pair)
    {
        if (_events.TryGetValue(pair, out var known))
            return known;
        // A pair beyond the bound is counted as other, but what its event means stays: a failure of an unknown source is a failure.
        var index = names.IndexOf(pair);
        var name = Encoding.ASCII.GetString(pair).ToUpperInvariant();
        var bar = name.LastIndexOf('|');
        var made = new TrackingEvent(index, name[..Math.Max(0, bar)], TrackingEvents.Of(name[(bar + 1)..]));
        if (_events.Dictionary.Count < (index == EventNames.Other ? EventNames.Limit : 4 * EventNames.Limit))
            _events[pair] = made;
        return made;
    }
}

/// <summary>A pair of source and event id, looked up once.</summary>
sealed record TrackingEvent(int Index, string Source, EventMeaning Meaning);

/// <summary>Texts of which there are few: each becomes a string once. What comes beyond the bound is a new string each time.</summary>
sealed class RepeatedText
{
    const int Most = 1024;

    readonly Dictionary<byte[], string>.AlternateLookup<ReadOnlySpan<byte>> _texts =
        new Dictionary<byte[], string>(Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        if (_texts.TryGetValue(utf8, out var known))
            return known;
        var text = Encoding.UTF8.GetString(utf8);
        if (_texts.Dictionary.Count < Most)
            _texts[utf8] = text;
        return text;
    }
}

/// <summary>Compares UTF-8 names byte by byte, so that a span finds its entry without becoming a string.</summary>
sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static Utf8Comparer Instance { get; } = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    /// <summary>Of all bytes, eight at a time: names of one provider differ in their middle alone. A flood of made-up ones of equal hash is bounded by the table's size.</summary>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        const ulong Golden = 0x9E3779B97F4A7C15;
        var hash = (uint)alternate.Length * Golden;
        var rest = alternate;
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
            hash = (BitOperations.RotateLeft(hash, 29) ^ BitConverter.ToUInt64(rest)) * Golden;
        if (alternate.Length >= sizeof(ulong))
            hash = (BitOperations.RotateLeft(hash, 29) ^ BitConverter.ToUInt64(alternate[^sizeof(ulong)..])) * Golden;
        else
            foreach (var b in alternate)
                hash = (BitOperations.RotateLeft(hash, 29) ^ b) * Golden;
        return (int)(hash >> 32);
    }
}
