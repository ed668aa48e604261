namespace Mailflow.Enrich;

/// <summary>What one question came to; the failures that raise the same question share it.</summary>
/// <param name="Facts">A JSON object.</param>
sealed record QuestionResult(string Verdict, string Evidence, string Facts);
