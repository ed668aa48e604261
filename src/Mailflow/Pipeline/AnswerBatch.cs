namespace Mailflow.Pipeline;

/// <summary>The answers to a run of events. Committed together with the number of the last answered event, so that none is counted twice.</summary>
/// <param name="Last">The last event of the run. Events of the run without an answer needed no query.</param>
/// <param name="Skipped">Events that needed a query and got none: too old, or too many at once. By question.</param>
sealed record AnswerBatch(long Last, IReadOnlyList<EventAnswer> Answers, IReadOnlyDictionary<string, long> Skipped);
