namespace Mailflow.Analysis.Snapshots;

/// <summary>The cmdlet that a snapshot comes from. The names are stored: do not rename.</summary>
public enum SnapshotKind
{
    /// <summary>Get-Queue.</summary>
    Queues,

    /// <summary>Get-Message.</summary>
    Messages,

    /// <summary>Get-SendConnector.</summary>
    SendConnectors,

    /// <summary>Get-ReceiveConnector.</summary>
    ReceiveConnectors,

    /// <summary>Get-ExchangeCertificate.</summary>
    Certificates,

    /// <summary>Get-TransportConfig: the organisation's limits.</summary>
    TransportConfig,

    /// <summary>Get-TransportService: a server's DNS servers, intervals and log settings.</summary>
    TransportService,

    /// <summary>Get-ExchangeDiagnosticInfo -Process EdgeTransport -Component ResourceThrottling, or the events 15004 to 15007.</summary>
    BackPressure,
}
