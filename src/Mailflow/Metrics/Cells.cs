namespace Mailflow.Metrics;

/// <summary>All counters at one moment: immutable.</summary>
/// <param name="families">In the order of <see cref="Counters.All"/>.</param>
sealed class Cells(FamilyCells[] families)
{
    public static Cells None { get; } = new CellTable().Publish();

    /// <summary>Series of all counters.</summary>
    public int Count => families.Sum(f => f.Count);

    public IReadOnlyList<FamilyCells> Families => families;

    public FamilyCells this[Counter counter] => families[counter.Index];

    public FamilyCells<TKey> Of<TKey>(Counter<TKey> counter)
        where TKey : notnull => (FamilyCells<TKey>)families[counter.Index];

    /// <summary>The sum of a counter over the series that a filter takes.</summary>
    public long Sum<TKey>(Counter<TKey> counter, Func<TKey, bool>? filter = null)
        where TKey : notnull => Of(counter).Sum(filter);
}
