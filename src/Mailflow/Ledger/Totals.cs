using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>Adds deltas to the counters. Only the committer calls it; all others read the published counters.</summary>
sealed class Totals
{
    static readonly Unreadable[] Reasons = Enum.GetValues<Unreadable>();

    readonly EventNames _names;
    readonly CellTable _table = new();
    readonly Dictionary<ServerName, ServerCells> _servers = [];
    readonly BoundedNames<ConnectorName> _connectors;
    readonly BoundedNames<DestinationName> _destinations;
    readonly HashSet<(ProviderName, WindowsEventId)> _eventIds =
        [.. EventTable.All.Select(f => (new ProviderName(EventTable.Providers[0]), Counters.IdOf(f.Id)))];

    readonly Dictionary<(SmtpDirection Direction, TlsError Error, ConnectorName Connector, ServerName Server), DateTime> _failedTls = [];
    readonly TimeCells<Outcome> _latencies;
    readonly TimeCells<Stage> _stages;
    readonly TimeCells<Fault> _timesToOpen;
    readonly TimeCells<Verified> _timesToRecover;
    readonly TimeCounts _times = new(Math.Max(Enum.GetValues<Fault>().Length, Enum.GetValues<Verified>().Length));

    public Totals(EventNames names, Folded? folded = null)
    {
        _names = names;
        Folded = folded ?? new();
        Servers = new(Folded);
        _connectors = new(Labels.Connector, n => new(n), Folded);
        _destinations = new(Labels.Destination, n => new(n), Folded);
        _latencies = new(_table, Counters.DeliveryLatency);
        _stages = new(_table, Counters.DeliveryStage);
        _timesToOpen = new(_table, Counters.TimeToOpen);
        _timesToRecover = new(_table, Counters.TimeToRecover);
    }

    /// <summary>What was counted as <c>other</c>, because the label set was full or the value is not a valid label.</summary>
    public Folded Folded { get; }

    /// <summary>The servers with their own label.</summary>
    public ServerNames Servers { get; }

    /// <summary>All series of a counter.</summary>
    public IEnumerable<Cell<TKey>> SeriesOf<TKey>(Counter<TKey> counter)
        where TKey : notnull => _table.Of(counter);

    /// <summary>Series that changed since they were last stored.</summary>
    public IReadOnlyList<Cell> Changed => _table.Changed;

    /// <summary>Rows of the store that are now part of another series.</summary>
    public IReadOnlyList<StoredCell> Replaced => _table.Replaced;

    /// <summary>Rows of the store with a counter or a label that this version does not know.</summary>
    public int Unknown => _table.Unknown;

    /// <summary>An immutable copy of all counters; call it after the commit.</summary>
    public Cells Publish() => _table.Publish();

    public void Stored() => _table.Stored();

    /// <summary>Loads a stored series. After all of them, call <see cref="Start"/>.</summary>
    public void Load(StoredCell row) => _table.Load(row);

    /// <summary>
    /// Starts series at 0 that are known before any row: those without a server, those of the configured servers, and those that had started
    /// before.
    /// </summary>
    public void Start(IEnumerable<string> configured)
    {
        foreach (var cell in _table.Of(Counters.ReadBytes))
            Servers.Load(cell.Key.Value);
        foreach (var cell in _table.Of(Counters.ConnectorFailures))
            _connectors.Load(cell.Key.Connector);
        foreach (var cell in _table.Of(Counters.TlsFailures))
            _connectors.Load(cell.Key.Connector);
        foreach (var cell in _table.Of(Counters.DestinationConnections))
            _destinations.Load(cell.Key.Destination);
        foreach (var cell in _table.Of(Counters.DestinationMessages))
            _destinations.Load(cell.Key);
        foreach (var cell in _table.Of(Counters.WindowsEvents))
            if (cell.Key.Id.Value != Label.Other)
                _eventIds.Add((cell.Key.Provider, cell.Key.Id));
        // The bound on pairs of source and event also holds after a restart.
        foreach (var cell in _table.Of(Counters.Rows).Where(c => c.Key.Source.Value != Label.Other))
            _names.IndexOf(Encoding.ASCII.GetBytes($"{cell.Key.Source.Value}|{cell.Key.Event.Value}"));
        _table.Begin();
        // Also for servers that were seen before: this version may have causes that the last one did not have.
        foreach (var (server, kind) in Shown().Distinct().ToList())
        {
            Servers.Load(server.Value);
            CellsOf(Servers.Known(server.Value)).Start(kind);
        }

        foreach (var server in configured)
        {
            Servers.Configure(server);
            CellsOf(Servers.LabelOf(server)).Start(LogKind.Mail);
        }
    }

