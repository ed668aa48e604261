using System.Globalization;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>Every counter, as sums of deltas. Only the committer touches it; what others see is published.</summary>
sealed class Totals
{
    /// <summary>Connectors, and pairs of provider and event id, that get a label of their own; the rest is <c>other</c>.</summary>
    public const int MaxLabels = 200;

    /// <summary>Next hops that get a label of their own, of all servers together.</summary>
    public const int MaxDestinations = 100;

    /// <summary>Series of one server, on average over all that there can be, of a family in which two labels come from the logs: a server has about 60 events, and few connectors.</summary>
    public const int MaxEventsOfServer = 96;
    public const int MaxConnectorsOfServer = 32;
    public const int MaxIdsOfServer = 32;

    public const string Other = "other";

    static readonly ExportProblem[] Problems = Enum.GetValues<ExportProblem>();
    static readonly Unreadable[] Reasons = Enum.GetValues<Unreadable>();
    /// <summary>Those that can have a latency.</summary>
    public static IReadOnlyList<Outcome> Timed { get; } = [Outcome.Delivered, Outcome.Sent];

    readonly EventNames _names;
    readonly CellTable _table = new();
    readonly Dictionary<string, ServerCells> _servers = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> _connectors = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> _destinations = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<(string, int)> _eventIds = [.. EventTable.All.Select(f => (EventTable.Providers[0], f.Id))];
    readonly List<(string Server, LogKind Kind)> _loaded = [];
    readonly List<CellKey> _gone = [];
    readonly Cell?[] _unreadable = new Cell?[Reasons.Length];
    readonly Cell?[] _problems = new Cell?[Problems.Length];
    readonly TimeCells _latencies;
    readonly TimeCells _stages;

    public Totals(EventNames names, Folded? folded = null)
    {
        _names = names;
        Folded = folded ?? new();
        Servers = new(Folded);
        _latencies = new(_table, Counter.DeliveryLatency, [.. Enum.GetValues<Outcome>().Select(o => o.Name())]);
        _stages = new(_table, Counter.DeliveryStage, [.. Enum.GetValues<Stage>().Select(s => s.Name())]);
    }

    /// <summary>What was counted as <c>other</c> for want of room or of a name.</summary>
    public Folded Folded { get; }

    /// <summary>The servers that have a label of their own.</summary>
    public ServerNames Servers { get; }

    /// <summary>All of them, in the order of their birth; none is ever removed.</summary>
    public IReadOnlyCollection<Cell> Cells => _table.All;

    /// <summary>Those that changed since they were last stored.</summary>
    public IReadOnlyCollection<Cell> Changed => _table.Changed;

    /// <summary>Counters of the store that are now part of another.</summary>
    public IReadOnlyCollection<CellKey> Gone => _gone;

    /// <summary>All counters as they are now: call it when they are committed.</summary>
    public Cells Publish() => _table.Publish();

    public void Stored()
    {
        _table.Stored();
        _gone.Clear();
    }

    /// <summary>What was stored before.</summary>
    public void Load(CellKey key, long value)
    {
        // An earlier version took for a name what may be an address.
        if (WithNames(key) is var named && named != key)
        {
            _gone.Add(key);
            Count(named, value);
            return;
        }

        _table.Load(key, value);
        switch (key.Counter)
        {
            case Counter.ReadBytes:
                Servers.Load(key.A);
                break;
            case Counter.LogKinds when Enum.TryParse<LogKind>(key.A, out var kind):
                _loaded.Add((key.B, kind));
                break;
            case Counter.ConnectorFailures:
                _connectors.Add(key.A);
                break;
            case Counter.DestinationConnections or Counter.DestinationMessages:
                _destinations.Add(key.A);
                break;
            case Counter.WindowsEvents when int.TryParse(key.B, CultureInfo.InvariantCulture, out var id):
                _eventIds.Add((key.A, id));
                break;
        }

        // A store of before kinds were stored tells them by what was counted.
        if (value > 0 && KindOf(key) is var (server, told))
            _loaded.Add((server, told));
    }

    /// <summary>Starts at 0 what is known without a row: the sets that no server has, those of the servers that are configured, and those that were started before.</summary>
    public void Start(IEnumerable<string> configured)
    {
        foreach (var reason in Reasons)
            UnreadableAt(reason);
        foreach (var problem in Problems)
            ProblemAt(problem);
        foreach (var (question, verdicts) in Questions.All)
            foreach (var verdict in verdicts)
                _table.At(new(Counter.Answers, question, verdict));
        foreach (var outcome in Timed)
            _latencies.Start((int)outcome);
        foreach (var stage in Enum.GetValues<Stage>())
            _stages.Start((int)stage);
        // Those seen before too: this version may know causes that the last one did not.
        foreach (var (server, kind) in _loaded.Distinct())
        {
            Servers.Load(server);
            CellsOf(server).Start(kind);
        }

        _loaded.Clear();
        foreach (var server in configured)
        {
            Servers.Configure(server);
            CellsOf(Servers.LabelOf(server)).Start(LogKind.Mail);
        }
    }

