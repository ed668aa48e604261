namespace Mailflow.Ledger;

/// <summary>What is counted for good: each is one metric. The names are stored: do not rename.</summary>
enum Counter
{
    /// <summary>source, event, server.</summary>
    Rows,

    /// <summary>reason, server.</summary>
    Noise,

    /// <summary>outcome, direction, server.</summary>
    Messages,

    /// <summary>outcome, server.</summary>
    MessageBytes,

    /// <summary>cause, fault, permanence, server.</summary>
    Failures,

    /// <summary>cause, server.</summary>
    Deferrals,

    /// <summary>code, server.</summary>
    EnhancedCodes,

    /// <summary>connector, server.</summary>
    ConnectorFailures,

    /// <summary>reason.</summary>
    Unreadable,

    /// <summary>server.</summary>
    ReadBytes,

    /// <summary>source, outcome, server.</summary>
    Connections,

    /// <summary>error, server.</summary>
    SocketErrors,

    /// <summary>cause, server.</summary>
    ConnectionRetries,

    /// <summary>destination, outcome.</summary>
    DestinationConnections,

    /// <summary>destination.</summary>
    DestinationMessages,

    /// <summary>destination.</summary>
    DestinationBytes,

    /// <summary>direction, outcome, tls, server.</summary>
    SmtpSessions,

    /// <summary>direction, stage, cause, server.</summary>
    SmtpRefusals,

    /// <summary>provider, id, server.</summary>
    WindowsEvents,

    /// <summary>cause, permanence, server.</summary>
    Refusals,

    /// <summary>reason.</summary>
    ExportProblems,

    /// <summary>question, verdict.</summary>
    Answers,

    /// <summary>outcome, slot of <see cref="Analysis.Messages.TimeCounts"/>.</summary>
    DeliveryLatency,

    /// <summary>stage, slot.</summary>
    DeliveryStage,

    /// <summary>kind of log, server: 1 where the server has shown one. Not a metric: it tells which series the server has from its start on.</summary>
    LogKinds,
}

/// <summary>One counter with its labels; those that it does not have are empty.</summary>
readonly record struct CellKey(Counter Counter, string A, string B = "", string C = "", string D = "");

/// <summary>A counter's committed value.</summary>
readonly record struct CellValue(CellKey Key, long Value);

/// <summary>A counter under way. Only <see cref="Totals"/> changes it.</summary>
sealed class Cell(CellKey key)
{
    public CellKey Key => key;

    public long Value { get; set; }

    /// <summary>Whether it changed since it was last stored.</summary>
    public bool IsChanged { get; set; }
}