    /// <summary>The kinds of logs by server. An older version did not store the kinds, so they are also derived from the counters.</summary>
    IEnumerable<(ServerName Server, LogKind Kind)> Shown() =>
    [
        .. _table.Of(Counters.LogKinds).Select(c => (c.Key.Server, c.Key.Kind)),
        .. _table.Of(Counters.Messages).Where(c => c.Value > 0).Select(c => (c.Key.Server, LogKind.Mail)),
        .. _table.Of(Counters.NoiseRows).Where(c => c.Value > 0).Select(c => (c.Key.Server, LogKind.Mail)),
        .. _table.Of(Counters.Failures).Where(c => c.Value > 0).Select(c => (c.Key.Server, LogKind.Mail)),
        .. _table.Of(Counters.Connections).Where(c => c.Value > 0).Select(c => (c.Key.Server, LogKind.Connections)),
        .. _table.Of(Counters.SmtpSessions).Where(c => c.Value > 0).Select(c => (c.Key.Server, KindOf(c.Key.Direction))),
        .. _table.Of(Counters.SmtpRefusals).Where(c => c.Value > 0).Select(c => (c.Key.Server, KindOf(c.Key.Direction))),
        .. _table.Of(Counters.AgentRefusals).Where(c => c.Value > 0).Select(c => (c.Key.Server, LogKind.Agents)),
        .. _table.Of(Counters.WindowsEvents).Where(c => c.Value > 0).Select(c => (c.Key.Server, LogKind.Events)),
    ];

    /// <summary>When TLS failed last, since the start.</summary>
    public ImmutableArray<LastFailedTls> FailedTls =>
        [.. _failedTls.Select(f => new LastFailedTls(f.Key.Direction, f.Key.Error, f.Key.Connector.Value, f.Key.Server.Value, f.Value))];

    /// <summary>Adds what a delta changes. Events of an export are counted one by one: <see cref="Apply(ReportedEvent)"/>.</summary>
    public void Apply(Delta delta)
    {
        switch (delta)
        {
            case RowDelta rows:
                var cells = CellsOf(LabelOf(rows.Server));
                cells.Start(KindOf(rows.File));
                _table.Add(cells.ReadBytes, rows.End - rows.Offset);
                Apply(rows.Tally, cells);
                foreach (var (problem, count) in rows.Export?.Problems ?? [])
                    _table.Add(Counters.ExportProblems, problem, count);
                break;
            case ExportDelta export:
                // The server of an export gets no series: the export may be about all servers.
                foreach (var (problem, count) in export.Problems)
                    _table.Add(Counters.ExportProblems, problem, count);
                break;
            case AnswerDelta answers:
                Apply(answers.Batch);
                break;
            case IndexDelta:
                break;
            case IncidentDelta found:
                foreach (var change in found.Events)
                    Apply(change);
                break;
            default:
                throw new UnreachableException();
        }
    }

    void Apply(Tally tally, ServerCells cells)
    {
        for (var i = tally.Rows.IndexOfAnyExcept(0); i >= 0 && i < tally.Rows.Length; i++)
            if (tally.Rows[i] > 0)
                _table.Add(cells.Rows[i] ??= _table.At(Counters.Rows, RowKey(i, cells.Server)), tally.Rows[i]);
        if (tally.Rows[EventNames.Other] > 0)
            CountNameless(tally.Rows[EventNames.Other]);
        foreach (var outcome in ServerCells.Outcomes)
        {
            if (tally.Count(outcome) == 0)
                continue;
            foreach (var direction in ServerCells.Directions)
                if (tally.Messages(outcome, direction) is > 0 and var messages)
                    _table.Add(cells.Messages(outcome, direction), messages);
            if (tally.MessageBytes(outcome) is > 0 and var bytes)
                _table.Add(cells.MessageBytes(outcome), bytes);
        }

        foreach (var noise in ServerCells.Noises)
            if (tally.Noise[(int)noise] is > 0 and var rows)
                _table.Add(cells.Noise(noise), rows);
        if (tally.Unreadable.IndexOfAnyExcept(0) >= 0)
            foreach (var reason in Reasons)
                if (tally.Unreadable[(int)reason] is > 0 and var lines)
                    _table.Add(Counters.UnreadableRows, reason, lines);
        _latencies.Add(tally.LatencyCounts);
        _stages.Add(tally.StageCounts);
        foreach (var failure in tally.Failures)
            Apply(failure, cells);
        foreach (var connection in tally.Connections)
            Apply(connection, cells.Server);
        foreach (var session in tally.Sessions)
        {
            cells.Start(KindOf(session.Direction));
            _table.Add(Counters.SmtpSessions, (session.Direction, session.Outcome, session.Tls, cells.Server));
        }

        foreach (var failed in tally.FailedTls)
            Apply(failed, cells);
        foreach (var (agent, cause) in tally.AgentRefusals)
            _table.Add(Counters.AgentRefusals, (agent, cause, cells.Server));
        foreach (var reply in tally.Rejections)
        {
            cells.Start(KindOf(reply.Direction));
            _table.Add(Counters.SmtpRefusals, (reply.Direction, reply.Stage, reply.Diagnosis.Cause, cells.Server));
        }
    }

