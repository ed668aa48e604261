using System.Text;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Failures;

/// <summary>
/// Remembers the last diagnoses: many failures say what others said before. A text seen before costs no allocation, but for Exchange's envelopes: each has a time of its own.
/// One instance serves one thread at a time. When full, it forgets the older half.
/// </summary>
/// <param name="capacity">How many texts to remember.</param>
/// <param name="alike">Whether texts that mean the same may share the diagnosis, and so the text, of the first of them: enough for sums.</param>
public sealed class DiagnosisCache(int capacity, bool alike = false)
{
    /// <summary>With this, what is remembered is bounded in bytes too.</summary>
    const int LongestRemembered = 1024;

    const int MaxVerdicts = 4096;

    readonly RecentTexts<Diagnosis> _recent = new(capacity);

    readonly Scratch _scratch = new(MaxVerdicts);
    readonly Dictionary<Judge.Meaning, Diagnosis>? _alike = alike ? [] : null;
    // One character for each byte at the most.
    readonly char[] _chars = new char[KeptText.Room(KeptText.Status)];

    /// <summary>How many texts are remembered now.</summary>
    public int Count => _recent.Count;

    /// <summary>The diagnosis of a status text in UTF-8; bytes that are no UTF-8 become U+FFFD.</summary>
    public Diagnosis Get(ReadOnlySpan<byte> utf8StatusText) =>
        utf8StatusText.Length <= KeptText.Status ? OfKept(utf8StatusText) : OfKept(KeptText.Cut(utf8StatusText, KeptText.Status, stackalloc byte[KeptText.Room(KeptText.Status)]));

    Diagnosis OfKept(ReadOnlySpan<byte> kept) => Get(_chars.AsSpan(0, Encoding.UTF8.GetChars(kept, _chars)));

    /// <summary>The diagnosis of a status text.</summary>
    public Diagnosis Get(ReadOnlySpan<char> statusText)
    {
        if (_recent.TryGet(statusText, out var diagnosis))
            return diagnosis;
        diagnosis = Judge.Of(statusText, _scratch, _alike);
        // Not where the text stood in an envelope. One that is long does not come again.
        if (statusText.Length <= LongestRemembered && statusText.SequenceEqual(diagnosis.Text))
            _recent.Add(diagnosis.Text, diagnosis);
        return diagnosis;
    }
}
