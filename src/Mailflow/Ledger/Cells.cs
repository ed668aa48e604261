using System.Collections;

namespace Mailflow.Ledger;

/// <summary>The counters of one family at one moment. There are thousands, and a moment comes several times a second: keys are shared until there are more.</summary>
/// <param name="keys">Never changed. A family only grows, so a counter keeps its place.</param>
/// <param name="values">In the order of the keys; never changed.</param>
sealed class FamilyCells(CellKey[] keys, long[] values) : IReadOnlyList<CellValue>
{
    public static FamilyCells None { get; } = new([], []);

    public int Count => values.Length;

    public ReadOnlySpan<CellKey> Keys => keys;

    public ReadOnlySpan<long> Values => values;

    public CellValue this[int index] => new(keys[index], values[index]);

    /// <summary>The same counters with other values.</summary>
    public FamilyCells Next(long[] next) => new(keys, next);

    public IEnumerator<CellValue> GetEnumerator()
    {
        for (var i = 0; i < values.Length; i++)
            yield return new(keys[i], values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Every counter at one moment.</summary>
/// <param name="families">By <see cref="Counter"/>; never changed.</param>
sealed class Cells(FamilyCells[] families) : IReadOnlyCollection<CellValue>
{
    public static Cells None { get; } = new([.. Enum.GetValues<Counter>().Select(_ => FamilyCells.None)]);

    public int Count => families.Sum(f => f.Count);

    public FamilyCells this[Counter counter] => families[(int)counter];

    public IEnumerator<CellValue> GetEnumerator() => families.SelectMany(f => f).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
