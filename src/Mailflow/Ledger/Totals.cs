using System.Globalization;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>Every counter, as sums of deltas. Only the committer touches it; what others see is a snapshot of it.</summary>
sealed class Totals(EventNames names)
{
    /// <summary>Servers, and connectors, that get a label of their own; the rest is <c>other</c>.</summary>
    public const int MaxLabels = 200;

    /// <summary>Next hops that get a label of their own, of all servers together.</summary>
    public const int MaxDestinations = 100;

    public const string Other = "other";

    static readonly Outcome[] Outcomes = Enum.GetValues<Outcome>();
    static readonly Direction[] Directions = Enum.GetValues<Direction>();
    static readonly Noise[] Noises = Enum.GetValues<Noise>();
    static readonly ExportProblem[] Problems = Enum.GetValues<ExportProblem>();
    static readonly Unreadable[] Reasons = Enum.GetValues<Unreadable>();
    static readonly Cause[] Causes = Enum.GetValues<Cause>();
    static readonly Fault[] Faults = Enum.GetValues<Fault>();
    static readonly Permanence[] Permanences = Enum.GetValues<Permanence>();
    static readonly ConnectionOutcome[] ConnectionOutcomes = Enum.GetValues<ConnectionOutcome>();
    static readonly SmtpDirection[] SmtpDirections = Enum.GetValues<SmtpDirection>();

    readonly Dictionary<CellKey, Cell> _cells = [];
    readonly List<Cell> _changed = [];
    readonly Dictionary<string, ServerCells> _servers = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> _connectors = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> _destinations = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<(SmtpDirection, string Server)> _refusing = [];
    readonly HashSet<(string, int)> _eventIds = [.. EventTable.All.Select(f => (EventTable.Providers[0], f.Id))];

    /// <summary>All of them, in the order of their birth; none ever goes.</summary>
    public IReadOnlyCollection<Cell> Cells => _cells.Values;

    /// <summary>Those that changed since they were last stored.</summary>
    public IReadOnlyCollection<Cell> Changed => _changed;

    /// <summary>What was stored before.</summary>
    public void Load(CellKey key, long value)
    {
        _cells[key] = new(key) { Value = value };
        if (key.Counter == Counter.ConnectorFailures)
            _connectors.Add(key.A);
        if (key.Counter is Counter.DestinationConnections or Counter.DestinationMessages)
            _destinations.Add(key.A);
        if (key.Counter == Counter.WindowsEvents && int.TryParse(key.B, CultureInfo.InvariantCulture, out var id))
            _eventIds.Add((key.A, id));
    }

    public void Stored()
    {
        foreach (var cell in _changed)
            cell.IsChanged = false;
        _changed.Clear();
    }

    /// <summary>
    /// Starts every cell of the closed label sets at 0, for a server that is known before its first row: `increase()` does not see
    /// the first step of a counter that is born with a value.
    /// </summary>
    public void AddServer(string server) => CellsOf(server);

    ServerCells CellsOf(string server)
    {
        if (_servers.TryGetValue(server, out var cells))
            return cells;
        _servers.Add(server, cells = new(server));
        cells.ReadBytes = At(new(Counter.ReadBytes, server));
        At(new(Counter.WindowsEvents, Other, Other, server));
        foreach (var facts in EventTable.All)
            At(new(Counter.WindowsEvents, EventTable.Providers[0], facts.Id.ToString(CultureInfo.InvariantCulture), server));
        foreach (var outcome in Outcomes)
        {
            foreach (var direction in Directions)
                cells.Messages[((int)outcome * Directions.Length) + (int)direction] = At(new(Counter.Messages, outcome.Name(), direction.Name(), server));
            cells.MessageBytes[(int)outcome] = At(new(Counter.MessageBytes, outcome.Name(), server));
        }

        foreach (var noise in Noises)
            cells.Noise[(int)noise] = At(new(Counter.Noise, noise.Name(), server));
        foreach (var code in EnhancedCodes.All.Append("none").Append(Other))
            cells.Codes[code] = At(new(Counter.EnhancedCodes, code, server));
        foreach (var cause in Causes)
        {
            foreach (var fault in PossibleFaults.Of(cause))
                foreach (var permanence in Permanences)
                    At(new(Counter.Failures, cause.Name(), fault.Name(), permanence.Name(), server));
            cells.Deferrals[(int)cause] = At(new(Counter.Deferrals, cause.Name(), server));
            At(new(Counter.ConnectionRetries, cause.Name(), server));
            foreach (var permanence in Permanences)
                At(new(Counter.Refusals, cause.Name(), permanence.Name(), server));
        }

        foreach (var outcome in ConnectionOutcomes)
            foreach (var source in Enum.GetValues<ConnectionSource>())
                At(new(Counter.Connections, source.Name(), outcome.Name(), server));
        foreach (var error in SocketErrors.All)
            At(new(Counter.SocketErrors, error.Name, server));
        foreach (var direction in SmtpDirections)
            foreach (var outcome in Enum.GetValues<SmtpOutcome>())
                foreach (var tls in Enum.GetValues<TlsVersion>())
                    At(new(Counter.SmtpSessions, direction.Name(), outcome.Name(), tls.Name(), server));
        return cells;
    }

