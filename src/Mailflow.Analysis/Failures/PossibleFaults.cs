using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Failures;

/// <summary>The responsible sides that a cause can have: its default, and those of its sub-reasons and rules. Counters start at 0 for all of them.</summary>
public static class PossibleFaults
{
    static readonly Lazy<ILookup<Cause, Fault>> ByCause = new(() => All().Distinct().ToLookup(p => p.Cause, p => p.Fault));

    public static IEnumerable<Fault> Of(Cause cause) => ByCause.Value[cause];

    static IEnumerable<(Cause Cause, Fault Fault)> All() =>
    [
        .. CauseTable.All.Select(c => (c.Cause, c.DefaultFault)),
        .. SubReasons.All.Select(s => (s.Cause, s.Fault)),
        .. AllRules.Families.SelectMany(f => f.Rules).Where(r => r.Fault != Fault.Unknown).Select(r => (r.Cause, r.Fault)),
    ];
}
