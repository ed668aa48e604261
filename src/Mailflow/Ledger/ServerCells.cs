using Mailflow.Analysis.Events;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>What a server can have shown. Each brings series of its own, which start at 0 when the server shows the first of it.</summary>
enum LogKind
{
    /// <summary>Message tracking logs; for a configured server at the start.</summary>
    Mail,

    /// <summary>Connectivity logs.</summary>
    Connections,

    /// <summary>Protocol logs of sending.</summary>
    Sends,

    /// <summary>Protocol logs of receiving.</summary>
    Receives,

    /// <summary>Windows events.</summary>
    Events,
}

/// <summary>The counters of one server, by number instead of by name; those that come with their first value are null until then.</summary>
sealed class ServerCells(string server, CellTable table)
{
    public static readonly Outcome[] Outcomes = Enum.GetValues<Outcome>();
    public static readonly Direction[] Directions = Enum.GetValues<Direction>();
    public static readonly Noise[] Noises = Enum.GetValues<Noise>();
    public static readonly Cause[] Causes = Enum.GetValues<Cause>();
    static readonly Fault[] Faults = Enum.GetValues<Fault>();
    static readonly Permanence[] Permanences = Enum.GetValues<Permanence>();

    readonly bool[] _has = new bool[Enum.GetValues<LogKind>().Length];

    public string Server => server;

    public Cell ReadBytes { get; } = table.At(new(Counter.ReadBytes, server));

    /// <summary>By <see cref="EventNames"/> index.</summary>
    public Cell?[] Rows { get; } = new Cell?[EventNames.Limit];

    /// <summary>By outcome, then direction.</summary>
    public Cell[] Messages { get; } = new Cell[Outcomes.Length * Directions.Length];

    public Cell[] MessageBytes { get; } = new Cell[Outcomes.Length];

    public Cell[] Noise { get; } = new Cell[Noises.Length];

    public Cell[] Deferrals { get; } = new Cell[Causes.Length];

    readonly Cell?[] _failures = new Cell?[Causes.Length * Faults.Length * Permanences.Length];
    readonly Dictionary<string, Cell> _codes = new(StringComparer.Ordinal);

    /// <summary>By connector as the row has it.</summary>
    public Dictionary<string, Cell> Connectors { get; } = new(StringComparer.Ordinal);

    /// <summary>The counter of failures of this diagnosis.</summary>
    public Cell Failures(Diagnosis diagnosis) =>
        _failures[((((int)diagnosis.Cause * Faults.Length) + (int)diagnosis.Fault) * Permanences.Length) + (int)diagnosis.Permanence]
            ??= table.At(new(Counter.Failures, diagnosis.Cause.Name(), diagnosis.Fault.Name(), diagnosis.Permanence.Name(), server));

    /// <summary>The counter of failures with this enhanced code, born with the first of them: there are 130 codes, and a server meets few.</summary>
    public Cell Code(string? code)
    {
        var name = code is null ? "none" : EnhancedCodes.IsRegistered(code) ? code : Totals.Other;
        return _codes.TryGetValue(name, out var cell) ? cell : _codes[name] = table.At(new(Counter.EnhancedCodes, name, server));
    }

    /// <summary>
    /// Starts the closed label sets of this kind at 0 where they have not started: `increase()` does not see the first step of a counter that is born with a
    /// value. That they have is stored, so that they start at 0 after a restart too.
    /// </summary>
    public void Start(LogKind kind)
    {
        if (_has[(int)kind])
            return;
        _has[(int)kind] = true;
        var mark = table.At(new(Counter.LogKinds, kind.ToString(), server));
        if (mark.Value == 0)
            table.Add(mark, 1);
        switch (kind)
        {
            case LogKind.Mail:
                StartMail();
                break;
            case LogKind.Connections:
                foreach (var outcome in Enum.GetValues<ConnectionOutcome>())
                    foreach (var source in Enum.GetValues<ConnectionSource>())
                        table.At(new(Counter.Connections, source.Name(), outcome.Name(), server));
                foreach (var error in WinsockErrors.All)
                    table.At(new(Counter.SocketErrors, error.Name, server));
                foreach (var cause in Causes)
                    table.At(new(Counter.ConnectionRetries, cause.Name(), server));
                break;
            case LogKind.Sends:
                StartSmtp(SmtpDirection.Send);
                break;
            case LogKind.Receives:
                StartSmtp(SmtpDirection.Receive);
                break;
            case LogKind.Events:
                table.At(new(Counter.WindowsEvents, Totals.Other, Totals.Other, server));
                foreach (var facts in EventTable.All)
                    table.At(new(Counter.WindowsEvents, EventTable.Providers[0], facts.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), server));
                foreach (var cause in Causes)
                    foreach (var permanence in Permanences)
                        table.At(new(Counter.Refusals, cause.Name(), permanence.Name(), server));
                break;
        }
    }

    void StartMail()
    {
        foreach (var outcome in Outcomes)
        {
            foreach (var direction in Directions)
                Messages[((int)outcome * Directions.Length) + (int)direction] = table.At(new(Counter.Messages, outcome.Name(), direction.Name(), server));
            MessageBytes[(int)outcome] = table.At(new(Counter.MessageBytes, outcome.Name(), server));
        }

        foreach (var noise in Noises)
            Noise[(int)noise] = table.At(new(Counter.Noise, noise.Name(), server));
        foreach (var cause in Causes)
        {
            foreach (var fault in PossibleFaults.Of(cause))
                foreach (var permanence in Permanences)
                    table.At(new(Counter.Failures, cause.Name(), fault.Name(), permanence.Name(), server));
            Deferrals[(int)cause] = table.At(new(Counter.Deferrals, cause.Name(), server));
        }
    }

    void StartSmtp(SmtpDirection direction)
    {
        foreach (var outcome in Enum.GetValues<SmtpOutcome>())
            foreach (var tls in Enum.GetValues<TlsVersion>())
                table.At(new(Counter.SmtpSessions, direction.Name(), outcome.Name(), tls.Name(), server));
        foreach (var stage in Enum.GetValues<SmtpStage>())
            foreach (var cause in Causes)
                table.At(new(Counter.SmtpRefusals, direction.Name(), stage.Name(), cause.Name(), server));
    }
}
