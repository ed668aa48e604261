namespace Mailflow.Enrich;

/// <summary>One result of a check.</summary>
/// <param name="Subject">The domain, address or host.</param>
/// <param name="Check">What was checked: `mx`, `spf`, a list's zone, `certificate`, ...</param>
/// <param name="Says">The result in a sentence.</param>
/// <param name="Advice">What to do; null if there is nothing to do.</param>
sealed record Finding(string Subject, string Check, Severity Severity, string Says, string? Advice = null);
