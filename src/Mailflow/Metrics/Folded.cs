namespace Mailflow.Metrics;

/// <summary>
/// Counts the names that become <c>other</c>, by label: because the label has no room for more names, or because the name may be an address. The first
/// names without room are reported, each once.
/// </summary>
/// <param name="report">Called with the label and a name for which it has no room.</param>
sealed class Folded(Action<string, string>? report = null)
{
    /// <summary>Maximum number of reported names of each label.</summary>
    public const int MaxReported = 10;

    public const string NoRoom = "no-room";
    public const string NoName = "no-name";

    public static IReadOnlyList<string> Reasons { get; } = [NoRoom, NoName];

    /// <summary>Labels whose values come from logs and exports.</summary>
    public static IReadOnlyList<Label> Bounded { get; } = [Labels.Server, Labels.Connector, Labels.Destination, Labels.Event, Labels.EventId];

    readonly Lock _lock = new();
    readonly Dictionary<(string Label, string Reason), long> _counts =
        new(from label in Bounded from reason in Reasons select KeyValuePair.Create((label.Name, reason), 0L));

    readonly Dictionary<string, HashSet<string>> _reported =
        Bounded.ToDictionary(l => l.Name, _ => new HashSet<string>(StringComparer.OrdinalIgnoreCase), StringComparer.Ordinal);

    /// <summary>How often a name was counted as <c>other</c> since the start of the process.</summary>
    public IReadOnlyList<(string Label, string Reason, long Times)> Counts
    {
        get
        {
            lock (_lock)
                return [.. _counts.Select(c => (c.Key.Label, c.Key.Reason, c.Value))];
        }
    }

    /// <summary>Counts a name for which the label has no room.</summary>
    public void Add(Label label, string name, long times = 1)
    {
        lock (_lock)
        {
            _counts[(label.Name, NoRoom)] += times;
            var reported = _reported[label.Name];
            if (reported.Count >= MaxReported || !reported.Add(name))
                return;
        }

        report?.Invoke(label.Name, name);
    }

    /// <summary>Counts a value that is not a valid name. It may be an address, so it is not reported.</summary>
    public void AddNoName(Label label, long times = 1)
    {
        lock (_lock)
            _counts[(label.Name, NoName)] += times;
    }
}
