using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mailflow.Simulator;

/// <summary>One line of journeys.jsonl: a message, and the outcome for each of its recipients and of each address that was replaced by others.</summary>
/// <param name="NetworkMessageId">Null before Exchange 2013.</param>
/// <param name="First">The time of its first row.</param>
/// <param name="Last">The time of its last row.</param>
/// <param name="Rows">The number of rows that name the message.</param>
/// <param name="Servers">Those that wrote rows.</param>
sealed record JourneyTruth(
    string MessageId, string? NetworkMessageId, string Sender, DateTime First, DateTime Last, int Rows, IReadOnlyList<string> Servers,
    IReadOnlyList<JourneyRecipient> Recipients);

/// <summary>The outcome for one recipient: delivered, sent, failed, dropped, replaced, deferred or pending.</summary>
/// <param name="At">The time of the row that decides.</param>
/// <param name="Server">The server that wrote it.</param>
sealed record JourneyRecipient(string Address, string Outcome, DateTime At, string Server);

/// <summary>journeys.jsonl: a message is written when it has no more rows to come, the others at the end. Noise is left out.</summary>
sealed class JourneyFile(string folder) : IDisposable
{
    public const string FileName = "journeys.jsonl";

    FileStream? _file;

    public static IEnumerable<JourneyTruth> Load(string folder) =>
        File.ReadLines(Path.Combine(folder, FileName)).Select(line => JsonSerializer.Deserialize(line, JourneyJson.Default.JourneyTruth)!);

    public void Write(JourneyTruth journey)
    {
        _file ??= new(Path.Combine(folder, FileName), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        JsonSerializer.Serialize(_file, journey, JourneyJson.Default.JourneyTruth);
        _file.WriteByte((byte)'\n');
    }

    public void Dispose() => _file?.Dispose();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JourneyTruth))]
sealed partial class JourneyJson : JsonSerializerContext;
