using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.TrackingExports;

namespace Mailflow.Analysis.Formats;

/// <summary>A worker's caches, kept from row to row and file to file: names and diagnoses.</summary>
/// <param name="names">Shared by all workers.</param>
/// <param name="details">
/// Whether failures have the details of each case (recipient, sender, subject, ids, the server's reply) and deliveries their time in each
/// stage. A scan only sums: the recipient's domain and the diagnosis are enough.
/// </param>
/// <param name="rules">The user's own rules in force; null: none.</param>
public sealed class ReaderState(EventNames names, bool details = true, RulesInForce? rules = null)
{
    const int MaxCachedDiagnoses = 512;

    internal bool KeepsDetails => details;

    /// <summary>Rows that exports have, too; null where there are none.</summary>
    public SharedRows? Shared { get; init; }

    readonly Utf8Table<TrackingEvent> _events = new();

    internal DiagnosisCache Diagnoses { get; } = new(MaxCachedDiagnoses, alike: !details, rules);

    /// <summary>The FAIL and DEFER rows of the current block.</summary>
    internal FailedRows Failed { get; } = new();

    internal SightedNames Sighted { get; } = new();

    internal RecipientStatus Statuses { get; } = new();

    internal RepeatedText Connectors { get; } = new();

    internal RepeatedText Destinations { get; } = new();

    internal RepeatedText NextHops { get; } = new();

    /// <summary>Domains by the end of an address that starts with its last `@`.</summary>
    internal RepeatedText Domains { get; } = new(rest => Failure.DomainOf(rest.Replace("''", "'", StringComparison.Ordinal)));

    /// <summary>The event of a row, as <c>SOURCE|EVENT</c>.</summary>
    internal TrackingEvent EventOf(ReadOnlySpan<byte> pair) => EventOf(pair, pair.IndexOf((byte)'|'));

    /// <summary>The event of a row. Bounded like <see cref="EventNames"/>.</summary>
    /// <param name="pair">Source and event with one character between them that neither contains.</param>
    internal TrackingEvent EventOf(ReadOnlySpan<byte> pair, int sourceLength)
    {
        if (pair.Length > EventNames.MaxLength)
            return Nameless;
        if (_events.Find(pair) is { } known)
            return known;
        var source = pair[..sourceLength];
        var id = pair[(sourceLength + 1)..];
        // A pair beyond the limit is counted as other, but keeps the meaning of its event: a failure of an unknown source is a failure.
        var index = names.IndexOf([.. source, (byte)'|', .. id]);
        var made = TrackingEvent.Of(index, Encoding.ASCII.GetString(source).ToUpperInvariant(), Encoding.ASCII.GetString(id).ToUpperInvariant());
        if (_events.Count < (index == EventNames.Other ? EventNames.Limit : 4 * EventNames.Limit))
            _events.Add(pair, made);
        return made;
    }

    /// <summary>For names that Exchange does not use.</summary>
    internal static readonly TrackingEvent Nameless = TrackingEvent.Of(EventNames.Other, "", "");
}

/// <summary>A pair of source and event id with its meaning.</summary>
/// <param name="Reply">What is judged where the row has no reply for its recipient; empty: its source-context.</param>
sealed record TrackingEvent(int Index, string Source, EventMeaning Meaning, string Reply)
{
    public static TrackingEvent Of(int index, string source, string eventId) =>
        TrackingEvents.Of(source, eventId) is var row ? new(index, source, row.Meaning, row.Role.Reply) : null!;

    /// <summary>A server received a message over SMTP: many times means a loop. A message with many recipients may come in parts.</summary>
    public bool IsReceipt { get; } = Source == "SMTP" && Meaning is { ServerIsWriter: true, Step: CopyStep.Open };

    /// <summary>A mailbox of ours submitted a message, as its own service writes it.</summary>
    public bool IsSubmission { get; } = Source == "STOREDRIVER" && Meaning is { ClientIsWriter: true, Step: CopyStep.Open };

    /// <summary>The transport service took a message from a mailbox.</summary>
    public bool IsTaken { get; } = Source == "STOREDRIVER" && Meaning is { ServerIsWriter: true, Step: CopyStep.Open };
}

/// <summary>
/// Caches strings that repeat, such as names. Beyond the limit of the cache each text becomes a new string; a long text is cut as
/// <see cref="KeptText"/> says.
/// </summary>
/// <param name="make">Converts the text to the cached string; null: the text itself.</param>
sealed class RepeatedText(Func<string, string>? make = null)
{
    const int Most = 1024;

    readonly Utf8Table<string> _texts = new();

    public string Of(ReadOnlySpan<byte> utf8) =>
        utf8.IsEmpty ? ""
        : utf8.Length <= KeptText.Name ? OfKept(utf8)
        : OfKept(KeptText.Cut(utf8, KeptText.Name, stackalloc byte[KeptText.Room(KeptText.Name)]));

    string OfKept(ReadOnlySpan<byte> kept)
    {
        if (_texts.Find(kept) is { } known)
            return known;
        var text = Encoding.UTF8.GetString(kept);
        text = make?.Invoke(text) ?? text;
        if (_texts.Count < Most)
            _texts.Add(kept, text);
        return text;
    }
}
