using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for servers with a problem of their own, and for texts without a reason.</summary>
static class ServerAdvice
{
    static readonly Command Services = Local("Test-ServiceHealth -Server '{server}' | Format-List Role,RequiredServicesRunning,ServicesNotRunning",
        "Our server: are its services running");

    static readonly Command Components = Local(
        "Get-ServerComponentState '{server}' | Where-Object { $_.State -ne 'Active' } | Format-Table Component,State",
        "Our server: components that are off; if nearly all are, it is in maintenance");

    static readonly Command Requesters = Local(
        "Get-ServerComponentState '{server}' -Component HubTransport | Select-Object -ExpandProperty LocalStates | Format-Table Requester,State,Timestamp",
        "Who switched the component off and when: Maintenance is a person, HealthAPI the server itself");

    static readonly Command Pressure = Windows(
        "Get-WinEvent -FilterHashtable @{LogName='Application'; ProviderName='MSExchangeTransport'; Id=15004,15005,15006,15007} -MaxEvents 20 | "
        + "Format-List TimeCreated,Id,Message",
        "Our server: 15004 and 15005 are changes of back pressure, 15006 no disk space, 15007 no memory");

    static readonly Command Disks = Windows("Get-PSDrive -PSProvider FileSystem | Format-Table Name,Used,Free",
        "Our server: the disk with the queue database needs several GB of free space");

    static readonly Command Databases = Local("Get-MailboxDatabase -Status | Format-Table Name,Server,Mounted", "Our databases: which are not mounted");

    static readonly Command Copies = Local("Get-MailboxDatabaseCopyStatus -Server '{server}' | Format-Table Name,Status,CopyQueueLength,ContentIndexState",
        "The copies on this server");

    static readonly Command TransportErrors = Windows(
        "Get-WinEvent -FilterHashtable @{LogName='Application'; ProviderName='MSExchangeTransport'; Level=2,3} -MaxEvents 30 | Format-List "
        + "TimeCreated,Id,Message",
        "Our server: the newest errors and warnings of transport");

    static readonly Command FrontEnd = Local(
        "Get-FrontendTransportService '{server}' | Format-List InternalDNSAdapterEnabled,InternalDNSServers,ExternalDNSAdapterEnabled,ExternalDNSServers",
        "The DNS servers of the front end: with them it finds the back end");

    static readonly Command BackEndPort = Windows("Test-NetConnection -ComputerName '{server}' -Port 2525",
        "From each other Exchange server: the port of the back end");

    static readonly Command[] ForeignLook = [Queues, Deferrals, Trace];

