using System.Text;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Failures;

/// <summary>
/// Remembers recent diagnoses: many failures have the same text. A remembered text costs no allocation, except Exchange's envelopes, each of
/// which contains a different time. One instance serves one thread at a time. When full, it forgets the older half.
/// </summary>
/// <param name="capacity">How many texts to remember.</param>
/// <param name="alike">Whether texts with the same meaning may share the first one's diagnosis, and so its text: enough for sums.</param>
/// <param name="rules">The user's own rules in force; null: none. Other rules than before clear the cache.</param>
public sealed class DiagnosisCache(int capacity, bool alike = false, RulesInForce? rules = null)
{
    /// <summary>Longer texts are not remembered, so memory is bounded in bytes too.</summary>
    const int LongestRemembered = 1024;

    const int MaxVerdicts = 4096;

    readonly Recent<string, Diagnosis> _recent = new(capacity, StringComparer.Ordinal);

    readonly Scratch _scratch = new(MaxVerdicts);
    readonly Dictionary<Judge.Meaning, Diagnosis>? _alike = alike ? [] : null;
    // Enough: UTF-8 has at least one byte per character.
    readonly char[] _chars = new char[KeptText.Room(KeptText.Status)];

    OwnRules _own = OwnRules.None;

    /// <summary>The number of remembered texts.</summary>
    public int Count => _recent.Count;

    /// <summary>The diagnosis of a UTF-8 status text; invalid bytes become U+FFFD.</summary>
    public Diagnosis Get(ReadOnlySpan<byte> utf8StatusText) =>
        utf8StatusText.Length <= KeptText.Status
            ? OfKept(utf8StatusText)
            : OfKept(KeptText.Cut(utf8StatusText, KeptText.Status, stackalloc byte[KeptText.Room(KeptText.Status)]));

    Diagnosis OfKept(ReadOnlySpan<byte> kept) => Get(_chars.AsSpan(0, Encoding.UTF8.GetChars(kept, _chars)));

    /// <summary>The diagnosis of a status text.</summary>
    public Diagnosis Get(ReadOnlySpan<char> statusText)
    {
        var own = rules?.Current ?? OwnRules.None;
        if (!ReferenceEquals(own, _own))
        {
            _own = own;
            _recent.Clear();
            _alike?.Clear();
        }

        if (_recent.TryGetBy(statusText, out var diagnosis))
            return diagnosis;
        diagnosis = Judge.Of(statusText, _scratch, own, _alike);
        // Not remembered: texts in an envelope, and long ones, which do not repeat.
        if (statusText.Length <= LongestRemembered && statusText.SequenceEqual(diagnosis.Text))
            _recent.Set(diagnosis.Text, diagnosis);
        return diagnosis;
    }
}
