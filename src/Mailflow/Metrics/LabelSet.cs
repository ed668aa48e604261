using System.Diagnostics.CodeAnalysis;

namespace Mailflow.Metrics;

/// <summary>The labels of one metric, in order.</summary>
/// <typeparam name="TKey">The label values of one series: a tuple, or the type of the only label.</typeparam>
abstract class LabelSet<TKey>(params Label[] all)
    where TKey : notnull
{
    public IReadOnlyList<Label> All => all;

    /// <summary>The text of one label value; empty after the last label.</summary>
    public abstract string Text(TKey key, int label);

    /// <returns>False if this version has no such series.</returns>
    public abstract bool TryParse(StoredCell row, [MaybeNullWhen(false)] out TKey key);

    /// <summary>Whether the columns after the last label are empty.</summary>
    protected bool Fits(StoredCell row)
    {
        for (var i = all.Length; i < StoredCell.Columns; i++)
            if (row[i].Length > 0)
                return false;
        return true;
    }
}

static class LabelSet
{
    public static LabelSet<ValueTuple> None { get; } = new Labels0();

    public static LabelSet<T> Of<T>(Label<T> label)
        where T : notnull => new Labels1<T>(label);

    public static LabelSet<(T1, T2)> Of<T1, T2>(Label<T1> a, Label<T2> b)
        where T1 : notnull
        where T2 : notnull => new Labels2<T1, T2>(a, b);

    public static LabelSet<(T1, T2, T3)> Of<T1, T2, T3>(Label<T1> a, Label<T2> b, Label<T3> c)
        where T1 : notnull
        where T2 : notnull
        where T3 : notnull => new Labels3<T1, T2, T3>(a, b, c);

    public static LabelSet<(T1, T2, T3, T4)> Of<T1, T2, T3, T4>(Label<T1> a, Label<T2> b, Label<T3> c, Label<T4> d)
        where T1 : notnull
        where T2 : notnull
        where T3 : notnull
        where T4 : notnull => new Labels4<T1, T2, T3, T4>(a, b, c, d);

    /// <summary>For metrics that are not stored: the store has four labels.</summary>
    public static LabelSet<(T1, T2, T3, T4, T5)> Of<T1, T2, T3, T4, T5>(Label<T1> a, Label<T2> b, Label<T3> c, Label<T4> d, Label<T5> e)
        where T1 : notnull
        where T2 : notnull
        where T3 : notnull
        where T4 : notnull
        where T5 : notnull => new Labels5<T1, T2, T3, T4, T5>(a, b, c, d, e);

    sealed class Labels0() : LabelSet<ValueTuple>()
    {
        public override string Text(ValueTuple key, int label) => "";

        public override bool TryParse(StoredCell row, out ValueTuple key)
        {
            key = default;
            return Fits(row);
        }
    }

    sealed class Labels1<T>(Label<T> a) : LabelSet<T>(a)
        where T : notnull
    {
        public override string Text(T key, int label) => label == 0 ? a.Text(key) : "";

        public override bool TryParse(StoredCell row, [MaybeNullWhen(false)] out T key) => a.TryParse(row.A, out key) && Fits(row);
    }

    sealed class Labels2<T1, T2>(Label<T1> a, Label<T2> b) : LabelSet<(T1, T2)>(a, b)
        where T1 : notnull
        where T2 : notnull
    {
        public override string Text((T1, T2) key, int label) => label switch { 0 => a.Text(key.Item1), 1 => b.Text(key.Item2), _ => "" };

        public override bool TryParse(StoredCell row, out (T1, T2) key)
        {
            var known = a.TryParse(row.A, out var first) & b.TryParse(row.B, out var second);
            key = (first!, second!);
            return known && Fits(row);
        }
    }

    sealed class Labels3<T1, T2, T3>(Label<T1> a, Label<T2> b, Label<T3> c) : LabelSet<(T1, T2, T3)>(a, b, c)
        where T1 : notnull
        where T2 : notnull
        where T3 : notnull
    {
        public override string Text((T1, T2, T3) key, int label) =>
            label switch { 0 => a.Text(key.Item1), 1 => b.Text(key.Item2), 2 => c.Text(key.Item3), _ => "" };

        public override bool TryParse(StoredCell row, out (T1, T2, T3) key)
        {
            var known = a.TryParse(row.A, out var first) & b.TryParse(row.B, out var second) & c.TryParse(row.C, out var third);
            key = (first!, second!, third!);
            return known && Fits(row);
        }
    }

    sealed class Labels4<T1, T2, T3, T4>(Label<T1> a, Label<T2> b, Label<T3> c, Label<T4> d) : LabelSet<(T1, T2, T3, T4)>(a, b, c, d)
        where T1 : notnull
        where T2 : notnull
        where T3 : notnull
        where T4 : notnull
    {
        public override string Text((T1, T2, T3, T4) key, int label) =>
            label switch { 0 => a.Text(key.Item1), 1 => b.Text(key.Item2), 2 => c.Text(key.Item3), 3 => d.Text(key.Item4), _ => "" };

        public override bool TryParse(StoredCell row, out (T1, T2, T3, T4) key)
        {
            var known = a.TryParse(row.A, out var first) & b.TryParse(row.B, out var second) & c.TryParse(row.C, out var third)
                & d.TryParse(row.D, out var fourth);
            key = (first!, second!, third!, fourth!);
            return known;
        }
    }

    sealed class Labels5<T1, T2, T3, T4, T5>(Label<T1> a, Label<T2> b, Label<T3> c, Label<T4> d, Label<T5> e) : LabelSet<(T1, T2, T3, T4, T5)>(a, b, c, d, e)
        where T1 : notnull
        where T2 : notnull
        where T3 : notnull
        where T4 : notnull
        where T5 : notnull
    {
        public override string Text((T1, T2, T3, T4, T5) key, int label) => label switch
        {
            0 => a.Text(key.Item1),
            1 => b.Text(key.Item2),
            2 => c.Text(key.Item3),
            3 => d.Text(key.Item4),
            4 => e.Text(key.Item5),
            _ => "",
        };

        public override bool TryParse(StoredCell row, out (T1, T2, T3, T4, T5) key)
        {
            key = default;
            return false;
        }
    }
}