    public static readonly Advice[] Rows =
    [
        new(SystemError, null,
            "See which server reported it: the status has its name. A remote server: nothing can be changed here, tell its postmaster if it lasts longer "
            + "than a day; ours: check its services, disks and components.",
            [Queues, Services, Components, TransportErrors, Trace],
            [],
            QueueSent),
        .. Each(SystemError, ["back-pressure", "storage", "resources"],
            "A remote server: only its administrator can act. Ours: free space on the disk of the queue database, and find what fills it.",
            [Pressure, Disks, Queues, Trace],
            [],
            [Pressure, QueueIsEmpty, TraceArrived]),
        new(SystemError, "inactive",
            "A remote server: only its administrator can act. Ours: it is maintenance, an update, or its own health checks; find out who switched the "
            + "component off before you change anything.",
            [Components, Requesters, Services, Trace],
            [
                Local("Set-ServerComponentState '{server}' -Component HubTransport -Requester Maintenance -State Active",
                    "Only if the server is ours, Maintenance is the requester, and the maintenance of this server is over: ask the colleague who began it",
                    "the server: its transport service takes part in mail flow again",
                    "Set-ServerComponentState '{server}' -Component HubTransport -Requester Maintenance -State Inactive"),
            ],
            [Components, QueueIsEmpty, TraceArrived]),
        new(SystemError, "store",
            "Check that the database is mounted, and where its copies are.",
            [Databases, Copies, Services],
            [
                Local("Mount-Database '{database}'", "Only if it is not mounted, and nobody dismounted it on purpose",
                    "the database: it is mounted", "Dismount-Database '{database}'"),
            ],
            [Databases, QueueIsEmpty]),
        new(SystemError, "directory",
            "Check the domain controllers that this server uses, then the recipient's object.",
            [
                Local("Get-ExchangeServer '{server}' -Status | Format-List Name,CurrentDomainControllers,CurrentGlobalCatalogs",
                    "The domain controllers that the server uses"),
                Windows("Get-WinEvent -FilterHashtable @{LogName='Application'; ProviderName='MSExchange ADAccess'; Level=2,3} -MaxEvents 20 | "
                    + "Format-List TimeCreated,Id,Message",
                    "Errors of the access to Active Directory"),
                Recipient,
            ],
            [],
            [Arrived]),
        new(SystemError, "connector",
            "Compare the connectors with what this mail needs.",
            [
                Connectors,
                Local("Get-ForeignConnector | Format-List Name,Enabled,AddressSpaces,DropDirectory", "Connectors to other systems"),
                Local("Get-DeliveryAgentConnector | Format-List Name,Enabled,AddressSpaces,DeliveryProtocol", "Connectors with a delivery agent"),
            ],
            [
                Local("Set-SendConnector '{connector}' -Enabled $true", "Only if it is disabled by mistake",
                    "the connector: it sends mail again", "Set-SendConnector '{connector}' -Enabled $false"),
            ],
            [QueueIsEmpty, Arrived]),
        new(SystemError, "front-end",
            "Check that the transport service of this server and of the others runs, and that the front end finds them in DNS (often wrong after a "
            + "change of network adapters).",
            [Services, Components, FrontEnd, BackEndPort],
            [],
            [BackEndPort, QueueIsEmpty]),
        new(SystemError, "proxy",
            "A remote server or Exchange Online: nothing can be changed here. Ours: check that the transport service of the back end runs, and that the "
            + "front end finds it in DNS (often wrong after a change of network adapters).",
            [Services, Components, FrontEnd, BackEndPort, Trace],
            [],
            [BackEndPort, QueueIsEmpty, TraceArrived]),
        new(SystemError, "queue",
            "Look who suspended it, or which destination is down, before you resume it.",
            [
                Local("""Get-TransportService | Get-Queue -Filter 'Status -eq "Suspended"' | Format-List Identity,NextHopDomain,MessageCount,LastError""",
                    "Suspended queues"),
                Queues,
                Local("Search-AdminAuditLog -Cmdlets Suspend-Queue,Suspend-Message -StartDate (Get-Date).AddDays(-7) -EndDate (Get-Date) | "
                    + "Format-List RunDate,Caller,CmdletParameters",
                    "Who suspended it, if queue commands are audited"),
            ],
            [
                Local("Resume-Queue '<server\\queue>'", "The identity that Get-Queue showed, after the reason is known",
                    "the queue: its messages are sent", "Suspend-Queue '<server\\queue>'"),
            ],
            QueueSent),
        new(SystemError, "quarantine",
            "Check that the quarantine mailbox is set, exists, and is not full.",
            [Local("Get-ContentFilterConfig | Format-List QuarantineMailbox,SCLQuarantineEnabled,SCLQuarantineThreshold",
                "The quarantine mailbox"), TransportErrors],
            [],
            [Arrived]),
        new(SystemError, "public-folder-migration",
            "Check the state of the migration. After it the senders must send again.",
            [
                Local("Get-OrganizationConfig | Format-List "
                    + "PublicFolderMailboxesLockedForNewConnections,PublicFolderMailboxesMigrationComplete,PublicFoldersLockedForMigration",
                    "The state of the migration"),
                Online("Get-OrganizationConfig | Format-List "
                    + "PublicFolderMailboxesLockedForNewConnections,PublicFolderMailboxesMigrationComplete,PublicFoldersEnabled", "The same in the tenant"),
            ],
            [],
            Delivered),
        .. Each(SystemError, ["internal", "configuration", "misconfigured", "mailer", "mailing-list", "unavailable"],
            "Nothing can be changed here: tell the server's postmaster by another way, with the text of the reply, if it lasts longer than a day.",
            ForeignLook,
            [],
            QueueSent),

        new(Unknown, null,
            "The text gives no reason. Read the SMTP conversation in the protocol log at the time of the failure, and look for other failures of the "
            + "same destination with a clearer text.",
            [
                FailedMessages,
                Deferrals,
                Local("Get-SendConnector | Format-Table Name,AddressSpaces,ProtocolLoggingLevel", "Which connectors write a protocol log"),
                ProtocolLogs,
                Trace,
            ],
            [WriteProtocolLog],
            Delivered),
    ];
}
