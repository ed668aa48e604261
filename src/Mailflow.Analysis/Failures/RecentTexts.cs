using System.Diagnostics.CodeAnalysis;

namespace Mailflow.Analysis.Failures;

/// <summary>
/// Caches a result per text. A remembered text costs no allocation. One instance serves one thread at a time; when full, it forgets the
/// older half.
/// </summary>
/// <param name="capacity">How many texts to remember.</param>
sealed class RecentTexts<T>(int capacity)
    where T : class
{
    // Two generations: a hit in the old one moves to the young one; when the young one is full, the old one is dropped.
    readonly int _half = Math.Max(1, capacity / 2);
    Dictionary<string, T> _young = new(StringComparer.Ordinal);
    Dictionary<string, T> _old = new(StringComparer.Ordinal);

    public int Count => _young.Count + _old.Count;

    public bool TryGet(ReadOnlySpan<char> text, [NotNullWhen(true)] out T? made)
    {
        if (_young.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out made))
            return true;
        if (!_old.GetAlternateLookup<ReadOnlySpan<char>>().Remove(text, out var known, out made))
            return false;
        Add(known, made);
        return true;
    }

    /// <summary>Adds the result of a text that is not remembered.</summary>
    public void Add(string text, T made)
    {
        if (_young.Count >= _half)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young.Add(text, made);
    }
}
