using System.Collections;

namespace Mailflow.Metrics;

/// <summary>The series of one counter.</summary>
abstract class Family
{
    /// <summary>Whether a value or the number of series changed since the last published copy.</summary>
    public bool IsChanged { get; set; }

    /// <summary>The series of a row of the store; null if this version has no such series.</summary>
    public abstract Cell? Find(StoredCell row);

    public abstract void Begin();

    public abstract void Begin(LogKind kind, ServerName server);

    public abstract FamilyCells Publish();
}

sealed class Family<TKey>(Counter<TKey> counter) : Family, IReadOnlyCollection<Cell<TKey>>
    where TKey : notnull
{
    readonly Dictionary<TKey, Cell<TKey>> _byKey = [];
    readonly List<Cell<TKey>> _cells = [];
    FamilyCells<TKey> _published = new(counter, [], []);

    public int Count => _cells.Count;

    public bool Has(TKey key) => _byKey.ContainsKey(key);

    /// <summary>One series; a new one begins at 0.</summary>
    public Cell<TKey> At(TKey key)
    {
        if (_byKey.TryGetValue(key, out var cell))
            return cell;
        _byKey.Add(key, cell = new(counter, key));
        _cells.Add(cell);
        IsChanged = true;
        return cell;
    }

    public override Cell? Find(StoredCell row) => counter.LabelSet.TryParse(row, out var key) ? At(key) : null;

    public override void Begin()
    {
        foreach (var key in counter.AtStart())
            At(key);
    }

    public override void Begin(LogKind kind, ServerName server)
    {
        foreach (var key in counter.OfServer(kind, server))
            At(key);
    }

    public override FamilyCells Publish()
    {
        if (!IsChanged)
            return _published;
        IsChanged = false;
        var values = new long[_cells.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = _cells[i].Value;
        return _published = _published.Count == values.Length ? _published.Next(values) : new(counter, [.. _cells.Select(c => c.Key)], values);
    }

    public IEnumerator<Cell<TKey>> GetEnumerator() => _cells.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
