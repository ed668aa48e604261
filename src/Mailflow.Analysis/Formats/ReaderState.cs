using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>What one worker remembers from row to row and file to file: names and diagnoses that it has met before.</summary>
/// <param name="names">Shared by all workers.</param>
public sealed class ReaderState(EventNames names)
{
    const int MaxCachedDiagnoses = 512;

    /// <summary>Whether failures carry what tells one from the other: recipient, sender, subject, ids. Sums need the recipient's domain alone.</summary>
    public bool KeepsDetails { get; init; } = true;

    readonly Utf8Table<TrackingEvent> _events = new();

    internal DiagnosisCache Diagnoses { get; } = new(MaxCachedDiagnoses);

    internal RecipientStatus Statuses { get; } = new();

    internal RepeatedText Connectors { get; } = new();

    internal RepeatedText Destinations { get; } = new();

    internal RepeatedText Domains { get; } = new();

    /// <summary>The event of a row, by <c>SOURCE|EVENT</c>. Bounded like <see cref="EventNames"/>.</summary>
    internal TrackingEvent EventOf(ReadOnlySpan<byte> pair)
    {
        if (_events.Find(pair) is { } known)
            return known;
        // A pair beyond the bound is counted as other, but what its event means stays: a failure of an unknown source is a failure.
        var index = names.IndexOf(pair);
        var name = Encoding.ASCII.GetString(pair).ToUpperInvariant();
        var bar = name.LastIndexOf('|');
        var made = new TrackingEvent(index, name[..Math.Max(0, bar)], TrackingEvents.Of(name[(bar + 1)..]));
        if (_events.Count < (index == EventNames.Other ? EventNames.Limit : 4 * EventNames.Limit))
            _events.Add(pair, made);
        return made;
    }
}

/// <summary>A pair of source and event id, looked up once.</summary>
sealed record TrackingEvent(int Index, string Source, EventMeaning Meaning);

/// <summary>Texts of which there are few: each becomes a string once. What comes beyond the bound is a new string each time.</summary>
sealed class RepeatedText
{
    const int Most = 1024;

    readonly Utf8Table<string> _texts = new();

    public string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return "";
        if (_texts.Find(utf8) is { } known)
            return known;
        var text = Encoding.UTF8.GetString(utf8);
        if (_texts.Count < Most)
            _texts.Add(utf8, text);
        return text;
    }
}
