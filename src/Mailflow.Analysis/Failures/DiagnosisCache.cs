using System.Text;

namespace Mailflow.Analysis.Failures;

/// <summary>
/// Remembers the last diagnoses, since most failures say what others said before. A text seen before costs no allocation.
/// One instance serves one thread at a time. When full, it forgets the older half.
/// </summary>
/// <param name="capacity">How many texts to remember.</param>
public sealed class DiagnosisCache(int capacity)
{
    // Two generations: a hit in the old one moves to the young one; when the young one is full, the old one is forgotten.
    readonly int _half = Math.Max(1, capacity / 2);
    Dictionary<string, Diagnosis> _young = new(StringComparer.Ordinal);
    Dictionary<string, Diagnosis> _old = new(StringComparer.Ordinal);
    char[] _chars = new char[1024];

    /// <summary>How many texts are remembered now.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>The diagnosis of a status text in UTF-8; bytes that are no UTF-8 become U+FFFD.</summary>
    public Diagnosis Get(ReadOnlySpan<byte> utf8StatusText)
    {
        if (_chars.Length < utf8StatusText.Length)
            _chars = new char[Math.Max(utf8StatusText.Length, 2 * _chars.Length)];
        return Get(_chars.AsSpan(0, Encoding.UTF8.GetChars(utf8StatusText, _chars)));
    }

    /// <summary>The diagnosis of a status text.</summary>
    public Diagnosis Get(ReadOnlySpan<char> statusText)
    {
        if (_young.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(statusText, out var diagnosis))
            return diagnosis;
        if (_old.GetAlternateLookup<ReadOnlySpan<char>>().Remove(statusText, out var text, out diagnosis))
            return Remember(text, diagnosis);
        text = statusText.ToString();
        return Remember(text, Diagnosis.Of(text));
    }

    Diagnosis Remember(string text, Diagnosis diagnosis)
    {
        if (_young.Count >= _half)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }
        _young.Add(text, diagnosis);
        return diagnosis;
    }
}
