using System.Diagnostics.Metrics;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;
using OpenTelemetry.Metrics;
using Metric = Mailflow.Metrics.Metric;
using MetricType = Mailflow.Metrics.MetricType;

namespace Mailflow.Exposition;

/// <summary>
/// Exports all metrics through OpenTelemetry. They are read at each scrape from the committed state only, so that a `kill -9` cannot reduce a counter
/// that was already scraped.
/// </summary>
sealed class Telemetry : IDisposable
{
    /// <summary>The one metric that is recorded as it happens.</summary>
    public static Metric DnsLookup { get; } = new(
        "mailflow_dns_lookup_duration_seconds",
        MetricType.Histogram,
        "s",
        "Time until a resolver answered a query, or until the query timed out. Counts from the start of the process.",
        [StatusLabels.Resolver]);

    /// <summary>All metrics, by name.</summary>
    public static IReadOnlyList<Metric> All { get; } =
        [.. new[] { DnsLookup }.Concat(Counters.Shown).Concat(StatusMetrics.All).OrderBy(m => m.Name, StringComparer.Ordinal)];

    /// <summary>Bucket bounds for mail, in seconds: delivery takes from seconds to hours.</summary>
    static readonly double[] MailSized = [.. TimeCounts.Bounds.Select(b => b / 1000.0)];

    /// <summary>Bucket bounds for DNS, in seconds: an answer takes milliseconds, a timeout seconds.</summary>
    static readonly double[] DnsSized = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 10];

    static readonly Dictionary<string, Metric> ByInstrument = All.ToDictionary(m => m.Instrument, StringComparer.Ordinal);
    static readonly Dictionary<string, int> Places = All.Index().ToDictionary(m => m.Item.Instrument, m => m.Index, StringComparer.Ordinal);

    readonly string _name;
    readonly Func<Scrape> _look;
    readonly DateTimeOffset? _storeBorn;
    readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    readonly MetricSeries[] _series = [.. All.Select(m => new MetricSeries(m))];
    readonly Meter?[] _meters = new Meter?[All.Count];
    readonly bool[] _seen = new bool[All.Count];
    readonly Meter _histograms;
    readonly Histogram<double>[] _kept;
    readonly Histogram<double> _lookups;
    SdkMetrics? _sdk;
    Scrape? _scrape;

    /// <param name="look">Returns the state that one scrape shows.</param>
    /// <param name="meterName">Must be unique in the process: OpenTelemetry identifies meters by name.</param>
    /// <param name="storeBorn">The start time of the store's counters; null if it is not known.</param>
    public Telemetry(Func<Scrape> look, string meterName = "Mailflow", DateTimeOffset? storeBorn = null)
    {
        (_look, _name, _storeBorn) = (look, meterName, storeBorn);
        _histograms = new(_name);
        _kept = [.. All.Where(m => m is Counter { Type: MetricType.Histogram }).Select(Histogram)];
        _lookups = Histogram(DnsLookup);
        for (var i = 0; i < All.Count; i++)
            if (All[i].Type != MetricType.Histogram)
                Observe(i);
    }

    /// <summary>Records a query to a resolver.</summary>
    public void Looked(string resolver, TimeSpan took) =>
        _lookups.Record(took.TotalSeconds, new KeyValuePair<string, object?>(StatusLabels.Resolver.Name, resolver));

    /// <summary>Registers the meters, and the series limit of each metric. Beyond the limit the SDK puts all series into one.</summary>
    public void Register(MeterProviderBuilder metrics) =>
        metrics
            .AddMeter(_name, "System.Runtime")
            .AddView(View);

    /// <summary>From now on, writes the ledger's histograms and the start times of all metrics into the provider's state.</summary>
    public void Use(MeterProvider provider)
    {
        _sdk = new(provider);
        // A histogram exists only after a first measurement; its real values are written before each scrape.
        foreach (var histogram in _kept)
            foreach (var value in ((Counter)ByInstrument[histogram.Name]).StartTexts(0))
                histogram.Record(0, new KeyValuePair<string, object?>(ByInstrument[histogram.Name].Labels[0].Name, value));
    }

    public void Dispose()
    {
        foreach (var meter in _meters)
            meter?.Dispose();
        _histograms.Dispose();
    }

    MetricStreamConfiguration? View(Instrument instrument)
    {
        if (instrument.Meter.Name != _name)
            // Prometheus reserves this suffix for histograms, and promtool reports an error. Nobody needs these counts of assemblies, timers and processors.
            return instrument.Name.EndsWith(".count", StringComparison.Ordinal) ? MetricStreamConfiguration.Drop : null;
        var metric = ByInstrument[instrument.Name];
        if (metric.Type != MetricType.Histogram)
            return new() { CardinalityLimit = _series[Places[metric.Instrument]].Room };
        return metric is Counter
            ? new ExplicitBucketHistogramConfiguration { Boundaries = MailSized, RecordMinMax = false, CardinalityLimit = metric.Labels[0].Values.Count }
            : null;
    }

    /// <summary>Each metric has its own meter, which is replaced when the metric needs more room in the SDK.</summary>
    void Observe(int index)
    {
        var (metric, meter) = (All[index], new Meter(_name));
        _meters[index] = meter;
        if (metric.Type == MetricType.Counter)
            meter.CreateObservableCounter(metric.Instrument, () => Measure(index, meter), metric.Unit, metric.Help);
        else
            meter.CreateObservableGauge(metric.Instrument, () => Measure(index, meter), metric.Unit, metric.Help);
    }

    /// <summary>The provider calls one reader after the other, so this code never runs on two threads at once.</summary>
    IEnumerable<Measurement<double>> Measure(int index, Meter meter)
    {
        if (_meters[index] == meter && (_scrape is null || _seen[index]))
            Begin();
        if (_meters[index] != meter)
            return [];
        _seen[index] = true;
        return _series[index].Given;
    }

    /// <summary>
    /// Begins a scrape. A scrape reads every metric once, so the second read of a metric begins the next scrape. All values of a scrape have the same time.
    /// </summary>
    void Begin()
    {
        _scrape = _look();
        Array.Clear(_seen);
        // Replace instruments before any is read: a new instrument is appended to those that this scrape reads. If the last instrument were replaced only
        // when it is read, the scrape would end before the new one, and all its series would be missing.
        for (var i = 0; i < _meters.Length; i++)
            if (_meters[i] is { } meter && !_series[i].Read(_scrape))
            {
                meter.Dispose();
                Observe(i);
            }

        _sdk?.Start(StartOf);
        _sdk?.Write(HistogramOf);
    }

    /// <summary>The start time of a metric; null if it is not known.</summary>
    DateTimeOffset? StartOf(string instrument) =>
        !ByInstrument.TryGetValue(instrument, out var metric) || metric.Birth == Birth.Process ? _started : _storeBorn;

    FamilyCells? HistogramOf(string instrument) =>
        ByInstrument.GetValueOrDefault(instrument) is Counter { Type: MetricType.Histogram } counter ? _scrape!.Committed.Cells[counter] : null;

    Histogram<double> Histogram(Metric metric) =>
        _histograms.CreateHistogram(
            metric.Instrument,
            metric.Unit,
            metric.Help,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = metric is Counter ? MailSized : DnsSized });
}