    void Apply(FailedTls failed, ServerCells cells)
    {
        cells.Start(KindOf(failed.Direction));
        var error = TlsErrors.All[failed.Error];
        var connector = failed.Connector.Length == 0 ? new(Label.None) : _connectors.Of(failed.Connector);
        if (!HasRoom(Counters.TlsFailures, (failed.Direction, error, connector, cells.Server)))
        {
            Folded.Add(Labels.Connector, connector.Value);
            connector = new(Label.Other);
        }

        var key = (failed.Direction, error, connector, cells.Server);
        _table.Add(Counters.TlsFailures, key);
        if (!_failedTls.TryGetValue(key, out var newest) || newest < failed.Time)
            _failedTls[key] = failed.Time;
    }

    void Apply(Connection connection, ServerName server)
    {
        var destination = connection.Destination.Length == 0 ? new(Label.None) : _destinations.Of(connection.Destination);
        if (connection.Outcome is { } outcome)
        {
            _table.Add(Counters.Connections, (connection.Source, outcome, server));
            _table.Add(Counters.DestinationConnections, (destination, outcome));
        }

        if (connection.Error >= 0)
            _table.Add(Counters.SocketErrors, (WinsockErrors.All[connection.Error], server));
        if (connection.Retry is { } cause)
            _table.Add(Counters.ConnectionRetries, (cause, server));
        if (connection.Sent > 0)
            _table.Add(Counters.DestinationMessages, destination, connection.Sent);
        if (connection.Bytes > 0)
            _table.Add(Counters.DestinationBytes, destination, connection.Bytes);
    }

    void Apply(IncidentChange change)
    {
        var incident = change.Incident;
        if (change.Event == IncidentEvent.Opened)
        {
            _table.Add(Counters.IncidentsOpened, incident.Fault);
            _times.Clear();
            _times.Add((int)incident.Fault, Milliseconds(incident.Opened - incident.FirstFailure));
            _timesToOpen.Add(_times);
        }
        else if (change.Event == IncidentEvent.Closed && incident.Closed is { } closed)
        {
            var verified = incident.Verified == Verified.No ? Verified.Quiet : incident.Verified;
            _table.Add(Counters.IncidentsClosed, verified);
            _times.Clear();
            _times.Add((int)verified, Milliseconds(closed - incident.FirstFailure));
            _timesToRecover.Add(_times);
        }
    }

    static uint Milliseconds(TimeSpan time) => (uint)Math.Clamp(time.TotalMilliseconds, 0, uint.MaxValue);

    /// <summary>Counts a lost copy at a server.</summary>
    public void Lost(string server) => _table.Add(Counters.Lost, LabelOf(server));

    /// <summary>Counts a message that goes in a circle.</summary>
    public void Looping(string server) => _table.Add(Counters.Looping, LabelOf(server));

    /// <summary>The servers whose tracking logs were read.</summary>
    public IEnumerable<string> ServersWithMail =>
        _table.Of(Counters.LogKinds).Where(c => c.Key.Kind == LogKind.Mail && c.Value > 0).Select(c => c.Key.Server.Value);

    /// <summary>The server's name in labels.</summary>
    public ServerName LabelOf(string server) => Servers.LabelOf(server);

    /// <summary>Counts a new event. Events of Exchange have their own series, up to a maximum; all others share one.</summary>
    public void Apply(ReportedEvent reported)
    {
        var server = LabelOf(reported.Server);
        CellsOf(server).Start(LogKind.Events);
        _table.Add(Counters.WindowsEvents, KeyOf(reported, server));
        if (reported.Rejected is { Diagnosis: var diagnosis })
            _table.Add(Counters.Refusals, (diagnosis.Cause, diagnosis.Permanence, server));
    }

