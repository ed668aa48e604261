using Mailflow.Analysis.Blocklists;

namespace Mailflow.Enrich;

/// <summary>Whether a list passes its own test (RFC 5782 section 5).</summary>
/// <param name="Healthy">Null where that could not be determined.</param>
sealed record ListHealth(bool? Healthy, ListState State, string Says, DateTimeOffset At);