    /// <summary>Adds what a block changes.</summary>
    public void Apply(Delta delta)
    {
        if (delta.Answers is { } batch)
        {
            Apply(batch);
            return;
        }

        if (delta.Records is not null)
        {
            // An export has no rows, and alone makes no server known: it may be about all of them.
            foreach (var problem in Problems)
                if (delta.Problems[(int)problem] > 0)
                    _table.Add(ProblemAt(problem), delta.Problems[(int)problem]);
            return;
        }

        var cells = CellsOf(LabelOf(delta.Server));
        cells.Start(KindOf(delta));
        _table.Add(cells.ReadBytes, delta.End - delta.Offset);
        Apply(delta.Tally, cells);
    }

    void Apply(Tally tally, ServerCells cells)
    {
        for (var i = tally.Rows.IndexOfAnyExcept(0); i >= 0 && i < tally.Rows.Length; i++)
            if (tally.Rows[i] > 0)
                _table.Add(cells.Rows[i] ??= RowsAt(i, cells.Server), tally.Rows[i]);
        if (tally.Rows[EventNames.Other] > 0)
            CountNameless(tally.Rows[EventNames.Other]);
        foreach (var outcome in ServerCells.Outcomes)
        {
            if (tally.Count(outcome) == 0)
                continue;
            foreach (var direction in ServerCells.Directions)
                AddSome(cells.Messages[((int)outcome * ServerCells.Directions.Length) + (int)direction], tally.Messages(outcome, direction));
            AddSome(cells.MessageBytes[(int)outcome], tally.MessageBytes(outcome));
        }

        foreach (var noise in ServerCells.Noises)
            AddSome(cells.Noise[(int)noise], tally.Noise[(int)noise]);
        if (tally.Unreadable.IndexOfAnyExcept(0) >= 0)
            foreach (var reason in Reasons)
                AddSome(UnreadableAt(reason), tally.Unreadable[(int)reason]);
        _latencies.Add(tally.LatencyCounts);
        _stages.Add(tally.StageCounts);
        foreach (var failure in tally.Failures)
            Apply(failure, cells);
        foreach (var connection in tally.Connections)
            Apply(connection, cells.Server);
        foreach (var session in tally.Sessions)
        {
            cells.Start(KindOf(session.Direction));
            Count(new(Counter.SmtpSessions, session.Direction.Name(), session.Outcome.Name(), session.Tls.Name(), cells.Server), 1);
        }

        foreach (var refusal in tally.Rejections)
        {
            cells.Start(KindOf(refusal.Direction));
            Count(new(Counter.SmtpRefusals, refusal.Direction.Name(), refusal.Stage.Name(), refusal.Diagnosis.Cause.Name(), cells.Server), 1);
        }
    }

    void Apply(Connection connection, string server)
    {
        var destination = connection.Destination.Length == 0 ? "none" : Label("destination", _destinations, connection.Destination, MaxDestinations);
        if (connection.Outcome is { } outcome)
        {
            Count(new(Counter.Connections, connection.Source.Name(), outcome.Name(), server), 1);
            Count(new(Counter.DestinationConnections, destination, outcome.Name()), 1);
        }

        if (connection.Error >= 0)
            Count(new(Counter.SocketErrors, WinsockErrors.All[connection.Error].Name, server), 1);
        if (connection.Retry is { } cause)
            Count(new(Counter.ConnectionRetries, cause.Name(), server), 1);
        if (connection.Sent > 0)
            Count(new(Counter.DestinationMessages, destination), connection.Sent);
        if (connection.Bytes > 0)
            Count(new(Counter.DestinationBytes, destination), connection.Bytes);
    }

    /// <summary>The server's name as the labels have it.</summary>
    public string LabelOf(string server) => Servers.LabelOf(server);

    /// <summary>Counts an event that was not counted before. Exchange's own have names of their own, up to a number; the rest is one.</summary>
    public void Apply(ReportedEvent reported)
    {
        var server = LabelOf(reported.Server);
        CellsOf(server).Start(LogKind.Events);
        Count(IsOwn(reported, server) ? new(Counter.WindowsEvents, reported.Provider, reported.Id.ToString(CultureInfo.InvariantCulture), server) : new(Counter.WindowsEvents, Other, Other, server), 1);
        if (reported.Rejected is { Diagnosis: var diagnosis })
            Count(new(Counter.Refusals, diagnosis.Cause.Name(), diagnosis.Permanence.Name(), server), 1);
    }

    bool IsOwn(ReportedEvent reported, string server)
    {
        if (!reported.Provider.StartsWith("MSExchange", StringComparison.OrdinalIgnoreCase) || !LabelName.IsName(reported.Provider))
            return false;
        var id = reported.Id.ToString(CultureInfo.InvariantCulture);
        if (_eventIds.Contains((reported.Provider, reported.Id)) || _eventIds.Count < MaxLabels)
            if (HasRoom(new(Counter.WindowsEvents, reported.Provider, id, server), EventTable.All.Count + MaxIdsOfServer))
            {
                _eventIds.Add((reported.Provider, reported.Id));
                return true;
            }

        Folded.Add("id", $"{reported.Provider} {id}");
        return false;
    }

