using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;
using static Mailflow.Analysis.Advising.Rows.Common;

namespace Mailflow.Analysis.Incidents;

/// <summary>What an administrator does about an incident: commands for its place, then the row of the advice table for its cause.</summary>
public static class IncidentSteps
{
    // Get-Message takes a queue from the pipe or a filter, not both.
    const string MessagesOfSender =
        "Get-TransportService | Get-Queue -ResultSize Unlimited | Get-Message -ResultSize Unlimited | Where-Object { $_.FromAddress -eq '{sender}' } | ";

    static readonly Command Messages = Local(
        MessagesOfSender + "Format-Table Queue,Status,DateReceived,Subject", "The messages of this sender that are still in queues");

    static readonly Command Hold = Local(
        MessagesOfSender + "Suspend-Message", "Only if the account is compromised: holds its messages that have not left",
        "the messages of this sender in the queues: they are not sent", "the same line with Resume-Message at its end");

    static readonly Command DisableAccount = Windows(
        "Disable-ADAccount '<account>'", "Only if the account is compromised: then change its password, and remove its inbox rules and devices",
        "the account: it cannot log on", "Enable-ADAccount '<account>'");

    static readonly Command[] AccountLook =
    [
        OfSender,
        Messages,
        Local("Get-InboxRule -Mailbox '{sender}' -IncludeHidden | Format-List Name,Enabled,ForwardTo,RedirectTo,ForwardAsAttachmentTo,DeleteMessage",
            "Rules that forward or delete mail: intruders hide replies with them"),
        Local("Get-Mailbox '{sender}' | Format-List Name,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward", "Does the mailbox forward?"),
        TraceOfSender,
    ];

    const string AccountCheck =
        "Ask the sender by telephone whether this mail is wanted: a mailing or an application of ours looks alike. If it is not, disable the account, hold its "
        + "messages, change the password, and remove rules and devices before it is enabled again.";

    const string ReportsCheck =
        "Somebody sends mail to addresses of ours that do not exist, with forged senders, and our reports go to these. Refuse unknown recipients when the mail "
        + "arrives, at the gateway or with recipient validation, so that no report is made.";

    const string NotUsCheck =
        "It is probably on their side: do not change DNS, connectors or addresses. Send the text below to their support, and wait: Exchange tries again.";

    /// <summary>THE table of commands by the kind of the place. They only look.</summary>
    static readonly Dictionary<PlaceKind, Command[]> Looks = new()
    {
        [PlaceKind.Domain] = [],
        [PlaceKind.NextHop] =
        [
            Port25,
            Local("""Get-TransportService | Get-Queue -Filter 'NextHopDomain -eq "{mx}"' | Format-List Identity,Status,MessageCount,LastError""",
                "The queues to this host, where it is a smart host or a server of ours"),
        ],
        [PlaceKind.Connector] =
        [
            Local(
                "Get-SendConnector '{connector}' | Format-List "
                    + "Name,Enabled,AddressSpaces,SmartHosts,Port,TlsAuthLevel,RequireTLS,SourceTransportServers,Fqdn",
                "The connector: is it enabled, and where does it send?"),
            Queues,
        ],
        [PlaceKind.Server] =
        [
            Local("Test-ServiceHealth -Server '{server}' | Format-List Role,RequiredServicesRunning,ServicesNotRunning",
                "Are the services of the server running?"),
            Local("Get-ServerComponentState '{server}' | Where-Object { $_.State -ne 'Active' } | Format-Table Component,State",
                "Components that are off; if nearly all are, the server is in maintenance"),
            Local("Get-Queue -Server '{server}' -ResultSize Unlimited | Format-Table Identity,Status,MessageCount,LastError", "The queues of the server"),
        ],
        [PlaceKind.Egress] =
        [
            Windows("mailflow check --ours", "Queries the active lists for all our outgoing addresses, through our own resolvers"),
            Windows("Resolve-DnsName -Name '{our_address}' -Type PTR", "The name of the address: it must exist and lead back to the address"),
        ],
        [PlaceKind.Sender] = [OfSender],
        [PlaceKind.Database] =
        [
            Local("Get-MailboxDatabase '{database}' -Status | Format-List Name,Server,Mounted", "Is the database mounted, and on which server?"),
            Local("Get-MailboxDatabaseCopyStatus '{database}' | Format-Table Name,Status,CopyQueueLength,ContentIndexState", "The copies of the database"),
        ],
        [PlaceKind.Organization] =
        [
            Queues,
            Local("Get-TransportService | Format-Table Name,State", "Our transport servers"),
        ],
    };

