using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;

namespace Mailflow.Ledger;

/// <summary>The series of one server that every block changes, indexed by number, so that no key is hashed.</summary>
sealed class ServerCells(ServerName server, CellTable table)
{
    public static readonly Outcome[] Outcomes = Enum.GetValues<Outcome>();
    public static readonly Direction[] Directions = Enum.GetValues<Direction>();
    public static readonly Noise[] Noises = Enum.GetValues<Noise>();
    static readonly Cause[] Causes = Enum.GetValues<Cause>();
    static readonly Fault[] Faults = Enum.GetValues<Fault>();
    static readonly Permanence[] Permanences = Enum.GetValues<Permanence>();

    readonly bool[] _has = new bool[Enum.GetValues<LogKind>().Length];
    readonly Cell?[] _messages = new Cell?[Outcomes.Length * Directions.Length];
    readonly Cell?[] _messageBytes = new Cell?[Outcomes.Length];
    readonly Cell?[] _noise = new Cell?[Noises.Length];
    readonly Cell?[] _deferrals = new Cell?[Causes.Length];
    readonly Cell?[] _failures = new Cell?[Causes.Length * Faults.Length * Permanences.Length];
    readonly Dictionary<string, Cell> _codes = new(StringComparer.Ordinal);

    public ServerName Server => server;

    public Cell ReadBytes { get; } = table.At(Counters.ReadBytes, server);

    /// <summary>By <see cref="EventNames"/> index.</summary>
    public Cell?[] Rows { get; } = new Cell?[EventNames.Limit];

    /// <summary>By connector as written in the row.</summary>
    public Dictionary<string, Cell> Connectors { get; } = new(StringComparer.Ordinal);

    public Cell Messages(Outcome outcome, Direction direction) =>
        _messages[((int)outcome * Directions.Length) + (int)direction] ??= table.At(Counters.Messages, (outcome, direction, server));

    public Cell MessageBytes(Outcome outcome) => _messageBytes[(int)outcome] ??= table.At(Counters.MessageBytes, (outcome, server));

    public Cell Noise(Noise reason) => _noise[(int)reason] ??= table.At(Counters.NoiseRows, (reason, server));

    public Cell Deferrals(Cause cause) => _deferrals[(int)cause] ??= table.At(Counters.Deferrals, (cause, server));

    public Cell Failures(Diagnosis diagnosis) =>
        _failures[((((int)diagnosis.Cause * Faults.Length) + (int)diagnosis.Fault) * Permanences.Length) + (int)diagnosis.Permanence]
            ??= table.At(Counters.Failures, (diagnosis.Cause, diagnosis.Fault, diagnosis.Permanence, server));

    /// <summary>The failures with this enhanced code, or with none.</summary>
    public Cell Code(string? code)
    {
        var name = code ?? Label.None;
        if (code is not null && !EnhancedCodes.IsRegistered(code))
            name = Label.Other;
        if (!_codes.TryGetValue(name, out var cell))
            _codes.Add(name, cell = table.At(Counters.EnhancedCodes, (new EnhancedCode(name), server)));
        return cell;
    }

    /// <summary>
    /// Starts the series of this kind at 0 if they have not started: `increase()` does not see the first step of a series that starts with a
    /// value. The start is stored, so that they start at 0 after a restart too.
    /// </summary>
    public void Start(LogKind kind)
    {
        if (_has[(int)kind])
            return;
        _has[(int)kind] = true;
        var mark = table.At(Counters.LogKinds, (kind, server));
        if (mark.Value == 0)
            table.Add(mark, 1);
        table.Begin(kind, server);
    }
}
