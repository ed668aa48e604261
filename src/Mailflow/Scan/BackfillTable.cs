using Mailflow.Metrics;

namespace Mailflow.Scan;

/// <summary>
/// THE table of the metrics that are back-filled: those that rows of logs decide. Left out: what depends on when something was read or asked (states of
/// files, sinks, checks, incidents, messages on their way), and what only exports say.
/// </summary>
static class BackfillTable
{
    public static IReadOnlyList<Counter> Counters { get; } =
    [
        Metrics.Counters.Messages, Metrics.Counters.MessageBytes, Metrics.Counters.Failures, Metrics.Counters.EnhancedCodes, Metrics.Counters.Deferrals,
        Metrics.Counters.ConnectorFailures, Metrics.Counters.DeliveryLatency, Metrics.Counters.DeliveryStage, Metrics.Counters.Connections,
        Metrics.Counters.SocketErrors, Metrics.Counters.ConnectionRetries, Metrics.Counters.DestinationConnections, Metrics.Counters.DestinationMessages,
        Metrics.Counters.DestinationBytes, Metrics.Counters.SmtpSessions, Metrics.Counters.SmtpRefusals, Metrics.Counters.TlsFailures,
        Metrics.Counters.AgentRefusals, Metrics.Counters.Rows, Metrics.Counters.NoiseRows,
        Metrics.Counters.UnreadableRows, Metrics.Counters.ReadBytes,
    ];

    /// <summary>A gauge: the time of the newest row.</summary>
    public const string LastEvent = "mailflow_last_event_timestamp_seconds";
}
