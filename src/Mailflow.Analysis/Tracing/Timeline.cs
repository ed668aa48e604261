using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tracing;

/// <summary>One step of a journey; repeated rows about the same thing are one step.</summary>
/// <param name="Time">When it began, by one clock for all servers: see <see cref="Journey.Clocks"/>.</param>
/// <param name="Until">The time of its last row; equal to <paramref name="Time"/> where there is one.</param>
/// <param name="Server">The server that wrote its rows; empty where it is not known.</param>
/// <param name="Host">The other server: that it came from or went to; empty where there is none.</param>
/// <param name="Connector">The connector; empty where none was used.</param>
/// <param name="Recipients">How many recipients the rows name, each counted once.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="After">The time since the step before began.</param>
/// <param name="First">Its first row.</param>
public sealed record JourneyStep(
    StepKind Kind, DateTime Time, DateTime Until, string Server, string Host, string Connector, int Recipients, int Rows, TimeSpan After, TraceRow First)
{
    /// <summary>The agents that are named; for a failure or a drop, who decided.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>For a failure or a delay, why.</summary>
    public Diagnosis? Diagnosis { get; init; }

    /// <summary>For a delay, when Exchange tries again; null where the row does not say.</summary>
    public DateTime? NextTry { get; init; }
}

/// <summary>What is shown of the rows of a journey beside the fates.</summary>
sealed record Timeline(IReadOnlyList<JourneyStep> Steps, TimeSpent TimeSpent, IReadOnlyList<string> Unknown, IReadOnlyList<ClockOffset> Clocks)
{
    /// <summary>Rows of the same kind that follow each other within this time are one step. Repeated delays are one step always.</summary>
    static readonly TimeSpan Together = TimeSpan.FromMinutes(1);

    public static Timeline Of(Journey journey, IReadOnlyList<RoledRow> rows, Clocks clocks, Judgements judgements)
    {
        var steps = Fold(rows, judgements);
        return new(steps, TimeSpent.Of(journey, rows, steps), Unknowns.Of(journey, rows, clocks), clocks.Known);
    }

    static List<JourneyStep> Fold(IReadOnlyList<RoledRow> rows, Judgements judgements)
    {
        var open = new Dictionary<(StepKind Kind, string Server, string Host, string Connector, string What), Folding>();
        var folded = new List<Folding>();
        foreach (var roled in Ordered(rows))
        {
            var (row, role, time) = roled;
            if (role.Step is not (StepKind.Failed or StepKind.Deferred))
                Open(row, role, time, null).Add(row, time, row.Recipients);
            else if (row.Recipients.Count == 0)
                Open(row, role, time, judgements.Of(Judged("", roled), row)).Add(row, time, []);
            else
                foreach (var recipient in row.Recipients)
                    Open(row, role, time, judgements.Of(Judged(recipient.Status, roled), row)).Add(row, time, [recipient]);
        }

        var steps = new List<JourneyStep>(folded.Count);
        foreach (var step in folded)
            steps.Add(step.Step(steps.Count == 0 ? step.Time : steps[^1].Time));
        return steps;

        Folding Open(TraceRow row, RowRole role, DateTime time, Diagnosis? diagnosis)
        {
            var what = role.Step switch
            {
                StepKind.Expanded => row.Related,
                StepKind.Failed or StepKind.Deferred => $"{diagnosis!.Cause} {diagnosis.Enhanced}",
                StepKind.Other or StepKind.Dropped or StepKind.Received or StepKind.Resubmitted => row.Event + row.Source,
                _ => "",
            };
            var key = (role.Step, row.Server.ToUpperInvariant(), HostOf(row, role.Step), role.Step == StepKind.Deferred ? "" : row.Connector, what);
            if (!open.TryGetValue(key, out var step) || (role.Step != StepKind.Deferred && time - step.Until > Together))
                folded.Add(open[key] = step = new(row, role.Step, time, key.Item3, diagnosis));
            return step;
        }
    }

    static string Judged(string status, RoledRow roled) =>
        status.Length > 0 ? status : roled.Role.Reply.Length > 0 ? roled.Role.Reply : roled.Row.Context;

