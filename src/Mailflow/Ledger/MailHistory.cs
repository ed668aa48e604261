using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>
/// The history of mail: recipients by outcome, failures by cause, delivery times and queue depth over time, by server and connector. Its numbers are those
/// of the counters, sorted by the times of the rows instead of the time of reading.
/// </summary>
/// <remarks>
/// From a store: <c>new MailHistory(new StoreRollups(connection))</c>. From logs without a store: give each delta of a <c>Scanning</c> to
/// <see cref="RollupSums.OfScan"/> (its parameter <c>history</c> does that), then <c>new MailHistory(sums)</c>.
/// All times are UTC. A range includes its start and not its end; both are moved outwards to whole quarters of an hour, or to whole hours where only hours
/// are kept (older than 8 days) or asked for.
/// </remarks>
sealed class MailHistory(IRollups rollups)
{
    /// <summary>Points of one answer; a step that is too short for the range is made longer.</summary>
    public const int MostPoints = 3000;

    /// <summary>The servers that the history has.</summary>
    public IReadOnlyList<string> Servers() => rollups.Servers();

    /// <summary>A range in equal steps; each step has a point, also without mail.</summary>
    /// <param name="from">Where the first step starts.</param>
    /// <param name="to">Where the last step ends, at the earliest.</param>
    /// <param name="step">A multiple of a quarter of an hour; it becomes one. An hour at least where only hours are kept.</param>
    /// <param name="server">Only this server; null: all together.</param>
    /// <param name="connector">Only rows that name this connector; null: all rows. Rows of deliveries to mailboxes name none.</param>
    public HistoryRange Read(DateTime from, DateTime to, TimeSpan step, string? server = null, string? connector = null)
    {
        step = Up(step, RollupTables.Quarter);
        if (rollups.Begin(from, step) is not { } begin)
            return Empty(Down(from, RollupTables.Quarter), to, Longer(step, to - from), null);
        (from, step) = (Down(from, begin.Step), Longer(Up(step, begin.Step), to - from));
        var range = Empty(from, to, step, begin.First);
        var end = from + (step * range.Points.Count);
        foreach (var (at, fact, value) in rollups.Read(from, end, begin.Step, server ?? ""))
            if (fact.Kind != RollupKind.Queue && fact.Connector.Length > 0)
                range.Meet(fact.Connector, (connector is null || fact.Connector.Equals(connector, StringComparison.OrdinalIgnoreCase))
                    ? range.At(at) : null, fact, value);
            else if (connector is null)
                range.At(at).Add(fact, value);
        return range;
    }

    /// <summary>The sums of a range: one point.</summary>
    public HistoryPoint Totals(DateTime from, DateTime to, string? server = null, string? connector = null) =>
        Read(from, to, to - from, server, connector).Sum();

    static HistoryRange Empty(DateTime from, DateTime to, TimeSpan step, DateTime? first)
    {
        var points = (int)Math.Max(1, Up(to - from, step) / step);
        return new(step, first, [.. Enumerable.Range(0, points).Select(i => new HistoryPoint(from + (step * i)))]);
    }

    static TimeSpan Longer(TimeSpan step, TimeSpan range) => range / step > MostPoints ? Up(range / MostPoints, step) : step;

    static DateTime Down(DateTime time, TimeSpan step) => new(time.Ticks - (time.Ticks % step.Ticks), DateTimeKind.Utc);

    static TimeSpan Up(TimeSpan time, TimeSpan step) => new(Math.Max(1, (time.Ticks + step.Ticks - 1) / step.Ticks) * step.Ticks);
}

/// <summary>A part of the history in equal steps.</summary>
/// <param name="step">The length of a step; longer than asked for where the history has only hours.</param>
/// <param name="first">The start of the oldest row that there is: before it nothing is known. Null: there is no history.</param>
sealed class HistoryRange(TimeSpan step, DateTime? first, IReadOnlyList<HistoryPoint> points)
{
    readonly SortedDictionary<string, long> _connectors = new(StringComparer.OrdinalIgnoreCase);

    public TimeSpan Step => step;

    public DateTime? First => first;

    /// <summary>One for each step, the oldest first.</summary>
    public IReadOnlyList<HistoryPoint> Points => points;

    /// <summary>The connectors that rows of the range name, of all or of the one server, whichever connector was asked for.</summary>
    public IReadOnlyCollection<string> Connectors => _connectors.Keys;

