using Mailflow.Analysis.Exports;

namespace Mailflow.Analysis.Snapshots;

/// <summary>How the objects of an export are told apart, and what each kind of them says.</summary>
sealed record SnapshotFormat(SnapshotKind Kind, Func<ExportObject, bool> Recognises, Func<ExportObject, string?> ServerOf)
{
    static readonly string[] ConfigMarks = ["MaxReceiveSize", "MaxSendSize", "MaxRecipientEnvelopeLimit"];
    static readonly string[] ServiceMarks = ["ExternalDNSServers", "InternalDNSServers", "MessageExpirationTimeout"];

    /// <summary>THE table of snapshots; the first that recognises an object says what it is.</summary>
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

    /// <summary>Null for an object of no kind that is known.</summary>
    public static SnapshotFormat? Of(ExportObject export) => All.FirstOrDefault(f => f.Recognises(export));

    /// <summary>The settings that bear on delivery.</summary>
    public static IReadOnlyList<string> Settings(SnapshotKind kind) => kind == SnapshotKind.TransportConfig
        ?
        [
            "MaxSendSize", "MaxReceiveSize", "MaxRecipientEnvelopeLimit", "ExternalPostmasterAddress", "ShadowRedundancyEnabled", "SafetyNetHoldTime",
            "MaxRetriesForLocalSiteShadow", "MaxRetriesForRemoteSiteShadow", "TLSReceiveDomainSecureList", "TLSSendDomainSecureList",
        ]
        :
        [
            "ExternalDNSAdapterEnabled", "ExternalDNSServers", "ExternalDNSProtocolOption", "InternalDNSAdapterEnabled", "InternalDNSServers", "InternalDNSProtocolOption",
            "ExternalIPAddress", "MessageExpirationTimeout", "DelayNotificationTimeout", "MessageRetryInterval", "OutboundConnectionFailureRetryInterval",
            "TransientFailureRetryCount", "TransientFailureRetryInterval", "MaxOutboundConnections", "MaxPerDomainOutboundConnections",
            "MessageTrackingLogEnabled", "MessageTrackingLogPath", "MessageTrackingLogMaxAge", "MessageTrackingLogMaxDirectorySize", "ConnectivityLogEnabled",
        ];
}
