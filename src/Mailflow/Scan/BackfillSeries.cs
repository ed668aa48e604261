using System.Text;
using Mailflow.Metrics;

namespace Mailflow.Scan;

/// <summary>A series, or the buckets of a histogram that share their labels.</summary>
/// <param name="Name">As in /metrics.</param>
/// <param name="Labels">In braces, with the labels that each series gets, without the closing brace.</param>
/// <param name="Server">The value of its label server; null without one.</param>
sealed record BackfillSeries(string Name, MetricType Type, string Labels, string? Server, Birth Birth)
{
    /// <summary>Whether it is written although it stayed 0: shares of success divide by it.</summary>
    public bool IsBase { get; init; }

    public static BackfillSeries Of(Cell cell, string fixedLabels)
    {
        var counter = cell.Counter;
        var labels = new StringBuilder("{").Append(fixedLabels);
        string? server = null;
        for (var i = 0; i < counter.Labels.Count; i++)
        {
            if (counter.Labels[i].Name == Metrics.Labels.Server.Name)
                server = cell.Text(i);
            Append(labels, counter.Labels[i].Name, cell.Text(i));
        }

        return new(counter.Name, counter.Type, labels.ToString(), server, counter.Birth) { IsBase = counter == Counters.Messages };
    }

    public static BackfillSeries OfNewest(string server, string fixedLabels) => new(
        BackfillTable.LastEvent, MetricType.Gauge, Append(new StringBuilder("{").Append(fixedLabels), Metrics.Labels.Server.Name, server).ToString(), server,
        Birth.FirstValue);

    /// <summary>A label as OpenMetrics writes it; after the first one with a comma.</summary>
    public static StringBuilder Append(StringBuilder labels, string name, string value) =>
        labels.Append(labels.Length > 1 ? "," : "").Append(name).Append("=\"")
            .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal))
            .Append('"');
}
