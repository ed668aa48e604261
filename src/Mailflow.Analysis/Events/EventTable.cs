using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Events;

/// <summary>The subject of an event. A closed set, because it is a label.</summary>
public enum EventKind
{
    SendFailure,
    Connection,
    Receive,
    Certificate,
    BackPressure,
    Routing,
    Poison,
    Database,
    Service,
    Configuration,
}

/// <summary>How serious an event is for mail flow, independent of its Windows level.</summary>
public enum EventSeverity
{
    Information,
    Warning,
    Error,
}

/// <summary>The meaning of an insertion string.</summary>
public enum EventPart
{
    Other,
    Connector,
    MessageId,
    Response,
    Fqdn,
    Thumbprint,
    HoursLeft,
    LevelBefore,
    LevelAfter,
    Resources,
    Address,
}

/// <summary>One event that matters for mail flow.</summary>
/// <param name="Name">Exchange's internal name.</param>
/// <param name="Parts">What its insertion strings are, in order, as far as that is known.</param>
/// <param name="Source">Where this is documented or was seen.</param>
public sealed record EventFacts(
    int Id,
    string Name,
    EventKind Kind,
    EventSeverity Severity,
    string Meaning,
    string Action,
    string Source,
    IReadOnlyList<EventPart> Parts);

/// <summary>THE table of Windows events about mail flow. An id is only meaningful together with its provider.</summary>
public static class EventTable
{
    const string Observed = "observed in the product; not documented";
    const string Docs2010 = "Exchange 2010 event pages";
    const string BackPressurePage = "Exchange documentation, \"Understanding back pressure\"";
    const string Fixture = "an event of Exchange 2019 in public test data";

    /// <summary>The transport services; each writes events of this table under its own name.</summary>
    public static IReadOnlyList<string> Providers { get; } =
        ["MSExchangeTransport", "MSExchangeTransportSubmission", "MSExchangeTransportDelivery", "MSExchangeFrontEndTransport"];

