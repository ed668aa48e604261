using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mailflow.Simulator;

/// <summary>Latencies in milliseconds, one for each row (not recipient) that is not noise; percentiles by nearest rank.</summary>
sealed record LatencyTruth(long Count, long Sum, long P50, long P95, long P99);

/// <summary>
/// The correct counts for a reader of the simulated files. Maps contain no zeros. While a live simulation runs, the counts include complete rows
/// in the files and in their buffers, so they may be up to a buffer ahead of the files. With <see cref="Finished"/> they are exact: every counted
/// row is in the files, and nothing else.
/// </summary>
sealed record Truth
{
    public required int Seed { get; init; }

    public required string Server { get; init; }

    public required bool Finished { get; init; }

    public required long Rows { get; init; }

    /// <summary>Bytes in the files: rows, headers and byte order marks.</summary>
    public required long Bytes { get; init; }

    public required int Files { get; init; }

    /// <summary>Rows by <c>SOURCE|EVENT</c>, noise included.</summary>
    public required SortedDictionary<string, long> Events { get; init; }

    /// <summary>
    /// Rows that are not mail of people, by reason: <c>shadow</c> by the event; else <c>health-mailbox</c> when the sender or every
    /// recipient is a HealthMailbox or extest_ account; else <c>probe</c>, likewise.
    /// A row without any address is not noise. The counts below exclude noise.
    /// </summary>
    public required SortedDictionary<string, long> Noise { get; init; }

    /// <summary>Recipients by outcome: delivered, sent, relayed, failed, deferred, dropped, expanded.</summary>
    public required SortedDictionary<string, long> Messages { get; init; }

    /// <summary>Recipients by <c>outcome|direction</c>; the direction is originating, incoming or unknown.</summary>
    public required SortedDictionary<string, long> MessagesByDirection { get; init; }

    /// <summary>Recipients of FAIL rows by cause.</summary>
    public required SortedDictionary<string, long> Failures { get; init; }

    /// <summary>Recipients of DEFER rows by cause.</summary>
    public required SortedDictionary<string, long> Deferrals { get; init; }

    /// <summary>From arrival in the organisation (start of message-info) to the row, for the outcomes delivered and sent.</summary>
    public required SortedDictionary<string, LatencyTruth> LatencyMs { get; init; }

    /// <summary>Windows events by id; each counts once, even if several exports contain it.</summary>
    public SortedDictionary<string, long> WindowsEvents { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Failures that only a Windows event reports; they are not among those of the FAIL rows.</summary>
    public long LoneRefusals { get; init; }

    /// <summary>Messages in the queues of the last snapshot by next hop.</summary>
    public SortedDictionary<string, long> Queues { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The twenty domains with the most failed recipients, worst first.</summary>
    public required Dictionary<string, long> FailuresByDomain { get; init; }

    /// <summary>Message-recipients on their way at the end: accepted by the organisation, and no row says an end; by the server of their newest row.</summary>
    public SortedDictionary<string, PendingTruth> Pending { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Those on their way of which the newest row is older than <see cref="ExpirySeconds"/>, counted from the newest row of all.</summary>
    public CountTruth Lost { get; init; } = new(0, 0);

    /// <summary>Messages that one server received by SMTP at least four times for the same recipient, whether they ended or not.</summary>
    public CountTruth Looping { get; init; } = new(0, 0);

    public double ExpirySeconds { get; init; }

    /// <summary>The time of the newest row.</summary>
    public DateTime Newest { get; init; }

    /// <summary>Those on their way one by one, if the simulation has finished.</summary>
    public IReadOnlyList<OnItsWay> OnTheirWay { get; init; } = [];

    /// <summary>The name of the file with the journey of each message, if it is written.</summary>
    public string? Journeys { get; init; }

    /// <summary>The connectivity and protocol logs, if they are written.</summary>
    public SmtpTruth? Smtp { get; init; }
}

/// <summary>What is on its way at one server.</summary>
/// <param name="Oldest">The earliest <see cref="OnItsWay.Since"/>.</param>
sealed record PendingTruth(long Recipients, DateTime Oldest);

/// <summary>A number of messages, and of their recipients that this is about.</summary>
sealed record CountTruth(long Messages, long Recipients);

/// <summary>A message on its way to one recipient.</summary>
/// <param name="NetworkMessageId">Null before Exchange 2013.</param>
/// <param name="Outcome">pending, or deferred if the newest row is a deferral.</param>
/// <param name="Server">The server that wrote the newest row.</param>
/// <param name="NextHop">The server of ours that this row hands the message to; null where it does not.</param>
/// <param name="Since">The time of the first row that says that the organisation has accepted it.</param>
/// <param name="At">The time of the newest row that says where it is.</param>
sealed record OnItsWay(
    string MessageId, string? NetworkMessageId, string Recipient, string Outcome, string Server, string? NextHop, DateTime Since, DateTime At);

/// <summary>The part of the truth about messages on their way.</summary>
sealed record FlightTruth(
    SortedDictionary<string, PendingTruth> Pending, CountTruth Lost, CountTruth Looping, DateTime Newest, List<OnItsWay> OnTheirWay);

/// <summary>truth.json in the folder of a simulation.</summary>
static class SimulationTruth
{
    public const string FileName = "truth.json";

    public static Truth Load(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, FileName));
        return JsonSerializer.Deserialize(file, TruthJson.Default.Truth)
            ?? throw new InvalidDataException($"{Path.Combine(folder, FileName)} holds null instead of the counts of a simulation.");
    }

    /// <summary>Replaces the file atomically: a reader sees the old one or the new one.</summary>
    public static void Save(string folder, Truth truth)
    {
        var path = Path.Combine(folder, FileName);
        var temporary = path + ".tmp";
        using (var file = File.Create(temporary))
            JsonSerializer.Serialize(file, truth, TruthJson.Default.Truth);
        File.Move(temporary, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Truth))]
sealed partial class TruthJson : JsonSerializerContext;
