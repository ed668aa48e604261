using System.Globalization;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Metrics;

/// <summary>
/// THE table of what is counted and stored. One definition per counter: name, store name, unit, help, labels, bound, and when its series begin.
/// The types of the labels make a wrong, missing or swapped label a compile error, where a counter is counted and where it is read.
/// </summary>
static class Counters
{
    static readonly List<Counter> Defined = [];

    static readonly Cause[] Causes = Enum.GetValues<Cause>();
    static readonly Permanence[] Permanences = Enum.GetValues<Permanence>();
    static readonly Outcome[] TimedOutcomes = [Outcome.Delivered, Outcome.Sent];

    // Outcomes of mail.
    public static readonly Counter<(Outcome Outcome, Direction Direction, ServerName Server)> Messages = Define(
        "mailflow_messages_total", "Messages", "{message}",
        "Message copies, one per recipient, by outcome. Noise is left out.",
        LabelSet.Of(Labels.Outcome, Labels.Direction, Labels.Server),
        Birth.Mail,
        (kind, server) => kind != LogKind.Mail ? [] :
            from outcome in Enum.GetValues<Outcome>()
            from direction in Enum.GetValues<Direction>()
            select (outcome, direction, server));

    public static readonly Counter<(Outcome Outcome, ServerName Server)> MessageBytes = Define(
        "mailflow_message_bytes_total", "MessageBytes", "By",
        "Bytes of the copies in mailflow_messages_total: a message to two recipients counts twice.",
        LabelSet.Of(Labels.Outcome, Labels.Server),
        Birth.Mail,
        (kind, server) => kind != LogKind.Mail ? [] : Enum.GetValues<Outcome>().Select(outcome => (outcome, server)));

    public static readonly Counter<(Cause Cause, Fault Fault, Permanence Permanence, ServerName Server)> Failures = Define(
        "mailflow_failures_total", "Failures", "{failure}",
        "Recipients that will not get a message, by cause and by the side that is responsible.",
        LabelSet.Of(Labels.Cause, Labels.Fault, Labels.Permanence, Labels.Server),
        Birth.Mail,
        (kind, server) => kind != LogKind.Mail ? [] :
            from cause in Causes
            from fault in PossibleFaults.Of(cause)
            from permanence in Permanences
            select (cause, fault, permanence, server));

    public static readonly Counter<(Cause Cause, ServerName Server)> Deferrals = Define(
        "mailflow_deferrals_total", "Deferrals", "{deferral}",
        "Recipients whose message was deferred; it will be retried.",
        LabelSet.Of(Labels.Cause, Labels.Server),
        Birth.Mail,
        (kind, server) => kind != LogKind.Mail ? [] : Causes.Select(cause => (cause, server)));

    /// <summary>Of 130 codes a server has few: each series begins with its first failure.</summary>
    public static readonly Counter<(EnhancedCode Code, ServerName Server)> EnhancedCodes = Define(
        "mailflow_enhanced_codes_total", "EnhancedCodes", "{failure}",
        "Failures by the enhanced status code that decided the cause.",
        LabelSet.Of(Labels.Code, Labels.Server));

    public static readonly Counter<(ConnectorName Connector, ServerName Server)> ConnectorFailures = Define(
        "mailflow_connector_failures_total", "ConnectorFailures", "{failure}",
        "Failures by connector.",
        LabelSet.Of(Labels.Connector, Labels.Server),
        maxOfServer: 32);

    public static readonly Counter<(Outcome Outcome, TimeSlot Slot)> DeliveryLatency = Define(Counter<(Outcome, TimeSlot)>.Histogram(
        "mailflow_delivery_latency_seconds", "DeliveryLatency",
        "Time from arrival in the organisation to delivery or sending, one value per row.",
        LabelSet.Of(Labels.Outcome, Labels.Slot),
        () => Slots(TimedOutcomes)));

    public static readonly Counter<(Stage Stage, TimeSlot Slot)> DeliveryStage = Define(Counter<(Stage, TimeSlot)>.Histogram(
        "mailflow_delivery_stage_seconds", "DeliveryStage",
        "Time that delivered and sent messages spent in each stage of transport, from message-info.",
        LabelSet.Of(Labels.Stage, Labels.Slot),
        () => Slots(Enum.GetValues<Stage>())));