    /// <summary>All steps together; the depth of queues is the largest.</summary>
    public HistoryPoint Sum()
    {
        var sum = new HistoryPoint(points[0].Start);
        foreach (var point in points)
            sum.Add(point);
        return sum;
    }

    internal HistoryPoint At(DateTime time) => points[(int)((time - points[0].Start) / step)];

    internal void Meet(string connector, HistoryPoint? point, RollupFact fact, long value)
    {
        _connectors[connector] = _connectors.GetValueOrDefault(connector) + value;
        point?.Add(fact, value);
    }
}

/// <summary>One step of the history.</summary>
/// <param name="start">Its start.</param>
sealed class HistoryPoint(DateTime start)
{
    readonly long[] _outcomes = new long[ServerCells.Outcomes.Length];
    readonly long[] _times = new long[TimeCounts.Buckets];
    readonly Dictionary<(Cause Cause, Fault Fault), long> _failures = [];
    readonly Dictionary<(Cause Cause, Fault Fault), long> _deferrals = [];

    /// <summary>The most messages of each server.</summary>
    readonly Dictionary<string, long> _queues = new(StringComparer.OrdinalIgnoreCase);

    long? _deepest;

    public DateTime Start => start;

    /// <summary>Recipients with this outcome. Delivered, sent and failed are final; a recipient can be deferred and relayed many times.</summary>
    public long this[Outcome outcome] => _outcomes[(int)outcome];

    /// <summary>Failed recipients by cause and responsible side. Their sum can be a few more than the outcome: failures that only events report.</summary>
    public IReadOnlyDictionary<(Cause Cause, Fault Fault), long> Failures => _failures;

    /// <summary>Deferrals by cause and responsible side.</summary>
    public IReadOnlyDictionary<(Cause Cause, Fault Fault), long> Deferrals => _deferrals;

    /// <summary>Messages in all queues (shadow queues left out): the sum of the most that each server had in the step; null where no export says it.</summary>
    public long? QueueDepth => _queues.Count > 0 ? _queues.Values.Sum() : _deepest;

    /// <summary>Rows of delivered and sent mail that have a time since their arrival, in the buckets of <see cref="TimeCounts"/>.</summary>
    public IReadOnlyList<long> Times => _times;

    /// <summary>Whether nothing is known of the step, or no mail was there.</summary>
    public bool IsEmpty => QueueDepth is null && Array.TrueForAll(_outcomes, o => o == 0) && _failures.Count == 0;

    /// <summary>A percentile of the delivery time, linear within its bucket, as `histogram_quantile` does; null without times.</summary>
    /// <param name="share">0 to 1.</param>
    public TimeSpan? Percentile(double share)
    {
        var (rank, seen, lower) = (share * _times.Sum(), 0L, 0.0);
        for (var i = 0; i < TimeCounts.Bounds.Count; i++)
        {
            if (_times[i] > 0 && seen + _times[i] >= rank)
                return TimeSpan.FromMilliseconds(lower + ((TimeCounts.Bounds[i] - lower) * (rank - seen) / _times[i]));
            (seen, lower) = (seen + _times[i], TimeCounts.Bounds[i]);
        }

        return rank > 0 ? TimeSpan.FromMilliseconds(lower) : null;
    }

    internal void Add(RollupFact fact, long value)
    {
        switch (fact.Kind)
        {
            case RollupKind.Outcome:
                _outcomes[fact.A] += value;
                break;
            case RollupKind.Time:
                _times[fact.B] += value;
                break;
            case RollupKind.Queue:
                _queues[fact.Connector] = Math.Max(_queues.GetValueOrDefault(fact.Connector), value);
                break;
            default:
                var counts = fact.Kind == RollupKind.Failure ? _failures : _deferrals;
                counts[((Cause)fact.A, (Fault)fact.B)] = counts.GetValueOrDefault(((Cause)fact.A, (Fault)fact.B)) + value;
                break;
        }
    }

    internal void Add(HistoryPoint other)
    {
        for (var i = 0; i < _outcomes.Length; i++)
            _outcomes[i] += other._outcomes[i];
        for (var i = 0; i < _times.Length; i++)
            _times[i] += other._times[i];
        foreach (var (key, value) in other._failures)
            _failures[key] = _failures.GetValueOrDefault(key) + value;
        foreach (var (key, value) in other._deferrals)
            _deferrals[key] = _deferrals.GetValueOrDefault(key) + value;
        if (other.QueueDepth is { } depth)
            _deepest = Math.Max(_deepest ?? 0, depth);
    }
}
