using Mailflow.Analysis.Failures;
using Mailflow.Ledger;

namespace Mailflow.Web;

/// <summary>Which failures need action on our side.</summary>
static class OurSide
{
    /// <summary>Where fewer domains fail, the fault is likely on their side.</summary>
    const int ManyDomains = 5;

    /// <summary>Fewer failed connections may be chance.</summary>
    const long ManyUnreached = 10;

    static readonly string[] Unreached =
    [
        "dns-failure/query-failed", "dns-failure/servfail", "network-failure/timeout", "network-failure/refused",
        "network-failure/unreachable", "network-failure/connect", "network-failure/no-answer",
    ];

    /// <summary>The reasons of a time range that need action on our side, as the page counts them.</summary>
    public static IReadOnlySet<string> Reasons(Store store, DateTime? since, DateTime? until)
    {
        var (from, to) = (since is { } first ? new(first) : DateTimeOffset.UnixEpoch.AddYears(-400), until is { } end ? new(end) : DateTimeOffset.MaxValue);
        using var history = new History(store);
        var sums = history.Sums(from, to);
        var all = history.ByReason(sums);
        var (total, spread) = (all.Sum(r => r.Count), history.Spread(sums, from, to).ToDictionary(s => s.Cause));
        return all.GroupBy(r => r.Cause)
            .SelectMany(reasons => IsWide(reasons, spread[reasons.Key], reasons.Sum(r => r.Count), total)
                ? reasons
                : reasons.Where(r => Reason.FaultOf(r.Reason, r.Cause, r.Status) == Fault.Ours))
            .Select(r => r.Reason)
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// Many domains do not answer, and these are a large part of the failures: the fault is more likely in our resolver, firewall or line.
    /// A domain that does not exist is not counted: everybody gets that answer.
    /// </summary>
    public static bool IsWide(IEnumerable<ReasonCount> reasons, CauseSpread where, long count, long total)
    {
        var unreached = reasons.Where(r => Unreached.Any(u => r.Reason.EndsWith(u, StringComparison.Ordinal))).Sum(r => r.Count);
        return unreached >= ManyUnreached && unreached * 3 >= total && unreached * 2 >= count && where.Domains >= ManyDomains && where.TopCount * 2 <= count;
    }
}
