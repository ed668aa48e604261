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
    /// <summary>With the first value. Counts from the birth of the store.</summary>
    FirstValue,

    /// <summary>At 0, with the store.</summary>
    Start,

    /// <summary>At 0: of a configured server at the start, of another server with its first log.</summary>
    Mail,

    /// <summary>At 0 with the server's first connectivity log.</summary>
    Connections,

    /// <summary>At 0 with the server's first protocol log of that direction.</summary>
    Smtp,

    /// <summary>At 0 with the server's first Windows event.</summary>
    Events,

    /// <summary>With the process. Counts from the start of the process.</summary>
    Process,
}

/// <summary>The definition of one metric: /metrics and docs/metrics.md show it.</summary>
/// <param name="name">As Prometheus shows it, with suffix.</param>
/// <param name="unit">UCUM: `s`, `By`, or what is counted in braces; empty where it has none.</param>
/// <param name="labels">In the order in which docs/metrics.md lists them.</param>
class Metric(string name, MetricType type, string unit, string help, IReadOnlyList<Label> labels, Birth birth = Birth.Process)
{
    public string Name => name;

    public MetricType Type => type;

    public string Unit => unit;

    public string Help => help;

    public IReadOnlyList<Label> Labels => labels;

    public Birth Birth => birth;

    /// <summary>The name given to OpenTelemetry: its exporter adds `_total` to a counter itself.</summary>
    public string Instrument { get; } = type == MetricType.Counter && name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
}
