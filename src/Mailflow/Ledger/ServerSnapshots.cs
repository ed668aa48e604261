using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mailflow.Analysis.Snapshots;
using Mailflow.Metrics;

namespace Mailflow.Ledger;

/// <summary>The newest snapshot of each server and kind.</summary>
sealed class ServerSnapshots
{
    /// <summary>Maximum pairs of server and kind; snapshots of further pairs are ignored.</summary>
    public int Most { get; set; } = (Labels.MaxServersFromRows + 2) * Enum.GetValues<SnapshotKind>().Length;

    /// <summary>The servers with a snapshot.</summary>
    public IEnumerable<string> Servers => _newest.Values.Select(s => s.Server);

    /// <summary>Maximum characters of all snapshots, approximately; a snapshot that would exceed it is ignored.</summary>
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

    /// <summary>The committed snapshots; immutable.</summary>
    public ImmutableArray<ServerSnapshot> All { get; private set; } = [];

    /// <summary>Snapshots that changed since the last commit; null for one that was removed.</summary>
    public IEnumerable<(SnapshotKind Kind, string Server, ServerSnapshot? Snapshot)> Changed =>
        _changed.Select(k => (k.Kind, k.Server, _newest.GetValueOrDefault(k)));

    /// <summary>Adds a snapshot if it is newer than the known one. Back pressure is merged by resource.</summary>
    public void Add(ServerSnapshot snapshot)
    {
        var key = new Key(snapshot.Kind, snapshot.Server.ToUpperInvariant());
        var isMerged = snapshot.Kind == SnapshotKind.BackPressure;
        if (!_newest.TryGetValue(key, out var known))
        {
            if (_newest.Count >= Most)
                return;
        }
        else if (snapshot.Taken < known.Taken && !isMerged)
        {
            return;
        }

        // For each resource the last report counts, whether from a snapshot or from an event.
        if (known is not null && isMerged)
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

    /// <summary>Removes snapshots taken before a time.</summary>
    public void Prune(DateTimeOffset before)
    {
        foreach (var (key, _) in _newest.Where(s => s.Value.Taken < before.UtcDateTime).ToList())
        {
            _newest.Remove(key, out var old);
            _characters -= old?.Characters() ?? 0;
            _changed.Add(key);
        }
    }

    /// <summary>Called after the commit: they are in the store.</summary>
    public void Stored()
    {
        if (_changed.Count > 0 || All.Length != _newest.Count)
            All = [.. _newest.Values.OrderBy(s => s.Server, StringComparer.OrdinalIgnoreCase).ThenBy(s => s.Kind)];
        _changed.Clear();
    }

    /// <summary>The last report of each resource.</summary>
    static List<ResourcePressure> Merge(IReadOnlyList<ResourcePressure> known, IReadOnlyList<ResourcePressure> news)
    {
        // An event names a resource only while it is under pressure: when the overall level is low again, so is each resource from an event.
        var low = news.FirstOrDefault(r => r is { Resource: ResourcePressure.Overall, Level: PressureLevel.Low });
        var before = low is null ? known : known.Select(r => r.Pressure is null && r.At <= low.At ? r with { Level = PressureLevel.Low, At = low.At } : r);
        return [.. before.Concat(news)
            .GroupBy(r => r.Resource, StringComparer.OrdinalIgnoreCase)
            .Select(g => g.Aggregate((x, y) => y.At >= x.At ? y : x))
            .Take(ResourcePressure.MaxResources)];
    }
}

/// <summary>The JSON format of snapshots in the store.</summary>
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
