using System.Diagnostics.CodeAnalysis;

namespace Mailflow.Analysis;

/// <summary>
/// A bounded map that forgets its older half when it is full; an entry that is looked up again counts as new. Not thread-safe: the caller locks.
/// </summary>
/// <param name="capacity">The largest number of entries.</param>
public sealed class Recent<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    // Two generations: a hit in the old one moves to the young one; when the young one is full, the old one is forgotten.
    readonly int _half = Math.Max(1, capacity / 2);
    Dictionary<TKey, TValue> _young = new(comparer);
    Dictionary<TKey, TValue> _old = new(comparer);

    /// <summary>Entries that are held. One that was set again without a look-up may count twice.</summary>
    public int Count => _young.Count + _old.Count;

    public IEnumerable<TKey> Keys => _young.Keys.Union(_old.Keys, _young.Comparer);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (_young.TryGetValue(key, out value))
            return true;
        if (!_old.Remove(key, out value))
            return false;
        Set(key, value);
        return true;
    }

    /// <summary>The same with another form of the key, such as a span instead of a string, without making the key.</summary>
    public bool TryGetBy<TForm>(TForm form, [MaybeNullWhen(false)] out TValue value)
        where TForm : notnull, allows ref struct
    {
        if (_young.GetAlternateLookup<TForm>().TryGetValue(form, out value))
            return true;
        if (!_old.GetAlternateLookup<TForm>().Remove(form, out var key, out value))
            return false;
        Set(key, value);
        return true;
    }

    /// <summary>Forgets all entries.</summary>
    public void Clear()
    {
        _young.Clear();
        _old.Clear();
    }

    public void Set(TKey key, TValue value)
    {
        if (_young.Count >= _half && !_young.ContainsKey(key))
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young[key] = value;
    }
}
