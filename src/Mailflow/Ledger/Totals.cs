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
    static readonly ConnectionOutcome[] ConnectionOutcomes = Enum.GetValues<ConnectionOutcome>();
    static readonly SmtpDirection[] SmtpDirections = Enum.GetValues<SmtpDirection>();

    readonly Dictionary<CellKey, long> _cells = [];
    readonly HashSet<CellKey> _changed = [];
    readonly HashSet<string> _servers = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> _connectors = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> _destinations = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<(SmtpDirection, string Server)> _refusing = [];
    readonly HashSet<(string, int)> _eventIds = [.. EventTable.All.Select(f => (EventTable.Providers[0], f.Id))];

    public IReadOnlyDictionary<CellKey, long> Cells => _cells;

    /// <summary>Cells that changed since they were last stored.</summary>
    public IReadOnlyCollection<CellKey> Changed => _changed;

    /// <summary>What was stored before.</summary>
    public void Load(CellKey key, long value)
    {
        _cells[key] = value;
        if (key.Counter == Counter.ConnectorFailures)
            _connectors.Add(key.A);
        if (key.Counter is Counter.DestinationConnections or Counter.DestinationMessages)
            _destinations.Add(key.A);
        if (key.Counter == Counter.WindowsEvents && int.TryParse(key.B, CultureInfo.InvariantCulture, out var id))
            _eventIds.Add((key.A, id));
    }

    public void Stored() => _changed.Clear();

    /// <summary>
    /// Starts every cell of the closed label sets at 0, for a server that is known before its first row: `increase()` does not see
    /// the first step of a counter that is born with a value.
    /// </summary>
    public void AddServer(string server)
    {
        if (!_servers.Add(server))
            return;
        Add(new(Counter.ReadBytes, server), 0);
        Add(new(Counter.WindowsEvents, Other, Other, server), 0);
        foreach (var facts in EventTable.All)
            Add(new(Counter.WindowsEvents, EventTable.Providers[0], facts.Id.ToString(CultureInfo.InvariantCulture), server), 0);
        foreach (var outcome in Outcomes)
        {
            foreach (var direction in Directions)
                Add(new(Counter.Messages, outcome.Name(), direction.Name(), server), 0);
            Add(new(Counter.MessageBytes, outcome.Name(), server), 0);
        }

        foreach (var noise in Noises)
            Add(new(Counter.Noise, noise.Name(), server), 0);
        foreach (var code in EnhancedCodes.All.Append("none").Append(Other))
            Add(new(Counter.EnhancedCodes, code, server), 0);
        foreach (var cause in Enum.GetValues<Cause>())
        {
            foreach (var fault in PossibleFaults.Of(cause))
                foreach (var permanence in Enum.GetValues<Permanence>())
                    Add(new(Counter.Failures, cause.Name(), fault.Name(), permanence.Name(), server), 0);
            Add(new(Counter.Deferrals, cause.Name(), server), 0);
            Add(new(Counter.ConnectionRetries, cause.Name(), server), 0);
            foreach (var permanence in Enum.GetValues<Permanence>())
                Add(new(Counter.Refusals, cause.Name(), permanence.Name(), server), 0);
        }

        foreach (var outcome in ConnectionOutcomes)
            foreach (var source in Enum.GetValues<ConnectionSource>())
                Add(new(Counter.Connections, source.Name(), outcome.Name(), server), 0);
        foreach (var error in SocketErrors.All)
            Add(new(Counter.SocketErrors, error.Name, server), 0);
        foreach (var direction in SmtpDirections)
            foreach (var outcome in Enum.GetValues<SmtpOutcome>())
                foreach (var tls in Enum.GetValues<TlsVersion>())
                    Add(new(Counter.SmtpSessions, direction.Name(), outcome.Name(), tls.Name(), server), 0);
    }

    /// <summary>Stages by causes are many: they start at 0 when a server has shown its first log of that direction, and not before.</summary>
    void AddRefusals(SmtpDirection direction, string server)
    {
        if (!_refusing.Add((direction, server)))
            return;
        foreach (var stage in Enum.GetValues<SmtpStage>())
            foreach (var cause in Causes)
                Add(new(Counter.SmtpRefusals, direction.Name(), stage.Name(), cause.Name(), server), 0);
    }

    /// <summary>Starts the sets that no server has at 0.</summary>
    public void AddReasons()
    {
        foreach (var reason in Reasons)
            Add(new(Counter.Unreadable, reason.Name()), 0);
        foreach (var problem in Problems)
            Add(new(Counter.ExportProblems, problem.Name()), 0);
        foreach (var (question, verdicts) in Questions.All)
            foreach (var verdict in verdicts)
                Add(new(Counter.Answers, question, verdict), 0);
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
            AddSome(new(Counter.ExportProblems, problem.Name()), delta.Problems[(int)problem]);
        // An export has no rows, and alone makes no server known: it may be about all of them.
        if (delta.Records is not null)
            return;
        var server = LabelOf(delta.Server);
        AddServer(server);
        Add(new(Counter.ReadBytes, server), delta.End - delta.Offset);
        for (var i = 0; i < tally.Rows.Length; i++)
            if (tally.Rows[i] > 0)
            {
                var (source, id) = names[i];
                Add(new(Counter.Rows, source, id, server), tally.Rows[i]);
            }

        foreach (var outcome in Outcomes)
        {
            foreach (var direction in Directions)
                AddSome(new(Counter.Messages, outcome.Name(), direction.Name(), server), tally.Messages(outcome, direction));
            AddSome(new(Counter.MessageBytes, outcome.Name(), server), tally.MessageBytes(outcome));
        }

        foreach (var noise in Noises)
            AddSome(new(Counter.Noise, noise.Name(), server), tally.Noise[(int)noise]);
        foreach (var reason in Reasons)
            AddSome(new(Counter.Unreadable, reason.Name()), tally.Unreadable[(int)reason]);
        foreach (var failure in tally.Failures)
            Apply(failure, server);
        foreach (var connection in tally.Connections)
            Apply(connection, server);
        foreach (var session in tally.Sessions)
        {
            AddRefusals(session.Direction, server);
            Add(new(Counter.SmtpSessions, session.Direction.Name(), session.Outcome.Name(), session.Tls.Name(), server), 1);
        }

        foreach (var refusal in tally.Refusals)
        {
            AddRefusals(refusal.Direction, server);
            Add(new(Counter.SmtpRefusals, refusal.Direction.Name(), refusal.Stage.Name(), refusal.Diagnosis.Cause.Name(), server), 1);
        }
    }

    void Apply(Connection connection, string server)
    {
        var name = connection.Destination;
        var destination = Label(_destinations, name.Length == 0 ? "none" : IsName(name) ? name : Other, MaxDestinations);
        _destinations.Add(destination);
        if (connection.Outcome is { } outcome)
        {
            Add(new(Counter.Connections, connection.Source.Name(), outcome.Name(), server), 1);
            Add(new(Counter.DestinationConnections, destination, outcome.Name()), 1);
        }

        if (connection.Error >= 0)
            Add(new(Counter.SocketErrors, SocketErrors.All[connection.Error].Name, server), 1);
        if (connection.Retry is { } cause)
            Add(new(Counter.ConnectionRetries, cause.Name(), server), 1);
        AddSome(new(Counter.DestinationMessages, destination), connection.Sent);
        AddSome(new(Counter.DestinationBytes, destination), connection.Bytes);
    }

    /// <summary>The server's name as the labels have it.</summary>
    public string LabelOf(string server) => Label(_servers, IsName(server) ? server : Other);

    /// <summary>Counts an event that was not counted before. Exchange's own have names of their own, up to a number; the rest is one.</summary>
    public void Apply(ReportedEvent reported)
    {
        var server = LabelOf(reported.Server);
        AddServer(server);
        var own = reported.Provider.StartsWith("MSExchange", StringComparison.OrdinalIgnoreCase) && IsName(reported.Provider)
            && (_eventIds.Contains((reported.Provider, reported.Id)) || (_eventIds.Count < MaxLabels && _eventIds.Add((reported.Provider, reported.Id))));
        Add(own ? new(Counter.WindowsEvents, reported.Provider, reported.Id.ToString(CultureInfo.InvariantCulture), server) : new(Counter.WindowsEvents, Other, Other, server), 1);
        if (reported.Refused is { Diagnosis: var diagnosis })
            Add(new(Counter.Refusals, diagnosis.Cause.Name(), diagnosis.Permanence.Name(), server), 1);
    }

    /// <summary>Counts a failure that no row of a log told of.</summary>
    public void Apply(LoneFailure lone)
    {
        var server = LabelOf(lone.Server);
        AddServer(server);
        Apply(lone.Failure, server);
    }

    void Apply(AnswerBatch batch)
    {
        foreach (var answer in batch.Answers)
            Add(new(Counter.Answers, answer.Question, answer.Verdict), 1);
        foreach (var (question, events) in batch.Skipped)
            Add(new(Counter.Answers, question, Questions.Skipped), events);
    }

    void Apply(Failure failure, string server)
    {
        var diagnosis = failure.Diagnosis;
        if (failure.Deferred)
        {
            Add(new(Counter.Deferrals, diagnosis.Cause.Name(), server), 1);
            return;
        }

        Add(new(Counter.Failures, diagnosis.Cause.Name(), diagnosis.Fault.Name(), diagnosis.Permanence.Name(), server), 1);
        var code = diagnosis.Enhanced is null ? "none" : EnhancedCodes.IsRegistered(diagnosis.Enhanced) ? diagnosis.Enhanced : Other;
        Add(new(Counter.EnhancedCodes, code, server), 1);
        var connector = Label(_connectors, failure.Connector.Length == 0 ? "none" : IsName(failure.Connector) ? failure.Connector : Other);
        _connectors.Add(connector);
        Add(new(Counter.ConnectorFailures, connector, server), 1);
    }

    /// <summary>A row whose columns are shifted may have anything where the connector or the server stands: an address is no name for a label.</summary>
    static bool IsName(string name) => name.Length <= 128 && !name.Any(c => c == '@' || char.IsControl(c));

    /// <summary>The name in the spelling first seen, or <c>other</c> where there is no room for one more.</summary>
    static string Label(HashSet<string> known, string name, int most = MaxLabels) =>
        known.TryGetValue(name, out var same) ? same : known.Count >= most ? Other : name;

    void AddSome(CellKey key, long more)
    {
        if (more > 0)
            Add(key, more);
    }

    void Add(CellKey key, long more)
    {
        ref var value = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_cells, key, out _);
        value += more;
        _changed.Add(key);
    }
}
