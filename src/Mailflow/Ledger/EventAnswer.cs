namespace Mailflow.Ledger;

/// <summary>What DNS or the blocklists said about one failure.</summary>
/// <param name="Event">Its number in the store.</param>
/// <param name="Question">What was asked: one of <see cref="Questions"/>.</param>
/// <param name="Verdict">One of the question's.</param>
/// <param name="Evidence">The answer in a sentence.</param>
/// <param name="Facts">Typed fields for the event: the inside of a JSON object.</param>
sealed record EventAnswer(long Event, string Question, string Verdict, string Evidence, string Facts);

/// <summary>The answers to a run of events. Committed together with the place up to which events are answered, so that none is counted twice.</summary>
/// <param name="Last">The last event of the run: those without an answer had no question.</param>
/// <param name="Skipped">Events that were not asked about though their cause has a question: too old, or too many at once.</param>
sealed record AnswerBatch(long Last, IReadOnlyList<EventAnswer> Answers, IReadOnlyDictionary<string, long> Skipped);

/// <summary>What can be asked about a failure, and how that can end: closed sets.</summary>
static class Questions
{
    public const string Dns = "dns";
    public const string Blocklist = "blocklist";
    public const string SenderAuth = "sender-auth";
    public const string Tls = "tls";

    public const string Timeout = "timeout";
    public const string Skipped = "skipped";
    public const string Unknown = "unknown";

    public static IReadOnlyList<(string Question, IReadOnlyList<string> Verdicts)> All { get; } =
    [
        (Dns, ["resolves", "nxdomain", "nodata", "null-mx", "no-address", "disagree", "servfail", "bogus", "refused", "unusable", Timeout, Skipped]),
        (Blocklist, ["listed", "not-listed", Unknown, Timeout, Skipped]),
        (SenderAuth, ["good", "trouble", Unknown, Timeout, Skipped]),
        (Tls, ["required", "optional", Unknown, Timeout, Skipped]),
    ];
}
