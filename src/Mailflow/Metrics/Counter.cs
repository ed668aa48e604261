namespace Mailflow.Metrics;

/// <summary>
/// The definition of one counter, or of the buckets of one histogram. The code that counts, the store, /metrics, docs/metrics.md and scan read it.
/// </summary>
/// <param name="storeName">The name in the store: never rename it.</param>
/// <param name="shown">The labels that /metrics shows.</param>
abstract class Counter(string name, string storeName, MetricType type, string unit, string help, IReadOnlyList<Label> shown, Birth birth)
    : Metric(name, type, unit, help, shown, birth)
{
    public string StoreName => storeName;

    /// <summary>The index in <see cref="Counters.All"/>.</summary>
    public int Index { get; set; } = -1;

    /// <summary>
    /// For counters with two labels from logs: the number of series per server, averaged over all servers, after which new label values are counted as
    /// `other`. 0 if the labels are bounded by themselves.
    /// </summary>
    public int MaxOfServer { get; init; }

    /// <summary>The texts of one label in the series that begin with the store.</summary>
    public abstract IEnumerable<string> StartTexts(int label);

    public abstract Family NewFamily();
}

/// <typeparam name="TKey">The label values of one series: a named tuple, or the type of the only label.</typeparam>
sealed class Counter<TKey> : Counter
    where TKey : notnull
{
    public Counter(string name, string storeName, string unit, string help, LabelSet<TKey> labels, Birth birth)
        : base(name, storeName, MetricType.Counter, unit, help, labels.All, birth) => LabelSet = labels;

    Counter(string name, string storeName, string unit, string help, LabelSet<TKey> labels)
        : base(name, storeName, MetricType.Histogram, unit, help, [.. labels.All.SkipLast(1)], Birth.Start) => LabelSet = labels;

    /// <summary>The buckets and sums of a histogram: its last label is <see cref="TimeSlot"/>, which /metrics shows as `le`.</summary>
    public static Counter<TKey> Histogram(string name, string storeName, string help, LabelSet<TKey> labels, Func<IEnumerable<TKey>> atStart) =>
        new(name, storeName, "s", help, labels) { AtStart = atStart };

    public LabelSet<TKey> LabelSet { get; }

    /// <summary>The series that begin at 0 with the store.</summary>
    public Func<IEnumerable<TKey>> AtStart { get; init; } = () => [];

    /// <summary>The series of a server that begin at 0 when its first log of a kind is read.</summary>
    public Func<LogKind, ServerName, IEnumerable<TKey>> OfServer { get; init; } = (_, _) => [];

    public override IEnumerable<string> StartTexts(int label) => AtStart().Select(k => LabelSet.Text(k, label)).Distinct(StringComparer.Ordinal);

    public override Family NewFamily() => new Family<TKey>(this);
}
