using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>What one worker remembers from row to row and file to file: names and diagnoses that it has met before.</summary>
/// <param name="names">Shared by all workers.</param>
public sealed class ReaderState(EventNames names)
{
    const int MaxCachedDiagnoses = 2048;

    readonly Dictionary<byte[], TrackingEvent>.AlternateLookup<ReadOnlySpan<byte>> _events =
        new Dictionary<byte[], TrackingEvent>(Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    const int MaxDestinations = 4096;

    readonly Dictionary<byte[], string>.AlternateLookup<ReadOnlySpan<byte>> _destinations =
        new Dictionary<byte[], string>(Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    internal DiagnosisCache Diagnoses { get; } = new(MaxCachedDiagnoses);

    /// <summary>The name of a destination in lower case, made once. When there are too many, they are made anew.</summary>
    internal string DestinationOf(ReadOnlySpan<byte> name)
    {
        if (_destinations.TryGetValue(name, out var known))
            return known;
        var made = Encoding.UTF8.GetString(name).ToLowerInvariant();
        if (_destinations.Dictionary.Count < MaxDestinations)
            _destinations[name] = made;
        return made;
    }

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

/// <summary>Compares UTF-8 names byte by byte, so that a span finds its entry without becoming a string.</summary>
sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static Utf8Comparer Instance { get; } = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    /// <summary>FNV-1a: the names are short, and a flood of made-up ones is bounded by the table's size.</summary>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = 2166136261u;
        foreach (var b in alternate)
            hash = (hash ^ b) * 16777619u;
        return (int)hash;
    }
}
