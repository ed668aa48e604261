namespace Mailflow.Pipeline;

/// <summary>The result of a DNS or blocklist query about one failure.</summary>
/// <param name="Event">Its number in the store.</param>
/// <param name="Question">What was asked: one of <see cref="Questions"/>.</param>
/// <param name="Verdict">One of the question's.</param>
/// <param name="Evidence">The answer in a sentence.</param>
/// <param name="Facts">Typed fields for the event: the inside of a JSON object.</param>
sealed record EventAnswer(long Event, string Question, string Verdict, string Evidence, string Facts);