    (ProviderName Provider, WindowsEventId Id, ServerName Server) KeyOf(ReportedEvent reported, ServerName server)
    {
        var other = (new ProviderName(Label.Other), new WindowsEventId(Label.Other), server);
        if (!reported.Provider.StartsWith("MSExchange", StringComparison.OrdinalIgnoreCase) || !LabelName.IsName(reported.Provider))
            return other;
        var (provider, id) = (new ProviderName(reported.Provider), Counters.IdOf(reported.Id));
        if ((_eventIds.Contains((provider, id)) || _eventIds.Count < Labels.EventId.Most) && HasRoom(Counters.WindowsEvents, (provider, id, server)))
        {
            _eventIds.Add((provider, id));
            return (provider, id, server);
        }

        Folded.Add(Labels.EventId, $"{reported.Provider} {id.Value}");
        return other;
    }

    /// <summary>Counts a failure without a row in a log.</summary>
    public void Apply(LoneFailure lone)
    {
        var cells = CellsOf(LabelOf(lone.Server));
        cells.Start(LogKind.Mail);
        Apply(lone.Failure, cells);
    }

    void Apply(AnswerBatch batch)
    {
        foreach (var answer in batch.Answers)
            _table.Add(Counters.Answers, (new(answer.Question), new(answer.Verdict)));
        foreach (var (question, events) in batch.Skipped)
            _table.Add(Counters.Answers, (new(question), new(Questions.Skipped)), events);
    }

    void Apply(Failure failure, ServerCells cells)
    {
        var diagnosis = failure.Diagnosis;
        if (failure.Deferred)
        {
            _table.Add(cells.Deferrals(diagnosis.Cause), 1);
            return;
        }

        _table.Add(cells.Failures(diagnosis), 1);
        _table.Add(cells.Code(diagnosis.Enhanced), 1);
        if (!cells.Connectors.TryGetValue(failure.Connector, out var failures))
        {
            var connector = failure.Connector.Length == 0 ? new(Label.None) : _connectors.Of(failure.Connector);
            if (!HasRoom(Counters.ConnectorFailures, (connector, cells.Server)))
            {
                Folded.Add(Labels.Connector, connector.Value);
                connector = new(Label.Other);
            }

            failures = _table.At(Counters.ConnectorFailures, (connector, cells.Server));
            // `other` is not cached, so that Folded counts each failure.
            if (connector.Value != Label.Other && cells.Connectors.Count < Labels.MaxConnectors)
                cells.Connectors.Add(failure.Connector, failures);
        }

        _table.Add(failures, 1);
    }

    ServerCells CellsOf(ServerName server)
    {
        if (!_servers.TryGetValue(server, out var cells))
            _servers.Add(server, cells = new(server, _table));
        return cells;
    }

    static LogKind KindOf(TrackedFile file) => file.Format.Name switch
    {
        "connectivity" => LogKind.Connections,
        "agent" => LogKind.Agents,
        "smtp-protocol" => ProtocolLog.DirectionOf(file.Header) is { } direction ? KindOf(direction) : LogKind.Receives,
        _ => LogKind.Mail,
    };

    static LogKind KindOf(SmtpDirection direction) => direction == SmtpDirection.Send ? LogKind.Sends : LogKind.Receives;

    /// <summary>
    /// Whether a counter with two labels from the logs has room for one more series. There is always room for the <c>other</c> of each server.
    /// </summary>
    bool HasRoom<TKey>(Counter<TKey> counter, TKey key)
        where TKey : notnull
    {
        var family = _table.Of(counter);
        return family.Has(key) || family.Count < counter.MaxOfServer * Servers.Most;
    }

    (SourceName Source, EventName Event, ServerName Server) RowKey(int index, ServerName server)
    {
        var (source, id) = _names[index];
        if (HasRoom(Counters.Rows, (new(source), new(id), server)))
            return (new(source), new(id), server);
        Folded.Add(Labels.Event, $"{source} {id}");
        return (new(Label.Other), new(Label.Other), server);
    }

    /// <summary>Rows whose source and event have no index: there are more than <see cref="EventNames.Limit"/>, or they are not valid names.</summary>
    void CountNameless(long rows)
    {
        if (_names.WithoutRoom is { Count: > 0 } names)
            foreach (var name in names)
                Folded.Add(Labels.Event, name, name == names[0] ? rows : 0);
        else
            Folded.AddNoName(Labels.Event, rows);
    }
}
