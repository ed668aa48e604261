using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Metrics;

/// <summary>The labels of the counters. The store and the dashboards contain the texts of their values: do not rename them.</summary>
static class Labels
{
    /// <summary>Maximum number of servers that are not configured, but named in rows and exports.</summary>
    public const int MaxServersFromRows = 200;

    /// <summary>Maximum number of connectors of all servers together.</summary>
    public const int MaxConnectors = 200;

    /// <summary>Maximum number of next hops of all servers together.</summary>
    public const int MaxDestinations = 100;

    /// <summary>Maximum number of pairs of provider and id of Windows events.</summary>
    public const int MaxEventIds = 200;

    // From logs and exports.
    public static readonly Label<ServerName> Server = Label.Open(
        "server",
        $"the server that wrote the log: each configured server, and the first {MaxServersFromRows} others that rows name, then `other`",
        s => s.Value,
        t => new ServerName(t),
        MaxServersFromRows);

    public static readonly Label<ConnectorName> Connector = Label.Open(
        "connector",
        $"the connector in the row, `none` without one; the first {MaxConnectors}, then `other`",
        c => c.Value,
        t => new ConnectorName(t),
        MaxConnectors);

    public static readonly Label<DestinationName> Destination = Label.Open(
        "destination",
        $"the next hop as in the log: a domain, a smart host or a mailbox database; the first {MaxDestinations}, then `other`",
        d => d.Value,
        t => new DestinationName(t),
        MaxDestinations);

    public static readonly Label<SourceName> Source = Label.Open(
        "source", $"the transport component; {EventNames.Limit} pairs of source and event, then `other`", s => s.Value, t => new SourceName(t));

    public static readonly Label<EventName> Event = Label.Open("event", "the event id, bounded together with source", e => e.Value, t => new EventName(t));

    public static readonly Label<EnhancedCode> Code = Label.Open(
        "code", "the enhanced status code if it is registered, `none` without one, else `other`", c => c.Value, t => new EnhancedCode(t));

    public static readonly Label<ProviderName> Provider = Label.Open(
        "provider", "the source of the event if it is one of Exchange's, else `other`; bounded together with id", p => p.Value, t => new ProviderName(t));

    public static readonly Label<WindowsEventId> EventId = Label.Open(
        "id", $"the event id; the first {MaxEventIds} pairs of provider and id, then `other`", i => i.Value, t => new WindowsEventId(t), MaxEventIds);

    // Closed sets.
    public static readonly Label<Cause> Cause = Label.Closed("cause", CauseTable.All.Select(c => c.Cause), c => c.Name());
    public static readonly Label<Fault> Fault = Label.Closed("fault", Enum.GetValues<Fault>(), f => f.Name());
    public static readonly Label<IncidentSeverity> Severity = Label.Closed("severity", Enum.GetValues<IncidentSeverity>(), s => s.Name());
    public static readonly Label<Verified> Verified = Label.Closed("verified", Enum.GetValues<Verified>().Where(v => v != default), v => v.Name());
    public static readonly Label<Permanence> Permanence = Label.Closed("permanence", Enum.GetValues<Permanence>(), p => p.Name());
    public static readonly Label<Outcome> Outcome = Label.Closed("outcome", Enum.GetValues<Outcome>(), o => o.Name());
    public static readonly Label<Direction> Direction = Label.Closed("direction", Enum.GetValues<Direction>(), d => d.Name());
    public static readonly Label<Noise> NoiseReason = Label.Closed("reason", Enum.GetValues<Noise>(), n => n.Name());
    public static readonly Label<Unreadable> UnreadableReason = Label.Closed("reason", Enum.GetValues<Unreadable>(), u => u.Name());
    public static readonly Label<ExportProblem> Problem = Label.Closed("reason", Enum.GetValues<ExportProblem>(), p => p.Name());
    public static readonly Label<Stage> Stage = Label.Closed("stage", Enum.GetValues<Stage>(), s => s.Name());
    public static readonly Label<ConnectionSource> ConnectionSource = Label.Closed("source", Enum.GetValues<ConnectionSource>(), s => s.Name());
    public static readonly Label<ConnectionOutcome> ConnectionOutcome = Label.Closed("outcome", Enum.GetValues<ConnectionOutcome>(), o => o.Name());
    public static readonly Label<WinsockError> SocketError = Label.Closed("error", WinsockErrors.All, e => e.Name);
    public static readonly Label<SmtpDirection> SmtpDirection = Label.Closed("direction", Enum.GetValues<SmtpDirection>(), d => d.Name());
    public static readonly Label<SmtpOutcome> SmtpOutcome = Label.Closed("outcome", Enum.GetValues<SmtpOutcome>(), o => o.Name());
    public static readonly Label<SmtpStage> SmtpStage = Label.Closed("stage", Enum.GetValues<SmtpStage>(), s => s.Name());
    public static readonly Label<TransportAgent> Agent = Label.Closed("agent", Enum.GetValues<TransportAgent>(), a => a.Name());
    public static readonly Label<TlsVersion> Tls = Label.Closed("tls", Enum.GetValues<TlsVersion>(), t => t.Name());

    public static readonly Label<TlsError> TlsError = Label.Closed("error", TlsErrors.All, e => e.Name);

    public static readonly Label<QuestionName> Question = Label.Closed("question", Questions.All.Select(q => new QuestionName(q.Question)), q => q.Value);

    public static readonly Label<AnswerName> Answer = Label.Closed(
        "verdict", Questions.All.SelectMany(q => q.Verdicts).Distinct(StringComparer.Ordinal).Select(v => new AnswerName(v)), v => v.Value);

    // Only in the store.
    public static readonly Label<LogKind> LogKind = Label.Closed("kind", Enum.GetValues<LogKind>(), k => k.ToString());

    static readonly string[] SlotTexts =
        [.. TimeCounts.Bounds.Select(b => b.ToString(System.Globalization.CultureInfo.InvariantCulture)), "inf", "sum"];

    /// <summary>A bucket by its bound in milliseconds, and the sum.</summary>
    public static readonly Label<TimeSlot> Slot = Label.Closed(
        "slot", Enumerable.Range(0, TimeCounts.Slots).Select(i => new TimeSlot(i)), s => SlotTexts[s.Index]);
}
