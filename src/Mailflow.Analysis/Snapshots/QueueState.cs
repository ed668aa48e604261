using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Snapshots;

/// <summary>The kind of a queue, from its identity and delivery type.</summary>
public enum QueueKind
{
    /// <summary>Messages waiting for the categorizer.</summary>
    Submission,

    /// <summary>To a mailbox database (SmtpDeliveryToMailbox, MapiDelivery).</summary>
    Mailbox,

    /// <summary>To a domain outside, by its MX records (DnsConnectorDelivery).</summary>
    Dns,

    /// <summary>To a smart host (SmartHostConnectorDelivery).</summary>
    SmartHost,

    /// <summary>To another server, site or database group of the organisation.</summary>
    Relay,

    /// <summary>Second copies kept by shadow redundancy: not mail that waits.</summary>
    Shadow,

    /// <summary>Mail without a route.</summary>
    Unreachable,

    /// <summary>Messages that crashed the transport service.</summary>
    Poison,

    Other,
}

public enum QueueStatus
{
    Active,
    Connecting,
    Ready,
    Retry,
    Suspended,
    Other,
}

/// <summary>One queue, or, where <see cref="Identity"/> is empty, the sum of several queues of one kind.</summary>
/// <param name="NextHop">The next hop in lower case: a domain, a smart host, a database.</param>
/// <param name="Retries">How often the connection was retried.</param>
/// <param name="LastError">The last attempt's error, as the queue reports it.</param>
/// <param name="Cause">The cause of <paramref name="LastError"/>; null where there is no error.</param>
public sealed record QueueState(
    string Identity,
    QueueKind Kind,
    string NextHop,
    QueueStatus Status,
    long Messages,
    long Deferred,
    long Locked,
    long Retries,
    DateTime? NextRetry,
    string LastError,
    Cause? Cause)
{
    /// <summary>A queue's error is one reply of a server; longer texts are cut.</summary>
    const int MaxError = 1000;

    static readonly string[] Marks = ["NextHopDomain", "DeliveryType", "NextHopCategory"];

    /// <summary>A queue has an identity such as <c>EX01\7</c> and a count; other objects have an identity, too, but not that.</summary>
    public static bool Recognises(ExportObject export) =>
        export.Has("MessageCount") && (Marks.Any(export.Has) || ServerOf(export["Identity"] ?? export["QueueIdentity"]) is not null);

    /// <summary>The server in an identity such as <c>EX01\Submission</c>; null where there is none.</summary>
    public static string? ServerOf(string? identity) =>
        identity?.IndexOf('\\', StringComparison.Ordinal) is > 0 and var slash ? identity[..slash] : null;

    /// <summary>Null where the number of messages cannot be read: that is a problem of the export, not an empty queue.</summary>
    public static QueueState? Of(ExportObject export)
    {
        if (!export.TryCount("MessageCount", out var messages))
            return null;
        var identity = ConnectorState.Short(export["Identity"] ?? export["QueueIdentity"] ?? "");
        var error = export["LastError"] ?? "";
        return new(
            identity,
            KindOf(identity, export["DeliveryType"] ?? "", export["NextHopDomain"] ?? ""),
            NextHopOf(export["NextHopDomain"] ?? ""),
            StatusOf(export["Status"] ?? export["Status.Value"]),
            messages,
            Number(export, "DeferredMessageCount"),
            Number(export, "LockedMessageCount"),
            Number(export, "RetryCount"),
            export.TryTime("NextRetryTime", out var next) ? next : null,
            error.Length > MaxError ? error[..MaxError] : error,
            string.IsNullOrWhiteSpace(error) ? null : Diagnosis.Of(error).Cause);
    }

    /// <summary>Adds a queue that is not kept individually to the sum of its kind.</summary>
    public QueueState Plus(QueueState other) => this with
    {
        Messages = Messages + other.Messages,
        Deferred = Deferred + other.Deferred,
        Locked = Locked + other.Locked,
        Retries = Math.Max(Retries, other.Retries),
    };

    /// <summary>The empty sum.</summary>
    public static QueueState None(QueueKind kind) => new("", kind, "", QueueStatus.Other, 0, 0, 0, 0, null, "", null);

    static QueueKind KindOf(string identity, string deliveryType, string nextHop)
    {
        var name = identity[(identity.IndexOf('\\', StringComparison.Ordinal) + 1)..];
        if (name.StartsWith("Shadow", StringComparison.OrdinalIgnoreCase) || Is(deliveryType, "ShadowRedundancy"))
            return QueueKind.Shadow;
        if (Is(name, "Submission") || (Is(deliveryType, "Undefined") && Is(nextHop, "Submission")))
            return QueueKind.Submission;
        if (Is(name, "Unreachable") || Is(deliveryType, "Unreachable"))
            return QueueKind.Unreachable;
        if (Is(name, "Poison"))
            return QueueKind.Poison;
        return deliveryType.ToUpperInvariant() switch
        {
            "SMTPDELIVERYTOMAILBOX" or "MAPIDELIVERY" => QueueKind.Mailbox,
            "DNSCONNECTORDELIVERY" => QueueKind.Dns,
            "SMARTHOSTCONNECTORDELIVERY" => QueueKind.SmartHost,
            var type when type.StartsWith("SMTPRELAY", StringComparison.Ordinal) => QueueKind.Relay,
            _ => QueueKind.Other,
        };
    }

    /// <summary>In the order of Microsoft's documentation ("Queue properties"): as a number, Retry is 4.</summary>
    static readonly QueueStatus[] Numbered = [QueueStatus.Active, QueueStatus.Connecting, QueueStatus.Suspended, QueueStatus.Ready, QueueStatus.Retry];

    static QueueStatus StatusOf(string? text) =>
        text is [>= '0' and <= '4'] ? Numbered[text[0] - '0']
        : Enum.TryParse<QueueStatus>(text, ignoreCase: true, out var status) && Enum.IsDefined(status) && !char.IsAsciiDigit(text[0]) ? status
        : QueueStatus.Other;

    /// <summary>The next hop becomes a label: text that is not a valid name is left out.</summary>
    static string NextHopOf(string text) =>
        LabelName.IsName(text) ? text.TrimEnd('.').ToLowerInvariant() : "";

    static bool Is(string text, string name) => text.Equals(name, StringComparison.OrdinalIgnoreCase);

    internal static long Number(ExportObject export, string name) => export.TryNumber(name, out var n) ? Math.Max(0, n) : 0;
}

/// <summary>The messages of one queue, from Get-Message: a queue itself does not say how long its oldest message has waited.</summary>
/// <param name="Queue">The queue's identity.</param>
/// <param name="Oldest">When the oldest message was received, UTC; null where that is not known.</param>
public sealed record QueuedMessages(string Queue, long Count, DateTime? Oldest)
{
    static readonly string[] Marks = ["Queue", "DateReceived", "FromAddress"];

    public static bool Recognises(ExportObject export) => Marks.All(export.Has);

    public static QueuedMessages Of(ExportObject export) => new(
        ConnectorState.Short(export["Queue"] ?? ""),
        1,
        export.TryTime("DateReceived", out var received) ? received : null);

    public QueuedMessages Plus(QueuedMessages other) =>
        new(Queue, Count + other.Count, Oldest is null || other.Oldest < Oldest ? other.Oldest ?? Oldest : Oldest);
}
