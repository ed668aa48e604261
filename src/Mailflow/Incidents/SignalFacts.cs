using Mailflow.Analysis.Incidents;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Tail;

namespace Mailflow.Incidents;

/// <summary>What signals are made of.</summary>
/// <param name="Now">UTC.</param>
/// <param name="Committed">The committed state.</param>
/// <param name="Round">The last round of the regular checks; null before the first, and where nothing is checked.</param>
/// <param name="Roots">The folders of logs.</param>
/// <param name="Before">What held before: a signal of which nothing is known stays as it was.</param>
sealed record SignalFacts(
    DateTime Now, Snapshot Committed, WatchRound? Round, IReadOnlyList<SourceStatus> Roots, IReadOnlyCollection<Signal> Before)
{
    public bool Held(SignalKind kind, IncidentPlace place) => Before.Any(s => s.Kind == kind && s.Place == place);
}
