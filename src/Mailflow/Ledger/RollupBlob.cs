using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>
/// The facts of a place as bytes: a version, the texts that they name, the facts as numbers, a hash. Outcomes, causes and the bounds of buckets are texts,
/// because their numbers differ between versions. About 300 bytes.
/// </summary>
static class RollupBlob
{
    const byte Version = 1;
    const int HashBytes = 8;

    /// <summary>The bucket for all that is longer than the longest bound.</summary>
    const string Longer = "+";

    static readonly string[] Bounds = [.. TimeCounts.Bounds.Select(b => b.ToString(CultureInfo.InvariantCulture)), Longer];
    static readonly Dictionary<string, int> BucketOf = Bounds.Index().ToDictionary(b => b.Item, b => b.Index, StringComparer.Ordinal);
    static readonly Dictionary<string, int> OutcomeOf = ServerCells.Outcomes.ToDictionary(o => o.Name(), o => (int)o, StringComparer.Ordinal);
    static readonly Dictionary<string, int> FaultOf = Enum.GetValues<Fault>().ToDictionary(f => f.Name(), f => (int)f, StringComparer.Ordinal);

    public static byte[] Write(IReadOnlyDictionary<RollupFact, long> facts)
    {
        var (texts, numbers) = (new Dictionary<string, int>(StringComparer.Ordinal), new List<long>());
        foreach (var (fact, value) in facts)
            numbers.AddRange([NumberOf(fact.Connector), (long)fact.Kind, NumberOf(TextOfA(fact)), NumberOf(TextOfB(fact)), value]);
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        writer.Write7BitEncodedInt(texts.Count);
        foreach (var text in texts.Keys)
            writer.Write(text);
        writer.Write7BitEncodedInt(facts.Count);
        foreach (var number in numbers)
            writer.Write7BitEncodedInt64(number);
        Span<byte> hash = stackalloc byte[HashBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, XxHash3.HashToUInt64(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        writer.Write(hash);
        return bytes.ToArray();

        int NumberOf(string text)
        {
            if (!texts.TryGetValue(text, out var number))
                texts.Add(text, number = texts.Count);
            return number;
        }
    }

    /// <summary>Adds what a blob has to the facts. Facts of kinds, outcomes or buckets that this version does not know are left out.</summary>
    /// <returns>False if it is damaged; the facts are then as they were.</returns>
    public static bool TryRead(ReadOnlySpan<byte> blob, Action<RollupFact, long> add)
    {
        if (blob.Length <= HashBytes || blob[0] != Version
            || XxHash3.HashToUInt64(blob[..^HashBytes]) != BinaryPrimitives.ReadUInt64LittleEndian(blob[^HashBytes..]))
            return false;
        using var reader = new BinaryReader(new MemoryStream(blob[1..^HashBytes].ToArray()));
        var texts = new string[reader.Read7BitEncodedInt()];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = reader.ReadString();
        for (var n = reader.Read7BitEncodedInt(); n > 0; n--)
        {
            var (connector, kind) = (texts[reader.Read7BitEncodedInt()], (RollupKind)reader.Read7BitEncodedInt64());
            var (a, b, value) = (texts[reader.Read7BitEncodedInt()], texts[reader.Read7BitEncodedInt()], reader.Read7BitEncodedInt64());
            if (FactOf(connector, kind, a, b) is { } fact)
                add(fact, value);
        }

        return true;
    }

    static string TextOfA(RollupFact fact) => fact.Kind switch
    {
        RollupKind.Outcome or RollupKind.Time => ((Outcome)fact.A).Name(),
        RollupKind.Queue => "",
        _ => ((Cause)fact.A).Name(),
    };

    static string TextOfB(RollupFact fact) => fact.Kind switch
    {
        RollupKind.Time => Bounds[fact.B],
        RollupKind.Failure or RollupKind.Deferral => ((Fault)fact.B).Name(),
        _ => "",
    };

    static RollupFact? FactOf(string connector, RollupKind kind, string a, string b) => kind switch
    {
        RollupKind.Outcome when OutcomeOf.TryGetValue(a, out var outcome) => new(connector, kind, outcome, 0),
        RollupKind.Time when OutcomeOf.TryGetValue(a, out var outcome) && BucketOf.TryGetValue(b, out var bucket) => new(connector, kind, outcome, bucket),
        // A cause of another version is a failure all the same.
        RollupKind.Failure or RollupKind.Deferral =>
            new(connector, kind, (int)(CauseTable.TryParse(a, out var cause) ? cause : Cause.Unknown), FaultOf.GetValueOrDefault(b)),
        RollupKind.Queue => new(connector, kind, 0, 0),
        _ => null,
    };
}