    static readonly EventFacts[] Rows =
    [
        new(1009, "SmtpReceiveMaxConnectionReached", EventKind.Receive, EventSeverity.Warning,
            "A Receive connector refused a connection: it has as many as it may.",
            "See who connects (protocol log); raise MaxInboundConnection of the connector where the load is meant.",
            Docs2010, [EventPart.Connector]),
        new(1010, "SmtpReceiveMessageRejected", EventKind.Receive, EventSeverity.Information,
            "A Receive connector refused a message.",
            "Look at the reply in the SmtpReceive protocol log.",
            Observed, [EventPart.Connector]),
        new(1012, "SmtpReceiveAuthenticationFailedTooManyErrors", EventKind.Receive, EventSeverity.Warning,
            "A client failed to log on too often and was cut off.",
            "Look at the address: an application with an old password, or somebody who guesses passwords.",
            Docs2010, [EventPart.Connector, EventPart.Other, EventPart.Address]),
        new(1018, "SmtpReceiveSubmitRejected", EventKind.Receive, EventSeverity.Warning,
            "An account logged on but may not send through this connector.",
            "Give the account ms-Exch-SMTP-Submit on the connector, or point the client to another.",
            Observed, []),
        new(1020, "SmtpReceiveAuthorizationRejected", EventKind.Receive, EventSeverity.Warning,
            "An account may not send as the address that it gave.",
            "Look at the sender's address that the application uses and at the account's Send As right.",
            Observed, []),
        new(1021, "SmtpReceiveMaxConnectionPerSourceReached", EventKind.Receive, EventSeverity.Warning,
            "One address has as many connections to a Receive connector as it may.",
            "See who it is; raise MaxInboundConnectionPerSource where it is a relay or gateway of ours.",
            "public posts of Exchange 2010 administrators", [EventPart.Connector, EventPart.Address]),
        new(2000, "SmtpSendDnsConnectionFailure", EventKind.Connection, EventSeverity.Warning,
            "A Send connector could not resolve or reach its next hop.",
            "Resolve the next hop on the server (Resolve-DnsName) and test port 25 (Test-NetConnection).",
            Observed, [EventPart.Connector]),
        new(2002, "SmtpSendConnectionError", EventKind.Connection, EventSeverity.Warning,
            "A connection of a Send connector failed.",
            "Test port 25 to the address that is named; look at the firewall and at the remote server.",
            Observed, [EventPart.Connector]),
        new(2003, "SmtpSendOutboundAuthenticationFailed", EventKind.Connection, EventSeverity.Warning,
            "A Send connector could not log on to its smart host.",
            "Set the smart host's credentials anew (Set-SendConnector -AuthenticationCredential).",
            Observed, [EventPart.Connector]),
        new(2004, "SmtpSendAckMessage", EventKind.SendFailure, EventSeverity.Warning,
            "The remote server answered a message with something other than success.",
            "The answer is in the event: `mailflow explain` says what it means.",
            Docs2010 + "; KB 2888788", [EventPart.Connector, EventPart.MessageId, EventPart.Response]),
        new(2005, "SmtpSendAckConnection", EventKind.Connection, EventSeverity.Information,
            "The remote server ended a connection before a message was sent.",
            "The answer is in the event: `mailflow explain` says what it means.",
            Docs2010, [EventPart.Connector]),
        new(2006, "SmtpSendRemoteDisconnected", EventKind.Connection, EventSeverity.Warning,
            "The remote server hung up.",
            "Look at the SmtpSend protocol log; often a firewall that inspects SMTP, or the remote server's limits.",
            Observed, [EventPart.Connector]),
        new(5006, "RoutingNoOwningServerForMailboxDatabase", EventKind.Routing, EventSeverity.Warning,
            "Routing knows no server that owns a mailbox database; its mail waits as unreachable.",
            "Look at the database (Get-MailboxDatabase -Status) and at replication of Active Directory.",
            Observed, []),
        new(5015, "RoutingNoSourceBridgehead", EventKind.Routing, EventSeverity.Error,
            "A Send connector has no source server that routing can use; the connector is not used.",
            "Set its servers (Set-SendConnector -SourceTransportServers).",
            Observed, [EventPart.Connector]),
        new(5016, "RoutingNoRouteToConnector", EventKind.Routing, EventSeverity.Error,
            "Routing finds no way to a connector; the connector is not used.",
            "Look at its source servers and at the links between Active Directory sites.",
            Docs2010, [EventPart.Connector]),
        new(5038, "RoutingNoDestinationForMailboxDatabase", EventKind.Routing, EventSeverity.Warning,
            "Routing has no destination for a mailbox database.",
            "Look at the database (Get-MailboxDatabase -Status) and at the servers that hold its copies.",
            Observed, []),
        new(7001, "ProcessStopService", EventKind.Service, EventSeverity.Information,
            "The transport service was stopped. This alone is no failure.",
            "Where nobody stopped it, look at the events before it.",
            Observed, []),
        new(7002, "ProcessDatabaseInUse", EventKind.Service, EventSeverity.Warning,
            "The transport process could not open its database: another process has it.",
            "See whether an old EdgeTransport.exe still runs, or a scanner holds the queue folder.",
            Observed, []),
        new(10001, "MessageCountEnqueuedToPoisonQueue", EventKind.Poison, EventSeverity.Warning,
            "Messages that made the transport service crash were put aside.",
            "Get-Message -Queue Poison; look at them before they are resumed or removed.",
            Docs2010, []),
        new(10003, "PoisonMessageCrash", EventKind.Poison, EventSeverity.Error,
            "The transport process crashed while it worked on a message.",
            "Look at the agent in the call stack; install updates of Exchange and of third-party agents.",
            Docs2010, []),
        new(12014, "CannotLoadSTARTTLSCertificateFromStore", EventKind.Certificate, EventSeverity.Error,
            "There is no certificate with the connector's FQDN, so STARTTLS is not offered or not used.",
            "Give SMTP a certificate with this name (Enable-ExchangeCertificate -Services SMTP), or set the connector's Fqdn to a name that a certificate has.",
            Observed, [EventPart.Fqdn, EventPart.Connector, EventPart.Fqdn]),
        new(12015, "InternalTransportCertificateExpired", EventKind.Certificate, EventSeverity.Error,
            "The certificate between our own servers has expired.",
            "New-ExchangeCertificate on the server, and answer yes to replace the default SMTP certificate.",
            Observed, [EventPart.Thumbprint]),
        new(12016, "STARTTLSCertificateExpired", EventKind.Certificate, EventSeverity.Error,
            "The certificate for a connector's FQDN has expired.",
            "Renew it and enable it for SMTP.",
            Docs2010, [EventPart.Fqdn]),
        new(12017, "InternalTransportCertificateExpiresSoon", EventKind.Certificate, EventSeverity.Warning,
            "The certificate between our own servers expires soon.",
            "Renew it before it does (New-ExchangeCertificate).",
            Docs2010, [EventPart.Thumbprint, EventPart.HoursLeft]),
        new(12018, "STARTTLSCertificateExpiresSoon", EventKind.Certificate, EventSeverity.Warning,
            "The certificate for STARTTLS expires soon.",
            "Renew it before it does, and enable it for SMTP.",
            Docs2010, [EventPart.Other, EventPart.Thumbprint, EventPart.HoursLeft]),
        new(12023, "CannotLoadInternalTransportCertificateFallback", EventKind.Certificate, EventSeverity.Error,
            "The certificate between our own servers cannot be loaded; another is used in its place.",
            "Enable-ExchangeCertificate with the thumbprint and -Services SMTP; where it is gone, import it or make a new one.",
            Observed, [EventPart.Thumbprint]),
        new(15004, "ResourceUtilizationUp", EventKind.BackPressure, EventSeverity.Warning,
            "Back pressure rises: the server takes mail more slowly, or from some sources no more.",
            "Free what is named: disk space of the queue database, memory, or the submission queue.",
            BackPressurePage, [EventPart.LevelBefore, EventPart.LevelAfter, EventPart.Resources]),
        new(15005, "ResourceUtilizationDown", EventKind.BackPressure, EventSeverity.Information,
            "Back pressure falls.",
            "Nothing to do; see that it stays down.",
            BackPressurePage + "; " + Docs2010, [EventPart.LevelBefore, EventPart.LevelAfter, EventPart.Resources]),
        new(15006, "DiskSpaceLow", EventKind.BackPressure, EventSeverity.Error,
            "The server refuses mail: its disk is nearly full.",
            "Free space on the drive of the queue database, or move the database.",
            BackPressurePage, [EventPart.Resources]),
        new(15007, "PrivateBytesHigh", EventKind.BackPressure, EventSeverity.Error,
            "The server refuses mail: it lacks memory.",
            "See what uses it; restart the transport service where it is EdgeTransport.exe.",
            BackPressurePage, [EventPart.Resources]),
        new(16011, "MessageTrackingLogPathIsNull", EventKind.Configuration, EventSeverity.Warning,
            "The path of the message tracking log is not set: there will be no tracking log.",
            "Set-TransportService -MessageTrackingLogPath.",
            Observed, []),
        new(16017, "ActivationFailed", EventKind.Service, EventSeverity.Error,
            "A part of the transport service did not start.",
            "Look at the events before it.",
            Observed, []),
        new(16023, "CannotStartAgents", EventKind.Service, EventSeverity.Error,
            "Transport agents could not be started; mail is not taken.",
            "Get-TransportAgent; disable the one that is named and restart the service.",
            Fixture, []),
        new(16028, "ForcedConfigurationUpdateSucceeded", EventKind.Configuration, EventSeverity.Information,
            "The configuration was read anew.",
            "Nothing to do.",
            Fixture, []),
        new(17003, "JetCorruption", EventKind.Database, EventSeverity.Error,
            "The queue database is damaged.",
            "See Microsoft's page on moving or repairing the queue database; messages in it may be lost.",
            Observed, []),
        new(17004, "JetOutOfSpace", EventKind.Database, EventSeverity.Error,
            "The queue database cannot grow: its disk is full.",
            "Free space on the drive of the queue database.",
            Observed, []),
    ];

    static readonly Dictionary<int, EventFacts> ById = Rows.ToDictionary(r => r.Id);
    static readonly string[] KindNames = KebabCase.NamesOf<EventKind>();
    static readonly string[] SeverityNames = KebabCase.NamesOf<EventSeverity>();

    /// <summary>All rows, by id.</summary>
    public static IReadOnlyList<EventFacts> All => Rows;

    /// <summary>The row of an event; null for the same id from another provider.</summary>
    public static EventFacts? Find(WindowsEvent one) =>
        Providers.Contains(one.Provider, StringComparer.OrdinalIgnoreCase) ? ById.GetValueOrDefault(one.Id) : null;

    public static string Name(this EventKind kind) => KindNames[(int)kind];

    public static string Name(this EventSeverity severity) => SeverityNames[(int)severity];
}
