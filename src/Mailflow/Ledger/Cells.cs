using System.Collections;

namespace Mailflow.Ledger;

/// <summary>Every counter at one moment. There are thousands, and a moment comes several times a second: only the values are copied, the keys are shared until there are more.</summary>
/// <param name="keys">Never changed.</param>
/// <param name="values">In the order of the keys; never changed.</param>
sealed class Cells(CellKey[] keys, long[] values) : IReadOnlyList<CellValue>
{
    public static Cells None { get; } = new([], []);

    public int Count => values.Length;

    public CellValue this[int index] => new(keys[index], values[index]);

    /// <summary>Those of the totals now, with the keys of an earlier moment where none came since: cells are added and never go.</summary>
    public Cells Next(IReadOnlyCollection<Cell> totals)
    {
        var next = new long[totals.Count];
        var i = 0;
        foreach (var cell in totals)
            next[i++] = cell.Value;
        return new(keys.Length == next.Length ? keys : [.. totals.Select(c => c.Key)], next);
    }

    public IEnumerator<CellValue> GetEnumerator()
    {
        for (var i = 0; i < values.Length; i++)
            yield return new(keys[i], values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
