namespace Mailflow.Enrich;

/// <summary>The result of one query; failures with the same query share it.</summary>
/// <param name="Facts">A JSON object.</param>
sealed record QuestionResult(string Verdict, string Evidence, string Facts);
