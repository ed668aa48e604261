using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Snapshots;

/// <summary>Recognises an object of an export by its properties, and finds its server.</summary>
sealed record SnapshotFormat(SnapshotKind Kind, Func<ExportObject, bool> Recognises, Func<ExportObject, string?> ServerOf)
{
    static readonly string[] ConfigMarks = ["MaxReceiveSize", "MaxSendSize", "MaxRecipientEnvelopeLimit"];
    static readonly string[] ServiceMarks = ["ExternalDNSServers", "InternalDNSServers", "MessageExpirationTimeout"];

    /// <summary>THE table of snapshots; the first entry that recognises an object is used.</summary>
    public static IReadOnlyList<SnapshotFormat> All { get; } =
    [
        new(SnapshotKind.Queues, QueueState.Recognises, o => QueueState.ServerOf(o["Identity"] ?? o["QueueIdentity"])),
        new(SnapshotKind.Messages, QueuedMessages.Recognises, o => QueueState.ServerOf(o["Queue"])),
        new(SnapshotKind.SendConnectors, ConnectorState.RecognisesSend, _ => ServerSnapshot.Organisation),
        new(SnapshotKind.ReceiveConnectors, ConnectorState.RecognisesReceive, o => QueueState.ServerOf(o["Identity"]) ?? o["Server"]),
        new(SnapshotKind.Certificates, CertificateState.Recognises, o => QueueState.ServerOf(o["Identity"])),
        new(SnapshotKind.TransportConfig, o => ConfigMarks.All(m => o.Has(m)), _ => ServerSnapshot.Organisation),
        new(SnapshotKind.TransportService, o => ServiceMarks.All(m => o.Has(m)), o => o["Name"]),
        new(SnapshotKind.BackPressure, ResourcePressure.Recognises, _ => null),
    ];

    /// <summary>The format of an object; null where it is of no known kind.</summary>
    public static SnapshotFormat? Of(ExportObject export) => All.FirstOrDefault(f => f.Recognises(export));

    /// <summary>The settings that affect delivery.</summary>
    public static IReadOnlyList<string> Settings(SnapshotKind kind) => kind == SnapshotKind.TransportConfig
        ?
        [
            "MaxSendSize", "MaxReceiveSize", "MaxRecipientEnvelopeLimit", "ExternalPostmasterAddress", "ShadowRedundancyEnabled", "SafetyNetHoldTime",
            "MaxRetriesForLocalSiteShadow", "MaxRetriesForRemoteSiteShadow", "TLSReceiveDomainSecureList", "TLSSendDomainSecureList",
        ]
        :
        [
            "ExternalDNSAdapterEnabled", "ExternalDNSServers", "ExternalDNSProtocolOption",
            "InternalDNSAdapterEnabled", "InternalDNSServers", "InternalDNSProtocolOption",
            "ExternalIPAddress", "MessageExpirationTimeout", "DelayNotificationTimeout", "MessageRetryInterval", "OutboundConnectionFailureRetryInterval",
            "TransientFailureRetryCount", "TransientFailureRetryInterval", "MaxOutboundConnections", "MaxPerDomainOutboundConnections",
            "MessageTrackingLogEnabled", "MessageTrackingLogPath", "MessageTrackingLogMaxAge", "MessageTrackingLogMaxDirectorySize", "ConnectivityLogEnabled",
        ];
}