    static string HostOf(TraceRow row, StepKind kind) => kind switch
    {
        StepKind.Received => row.Source == "SMTP" && !TrackedHop.Same(row.Client.Name, row.Server) ? row.Client.ToString() : "",
        StepKind.Sent => row.Remote.ToString(),
        StepKind.Submitted or StepKind.HandedOver => TrackedHop.Same(row.Remote.Name, row.Server) ? "" : row.Remote.ToString(),
        StepKind.Deferred or StepKind.Failed => row.Source == "SMTP" && !TrackedHop.Same(row.Remote.Name, row.Server) ? row.Remote.ToString() : "",
        _ => "",
    };

    /// <summary>
    /// Rows in the order in which things happened. A server writes that it handed a message on when it has the reply, so after the receiver's row: such a
    /// row is put before that one.
    /// </summary>
    static IEnumerable<RoledRow> Ordered(IReadOnlyList<RoledRow> rows)
    {
        var arrivals = new Dictionary<string, Dictionary<string, DateTime>>(StringComparer.Ordinal);
        foreach (var (row, role, time) in rows)
            if (role.Step == StepKind.Delivered || (role.Step == StepKind.Received && row.Client.Name.Length > 0))
            {
                var server = TrackedHop.ShortName(row.Server);
                if (!arrivals.TryGetValue(server, out var known))
                    arrivals.Add(server, known = new(StringComparer.OrdinalIgnoreCase));
                foreach (var recipient in row.Recipients)
                    known.TryAdd(recipient.Address, time);
            }

        // The order of rows with the same time is kept.
        return rows.Select(r => r with { Time = IsHop(r.Role) ? Before(r) : r.Time }).OrderBy(r => r.Time).ThenBy(r => IsHop(r.Role) ? 0 : 1);

        static bool IsHop(RowRole role) => role.Step is StepKind.HandedOver or StepKind.Submitted;

        DateTime Before(RoledRow hop) =>
            hop.Row.Recipients.Count > 0 && hop.Row.Remote.Name.Length > 0
                && arrivals.TryGetValue(TrackedHop.ShortName(hop.Row.Remote.Name), out var known)
                && known.TryGetValue(hop.Row.Recipients[0].Address, out var arrived)
                && arrived < hop.Time && hop.Time - arrived < Together
                ? arrived
                : hop.Time;
    }

    sealed class Folding(TraceRow first, StepKind kind, DateTime time, string host, Diagnosis? diagnosis)
    {
        readonly HashSet<string> _recipients = new(StringComparer.OrdinalIgnoreCase);
        readonly List<string> _agents = [];
        TraceRow? _last;
        int _rows;
        DateTime? _nextTry;

        public DateTime Time { get; } = time;

        public DateTime Until { get; private set; } = time;

        public void Add(TraceRow row, DateTime at, IReadOnlyList<TraceRecipient> recipients)
        {
            foreach (var recipient in recipients)
                if (recipient.Address.Length > 0)
                    _recipients.Add(recipient.Address);
            if (ReferenceEquals(row, _last))
                return;
            _last = row;
            _rows++;
            Until = at > Until ? at : Until;
            if (kind == StepKind.Deferred)
                _nextTry = StepFacts.NextTry(row) ?? _nextTry;
            var agent = kind switch
            {
                StepKind.Agents => StepFacts.AgentName(row),
                StepKind.Received => row.Source == "AGENT" ? StepFacts.AgentName(row) : "",
                StepKind.Failed or StepKind.Dropped => StepFacts.AgentOf(row),
                _ => "",
            };
            if (agent.Length > 0 && !_agents.Contains(agent, StringComparer.OrdinalIgnoreCase))
                _agents.Add(agent);
        }

        public JourneyStep Step(DateTime before) => new(
            kind, Time, Until, first.Server, host, first.Connector, _recipients.Count, _rows, Time > before ? Time - before : TimeSpan.Zero, first)
        {
            Agents = _agents,
            Diagnosis = diagnosis,
            NextTry = _nextTry,
        };
    }
}
