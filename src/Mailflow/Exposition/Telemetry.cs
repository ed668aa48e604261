using System.Diagnostics.Metrics;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;
using OpenTelemetry.Metrics;
using Metric = Mailflow.Metrics.Metric;
using MetricType = Mailflow.Metrics.MetricType;

namespace Mailflow.Exposition;

/// <summary>
/// The way of all metrics to OpenTelemetry. All are observed at each scrape, over what is committed and nothing newer, so that no `kill -9` can take a
/// count back.
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

    /// <summary>Mail is fast in seconds, slow in minutes and late in hours.</summary>
    static readonly double[] MailSized = [.. TimeCounts.Bounds.Select(b => b / 1000.0)];

    /// <summary>DNS is fast in milliseconds, and given up after seconds.</summary>
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

    /// <param name="look">Takes the state that one scrape shows.</param>
    /// <param name="meterName">Different for each where one process has several: OpenTelemetry knows meters by their name alone.</param>
    /// <param name="storeBorn">From when the counters of the store count; null where that is not known.</param>
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

    /// <summary>Records a question to a resolver.</summary>
    public void Looked(string resolver, TimeSpan took) =>
        _lookups.Record(took.TotalSeconds, new KeyValuePair<string, object?>(StatusLabels.Resolver.Name, resolver));

    /// <summary>Tells OpenTelemetry what to collect, and how many series a metric can have: the SDK stops there and counts the rest in one.</summary>
    public void Register(MeterProviderBuilder metrics) =>
        metrics
            .AddMeter(_name, "System.Runtime")
            .AddView(View);

    /// <summary>Takes over, in the provider's state, the histograms that the ledger counts and the times from which metrics count.</summary>
    public void Use(MeterProvider provider)
    {
        _sdk = new(provider);
        // A histogram begins with a first measurement; what is measured is set before each scrape.
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
            // Prometheus keeps the suffix for histograms, and promtool complains: of assemblies, timers and processors, none is missed.
            return instrument.Name.EndsWith(".count", StringComparison.Ordinal) ? MetricStreamConfiguration.Drop : null;
        var metric = ByInstrument[instrument.Name];
        if (metric.Type != MetricType.Histogram)
            return new() { CardinalityLimit = _series[Places[metric.Instrument]].Room };
        return metric is Counter
            ? new ExplicitBucketHistogramConfiguration { Boundaries = MailSized, RecordMinMax = false, CardinalityLimit = metric.Labels[0].Values.Count }
            : null;
    }

    /// <summary>Each metric has a meter of its own: it is made anew where the SDK needs more room for the metric.</summary>
    void Observe(int index)
    {
        var (metric, meter) = (All[index], new Meter(_name));
        _meters[index] = meter;
        if (metric.Type == MetricType.Counter)
            meter.CreateObservableCounter(metric.Instrument, () => Measure(index, meter), metric.Unit, metric.Help);
        else
            meter.CreateObservableGauge(metric.Instrument, () => Measure(index, meter), metric.Unit, metric.Help);
    }

    /// <summary>The provider asks one reader after the other, so there is no second thread here.</summary>
    IEnumerable<Measurement<double>> Measure(int index, Meter meter)
    {
        if (_meters[index] == meter && (_scrape is null || _seen[index]))
            Begin();
        if (_meters[index] != meter)
            return [];
        _seen[index] = true;
        return _series[index].Given;
    }

    /// <summary>A scrape asks every metric once: who is asked again starts the next one. So all values of a scrape are of one moment.</summary>
    void Begin()
    {
        _scrape = _look();
        Array.Clear(_seen);
        // Before any other is asked: a new instrument stands at the end of those that this scrape asks. One that is made anew only when it is asked, and is the
        // last of them, would end the scrape before its successor's turn: all its series would be missing.
        for (var i = 0; i < _meters.Length; i++)
            if (_meters[i] is { } meter && !_series[i].Read(_scrape))
            {
                meter.Dispose();
                Observe(i);
            }

        _sdk?.Start(StartOf);
        _sdk?.Write(HistogramOf);
    }

    /// <summary>Null for what is not ours.</summary>
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