    /// <summary>Stages by causes are many: they start at 0 when a server has shown its first log of that direction, and not before.</summary>
    void AddRefusals(SmtpDirection direction, string server)
    {
        if (!_refusing.Add((direction, server)))
            return;
        foreach (var stage in Enum.GetValues<SmtpStage>())
            foreach (var cause in Causes)
                At(new(Counter.SmtpRefusals, direction.Name(), stage.Name(), cause.Name(), server));
    }

    /// <summary>Starts the sets that no server has at 0.</summary>
    public void AddReasons()
    {
        foreach (var reason in Reasons)
            At(new(Counter.Unreadable, reason.Name()));
        foreach (var problem in Problems)
            At(new(Counter.ExportProblems, problem.Name()));
        foreach (var (question, verdicts) in Questions.All)
            foreach (var verdict in verdicts)
                At(new(Counter.Answers, question, verdict));
    }

    /// <summary>Adds what a block changes.</summary>
    public void Apply(Delta delta)
    {
        if (delta.Answers is { } batch)
        {
            Apply(batch);
            return;
        }

        var tally = delta.Tally;
        foreach (var problem in Problems)
            CountSome(new(Counter.ExportProblems, problem.Name()), delta.Problems[(int)problem]);
        // An export has no rows, and alone makes no server known: it may be about all of them.
        if (delta.Records is not null)
            return;
        var server = LabelOf(delta.Server);
        var cells = CellsOf(server);
        Add(cells.ReadBytes, delta.End - delta.Offset);
        for (var i = 0; i < tally.Rows.Length; i++)
            if (tally.Rows[i] > 0)
            {
                var (source, id) = names[i];
                Add(cells.Rows[i] ??= At(new(Counter.Rows, source, id, server)), tally.Rows[i]);
            }

        foreach (var outcome in Outcomes)
        {
            foreach (var direction in Directions)
                AddSome(cells.Messages[((int)outcome * Directions.Length) + (int)direction], tally.Messages(outcome, direction));
            AddSome(cells.MessageBytes[(int)outcome], tally.MessageBytes(outcome));
        }

        foreach (var noise in Noises)
            AddSome(cells.Noise[(int)noise], tally.Noise[(int)noise]);
        foreach (var reason in Reasons)
            CountSome(new(Counter.Unreadable, reason.Name()), tally.Unreadable[(int)reason]);
        foreach (var failure in tally.Failures)
            Apply(failure, cells);
        foreach (var connection in tally.Connections)
            Apply(connection, server);
        foreach (var session in tally.Sessions)
        {
            AddRefusals(session.Direction, server);
            Count(new(Counter.SmtpSessions, session.Direction.Name(), session.Outcome.Name(), session.Tls.Name(), server), 1);
        }

        foreach (var refusal in tally.Refusals)
        {
            AddRefusals(refusal.Direction, server);
            Count(new(Counter.SmtpRefusals, refusal.Direction.Name(), refusal.Stage.Name(), refusal.Diagnosis.Cause.Name(), server), 1);
        }
    }

    void Apply(Connection connection, string server)
    {
        var name = connection.Destination;
        var destination = Label(_destinations, name.Length == 0 ? "none" : IsName(name) ? name : Other, MaxDestinations);
        _destinations.Add(destination);
        if (connection.Outcome is { } outcome)
        {
            Count(new(Counter.Connections, connection.Source.Name(), outcome.Name(), server), 1);
            Count(new(Counter.DestinationConnections, destination, outcome.Name()), 1);
        }

        if (connection.Error >= 0)
            Count(new(Counter.SocketErrors, SocketErrors.All[connection.Error].Name, server), 1);
        if (connection.Retry is { } cause)
            Count(new(Counter.ConnectionRetries, cause.Name(), server), 1);
        CountSome(new(Counter.DestinationMessages, destination), connection.Sent);
        CountSome(new(Counter.DestinationBytes, destination), connection.Bytes);
    }

    /// <summary>The server's name as the labels have it.</summary>
    public string LabelOf(string server)
    {
        var name = IsName(server) ? server : Other;
        return _servers.TryGetValue(name, out var known) ? known.Server : _servers.Count >= MaxLabels ? Other : name;
    }

