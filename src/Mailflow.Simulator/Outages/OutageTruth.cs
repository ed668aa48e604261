using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mailflow.Simulator.Outages;

/// <summary>One incident as it should be found. Times are those of the rows.</summary>
/// <param name="Places">The right one first, then those that are equally right.</param>
/// <param name="Fault">The sides that may be named: ours, theirs, sender, policy.</param>
/// <param name="ThirdFailure">The first failure or deferral of the third message; null if nothing fails.</param>
/// <param name="Ended">When the fault was gone.</param>
/// <param name="Recovered">The first success after that; null if there is none.</param>
/// <param name="Messages">Messages that failed or were deferred because of it.</param>
/// <param name="Recipients">Their different recipients that were hit.</param>
sealed record IncidentTruth(
    string Name, IReadOnlyList<OutagePlace> Places, IReadOnlyList<string> Causes, IReadOnlyList<string> Fault, DateTime FirstFailure, DateTime? ThirdFailure,
    DateTime LastFailure, DateTime Ended, DateTime? Recovered, int Messages, int Recipients);

/// <summary>truth.json of a scenario.</summary>
sealed record OutageTruth
{
    public required string Scenario { get; init; }

    public required int Seed { get; init; }

    public required int Days { get; init; }

    /// <summary>The servers of the organisation, those without logs too.</summary>
    public required IReadOnlyList<string> Servers { get; init; }

    public required bool Finished { get; init; }

    public required long Rows { get; init; }

    /// <summary>Bytes in the files: rows, headers and byte order marks.</summary>
    public required long Bytes { get; init; }

    public required int Files { get; init; }

    /// <summary>Rows by <c>SOURCE|EVENT</c>.</summary>
    public required SortedDictionary<string, long> Events { get; init; }

    /// <summary>Recipients by outcome: delivered, sent, relayed, failed, deferred.</summary>
    public required SortedDictionary<string, long> Messages { get; init; }

    public required DateTime Newest { get; init; }

    public required IReadOnlyList<IncidentTruth> Incidents { get; init; }

    public static OutageTruth Load(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, SimulationTruth.FileName));
        return JsonSerializer.Deserialize(file, OutageJson.Default.OutageTruth)
            ?? throw new InvalidDataException($"{Path.Combine(folder, SimulationTruth.FileName)} holds null instead of the truth of a scenario.");
    }

    public void Save(string folder)
    {
        using var file = File.Create(Path.Combine(folder, SimulationTruth.FileName));
        JsonSerializer.Serialize(file, this, OutageJson.Default.OutageTruth);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OutageTruth))]
sealed partial class OutageJson : JsonSerializerContext;
