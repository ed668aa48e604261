namespace Mailflow.Analysis.Snapshots;

/// <summary>The state of a server at one moment; the newest of each kind replaces the one before. Immutable, and bounded in size.</summary>
/// <param name="Server">The server; <see cref="Organisation"/> for settings that all servers share.</param>
/// <param name="Taken">When, UTC.</param>
public sealed record ServerSnapshot(SnapshotKind Kind, string Server, DateTime Taken)
{
    /// <summary>Stands for all servers: send connectors and the transport configuration belong to the organisation.</summary>
    public const string Organisation = "organisation";

    /// <summary>The deepest queues, the deepest first.</summary>
    public IReadOnlyList<QueueState> Queues { get; init; } = [];

    /// <summary>The queues beyond the limit of <see cref="Queues"/>, summed by kind.</summary>
    public IReadOnlyList<QueueState> OtherQueues { get; init; } = [];

    public IReadOnlyList<QueuedMessages> Messages { get; init; } = [];

    public IReadOnlyList<ConnectorState> Connectors { get; init; } = [];

    public IReadOnlyList<CertificateState> Certificates { get; init; } = [];

    public IReadOnlyList<SettingValue> Settings { get; init; } = [];

    public IReadOnlyList<ResourcePressure> Pressure { get; init; } = [];

    /// <summary>Estimated memory in characters; the exports in memory are limited by it.</summary>
    public long Characters() =>
        (OfRow * ((long)Queues.Count + Messages.Count + Connectors.Count + Certificates.Count + Settings.Count + Pressure.Count))
        + Queues.Sum(TextOf)
        + Messages.Sum(m => (long)m.Queue.Length)
        + Connectors.Sum(TextOf)
        + Certificates.Sum(TextOf)
        + Settings.Sum(s => (long)s.Value.Length);

    internal static long TextOf(QueueState queue) => queue.Identity.Length + queue.NextHop.Length + queue.LastError.Length;

    internal static long TextOf(ConnectorState connector) =>
        connector.Name.Length + connector.Spaces.Length + connector.SmartHosts.Length + connector.Fqdn.Length + connector.TlsCertificate.Length;

    internal static long TextOf(CertificateState certificate) => certificate.Subject.Length + certificate.Services.Length + certificate.Status.Length;

    /// <summary>Estimated size of a record without its texts, in characters.</summary>
    internal const int OfRow = 100;
}

/// <summary>A transport setting, as Exchange shows it.</summary>
public sealed record SettingValue(string Name, string Value);