    /// <summary>All commands that are not in the advice table, for tests.</summary>
    public static IReadOnlyList<Command> OfPlaces { get; } = [.. Looks.Values.SelectMany(c => c), .. AccountLook, Hold, DisableAccount];

    /// <summary>The advice for an incident, with values filled in.</summary>
    /// <param name="mayBeShown">Whether a value may be shown; one that may not stays open.</param>
    public static Advised Of(Incident incident, Func<string, bool> mayBeShown)
    {
        var values = ValuesOf(incident).Only(mayBeShown);
        var diagnosis = DiagnosisOf(incident);
        var choice = AdviceChoice.Of(diagnosis, values);
        var isAccount = incident.Kind == IncidentKind.Account;
        var hasCause = incident.Kind == IncidentKind.Failures && !incident.NotUs;
        IEnumerable<AdvisedCommand> commands =
        [
            .. (isAccount ? AccountLook : Looks[incident.Place.Kind]).Select(c => new AdvisedCommand(Purpose.Look, c)),
            .. isAccount ? [new(Purpose.Fix, DisableAccount), new(Purpose.Fix, Hold)] : Array.Empty<AdvisedCommand>(),
            .. hasCause ? choice.Commands() : [],
        ];
        return new(
            [],
            SubReasons.Of(incident.Cause, incident.Sub)?.Meaning ?? CauseTable.Of(incident.Cause).Summary,
            isAccount ? AccountCheck
                : incident.NotUs ? NotUsCheck
                : PlaceWords.IsReporter(incident.Place) ? ReportsCheck
                : hasCause ? choice.Check : CheckOf(incident.Kind),
            [
                .. commands.DistinctBy(c => c.Command.Text, StringComparer.Ordinal).OrderBy(c => c.Purpose)
                    .Select(c => c with { Command = c.Command.For(values) }),
            ],
            hasCause ? choice.Row.Page : "docs/incidents.md");
    }

    static string CheckOf(IncidentKind kind) => kind switch
    {
        IncidentKind.Silence => "Check that the place is up and that somebody sends: a holiday or a planned change looks alike.",
        IncidentKind.Slow => "Look where messages wait: in the queues, at the next server, or in an agent that scans them.",
        _ => "Look at what the evidence names first.",
    };

    static AdviceValues ValuesOf(Incident incident)
    {
        var (kind, name) = (incident.Place.Kind, incident.Place.Name);
        var sender = kind == PlaceKind.Sender ? name : First(incident.Senders);
        return new()
        {
            Sender = sender,
            SenderDomain = sender?.LastIndexOf('@') is >= 0 and var at ? sender[(at + 1)..] : null,
            RecipientDomain = kind == PlaceKind.Domain ? name : First(incident.Domains),
            Connector = kind == PlaceKind.Connector ? name : First(incident.Connectors),
            Server = kind == PlaceKind.Server ? name : First(incident.Servers),
            Mx = kind == PlaceKind.NextHop ? name : First(incident.Hops),
            OurAddress = kind == PlaceKind.Egress ? name : null,
            Database = kind == PlaceKind.Database ? name : null,
            List = incident.Cause == Cause.Blocklisted && incident.Sub?.Contains('.', StringComparison.Ordinal) == true ? incident.Sub : null,
        };
    }

    static string? First(IReadOnlyList<NamedCount> counts) => counts is [{ Name.Length: > 0 } first, ..] ? first.Name : null;

    /// <summary>A diagnosis that chooses the row and the shells, as that of one of its replies would.</summary>
    static Diagnosis DiagnosisOf(Incident incident) => new()
    {
        Cause = incident.Cause,
        SubReason = incident.Sub,
        Fault = incident.Fault,
        Permanence = incident.Waiting > 0 ? Permanence.Transient : incident.Failed > 0 ? Permanence.Permanent : Permanence.Unknown,
        Confidence = 1,
        Evidence = [],
        Text = incident.Replies is [var reply, ..] ? reply.Words : "",
        RemoteHost = incident.Place.Kind == PlaceKind.NextHop ? incident.Place.Name : First(incident.Hops),
    };
}
