using Mailflow.Metrics;

namespace Mailflow.Exposition;

/// <summary>One value of a metric, with the values of its labels.</summary>
readonly record struct Sample<TKey>(double Value, TKey Key)
    where TKey : notnull;

/// <summary>A value and the texts of its labels.</summary>
readonly record struct TextSample(double Value, string A, string B, string C, string D, string E);

/// <summary>A metric that is not counted in the store, but read from the state of the stages at each scrape.</summary>
abstract class StatusMetric(string name, MetricType type, string unit, string help, IReadOnlyList<Label> labels, Birth birth)
    : Metric(name, type, unit, help, labels, birth)
{
    /// <summary>The object that all values come from, if each change replaces it: the same object means the same values. Null: read at each scrape.</summary>
    public Func<Scrape, object?>? Material { get; init; }

    public abstract IEnumerable<TextSample> Read(Scrape scrape);
}

sealed class StatusMetric<TKey>(
    string name,
    MetricType type,
    string unit,
    string help,
    LabelSet<TKey> labels,
    Func<Scrape, IEnumerable<Sample<TKey>>> read,
    Birth birth = Birth.Process)
    : StatusMetric(name, type, unit, help, labels.All, birth)
    where TKey : notnull
{
    public override IEnumerable<TextSample> Read(Scrape scrape)
    {
        foreach (var (value, key) in read(scrape))
            yield return new(value, labels.Text(key, 0), labels.Text(key, 1), labels.Text(key, 2), labels.Text(key, 3), labels.Text(key, 4));
    }
}
