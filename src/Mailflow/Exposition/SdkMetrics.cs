using System.Reflection;
using System.Runtime.CompilerServices;
using Mailflow.Metrics;
using OpenTelemetry.Metrics;
using SdkMetric = OpenTelemetry.Metrics.Metric;

namespace Mailflow.Exposition;

/// <summary>
/// Two things have no public API in the OpenTelemetry SDK: histograms whose buckets are counted elsewhere (.NET has no observable histogram), and the
/// start time of a metric. Both are written into the SDK's internal state, so that its exporters for Prometheus and OTLP show them. All access to that
/// state is in this file. If a version of the package lacks one of the fields, a test fails, and the program does not start.
/// </summary>
sealed class SdkMetrics
{
    const BindingFlags Inside = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // Names of types are constants: the ahead-of-time compiler keeps only members that it can find.
    const string Sdk = "OpenTelemetry.Metrics.";
    const string Package = ", OpenTelemetry";

    static readonly FieldInfo StoreOf = Needed(typeof(SdkMetric).GetField("AggregatorStore", Inside));
    static readonly PropertyInfo StartTime = Needed(Type.GetType(Sdk + "AggregatorStore" + Package, true)!.GetProperty("StartTimeExclusive", Inside));
    static readonly FieldInfo PointsOf = Needed(Type.GetType(Sdk + "AggregatorStore" + Package, true)!.GetField("metricPoints", Inside));
    static readonly FieldInfo ComponentsOf = Needed(typeof(MetricPoint).GetField("mpComponents", Inside));
    static readonly FieldInfo RunningValue = Needed(typeof(MetricPoint).GetField("runningValue", Inside));
    static readonly FieldInfo AsLong = Needed(Type.GetType(Sdk + "MetricPointValueStorage" + Package, true)!.GetField("AsLong", Inside));
    static readonly MethodInfo AcquireLock = Needed(Type.GetType(Sdk + "MetricPointOptionalComponents" + Package, true)!.GetMethod("AcquireLock", Inside));
    static readonly MethodInfo ReleaseLock = Needed(Type.GetType(Sdk + "MetricPointOptionalComponents" + Package, true)!.GetMethod("ReleaseLock", Inside));
    static readonly PropertyInfo ReaderOf = Needed(Type.GetType(Sdk + "MeterProviderSdk" + Package, true)!.GetProperty("Reader", Inside));
    static readonly FieldInfo HeadOf = Needed(Type.GetType(Sdk + "CompositeMetricReader" + Package, true)!.GetField("Head", Inside));
    static readonly FieldInfo ReaderAt = Needed(Type.GetType(Sdk + "CompositeMetricReader+DoublyLinkedListNode" + Package, true)!.GetField("Value", Inside));
    static readonly PropertyInfo NextOf = Needed(Type.GetType(Sdk + "CompositeMetricReader+DoublyLinkedListNode" + Package, true)!.GetProperty("Next", Inside));

    readonly IReadOnlyList<MetricReader> _readers;
    readonly ConditionalWeakTable<SdkMetric, MetricPoint[]> _known = [];

    public SdkMetrics(MeterProvider provider) => _readers = [.. Readers(ReaderOf.GetValue(provider))];

    /// <summary>Sets the start time of all new metrics.</summary>
    /// <param name="start">The start time of a metric; null if it is not known.</param>
    public void Start(Func<string, DateTimeOffset?> start)
    {
        foreach (var reader in _readers)
            foreach (var metric in Metrics(reader))
                if (metric is not null && !_known.TryGetValue(metric, out _))
                {
                    // In OTLP 0 means not known; the Prometheus exporter omits the default value of the type.
                    var unknown = reader is PeriodicExportingMetricReader ? DateTimeOffset.UnixEpoch : default;
                    var store = StoreOf.GetValue(metric)!;
                    StartTime.SetValue(store, start(metric.Name) ?? unknown);
                    _known.Add(metric, (MetricPoint[])PointsOf.GetValue(store)!);
                }
    }

    /// <summary>Sets the state of all histograms. Called before the SDK copies it for a scrape.</summary>
    /// <param name="histogram">The counters of a histogram, by the value of its only label, then by slot; null for other metrics.</param>
    public void Write(Func<string, FamilyCells?> histogram)
    {
        foreach (var reader in _readers)
            foreach (var metric in Metrics(reader))
                if (metric is not null && histogram(metric.Name) is { } cells && _known.TryGetValue(metric, out var points))
                    Write(points, cells);
    }

    static void Write(MetricPoint[] points, FamilyCells cells)
    {
        for (var i = 0; i < points.Length; i++)
        {
            object point = points[i];
            if (ComponentsOf.GetValue(point) is not { } components || NameOf(points[i]) is not { } name)
                continue;
            var buckets = points[i].GetHistogramBuckets();
            AcquireLock.Invoke(components, null);
            try
            {
                point = points[i];
                var counts = RunningBucketCounts(buckets);
                var value = RunningValue.GetValue(point)!;
                RunningSum(buckets) = Fill(counts, name, cells) / 1000.0;
                AsLong.SetValue(value, counts.Sum());
                RunningValue.SetValue(point, value);
                points[i] = (MetricPoint)point;
            }
            finally
            {
                ReleaseLock.Invoke(components, null);
            }
        }
    }

    /// <summary>Fills the bucket counts of one label value, and returns the sum in milliseconds.</summary>
    static long Fill(long[] counts, string name, FamilyCells cells)
    {
        long sum = 0;
        for (var i = 0; i < cells.Count; i++)
            if (cells.Text(i, 0) == name && Labels.Slot.TryParse(cells.Text(i, 1), out var slot))
            {
                // Series that were loaded from the store have any order, with those at 0 last.
                if (slot.Index == counts.Length)
                    sum = cells.Values[i];
                else
                    counts[slot.Index] = cells.Values[i];
            }

        return sum;
    }

    static string? NameOf(in MetricPoint point)
    {
        foreach (var tag in point.Tags)
            return tag.Value as string;
        return null;
    }

    static List<MetricReader> Readers(object? reader)
    {
        if (reader?.GetType().Name != "CompositeMetricReader")
            return reader is MetricReader one ? [one] : [];
        var readers = new List<MetricReader>();
        for (var node = HeadOf.GetValue(reader); node is not null; node = NextOf.GetValue(node))
            readers.Add((MetricReader)ReaderAt.GetValue(node)!);
        return readers;
    }

    static T Needed<T>(T? member)
        where T : class =>
        member ?? throw new InvalidOperationException("This version of the OpenTelemetry package keeps its state otherwise: see SdkMetrics.cs.");

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "metrics")]
    static extern ref SdkMetric?[] Metrics(MetricReader reader);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "RunningBucketCounts")]
    static extern ref long[] RunningBucketCounts(HistogramBuckets buckets);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "RunningSum")]
    static extern ref double RunningSum(HistogramBuckets buckets);
}
