using System.Globalization;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Metrics;

/// <summary>
/// THE table of what is counted and stored. One definition a counter: name, store name, unit, help, labels, bound, and when its series begin.
/// The types of the labels make a wrong, missing or swapped label at a place that counts or reads an error of the compiler.
/// </summary>
static class Counters
{
    static readonly List<Counter> Defined = [];

    static readonly Cause[] Causes = Enum.GetValues<Cause>();
    static readonly Permanence[] Permanences = Enum.GetValues<Permanence>();
    static readonly Outcome[] TimedOutcomes = [Outcome.Delivered, Outcome.Sent];

    // What became of the mail.
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
        "Bytes of those message copies: a message to two recipients counts twice.",
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
        "Recipients whose message was deferred, to be tried again.",
        LabelSet.Of(Labels.Cause, Labels.Server),
        Birth.Mail,
        (kind, server) => kind != LogKind.Mail ? [] : Causes.Select(cause => (cause, server)));

    /// <summary>There are 130 codes, and a server meets few: each series begins with its first failure.</summary>
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
        "Time from the arrival in the organisation to delivery or sending, once a row.",
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
        "Attempts to connect to a next hop, by what became of them.",
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
        "Sessions with a next hop that ended before their work was done, by cause.",
        LabelSet.Of(Labels.Cause, Labels.Server),
        Birth.Connections,
        (kind, server) => kind != LogKind.Connections ? [] : Causes.Select(cause => (cause, server)));

    public static readonly Counter<(DestinationName Destination, ConnectionOutcome Outcome)> DestinationConnections = Define(
        "mailflow_destination_connections_total", "DestinationConnections", "{attempt}",
        "Attempts to connect by next hop, of all servers.",
        LabelSet.Of(Labels.Destination, Labels.ConnectionOutcome));

    public static readonly Counter<DestinationName> DestinationMessages = Define(
        "mailflow_destination_messages_total", "DestinationMessages", "{message}",
        "Messages handed over by next hop, of all servers.",
        LabelSet.Of(Labels.Destination));

    public static readonly Counter<DestinationName> DestinationBytes = Define(
        "mailflow_destination_bytes_total", "DestinationBytes", "By",
        "Bytes of those messages.",
        LabelSet.Of(Labels.Destination));

    public static readonly Counter<(SmtpDirection Direction, SmtpOutcome Outcome, TlsVersion Tls, ServerName Server)> SmtpSessions = Define(
        "mailflow_smtp_sessions_total", "SmtpSessions", "{session}",
        "SMTP sessions that ended, by what became of them and what encrypted them.",
        LabelSet.Of(Labels.SmtpDirection, Labels.SmtpOutcome, Labels.Tls, Labels.Server),
        Birth.Smtp,
        (kind, server) =>
            from direction in DirectionsOf(kind)
            from outcome in Enum.GetValues<SmtpOutcome>()
            from tls in Enum.GetValues<TlsVersion>()
            select (direction, outcome, tls, server));

    public static readonly Counter<(SmtpDirection Direction, SmtpStage Stage, Cause Cause, ServerName Server)> SmtpRefusals = Define(
        "mailflow_smtp_refusals_total", "SmtpRefusals", "{refusal}",
        "Replies of 4xx and 5xx, by the command that was rejected and by cause: the remote side's where we send, ours where we receive."
        + " The tracking log counts the failures that come of them.",
        LabelSet.Of(Labels.SmtpDirection, Labels.SmtpStage, Labels.Cause, Labels.Server),
        Birth.Smtp,
        (kind, server) =>
            from direction in DirectionsOf(kind)
            from stage in Enum.GetValues<SmtpStage>()
            from cause in Causes
            select (direction, stage, cause, server));

    // What DNS and the blocklists said.
    public static readonly Counter<(QuestionName Question, AnswerName Answer)> Answers = Define(new Counter<(QuestionName, AnswerName)>(
        "mailflow_enriched_failures_total", "Answers", "{failure}",
        "Failures (and deferrals, where they are events) that DNS or blocklists were asked about, by the result.",
        LabelSet.Of(Labels.Question, Labels.Answer),
        Birth.Start)
    {
        AtStart = () => from q in Questions.All from verdict in q.Verdicts select (new QuestionName(q.Question), new AnswerName(verdict)),
    });

    // What was read.
    public static readonly Counter<(SourceName Source, EventName Event, ServerName Server)> Rows = Define(
        "mailflow_rows_total", "Rows", "{row}",
        "Rows read, noise included.",
        LabelSet.Of(Labels.Source, Labels.Event, Labels.Server),
        // A server writes about 60 events.
        maxOfServer: 96);

    public static readonly Counter<(Noise Reason, ServerName Server)> NoiseRows = Define(
        "mailflow_noise_rows_total", "Noise", "{row}",
        "Rows that are no part of the mail that people send, and why.",
        LabelSet.Of(Labels.NoiseReason, Labels.Server),
        Birth.Mail,
        (kind, server) => kind != LogKind.Mail ? [] : Enum.GetValues<Noise>().Select(reason => (reason, server)));

    public static readonly Counter<Unreadable> UnreadableRows = Define(new Counter<Unreadable>(
        "mailflow_unreadable_rows_total", "Unreadable", "{row}",
        "Lines that could not be read, and why.",
        LabelSet.Of(Labels.UnreadableReason),
        Birth.Start)
    {
        AtStart = Enum.GetValues<Unreadable>,
    });

    public static readonly Counter<ServerName> ReadBytes = Define(
        "mailflow_read_bytes_total", "ReadBytes", "By",
        "Bytes of log read.",
        LabelSet.Of(Labels.Server),
        Birth.Mail,
        (_, server) => [server]);

    // What Windows and Exchange report of themselves, in exports: see docs/exports.md.
    public static readonly Counter<(ProviderName Provider, WindowsEventId Id, ServerName Server)> WindowsEvents = Define(
        "mailflow_windows_events_total", "WindowsEvents", "{event}",
        "Windows events, each once, in however many exports it is.",
        LabelSet.Of(Labels.Provider, Labels.EventId, Labels.Server),
        Birth.Events,
        (kind, server) => kind != LogKind.Events ? [] :
            EventTable.All.Select(f => (new ProviderName(EventTable.Providers[0]), IdOf(f.Id), server))
                .Prepend((new(Label.Other), new(Label.Other), server)),
        maxOfServer: EventTable.All.Count + 32);

    public static readonly Counter<(Cause Cause, Permanence Permanence, ServerName Server)> Refusals = Define(
        "mailflow_refusals_total", "Refusals", "{message}",
        "Events 2004: messages that a server rejected or deferred, by its reply."
        + " Permanent ones are failures, each counted once in event and tracking log together.",
        LabelSet.Of(Labels.Cause, Labels.Permanence, Labels.Server),
        Birth.Events,
        (kind, server) => kind != LogKind.Events ? [] :
            from cause in Causes
            from permanence in Permanences
            select (cause, permanence, server));

    public static readonly Counter<ExportProblem> ExportProblems = Define(new Counter<ExportProblem>(
        "mailflow_export_problems_total", "ExportProblems", "{problem}",
        "Problems in exports, and why.",
        LabelSet.Of(Labels.Problem),
        Birth.Start)
    {
        AtStart = Enum.GetValues<ExportProblem>,
    });

    /// <summary>In the store only: 1 where a server has shown a kind of log, so that its series begin at 0 after a restart too.</summary>
    public static readonly Counter<(LogKind Kind, ServerName Server)> LogKinds = Define(
        "", "LogKinds", "", "", LabelSet.Of(Labels.LogKind, Labels.Server));

    static readonly Dictionary<string, Counter> ByStoreName = Defined.ToDictionary(c => c.StoreName, StringComparer.Ordinal);

    public static IReadOnlyList<Counter> All => Defined;

    /// <summary>Those that are metrics.</summary>
    public static IEnumerable<Counter> Shown => Defined.Where(c => c.Name.Length > 0);

    /// <summary>The counter of this store name; null where this version has none.</summary>
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
