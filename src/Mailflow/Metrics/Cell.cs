namespace Mailflow.Metrics;

/// <summary>One row of the store's table `cells`: the counter's store name, the label texts in order, and the value. Unused columns are empty.</summary>
readonly record struct StoredCell(string Counter, string A, string B, string C, string D, long Value)
{
    /// <summary>Number of columns for labels.</summary>
    public const int Columns = 4;

    public string this[int label] => label switch { 0 => A, 1 => B, 2 => C, _ => D };
}

/// <summary>One series of a counter, with its current value. Only <see cref="CellTable"/> changes it.</summary>
abstract class Cell
{
    public abstract Counter Counter { get; }

    public long Value { get; set; }

    /// <summary>Whether it changed since it was last stored.</summary>
    public bool IsChanged { get; set; }

    /// <summary>The text of one label; empty after the last label.</summary>
    public abstract string Text(int label);

    /// <summary>The row of this series in the store.</summary>
    public StoredCell Stored => new(Counter.StoreName, Text(0), Text(1), Text(2), Text(3), Value);
}

sealed class Cell<TKey>(Counter<TKey> counter, TKey key) : Cell
    where TKey : notnull
{
    public TKey Key => key;

    public override Counter<TKey> Counter => counter;

    public override string Text(int label) => counter.LabelSet.Text(key, label);
}
