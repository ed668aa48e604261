namespace Mailflow.Pipeline;

/// <summary>The answers to a run of events. Committed together with the place up to which events are answered, so that none is counted twice.</summary>
/// <param name="Last">The last event of the run: those without an answer had no question.</param>
/// <param name="Skipped">Events that were not asked about though their cause has a question: too old, or too many at once.</param>
sealed record AnswerBatch(long Last, IReadOnlyList<EventAnswer> Answers, IReadOnlyDictionary<string, long> Skipped);