    // Connections, from connectivity logs; SMTP sessions, from protocol logs.
    public static readonly Counter<(ConnectionSource Source, ConnectionOutcome Outcome, ServerName Server)> Connections = Define(
        "mailflow_connections_total", "Connections", "{attempt}",
        "Attempts to connect to a next hop, by outcome.",
        LabelSet.Of(Labels.ConnectionSource, Labels.ConnectionOutcome, Labels.Server),
        Birth.Connections,
        (kind, server) => kind != LogKind.Connections ? [] :
            from outcome in Enum.GetValues<ConnectionOutcome>()
            from source in Enum.GetValues<ConnectionSource>()
            select (source, outcome, server));

    public static readonly Counter<(WinsockError Error, ServerName Server)> SocketErrors = Define(
        "mailflow_socket_errors_total", "SocketErrors", "{attempt}",
        "Attempts that failed, by socket error.",
        LabelSet.Of(Labels.SocketError, Labels.Server),
        Birth.Connections,
        (kind, server) => kind != LogKind.Connections ? [] : WinsockErrors.All.Select(error => (error, server)));

    public static readonly Counter<(Cause Cause, ServerName Server)> ConnectionRetries = Define(
        "mailflow_connection_retries_total", "ConnectionRetries", "{session}",
        "Sessions with a next hop that ended with an error after which Exchange retries, by the cause in the reply.",
        LabelSet.Of(Labels.Cause, Labels.Server),
        Birth.Connections,
        (kind, server) => kind != LogKind.Connections ? [] : Causes.Select(cause => (cause, server)));

    public static readonly Counter<(DestinationName Destination, ConnectionOutcome Outcome)> DestinationConnections = Define(
        "mailflow_destination_connections_total", "DestinationConnections", "{attempt}",
        "Attempts to connect to each next hop, by outcome, all servers together.",
        LabelSet.Of(Labels.Destination, Labels.ConnectionOutcome));

    public static readonly Counter<DestinationName> DestinationMessages = Define(
        "mailflow_destination_messages_total", "DestinationMessages", "{message}",
        "Messages transferred to each next hop, all servers together.",
        LabelSet.Of(Labels.Destination));

    public static readonly Counter<DestinationName> DestinationBytes = Define(
        "mailflow_destination_bytes_total", "DestinationBytes", "By",
        "Bytes of the messages in mailflow_destination_messages_total.",
        LabelSet.Of(Labels.Destination));

    public static readonly Counter<(SmtpDirection Direction, SmtpOutcome Outcome, TlsVersion Tls, ServerName Server)> SmtpSessions = Define(
        "mailflow_smtp_sessions_total", "SmtpSessions", "{session}",
        "SMTP sessions that ended, by outcome and TLS version.",
        LabelSet.Of(Labels.SmtpDirection, Labels.SmtpOutcome, Labels.Tls, Labels.Server),
        Birth.Smtp,
        (kind, server) =>
            from direction in DirectionsOf(kind)
            from outcome in Enum.GetValues<SmtpOutcome>()
            from tls in Enum.GetValues<TlsVersion>()
            select (direction, outcome, tls, server));

    public static readonly Counter<(SmtpDirection Direction, SmtpStage Stage, Cause Cause, ServerName Server)> SmtpRefusals = Define(
        "mailflow_smtp_refusals_total", "SmtpRefusals", "{refusal}",
        "4xx and 5xx replies by the rejected command and by cause: replies of the remote side where we send, ours where we receive."
        + " Failures that result from them are counted from the tracking log.",
        LabelSet.Of(Labels.SmtpDirection, Labels.SmtpStage, Labels.Cause, Labels.Server),
        Birth.Smtp,
        (kind, server) =>
            from direction in DirectionsOf(kind)
            from stage in Enum.GetValues<SmtpStage>()
            from cause in Causes
            select (direction, stage, cause, server));

    public static readonly Counter<(SmtpDirection Direction, TlsError Error, ConnectorName Connector, ServerName Server)> TlsFailures = Define(
        "mailflow_tls_failures_total", "TlsFailures", "{negotiation}",
        "TLS negotiations that failed, by the error in the protocol log.",
        LabelSet.Of(Labels.SmtpDirection, Labels.TlsError, Labels.Connector, Labels.Server),
        maxOfServer: 64);

