namespace Mailflow.Metrics;

/// <summary>An immutable copy of all counters.</summary>
/// <param name="families">In the order of <see cref="Counters.All"/>.</param>
sealed class Cells(FamilyCells[] families)
{
    public static Cells None { get; } = new CellTable().Publish();

    /// <summary>Number of series of all counters.</summary>
    public int Count => families.Sum(f => f.Count);

    public IReadOnlyList<FamilyCells> Families => families;

    public FamilyCells this[Counter counter] => families[counter.Index];

    public FamilyCells<TKey> Of<TKey>(Counter<TKey> counter)
        where TKey : notnull => (FamilyCells<TKey>)families[counter.Index];

    /// <summary>The sum of a counter over the series that match a filter.</summary>
    public long Sum<TKey>(Counter<TKey> counter, Func<TKey, bool>? filter = null)
        where TKey : notnull => Of(counter).Sum(filter);
}
