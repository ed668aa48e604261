using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Simulator;

/// <summary>The correct counts for a reader of the connectivity and protocol logs. Maps contain no zeros.</summary>
sealed record SmtpTruth
{
    /// <summary>Rows of these logs; those of the tracking logs are counted separately.</summary>
    public required long Rows { get; init; }

    /// <summary>Bytes in the files: rows, headers and byte order marks.</summary>
    public required long Bytes { get; init; }

    public required int Files { get; init; }

    /// <summary>Attempts to connect by <c>source|outcome</c>.</summary>
    public required SortedDictionary<string, long> Connections { get; init; }

    public required SortedDictionary<string, long> SocketErrors { get; init; }

    /// <summary>Sessions with a next hop that ended early, by cause.</summary>
    public required SortedDictionary<string, long> Retries { get; init; }

    /// <summary>Transferred messages, and their bytes.</summary>
    public required long Messages { get; init; }

    public required long MessageBytes { get; init; }

    /// <summary>Sessions by <c>direction|outcome|tls</c>, as visible in one file.</summary>
    public required SortedDictionary<string, long> Sessions { get; init; }

    /// <summary>Replies of 4xx and 5xx by <c>direction|stage|cause</c>.</summary>
    public required SortedDictionary<string, long> Refusals { get; init; }
}

/// <summary>Counts the planned lines.</summary>
sealed class SmtpCounts
{
    readonly SortedDictionary<string, long> _connections = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, long> _errors = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, long> _retries = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, long> _sessions = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, long> _refusals = new(StringComparer.Ordinal);
    long _messages;
    long _bytes;

    public long Rows { get; set; }

    public void Attempted(ConnectionSource source, ConnectionOutcome outcome) => Count(_connections, $"{source.Name()}|{outcome.Name()}");

    public void Failed(string error) => Count(_errors, error);

    public void Retried(Cause cause) => Count(_retries, cause.Name());

    public void HandedOver(int messages, long bytes) => (_messages, _bytes) = (_messages + messages, _bytes + bytes);

    public void Ended(SmtpDirection direction, SmtpOutcome outcome, TlsVersion tls) => Count(_sessions, $"{direction.Name()}|{outcome.Name()}|{tls.Name()}");

    public void Refused(SmtpDirection direction, SmtpStage stage, Cause cause) => Count(_refusals, $"{direction.Name()}|{stage.Name()}|{cause.Name()}");

    public SmtpTruth ToTruth(long bytes, int files) => new()
    {
        Rows = Rows,
        Bytes = bytes,
        Files = files,
        Connections = _connections,
        SocketErrors = _errors,
        Retries = _retries,
        Messages = _messages,
        MessageBytes = _bytes,
        Sessions = _sessions,
        Refusals = _refusals,
    };

    static void Count(SortedDictionary<string, long> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
