using System.Globalization;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;

namespace Mailflow.Scan;

/// <summary>
/// Writes series as OpenMetrics with times. The sample at a time has what rows before it say, as /metrics of a program that has read all of them. No line
/// is a comment or empty, since promtool refuses both.
/// </summary>
/// <param name="step">Seconds between two samples.</param>
/// <param name="first">The first sample, in steps since 1970: nothing is counted yet.</param>
/// <param name="last">The last sample: everything is counted.</param>
sealed class BackfillText(TextWriter output, long step, long first, long last)
{
    /// <summary>Bounds as the OpenMetrics exporter writes them, in seconds.</summary>
    static readonly string[] Bounds =
        [.. TimeCounts.Bounds.Select(b => (b / 1000.0).ToString(b % 1000 == 0 ? "0.0" : "0.###", CultureInfo.InvariantCulture)), "+Inf"];

    string? _name;

    public long Samples { get; private set; }

    /// <summary>Writes one series.</summary>
    /// <param name="begin">Its first sample; earlier changes are in it.</param>
    /// <param name="changes">The steps in which it changes, in their order, the bucket or 0, and by how much.</param>
    public void Write(BackfillSeries series, long begin, IEnumerable<(long Step, int Slot, long Value)> changes)
    {
        if (series.Name != _name)
        {
            _name = series.Name;
            var family = series.Type == MetricType.Counter && _name.EndsWith("_total", StringComparison.Ordinal) ? _name[..^"_total".Length] : _name;
            output.Write($"# TYPE {family} {series.Type switch { MetricType.Counter => "counter", MetricType.Gauge => "gauge", _ => "histogram" }}\n");
        }

        var values = new long[series.Type == MetricType.Histogram ? TimeCounts.Slots : 1];
        var now = Math.Max(first, begin);
        foreach (var (at, slot, value) in changes)
        {
            for (; now <= at; now++)
                Sample(series, values, now);
            values[slot] = series.Type == MetricType.Gauge ? Math.Max(values[slot], value) : values[slot] + value;
        }

        for (; now <= last; now++)
            Sample(series, values, now);
    }

    void Sample(BackfillSeries series, long[] values, long at)
    {
        switch (series.Type)
        {
            case MetricType.Counter:
                Line(series.Name, "", series.Labels, "}", values[0], at);
                break;
            case MetricType.Gauge:
                Line(series.Name, "", series.Labels, "}", values[0] / 1000.0, at);
                break;
            default:
                var count = 0L;
                for (var i = 0; i < Bounds.Length; i++)
                    Line(series.Name, "_bucket", series.Labels, $",le=\"{Bounds[i]}\"}}", count += values[i], at);
                Line(series.Name, "_count", series.Labels, "}", count, at);
                Line(series.Name, "_sum", series.Labels, "}", values[^1] / 1000.0, at);
                break;
        }
    }

    void Line<T>(string name, string suffix, string labels, string end, T value, long at)
        where T : ISpanFormattable
    {
        Span<char> text = stackalloc char[40];
        output.Write(name);
        output.Write(suffix);
        output.Write(labels);
        output.Write(end);
        output.Write(' ');
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        output.Write(text[..length]);
        output.Write(' ');
        (at * step).TryFormat(text, out length, default, CultureInfo.InvariantCulture);
        output.Write(text[..length]);
        output.Write('\n');
        Samples++;
    }
}
