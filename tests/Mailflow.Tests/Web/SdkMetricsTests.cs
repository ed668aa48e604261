using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Messages;
using Mailflow.Exposition;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Tests.Ledger;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Mailflow.Tests.Web;

/// <summary>Checks values set in the SDK's internal state; fails if a new package version changes that state.</summary>
[SuppressMessage("Reliability", "CA2000", Justification = "The provider disposes of its readers, and they of their exporters.")]
public sealed class SdkMetricsTests
{
    static readonly DateTimeOffset Born = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Histograms_equal_the_ledger_for_each_reader(int readers)
    {
        var totals = new Totals(new EventNames());
        totals.Start([]);
        var snapshot = Snapshot.Empty with { Cells = totals.Publish() };
        using var telemetry = new Telemetry(() => new Scrape(Born, snapshot, new FailureCounts(), [], [], 0), $"Mailflow.Sdk{readers}", Born);
        var exporters = Enumerable.Range(0, readers).Select(_ => new Exporter()).ToList();
        var builder = Sdk.CreateMeterProviderBuilder();
        telemetry.Register(builder);
        foreach (var exporter in exporters)
            builder.AddReader(new BaseExportingMetricReader(exporter));
        using var provider = builder.Build();
        telemetry.Use(provider);
        // Before any data, the series exist at 0.
        Check(0, 0, 0);
        Take(90, 100, 101, 2_000_000_000);
        Check(4, 2, 2_000_000.291);
        Take(50);
        Take();
        Check(5, 3, 2_000_000.341);
        Check(5, 3, 2_000_000.341);
        // Another process loads them, in the order of the store and without those that are 0.
        var stored = totals.Changed.Select(c => c.Stored).OrderByDescending(c => c.B, StringComparer.Ordinal).ToList();
        totals = new Totals(new EventNames());
        foreach (var row in stored)
            totals.Load(row);
        totals.Start([]);
        snapshot = snapshot with { Cells = totals.Publish() };
        Check(5, 3, 2_000_000.341);

        void Take(params uint[] latencies)
        {
            var tally = new Tally();
            foreach (var latency in latencies)
                tally.AddLatency(Outcome.Sent, latency);
            totals.Apply(LedgerBed.Rows(tally));
            snapshot = snapshot with { Cells = totals.Publish() };
        }

        void Check(long count, long inFirst, double sum)
        {
            Assert.True(provider.ForceFlush());
            foreach (var exporter in exporters)
            {
                Assert.Equal((count, sum), (exporter.Seen["sent"].Count, exporter.Seen["sent"].Sum));
                Assert.Equal(inFirst, exporter.Seen["sent"].Buckets[0]);
                Assert.Equal(TimeCounts.Buckets, exporter.Seen["sent"].Buckets.Count);
                Assert.Equal(count, exporter.Seen["sent"].Buckets.Sum());
                Assert.Equal(0, exporter.Seen["delivered"].Count);
                Assert.Equal(2, exporter.Seen.Count);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Metric_has_its_start_time(bool known)
    {
        var totals = new Totals(new EventNames());
        totals.Start(["EX01"]);
        var snapshot = Snapshot.Empty with { Cells = totals.Publish() };
        var sinks = new SinkState[] { new("seq", 1, 1, 1, 1, null, null) };
        using var telemetry = new Telemetry(() => new Scrape(Born, snapshot, new FailureCounts(), [], sinks, 0), $"Mailflow.Start{known}", known ? Born : null);
        var (pulled, pushed) = (new Exporter(), new Exporter());
        var builder = Sdk.CreateMeterProviderBuilder();
        telemetry.Register(builder);
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);
        using var provider = builder.AddReader(new BaseExportingMetricReader(pulled))
            .AddReader(new PeriodicExportingMetricReader(pushed, Timeout.Infinite))
            .Build();
        telemetry.Use(provider);
        Assert.True(provider.ForceFlush());
        foreach (var metric in Telemetry.All.Where(m => m.Type != Mailflow.Metrics.MetricType.Gauge && pulled.Starts.ContainsKey(m.Instrument)))
            if (metric.Birth == Birth.Process)
                Assert.InRange(pushed.Starts[metric.Instrument], before, DateTimeOffset.UtcNow);
            else
            {
                Assert.Equal((metric.Name, known ? Born : default), (metric.Name, pulled.Starts[metric.Instrument]));
                Assert.Equal((metric.Name, known ? Born : DateTimeOffset.UnixEpoch), (metric.Name, pushed.Starts[metric.Instrument]));
            }

        Assert.Contains("mailflow_messages", pulled.Starts.Keys);
        Assert.Contains("mailflow_delivery_stage_seconds", pulled.Starts.Keys);
        Assert.Contains("mailflow_ship_dropped", pulled.Starts.Keys);
    }

    [Fact]
    public void Scrape_has_all_series_while_their_number_grows()
    {
        var totals = new Totals(new EventNames());
        totals.Start(["EX01"]);
        using var telemetry = new Telemetry(
            () => new Scrape(Born, Snapshot.Empty with { Cells = totals.Publish() }, new FailureCounts(), [], [], 0), "Mailflow.Grows", Born);
        var exporter = new Exporter();
        var builder = Sdk.CreateMeterProviderBuilder();
        telemetry.Register(builder);
        using var provider = builder.AddReader(new BaseExportingMetricReader(exporter)).Build();
        telemetry.Use(provider);
        for (var i = 0; i < 300; i++)
        {
            // First a single metric, the last one that the SDK reads because it was recreated; then many.
            if (i < 200)
                totals.Load(new("ConnectorFailures", $"connector {i}", "EX01", "", "", 1));
            else
                totals.Apply(LedgerBed.Rows(new(), server: $"SRV{i}"));
            Assert.True(provider.ForceFlush());
            foreach (var metric in Telemetry.All)
                if (metric is Counter { Type: Mailflow.Metrics.MetricType.Counter } counter)
                    Assert.Equal((i, metric.Name, totals.Publish()[counter].Count), (i, metric.Name, exporter.Points.GetValueOrDefault(metric.Instrument)));
        }
    }

    sealed class Exporter : BaseExporter<OpenTelemetry.Metrics.Metric>
    {
        public Dictionary<string, (long Count, double Sum, List<long> Buckets)> Seen { get; } = new(StringComparer.Ordinal);

        /// <summary>Number of series of each metric.</summary>
        public Dictionary<string, int> Points { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, DateTimeOffset> Starts { get; } = new(StringComparer.Ordinal);

        public override ExportResult Export(in Batch<OpenTelemetry.Metrics.Metric> batch)
        {
            Seen.Clear();
            Points.Clear();
            foreach (var metric in batch)
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    Points[metric.Name] = Points.GetValueOrDefault(metric.Name) + 1;
                    Starts[metric.Name] = point.StartTime;
                    if (metric.Name != "mailflow_delivery_latency_seconds")
                        continue;
                    var buckets = new List<long>();
                    foreach (var bucket in point.GetHistogramBuckets())
                        buckets.Add(bucket.BucketCount);
                    foreach (var tag in point.Tags)
                        Seen[(string)tag.Value!] = (point.GetHistogramCount(), point.GetHistogramSum(), buckets);
                }

            return ExportResult.Success;
        }
    }
}