    /// <summary>An agent has few causes: only the series of unknown cause begin early.</summary>
    public static readonly Counter<(TransportAgent Agent, Cause Cause, ServerName Server)> AgentRefusals = Define(
        "mailflow_agent_refusals_total", "AgentRefusals", "{refusal}",
        "Messages and commands that an agent against spam refused, deleted or quarantined, by agent and cause, from agent logs."
        + " A message that was refused before it was accepted is in no tracking log.",
        LabelSet.Of(Labels.Agent, Labels.Cause, Labels.Server),
        Birth.Agents,
        (kind, server) => kind != LogKind.Agents ? [] : Enum.GetValues<TransportAgent>().Select(agent => (agent, Cause.Unknown, server)));

    // Results of DNS and blocklist queries.
    public static readonly Counter<(QuestionName Question, AnswerName Answer)> Answers = Define(new Counter<(QuestionName, AnswerName)>(
        "mailflow_enriched_failures_total", "Answers", "{failure}",
        "Failures (and deferrals, if they are sent as events) for which DNS or blocklists were queried, by result.",
        LabelSet.Of(Labels.Question, Labels.Answer),
        Birth.Start)
    {
        AtStart = () => from q in Questions.All from verdict in q.Verdicts select (new QuestionName(q.Question), new AnswerName(verdict)),
    });

    // Messages on their way.
    public static readonly Counter<ServerName> Lost = Define(
        "mailflow_messages_lost_total", "Lost", "{message}",
        "Message copies at this server without an end and without a row for longer than Trace:Expiry and an hour.",
        LabelSet.Of(Labels.Server),
        Birth.Mail,
        (kind, server) => kind != LogKind.Mail ? [] : [server]);

    public static readonly Counter<ServerName> Looping = Define(
        "mailflow_messages_looping_total", "Looping", "{message}",
        "Messages that the server received 5 times within minutes: they are in a loop.",
        LabelSet.Of(Labels.Server),
        Birth.Mail,
        (kind, server) => kind != LogKind.Mail ? [] : [server]);

    // Reading.
    public static readonly Counter<(SourceName Source, EventName Event, ServerName Server)> Rows = Define(
        "mailflow_rows_total", "Rows", "{row}",
        "Rows read, including noise.",
        LabelSet.Of(Labels.Source, Labels.Event, Labels.Server),
        // A server writes about 60 events.
        maxOfServer: 96);

    public static readonly Counter<(Noise Reason, ServerName Server)> NoiseRows = Define(
        "mailflow_noise_rows_total", "Noise", "{row}",
        "Rows that do not count as mail, such as shadow copies and health probes, by reason.",
        LabelSet.Of(Labels.NoiseReason, Labels.Server),
        Birth.Mail,
        (kind, server) => kind != LogKind.Mail ? [] : Enum.GetValues<Noise>().Select(reason => (reason, server)));

    public static readonly Counter<Unreadable> UnreadableRows = Define(new Counter<Unreadable>(
        "mailflow_unreadable_rows_total", "Unreadable", "{row}",
        "Lines that could not be read, by reason.",
        LabelSet.Of(Labels.UnreadableReason),
        Birth.Start)
    {
        AtStart = Enum.GetValues<Unreadable>,
    });

    public static readonly Counter<ServerName> ReadBytes = Define(
        "mailflow_read_bytes_total", "ReadBytes", "By",
        "Bytes read from logs.",
        LabelSet.Of(Labels.Server),
        Birth.Mail,
        (_, server) => [server]);

    // Exports of Windows events: see docs/exports.md.
    public static readonly Counter<(ProviderName Provider, WindowsEventId Id, ServerName Server)> WindowsEvents = Define(
        "mailflow_windows_events_total", "WindowsEvents", "{event}",
        "Windows events. An event that is in several exports counts once.",
        LabelSet.Of(Labels.Provider, Labels.EventId, Labels.Server),
        Birth.Events,
        (kind, server) => kind != LogKind.Events ? [] :
            EventTable.All.Select(f => (new ProviderName(EventTable.Providers[0]), IdOf(f.Id), server))
                .Prepend((new(Label.Other), new(Label.Other), server)),
        maxOfServer: EventTable.All.Count + 32);

    public static readonly Counter<(Cause Cause, Permanence Permanence, ServerName Server)> Refusals = Define(
        "mailflow_refusals_total", "Refusals", "{message}",
        "Messages that a server rejected or deferred according to Windows event 2004, by the cause in its reply."
        + " Permanent ones are failures; a failure that is in the tracking log too counts once.",
        LabelSet.Of(Labels.Cause, Labels.Permanence, Labels.Server),
        Birth.Events,
        (kind, server) => kind != LogKind.Events ? [] :
            from cause in Causes
            from permanence in Permanences
            select (cause, permanence, server));

