using System.Text.Json.Serialization;

namespace Mailflow.Web;

// The forms of the answers of /api/v1, for the document at /openapi/v1.json. TraceJson writes the answers; a test compares both.

/// <summary>Found messages.</summary>
sealed class MessagesAnswer
{
    public required IReadOnlyList<MessageAnswer> Messages { get; init; }

    public required bool More { get; init; }

    public required SearchedAnswer Searched { get; init; }

    public required IReadOnlyList<string> Incomplete { get; init; }

    public required IReadOnlyList<string> Remarks { get; init; }
}

/// <summary>A message with all that its rows say.</summary>
sealed class MessageAnswer
{
    public required string MessageId { get; init; }

    public required string NetworkMessageId { get; init; }

    public required string Sender { get; init; }

    public required DateTimeOffset First { get; init; }

    public required DateTimeOffset Last { get; init; }

    public required long Size { get; init; }

    public required IReadOnlyList<string> Servers { get; init; }

    public required IReadOnlyList<RecipientAnswer> Recipients { get; init; }

    public required IReadOnlyList<string> Unknown { get; init; }

    public string? Story { get; init; }

    public IReadOnlyList<StepAnswer>? Steps { get; init; }

    public TimeSpentAnswer? TimeSpent { get; init; }

    public IReadOnlyList<RowAnswer>? Rows { get; init; }
}

/// <summary>The outcome for one recipient.</summary>
sealed class RecipientAnswer
{
    public required string Address { get; init; }

    public required string Outcome { get; init; }

    public required DateTimeOffset? At { get; init; }

    public required double? LatencySeconds { get; init; }

    public required string Server { get; init; }

    public required string NextHop { get; init; }

    public DateTimeOffset? NextTry { get; init; }

    public string? By { get; init; }

    public required string Reply { get; init; }

    public required IReadOnlyList<string> Became { get; init; }

    public required DiagnosisAnswer? Diagnosis { get; init; }
}

/// <summary>Why a recipient failed or is deferred.</summary>
sealed class DiagnosisAnswer
{
    public required string Cause { get; init; }

    public required string? SubReason { get; init; }

    public required string Permanence { get; init; }

    public required string Fault { get; init; }

    public required double Confidence { get; init; }
}

/// <summary>A step of a message.</summary>
sealed class StepAnswer
{
    public required DateTimeOffset Time { get; init; }

    public required DateTimeOffset Until { get; init; }

    public required double AfterSeconds { get; init; }

    public required string Server { get; init; }

    public required string Kind { get; init; }

    public required string Host { get; init; }

    public required string Text { get; init; }

    public required int Recipients { get; init; }

    public required int Rows { get; init; }
}

/// <summary>Where the time of a message went.</summary>
sealed class TimeSpentAnswer
{
    public required double Seconds { get; init; }

    public required IReadOnlyList<TimePartAnswer> Parts { get; init; }
}

/// <summary>A part of the time of a message.</summary>
sealed class TimePartAnswer
{
    public required string What { get; init; }

    public required string Server { get; init; }

    public required double Seconds { get; init; }

    public required double Share { get; init; }
}

/// <summary>A row of a tracking log.</summary>
sealed class RowAnswer
{
    public required DateTimeOffset Time { get; init; }

    public required string Server { get; init; }

    public required string Source { get; init; }

    public required string Event { get; init; }

    public required string File { get; init; }

    public required long Offset { get; init; }
}

/// <summary>What a search read.</summary>
sealed class SearchedAnswer
{
    public required long Bytes { get; init; }

    public required long Files { get; init; }

    public required long Blocks { get; init; }

    public required long BlocksRead { get; init; }

    public required long BytesRead { get; init; }

    public required double Seconds { get; init; }
}

/// <summary>An error (RFC 9457).</summary>
sealed class ProblemAnswer
{
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    public required string Detail { get; init; }
}

/// <summary>The forms as the document needs them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(MessagesAnswer))]
[JsonSerializable(typeof(IncidentsAnswer))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(string))]
sealed partial class ApiJson : JsonSerializerContext;
