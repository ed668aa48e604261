using System.Collections;

namespace Mailflow.Metrics;

/// <summary>The label values of one series, and its committed value.</summary>
readonly record struct CellValue<TKey>(TKey Key, long Value)
    where TKey : notnull;

/// <summary>An immutable copy of the series of one counter.</summary>
abstract class FamilyCells
{
    public abstract Counter Counter { get; }

    public abstract int Count { get; }

    public abstract ReadOnlySpan<long> Values { get; }

    /// <summary>The text of one label of one series.</summary>
    public abstract string Text(int series, int label);

    /// <summary>Whether the series at this index has the same labels in another copy.</summary>
    public abstract bool HasSameLabels(int series, FamilyCells other);
}

/// <param name="keys">Never changed; copies share them until a series is added. Series are only appended, so an index stays valid.</param>
/// <param name="values">In the order of the keys. Never changed.</param>
sealed class FamilyCells<TKey>(Counter<TKey> counter, TKey[] keys, long[] values) : FamilyCells, IReadOnlyList<CellValue<TKey>>
    where TKey : notnull
{
    readonly TKey[] _keys = keys;

    public override Counter Counter => counter;

    public override int Count => values.Length;

    public override ReadOnlySpan<long> Values => values;

    public CellValue<TKey> this[int index] => new(_keys[index], values[index]);

    /// <summary>The same series with other values.</summary>
    public FamilyCells<TKey> Next(long[] next) => new(counter, _keys, next);

    /// <summary>The sum of the series that match a filter; without a filter, of all.</summary>
    public long Sum(Func<TKey, bool>? filter = null)
    {
        long sum = 0;
        for (var i = 0; i < values.Length; i++)
            if (filter is null || filter(_keys[i]))
                sum += values[i];
        return sum;
    }

    public override string Text(int series, int label) => counter.LabelSet.Text(_keys[series], label);

    public override bool HasSameLabels(int series, FamilyCells other) =>
        other is FamilyCells<TKey> same && (same._keys == _keys || EqualityComparer<TKey>.Default.Equals(same._keys[series], _keys[series]));

    public IEnumerator<CellValue<TKey>> GetEnumerator()
    {
        for (var i = 0; i < values.Length; i++)
            yield return new(_keys[i], values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
