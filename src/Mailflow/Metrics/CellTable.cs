namespace Mailflow.Metrics;

/// <summary>
/// All counters with their series. Readers use the published copy, which is immutable; unchanged families are shared with the previous copy.
/// </summary>
sealed class CellTable
{
    readonly Family[] _families = [.. Counters.All.Select(c => c.NewFamily())];
    readonly List<Cell> _changed = [];
    readonly List<StoredCell> _replaced = [];

    /// <summary>Series whose value changed since they were last stored. A series at 0 is not stored.</summary>
    public IReadOnlyList<Cell> Changed => _changed;

    /// <summary>Rows of the store that were merged into another series.</summary>
    public IReadOnlyList<StoredCell> Replaced => _replaced;

    /// <summary>Rows of the store with a counter or a label that this version does not know.</summary>
    public int Unknown { get; private set; }

    /// <summary>The series of one counter, in insertion order. Series are never removed.</summary>
    public Family<TKey> Of<TKey>(Counter<TKey> counter)
        where TKey : notnull => (Family<TKey>)_families[counter.Index];

    /// <summary>One series; a new one begins at 0.</summary>
    public Cell<TKey> At<TKey>(Counter<TKey> counter, TKey key)
        where TKey : notnull => Of(counter).At(key);

    public void Add<TKey>(Counter<TKey> counter, TKey key, long more = 1)
        where TKey : notnull => Add(At(counter, key), more);

    public void Add(Cell cell, long more)
    {
        cell.Value += more;
        _families[cell.Counter.Index].IsChanged = true;
        if (cell.IsChanged)
            return;
        cell.IsChanged = true;
        _changed.Add(cell);
    }

    /// <summary>
    /// Loads a row of the store. A row with a counter or a closed label value that this version does not know stays unchanged in the store and is not
    /// shown; a version that knows it continues from its value.
    /// </summary>
    public void Load(StoredCell row)
    {
        if (Counters.Find(row.Counter) is not { } counter || _families[counter.Index].Find(row) is not { } cell)
        {
            Unknown++;
            return;
        }

        if (cell.Stored with { Value = row.Value } == row)
        {
            cell.Value += row.Value;
            _families[counter.Index].IsChanged = true;
            return;
        }

        _replaced.Add(row);
        Add(cell, row.Value);
    }

    /// <summary>Begins the series that exist from the creation of the store.</summary>
    public void Begin()
    {
        foreach (var family in _families)
            family.Begin();
    }

    /// <summary>Begins the series of a server when its first log of a kind is read.</summary>
    public void Begin(LogKind kind, ServerName server)
    {
        foreach (var family in _families)
            family.Begin(kind, server);
    }

    /// <summary>Called when all changes are committed to the store.</summary>
    public void Stored()
    {
        foreach (var cell in _changed)
            cell.IsChanged = false;
        _changed.Clear();
        _replaced.Clear();
    }

    /// <summary>An immutable copy of all series.</summary>
    public Cells Publish() => new([.. _families.Select(f => f.Publish())]);
}
