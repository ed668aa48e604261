namespace Mailflow.Metrics;

/// <summary>
/// All counters, each with its series. Readers see what is published: an immutable copy that shares every family without a change with the copy before.
/// </summary>
sealed class CellTable
{
    readonly Family[] _families = [.. Counters.All.Select(c => c.NewFamily())];
    readonly List<Cell> _changed = [];
    readonly List<StoredCell> _replaced = [];

    /// <summary>Series whose value changed since they were last stored. A series at 0 is not stored.</summary>
    public IReadOnlyList<Cell> Changed => _changed;

    /// <summary>Rows of the store that are now part of another series.</summary>
    public IReadOnlyList<StoredCell> Replaced => _replaced;

    /// <summary>Rows of the store with a counter or a label that this version does not know.</summary>
    public int Unknown { get; private set; }

    /// <summary>The series of one counter, in the order of their birth; none is ever removed.</summary>
    public Family<TKey> Of<TKey>(Counter<TKey> counter)
        where TKey : notnull => (Family<TKey>)_families[counter.Index];

    /// <summary>One series, born with 0 where it is new.</summary>
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
    /// Takes a row of the store. One with a counter or a closed label value that this version does not know stays in the store as it is and is not
    /// shown: a version that knows it counts on from there.
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

    /// <summary>Begins the series that a store has from its birth.</summary>
    public void Begin()
    {
        foreach (var family in _families)
            family.Begin();
    }

    /// <summary>Begins the series that a server has once it shows the first of a kind.</summary>
    public void Begin(LogKind kind, ServerName server)
    {
        foreach (var family in _families)
            family.Begin(kind, server);
    }

    /// <summary>All changes are in the store.</summary>
    public void Stored()
    {
        foreach (var cell in _changed)
            cell.IsChanged = false;
        _changed.Clear();
        _replaced.Clear();
    }

    /// <summary>All series as they are now.</summary>
    public Cells Publish() => new([.. _families.Select(f => f.Publish())]);
}
