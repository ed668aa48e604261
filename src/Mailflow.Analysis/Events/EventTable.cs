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
            "A Receive connector rejected a connection: the connection limit is reached.",
            "Check the protocol log for the clients that connect. If the load is expected, raise MaxInboundConnection of the connector.",
            Docs2010, [EventPart.Connector]),
        new(1010, "SmtpReceiveMessageRejected", EventKind.Receive, EventSeverity.Information,
            "A Receive connector rejected a message.",
            "Read the reply in the SmtpReceive protocol log.",
            Observed, [EventPart.Connector]),
        new(1012, "SmtpReceiveAuthenticationFailedTooManyErrors", EventKind.Receive, EventSeverity.Warning,
            "A client failed to authenticate too often and was disconnected.",
            "Check the IP address: an application with an old password, or password guessing.",
            Docs2010, [EventPart.Connector, EventPart.Other, EventPart.Address]),
        new(1018, "SmtpReceiveSubmitRejected", EventKind.Receive, EventSeverity.Warning,
            "An authenticated account has no permission to submit through this connector.",
            "Grant the account ms-Exch-SMTP-Submit on the connector, or configure the client for another connector.",
            Observed, []),
        new(1020, "SmtpReceiveAuthorizationRejected", EventKind.Receive, EventSeverity.Warning,
            "An account has no permission to send as the given sender address.",
            "Check the sender address that the application uses and the account's Send As permission.",
            Observed, []),
        new(1021, "SmtpReceiveMaxConnectionPerSourceReached", EventKind.Receive, EventSeverity.Warning,
            "One IP address has reached the connection limit of a Receive connector.",
            "Identify the client. If it is our relay or gateway, raise MaxInboundConnectionPerSource.",
            "public posts of Exchange 2010 administrators", [EventPart.Connector, EventPart.Address]),
        new(2000, "SmtpSendDnsConnectionFailure", EventKind.Connection, EventSeverity.Warning,
            "A Send connector could not resolve or reach its next hop.",
            "Resolve the next hop on the server (Resolve-DnsName) and test port 25 (Test-NetConnection).",
            Observed, [EventPart.Connector]),
        new(2002, "SmtpSendConnectionError", EventKind.Connection, EventSeverity.Warning,
            "A connection of a Send connector failed.",
            "Test port 25 to the named address. Check the firewall and the remote server.",
            Observed, [EventPart.Connector]),
        new(2003, "SmtpSendOutboundAuthenticationFailed", EventKind.Connection, EventSeverity.Warning,
            "A Send connector could not authenticate to its smart host.",
            "Set the smart host credentials again (Set-SendConnector -AuthenticationCredential).",
            Observed, [EventPart.Connector]),
        new(2004, "SmtpSendAckMessage", EventKind.SendFailure, EventSeverity.Warning,
            "The remote server rejected a message.",
            "Copy the reply from the event into: mailflow explain",
            Docs2010 + "; KB 2888788", [EventPart.Connector, EventPart.MessageId, EventPart.Response]),
        new(2005, "SmtpSendAckConnection", EventKind.Connection, EventSeverity.Information,
            "The remote server ended a connection before a message was sent.",
            "Copy the reply from the event into: mailflow explain",
            Docs2010, [EventPart.Connector]),
        new(2006, "SmtpSendRemoteDisconnected", EventKind.Connection, EventSeverity.Warning,
            "The remote server closed the connection.",
            "Read the SmtpSend protocol log. Common causes: a firewall that inspects SMTP, or limits of the remote server.",
            Observed, [EventPart.Connector]),
        new(5006, "RoutingNoOwningServerForMailboxDatabase", EventKind.Routing, EventSeverity.Warning,
            "Routing finds no server that owns a mailbox database; its mail waits in the unreachable queue.",
            "Check the database (Get-MailboxDatabase -Status) and Active Directory replication.",
            Observed, []),
        new(5015, "RoutingNoSourceBridgehead", EventKind.Routing, EventSeverity.Error,
            "A Send connector has no usable source server; the connector is not used.",
            "Set its source servers (Set-SendConnector -SourceTransportServers).",
            Observed, [EventPart.Connector]),
        new(5016, "RoutingNoRouteToConnector", EventKind.Routing, EventSeverity.Error,
            "Routing finds no route to a connector; the connector is not used.",
            "Check its source servers and the Active Directory site links.",
            Docs2010, [EventPart.Connector]),
        new(5038, "RoutingNoDestinationForMailboxDatabase", EventKind.Routing, EventSeverity.Warning,
            "Routing has no destination for a mailbox database.",
            "Check the database (Get-MailboxDatabase -Status) and the servers with its copies.",
            Observed, []),
        new(7001, "ProcessStopService", EventKind.Service, EventSeverity.Information,
            "The transport service was stopped. This alone is not a failure.",
            "If nobody stopped it, check the events before it.",
            Observed, []),
        new(7002, "ProcessDatabaseInUse", EventKind.Service, EventSeverity.Warning,
            "The transport process could not open its database: another process has it open.",
            "Check whether an old EdgeTransport.exe still runs or a virus scanner holds files of the queue folder.",
            Observed, []),
        new(10001, "MessageCountEnqueuedToPoisonQueue", EventKind.Poison, EventSeverity.Warning,
            "Messages that crashed the transport service were moved to the poison queue.",
            "Run Get-Message -Queue Poison and check the messages before you resume or remove them.",
            Docs2010, []),
        new(10003, "PoisonMessageCrash", EventKind.Poison, EventSeverity.Error,
            "The transport process crashed while it processed a message.",
            "Check the agent in the call stack. Install updates of Exchange and of third-party agents.",
            Docs2010, []),
        new(12014, "CannotLoadSTARTTLSCertificateFromStore", EventKind.Certificate, EventSeverity.Error,
            "No certificate matches the connector's FQDN, so STARTTLS is not offered or not used.",
            "Enable a certificate with this name for SMTP (Enable-ExchangeCertificate -Services SMTP), or set the connector's Fqdn to a name in a certificate.",
            Observed, [EventPart.Fqdn, EventPart.Connector, EventPart.Fqdn]),
        new(12015, "InternalTransportCertificateExpired", EventKind.Certificate, EventSeverity.Error,
            "The certificate between our own servers has expired.",
            "Run New-ExchangeCertificate on the server and answer yes to replace the default SMTP certificate.",
            Observed, [EventPart.Thumbprint]),
        new(12016, "STARTTLSCertificateExpired", EventKind.Certificate, EventSeverity.Error,
            "The certificate for a connector's FQDN has expired.",
            "Renew it and enable it for SMTP.",
            Docs2010, [EventPart.Fqdn]),
        new(12017, "InternalTransportCertificateExpiresSoon", EventKind.Certificate, EventSeverity.Warning,
            "The certificate between our own servers expires soon.",
            "Renew it in time (New-ExchangeCertificate).",
            Docs2010, [EventPart.Thumbprint, EventPart.HoursLeft]),
        new(12018, "STARTTLSCertificateExpiresSoon", EventKind.Certificate, EventSeverity.Warning,
            "The certificate for STARTTLS expires soon.",
            "Renew it in time and enable it for SMTP.",
            Docs2010, [EventPart.Other, EventPart.Thumbprint, EventPart.HoursLeft]),
        new(12023, "CannotLoadInternalTransportCertificateFallback", EventKind.Certificate, EventSeverity.Error,
            "The certificate between our own servers cannot be loaded; another one is used instead.",
            "Run Enable-ExchangeCertificate with the thumbprint and -Services SMTP. If the certificate is gone, import it or create a new one.",
            Observed, [EventPart.Thumbprint]),
        new(15004, "ResourceUtilizationUp", EventKind.BackPressure, EventSeverity.Warning,
            "Back pressure rises: the server slows down or rejects mail from some sources.",
            "Free the named resource: disk space of the queue database, memory, or the submission queue.",
            BackPressurePage, [EventPart.LevelBefore, EventPart.LevelAfter, EventPart.Resources]),
        new(15005, "ResourceUtilizationDown", EventKind.BackPressure, EventSeverity.Information,
            "Back pressure falls.",
            "Nothing to do. Check that it stays low.",
            BackPressurePage + "; " + Docs2010, [EventPart.LevelBefore, EventPart.LevelAfter, EventPart.Resources]),
        new(15006, "DiskSpaceLow", EventKind.BackPressure, EventSeverity.Error,
            "The server rejects mail: its disk is nearly full.",
            "Free space on the drive of the queue database, or move the database.",
            BackPressurePage, [EventPart.Resources]),
        new(15007, "PrivateBytesHigh", EventKind.BackPressure, EventSeverity.Error,
            "The server rejects mail: it is low on memory.",
            "Check which process uses the memory. If it is EdgeTransport.exe, restart the transport service.",
            BackPressurePage, [EventPart.Resources]),
        new(16011, "MessageTrackingLogPathIsNull", EventKind.Configuration, EventSeverity.Warning,
            "The path of the message tracking log is not set: no tracking log is written.",
            "Set the path with Set-TransportService -MessageTrackingLogPath.",
            Observed, []),
        new(16017, "ActivationFailed", EventKind.Service, EventSeverity.Error,
            "A component of the transport service did not start.",
            "Check the events before it.",
            Observed, []),
        new(16023, "CannotStartAgents", EventKind.Service, EventSeverity.Error,
            "Transport agents could not be started; the server accepts no mail.",
            "Run Get-TransportAgent, disable the named agent and restart the service.",
            Fixture, []),
        new(16028, "ForcedConfigurationUpdateSucceeded", EventKind.Configuration, EventSeverity.Information,
            "The configuration was reloaded.",
            "Nothing to do.",
            Fixture, []),
        new(17003, "JetCorruption", EventKind.Database, EventSeverity.Error,
            "The queue database is damaged.",
            "Follow Microsoft's page on moving or repairing the queue database. Messages in it may be lost.",
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
