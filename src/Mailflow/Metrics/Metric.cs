namespace Mailflow.Metrics;

enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>When the series of a counter or histogram begin, and the time from which they count.</summary>
enum Birth
{
    /// <summary>With the first value. Counts from the creation of the store.</summary>
    FirstValue,

    /// <summary>At 0, with the store.</summary>
    Start,

    /// <summary>At 0: for a configured server at the start, for other servers with the first log.</summary>
    Mail,

    /// <summary>At 0 with the server's first connectivity log.</summary>
    Connections,

    /// <summary>At 0 with the server's first protocol log of that direction.</summary>
    Smtp,

    /// <summary>At 0 with the server's first Windows event.</summary>
    Events,

    /// <summary>At 0 with the server's first agent log.</summary>
    Agents,

    /// <summary>With the process. Counts from the start of the process.</summary>
    Process,
}

/// <summary>The definition of one metric, as shown in /metrics and docs/metrics.md.</summary>
/// <param name="name">The Prometheus name, with suffix.</param>
/// <param name="unit">The UCUM unit: `s`, `By`, or the counted things in braces; empty if it has none.</param>
/// <param name="labels">In the order of docs/metrics.md.</param>
class Metric(string name, MetricType type, string unit, string help, IReadOnlyList<Label> labels, Birth birth = Birth.Process)
{
    public string Name => name;

    public MetricType Type => type;

    public string Unit => unit;

    public string Help => help;

    public IReadOnlyList<Label> Labels => labels;

    public Birth Birth => birth;

    /// <summary>The OpenTelemetry name, without `_total`: the exporter adds it to counters.</summary>
    public string Instrument { get; } = type == MetricType.Counter && name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
}
