namespace Mailflow.Analysis.TrackingExports;

/// <summary>The columns of a row that is translated: first those of a tracking log, in the order in which they are written, then those of traces.</summary>
enum ExportColumn
{
    Time,
    ClientIp,
    ClientHost,
    ServerIp,
    ServerHost,
    Context,
    Connector,
    Source,
    Event,
    InternalId,
    MessageId,
    NetworkId,
    Recipients,
    Status,
    Bytes,
    Count,
    Related,
    Reference,
    Subject,
    Sender,
    ReturnPath,
    Info,
    Direction,
    Custom,

    /// <summary>The status of a message trace: Delivered, Failed, ...</summary>
    TraceStatus,

    /// <summary>The event of the detail of a trace, and its text.</summary>
    TraceEvent,
    TraceDetail,
}