    public static readonly Counter<ExportProblem> ExportProblems = Define(new Counter<ExportProblem>(
        "mailflow_export_problems_total", "ExportProblems", "{problem}",
        "Problems found in exports, by reason.",
        LabelSet.Of(Labels.Problem),
        Birth.Start)
    {
        AtStart = Enum.GetValues<ExportProblem>,
    });

    // Incidents.
    public static readonly Counter<Fault> IncidentsOpened = Define(new Counter<Fault>(
        "mailflow_incidents_opened_total", "IncidentsOpened", "{incident}",
        "Incidents that were opened, by the side that is responsible. Those that were over before their logs were read are left out.",
        LabelSet.Of(Labels.Fault),
        Birth.Start)
    {
        AtStart = Enum.GetValues<Fault>,
    });

    public static readonly Counter<Verified> IncidentsClosed = Define(new Counter<Verified>(
        "mailflow_incidents_closed_total", "IncidentsClosed", "{incident}",
        "Incidents that ended, by how that is known: `delivered` if mail reached the same place, `quiet` if nothing was sent there. Those that were over"
        + " before their logs were read are left out.",
        LabelSet.Of(Labels.Verified),
        Birth.Start)
    {
        AtStart = () => Enum.GetValues<Verified>().Where(v => v != default),
    });

    public static readonly Counter<(Fault Fault, TimeSlot Slot)> TimeToOpen = Define(Counter<(Fault, TimeSlot)>.Histogram(
        "mailflow_incident_time_to_open_seconds", "TimeToOpen",
        "Time from the first failure of an incident until it was opened, in the time of the logs.",
        LabelSet.Of(Labels.Fault, Labels.Slot),
        () => Slots(Enum.GetValues<Fault>())));

    public static readonly Counter<(Verified Verified, TimeSlot Slot)> TimeToRecover = Define(Counter<(Verified, TimeSlot)>.Histogram(
        "mailflow_incident_time_to_recover_seconds", "TimeToRecover",
        "Time from the first failure of an incident until its end, in the time of the logs.",
        LabelSet.Of(Labels.Verified, Labels.Slot),
        () => Slots(Enum.GetValues<Verified>().Where(v => v != default))));

    /// <summary>In the store only: 1 if a log of this kind was read from the server, so that its series begin at 0 after a restart too.</summary>
    public static readonly Counter<(LogKind Kind, ServerName Server)> LogKinds = Define(
        "", "LogKinds", "", "", LabelSet.Of(Labels.LogKind, Labels.Server));

    static readonly Dictionary<string, Counter> ByStoreName = Defined.ToDictionary(c => c.StoreName, StringComparer.Ordinal);

    public static IReadOnlyList<Counter> All => Defined;

    /// <summary>The counters that are shown as metrics.</summary>
    public static IEnumerable<Counter> Shown => Defined.Where(c => c.Name.Length > 0);

    /// <summary>The counter with this store name; null if this version has none.</summary>
    public static Counter? Find(string storeName) => ByStoreName.GetValueOrDefault(storeName);

    public static WindowsEventId IdOf(int id) => new(id.ToString(CultureInfo.InvariantCulture));

    static Counter<TKey> Define<TKey>(Counter<TKey> counter)
        where TKey : notnull
    {
        counter.Index = Defined.Count;
        Defined.Add(counter);
        return counter;
    }

    static Counter<TKey> Define<TKey>(
        string name,
        string storeName,
        string unit,
        string help,
        LabelSet<TKey> labels,
        Birth birth = Birth.FirstValue,
        Func<LogKind, ServerName, IEnumerable<TKey>>? ofServer = null,
        int maxOfServer = 0)
        where TKey : notnull =>
        Define(new Counter<TKey>(name, storeName, unit, help, labels, birth) { OfServer = ofServer ?? ((_, _) => []), MaxOfServer = maxOfServer });

    static IEnumerable<(T, TimeSlot)> Slots<T>(IEnumerable<T> kinds) =>
        from kind in kinds from slot in Enumerable.Range(0, TimeCounts.Slots) select (kind, new TimeSlot(slot));

    static SmtpDirection[] DirectionsOf(LogKind kind) => kind switch
    {
        LogKind.Sends => [SmtpDirection.Send],
        LogKind.Receives => [SmtpDirection.Receive],
        _ => [],
    };
}
