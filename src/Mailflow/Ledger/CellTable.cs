namespace Mailflow.Ledger;

/// <summary>
/// Every counter, by name and by family. Only <see cref="Totals"/> changes it. What others see is published: an immutable copy that shares all
/// families without a change with the one before.
/// </summary>
sealed class CellTable
{
    readonly Dictionary<CellKey, Cell> _cells = [];
    readonly List<Cell> _changed = [];
    readonly Family[] _families = [.. Enum.GetValues<Counter>().Select(_ => new Family())];

    /// <summary>All of them; none is ever removed.</summary>
    public IReadOnlyCollection<Cell> All => _cells.Values;

    /// <summary>Those whose value changed since they were last stored. A counter that is 0 is not stored.</summary>
    public IReadOnlyList<Cell> Changed => _changed;

    /// <summary>Counters of one family.</summary>
    public int CountOf(Counter counter) => _families[(int)counter].Cells.Count;

    public bool Has(CellKey key) => _cells.ContainsKey(key);

    /// <summary>The counter of this name, born with 0 where it is new.</summary>
    public Cell At(CellKey key)
    {
        if (_cells.TryGetValue(key, out var cell))
            return cell;
        var family = _families[(int)key.Counter];
        _cells.Add(key, cell = new(key));
        family.Cells.Add(cell);
        family.IsChanged = true;
        return cell;
    }

    public void Add(Cell cell, long more)
    {
        cell.Value += more;
        _families[(int)cell.Key.Counter].IsChanged = true;
        if (cell.IsChanged)
            return;
        cell.IsChanged = true;
        _changed.Add(cell);
    }

    /// <summary>What is in the store already.</summary>
    public void Load(CellKey key, long value) => At(key).Value += value;

    /// <summary>All changes are in the store.</summary>
    public void Stored()
    {
        foreach (var cell in _changed)
            cell.IsChanged = false;
        _changed.Clear();
    }

    /// <summary>All counters as they are now.</summary>
    public Cells Publish() => new([.. _families.Select(f => f.Publish())]);

    sealed class Family
    {
        FamilyCells _published = FamilyCells.None;

        public List<Cell> Cells { get; } = [];

        /// <summary>Whether a value or the number of counters changed since the last time.</summary>
        public bool IsChanged { get; set; }

        public FamilyCells Publish()
        {
            if (!IsChanged)
                return _published;
            IsChanged = false;
            var values = new long[Cells.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = Cells[i].Value;
            return _published = _published.Count == values.Length ? _published.Next(values) : new([.. Cells.Select(c => c.Key)], values);
        }
    }
}
