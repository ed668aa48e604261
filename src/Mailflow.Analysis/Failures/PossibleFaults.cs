using Mailflow.Analysis.Failures.Rules;

namespace Mailflow.Analysis.Failures;

/// <summary>The responsible sides that a cause can have: its default, and those of its rules and codes. Counters start at 0 for all of them.</summary>
public static class PossibleFaults
{
    static readonly Lazy<ILookup<Cause, Fault>> ByCause = new(() => All().Distinct().ToLookup(p => p.Cause, p => p.Fault));

    public static IEnumerable<Fault> Of(Cause cause) => ByCause.Value[cause];

    static IEnumerable<(Cause Cause, Fault Fault)> All()
    {
        foreach (var cause in Enum.GetValues<Cause>())
            yield return (cause, CauseTable.Of(cause).DefaultFault);
        foreach (var rule in AllRules.Families.SelectMany(f => f.Rules))
            if (rule.Fault != Fault.Unknown)
                yield return (rule.Cause, rule.Fault);
        foreach (var code in CodeTable.All)
            if (code.Fault != Fault.Unknown)
                yield return (code.Cause, code.Fault);
    }
}
