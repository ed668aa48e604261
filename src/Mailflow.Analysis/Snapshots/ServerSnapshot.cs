namespace Mailflow.Analysis.Snapshots;

/// <summary>What a snapshot shows. The names are stored: do not rename.</summary>
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

    /// <summary>Get-TransportService: a server's DNS servers, intervals and logs.</summary>
    TransportService,

    /// <summary>Get-ExchangeDiagnosticInfo -Process EdgeTransport -Component ResourceThrottling; and the events 15004 to 15007, which tell the same.</summary>
    BackPressure,
}

/// <summary>What a server said of itself at one moment: the newest of each kind replaces the one before. Immutable, and bounded in size.</summary>
/// <param name="Server">Whose it is; <see cref="Organisation"/> for what all servers share.</param>
/// <param name="Taken">When, UTC.</param>
public sealed record ServerSnapshot(SnapshotKind Kind, string Server, DateTime Taken)
{
    /// <summary>The server of what belongs to no one server: send connectors and the transport configuration.</summary>
    public const string Organisation = "organisation";

    /// <summary>The deepest queues, the deepest first.</summary>
    public IReadOnlyList<QueueState> Queues { get; init; } = [];

    /// <summary>The queues that found no room in <see cref="Queues"/>, summed by kind.</summary>
    public IReadOnlyList<QueueState> OtherQueues { get; init; } = [];

    public IReadOnlyList<QueuedMessages> Messages { get; init; } = [];

    public IReadOnlyList<ConnectorState> Connectors { get; init; } = [];

    public IReadOnlyList<CertificateState> Certificates { get; init; } = [];

    public IReadOnlyList<SettingValue> Settings { get; init; } = [];

    public IReadOnlyList<ResourcePressure> Pressure { get; init; } = [];

    /// <summary>Characters of memory that it takes, about: how much is kept of exports is bounded by it.</summary>
    public long Characters() =>
        (OfRow * ((long)Queues.Count + Messages.Count + Connectors.Count + Certificates.Count + Settings.Count + Pressure.Count))
        + Queues.Sum(TextOf) + Messages.Sum(m => (long)m.Queue.Length) + Connectors.Sum(TextOf) + Certificates.Sum(TextOf) + Settings.Sum(s => (long)s.Value.Length);

    internal static long TextOf(QueueState queue) => queue.Identity.Length + queue.NextHop.Length + queue.LastError.Length;

    internal static long TextOf(ConnectorState connector) =>
        connector.Name.Length + connector.Spaces.Length + connector.SmartHosts.Length + connector.Fqdn.Length + connector.TlsCertificate.Length;

    internal static long TextOf(CertificateState certificate) => certificate.Subject.Length + certificate.Services.Length + certificate.Status.Length;

    /// <summary>A record, and what of it is no text.</summary>
    internal const int OfRow = 100;
}

/// <summary>A setting of the transport, as Exchange shows it.</summary>
public sealed record SettingValue(string Name, string Value);