    /// <summary>Counts a failure that no row of a log told of.</summary>
    public void Apply(LoneFailure lone)
    {
        var cells = CellsOf(LabelOf(lone.Server));
        cells.Start(LogKind.Mail);
        Apply(lone.Failure, cells);
    }

    void Apply(AnswerBatch batch)
    {
        foreach (var answer in batch.Answers)
            Count(new(Counter.Answers, answer.Question, answer.Verdict), 1);
        foreach (var (question, events) in batch.Skipped)
            Count(new(Counter.Answers, question, Questions.Skipped), events);
    }

    void Apply(Failure failure, ServerCells cells)
    {
        var diagnosis = failure.Diagnosis;
        if (failure.Deferred)
        {
            _table.Add(cells.Deferrals[(int)diagnosis.Cause], 1);
            return;
        }

        _table.Add(cells.Failures(diagnosis), 1);
        _table.Add(cells.Code(diagnosis.Enhanced), 1);
        if (!cells.Connectors.TryGetValue(failure.Connector, out var failures))
        {
            var connector = failure.Connector.Length == 0 ? "none" : Label("connector", _connectors, failure.Connector, MaxLabels);
            var key = new CellKey(Counter.ConnectorFailures, connector, cells.Server);
            if (!HasRoom(key, MaxConnectorsOfServer))
            {
                Folded.Add("connector", connector);
                key = key with { A = Other };
            }

            failures = _table.At(key);
            // What is folded is looked up each time, so that each time is counted.
            if (key.A != Other && cells.Connectors.Count < MaxLabels)
                cells.Connectors.Add(failure.Connector, failures);
        }

        _table.Add(failures, 1);
    }

    ServerCells CellsOf(string server)
    {
        if (!_servers.TryGetValue(server, out var cells))
            _servers.Add(server, cells = new(server, _table));
        return cells;
    }

    static LogKind KindOf(Delta delta) => delta.File?.Format.Name switch
    {
        "connectivity" => LogKind.Connections,
        "smtp-protocol" => ProtocolLog.DirectionOf(delta.File.Header) is { } direction ? KindOf(direction) : LogKind.Receives,
        _ => LogKind.Mail,
    };

    static LogKind KindOf(SmtpDirection direction) => direction == SmtpDirection.Send ? LogKind.Sends : LogKind.Receives;

    static (string Server, LogKind Kind)? KindOf(CellKey key) => key.Counter switch
    {
        Counter.Messages => (key.C, LogKind.Mail),
        Counter.Noise => (key.B, LogKind.Mail),
        Counter.Failures => (key.D, LogKind.Mail),
        Counter.Connections => (key.C, LogKind.Connections),
        Counter.SmtpSessions or Counter.SmtpRefusals => (key.D, key.A == SmtpDirection.Send.Name() ? LogKind.Sends : LogKind.Receives),
        Counter.WindowsEvents => (key.C, LogKind.Events),
        _ => null,
    };

    static CellKey WithNames(CellKey key)
    {
        return key with { A = Name(key.A), B = Name(key.B), C = Name(key.C), D = Name(key.D) };

        static string Name(string label) => label.Length == 0 || LabelName.IsName(label) ? label : Other;
    }

    /// <summary>Whether a family in which two labels come from the logs has room for one more. For each server there is always room for its <c>other</c>.</summary>
    bool HasRoom(CellKey key, int ofServer) => _table.Has(key) || _table.CountOf(key.Counter) < ofServer * Servers.Most;

    /// <summary>The name in the spelling first seen, or <c>other</c> where it is no name, or there is no room for one more.</summary>
    string Label(string label, HashSet<string> known, string name, int most)
    {
        if (known.TryGetValue(name, out var same))
            return same;
        if (!LabelName.IsName(name))
            Folded.AddNoName(label);
        else if (known.Count >= most)
            Folded.Add(label, name);
        else
        {
            known.Add(name);
            return name;
        }

        return Other;
    }

    Cell RowsAt(int index, string server)
    {
        var (source, id) = _names[index];
        var key = new CellKey(Counter.Rows, source, id, server);
        if (HasRoom(key, MaxEventsOfServer))
            return _table.At(key);
        Folded.Add("event", $"{source} {id}");
        return _table.At(key with { A = Other, B = Other });
    }

    /// <summary>Rows whose source and event have no place of their own: there are more than <see cref="EventNames.Limit"/>, or they are no names.</summary>
    void CountNameless(long rows)
    {
        if (_names.WithoutRoom is { Count: > 0 } names)
            foreach (var name in names)
                Folded.Add("event", name, name == names[0] ? rows : 0);
        else
            Folded.AddNoName("event", rows);
    }

    Cell UnreadableAt(Unreadable reason) => _unreadable[(int)reason] ??= _table.At(new(Counter.Unreadable, reason.Name()));

    Cell ProblemAt(ExportProblem problem) => _problems[(int)problem] ??= _table.At(new(Counter.ExportProblems, problem.Name()));

    void AddSome(Cell cell, long more)
    {
        if (more > 0)
            _table.Add(cell, more);
    }

    void Count(CellKey key, long more) => _table.Add(_table.At(key), more);
}
