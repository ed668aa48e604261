using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mailflow.Analysis.Snapshots;
using Mailflow.Metrics;

namespace Mailflow.Ledger;

/// <summary>The newest snapshot of each server and kind.</summary>
sealed class ServerSnapshots
{
    /// <summary>Servers and kinds: what comes beyond is left out.</summary>
    public int Most { get; set; } = (Labels.MaxServersFromRows + 2) * Enum.GetValues<SnapshotKind>().Length;

    /// <summary>Whose snapshots there are.</summary>
    public IEnumerable<string> Servers => _newest.Values.Select(s => s.Server);

    /// <summary>Characters of all of them together, about: one that would go beyond is left out.</summary>
    const long MostCharacters = 16 << 20;

    readonly Dictionary<Key, ServerSnapshot> _newest;
    readonly HashSet<Key> _changed = [];
    long _characters;

    public ServerSnapshots(Store? store)
    {
        _newest = store?.Exports.LoadSnapshots().ToDictionary(s => new Key(s.Kind, s.Server.ToUpperInvariant())) ?? [];
        _characters = _newest.Values.Sum(s => s.Characters());
    }

    readonly record struct Key(SnapshotKind Kind, string Server);

    /// <summary>What others see: never changed in place.</summary>
    public ImmutableArray<ServerSnapshot> All { get; private set; } = [];

    /// <summary>Those that changed since the last commit; null for one that is forgotten.</summary>
    public IEnumerable<(SnapshotKind Kind, string Server, ServerSnapshot? Snapshot)> Changed =>
        _changed.Select(k => (k.Kind, k.Server, _newest.GetValueOrDefault(k)));

    /// <summary>Takes a snapshot where it is newer than the one that is known.</summary>
    public void Add(ServerSnapshot snapshot)
    {
        var key = new Key(snapshot.Kind, snapshot.Server.ToUpperInvariant());
        if (_newest.TryGetValue(key, out var known) ? snapshot.Taken < known.Taken && snapshot.Kind != SnapshotKind.BackPressure : _newest.Count >= Most)
            return;
        // Of each resource what was last said counts, by a snapshot or by an event.
        if (known is not null && snapshot.Kind == SnapshotKind.BackPressure)
            snapshot = snapshot with
            {
                Taken = snapshot.Taken > known.Taken ? snapshot.Taken : known.Taken,
                Pressure = Merge(known.Pressure, snapshot.Pressure),
            };
        var characters = snapshot.Characters() - (known?.Characters() ?? 0);
        if (_characters + characters > MostCharacters)
            return;
        _characters += characters;
        _newest[key] = snapshot;
        _changed.Add(key);
    }

    /// <summary>Forgets what was taken so long ago that it says nothing any more.</summary>
    public void Prune(DateTimeOffset before)
    {
        foreach (var (key, _) in _newest.Where(s => s.Value.Taken < before.UtcDateTime).ToList())
        {
            _newest.Remove(key, out var old);
            _characters -= old?.Characters() ?? 0;
            _changed.Add(key);
        }
    }

    /// <summary>They are in the store now.</summary>
    public void Stored()
    {
        if (_changed.Count > 0 || All.Length != _newest.Count)
            All = [.. _newest.Values.OrderBy(s => s.Server, StringComparer.OrdinalIgnoreCase).ThenBy(s => s.Kind)];
        _changed.Clear();
    }

    /// <summary>An event names a resource only while it is under pressure: when all is low again, so is each that an event named.</summary>
    static List<ResourcePressure> Merge(IReadOnlyList<ResourcePressure> known, IReadOnlyList<ResourcePressure> news) =>
        [.. (news.FirstOrDefault(r => r is { Resource: ResourcePressure.Overall, Level: PressureLevel.Low }) is { } low
            ? known.Select(r => r.Pressure is null && r.At <= low.At ? r with { Level = PressureLevel.Low, At = low.At } : r) : known)
            .Concat(news)
                .GroupBy(r => r.Resource, StringComparer.OrdinalIgnoreCase)
                .Select(g => g.Aggregate((x, y) => y.At >= x.At ? y : x))
                .Take(ResourcePressure.MaxResources)];
}

/// <summary>How a snapshot is written in the store.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ServerSnapshot))]
sealed partial class SnapshotJson : JsonSerializerContext
{
    public static string Write(ServerSnapshot snapshot) => JsonSerializer.Serialize(snapshot, Default.ServerSnapshot);

    /// <exception cref="FormatException">The text is damaged.</exception>
    public static ServerSnapshot Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Default.ServerSnapshot) ?? throw new FormatException("a snapshot holds nothing");
        }
        catch (JsonException e)
        {
            throw new FormatException("a snapshot cannot be read: " + e.Message, e);
        }
    }
}