    /// <summary>Counts an event that was not counted before. Exchange's own have names of their own, up to a number; the rest is one.</summary>
    public void Apply(ReportedEvent reported)
    {
        var server = LabelOf(reported.Server);
        AddServer(server);
        var own = reported.Provider.StartsWith("MSExchange", StringComparison.OrdinalIgnoreCase) && IsName(reported.Provider)
            && (_eventIds.Contains((reported.Provider, reported.Id)) || (_eventIds.Count < MaxLabels && _eventIds.Add((reported.Provider, reported.Id))));
        Count(own ? new(Counter.WindowsEvents, reported.Provider, reported.Id.ToString(CultureInfo.InvariantCulture), server) : new(Counter.WindowsEvents, Other, Other, server), 1);
        if (reported.Refused is { Diagnosis: var diagnosis })
            Count(new(Counter.Refusals, diagnosis.Cause.Name(), diagnosis.Permanence.Name(), server), 1);
    }

    /// <summary>Counts a failure that no row of a log told of.</summary>
    public void Apply(LoneFailure lone)
    {
        var server = LabelOf(lone.Server);
        Apply(lone.Failure, CellsOf(server));
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
            Add(cells.Deferrals[(int)diagnosis.Cause], 1);
            return;
        }

        var kind = ((((int)diagnosis.Cause * Faults.Length) + (int)diagnosis.Fault) * Permanences.Length) + (int)diagnosis.Permanence;
        Add(cells.Failures[kind] ??= At(new(Counter.Failures, diagnosis.Cause.Name(), diagnosis.Fault.Name(), diagnosis.Permanence.Name(), cells.Server)), 1);
        Add(cells.Codes.TryGetValue(diagnosis.Enhanced ?? "none", out var code) ? code : cells.Codes[Other], 1);
        if (!cells.Connectors.TryGetValue(failure.Connector, out var failures))
        {
            var connector = Label(_connectors, failure.Connector.Length == 0 ? "none" : IsName(failure.Connector) ? failure.Connector : Other);
            _connectors.Add(connector);
            failures = At(new(Counter.ConnectorFailures, connector, cells.Server));
            if (cells.Connectors.Count < MaxLabels)
                cells.Connectors.Add(failure.Connector, failures);
        }

        Add(failures, 1);
    }

    /// <summary>A row whose columns are shifted may have anything where the connector or the server stands: an address is no name for a label.</summary>
    static bool IsName(string name) => name.Length <= 128 && !name.Any(c => c == '@' || char.IsControl(c));

    /// <summary>The name in the spelling first seen, or <c>other</c> where there is no room for one more.</summary>
    static string Label(HashSet<string> known, string name, int most = MaxLabels) =>
        known.TryGetValue(name, out var same) ? same : known.Count >= most ? Other : name;

    void CountSome(CellKey key, long more)
    {
        if (more > 0)
            Count(key, more);
    }

    void AddSome(Cell cell, long more)
    {
        if (more > 0)
            Add(cell, more);
    }

    void Count(CellKey key, long more) => Add(At(key), more);

    void Add(Cell cell, long more)
    {
        cell.Value += more;
        Change(cell);
    }

    /// <summary>The counter of this name, born with 0 where it is new.</summary>
    Cell At(CellKey key)
    {
        if (_cells.TryGetValue(key, out var cell))
            return cell;
        _cells.Add(key, cell = new(key));
        Change(cell);
        return cell;
    }

    void Change(Cell cell)
    {
        if (cell.IsChanged)
            return;
        cell.IsChanged = true;
        _changed.Add(cell);
    }

    /// <summary>The counters of one server that each block changes, by number instead of by name; those that are rare, or come with their first value, are null until then.</summary>
    sealed class ServerCells(string server)
    {
        public string Server => server;

        public Cell ReadBytes { get; set; } = null!;

        /// <summary>By <see cref="EventNames"/> index.</summary>
        public Cell?[] Rows { get; } = new Cell?[EventNames.Limit];

        /// <summary>By outcome, then direction.</summary>
        public Cell[] Messages { get; } = new Cell[Outcomes.Length * Directions.Length];

        public Cell[] MessageBytes { get; } = new Cell[Outcomes.Length];

        public Cell[] Noise { get; } = new Cell[Noises.Length];

        public Cell[] Deferrals { get; } = new Cell[Causes.Length];

        /// <summary>By cause, then fault, then permanence.</summary>
        public Cell?[] Failures { get; } = new Cell?[Causes.Length * Faults.Length * Permanences.Length];

        /// <summary>By enhanced code.</summary>
        public Dictionary<string, Cell> Codes { get; } = new(StringComparer.Ordinal);

        /// <summary>By connector as the row has it.</summary>
        public Dictionary<string, Cell> Connectors { get; } = new(StringComparer.Ordinal);
    }
}
