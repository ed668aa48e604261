using Mailflow.Ledger;

namespace Mailflow.Metrics;

enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>A label, and what may stand in it: a bounded set always.</summary>
/// <param name="Values">The closed set; empty where the logs or the settings give the values.</param>
/// <param name="Says">What bounds it, in words. <see cref="Totals"/> and the settings hold the bound.</param>
sealed record MetricLabel(string Name, IReadOnlyList<string> Values, string Says)
{
    public static MetricLabel Closed(string name, IEnumerable<string> values) => new(name, [.. values], "");

    public static MetricLabel Open(string name, string says) => new(name, [], says);
}

/// <summary>One value of a metric, with the values of its labels in the order of the metric's.</summary>
readonly record struct Sample(double Value, string A = "", string B = "", string C = "", string D = "");

/// <summary>When the series of a counter begin, and from when they count.</summary>
enum Birth
{
    /// <summary>With the first value, in the store: it counts from the birth of the store.</summary>
    FirstValue,

    /// <summary>At 0, with the store.</summary>
    Start,

    /// <summary>At 0: of a configured server at the start, of another with its first tracking log.</summary>
    Mail,

    /// <summary>At 0 with the server's first connectivity log.</summary>
    Connections,

    /// <summary>At 0 with the server's first protocol log of that direction.</summary>
    Smtp,

    /// <summary>At 0 with the server's first Windows event.</summary>
    Events,

    /// <summary>With the process: it counts from the start of the process.</summary>
    Process,
}

/// <summary>One metric.</summary>
/// <param name="Name">As Prometheus shows it, suffixes and all.</param>
/// <param name="Unit">UCUM: `s`, `By`, or what is counted in braces; empty where it has none.</param>
/// <param name="Read">Its values at one moment; null where <paramref name="Counter"/> has them, and for a histogram that is recorded.</param>
/// <param name="Counter">The counters of the ledger that it, or a histogram's buckets, are.</param>
/// <param name="Birth">When its series begin; of a counter or histogram.</param>
sealed record Metric(string Name, MetricType Type, string Unit, string Help, IReadOnlyList<MetricLabel> Labels, Func<Scrape, IEnumerable<Sample>>? Read = null, Counter? Counter = null, Birth Birth = Birth.Process)
{
    /// <summary>What the values are made of, where it tells by itself whether they changed; else they are made at each scrape.</summary>
    public Func<Scrape, object?>? Material { get; init; }

    /// <summary>The exporter adds `_total` to a counter itself.</summary>
    public string Instrument => Type == MetricType.Counter && Name.EndsWith("_total", StringComparison.Ordinal) ? Name[..^"_total".Length] : Name;
}
