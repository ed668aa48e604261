using Mailflow.Analysis.Advising.Rows;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising;

/// <summary>THE table of advice: a row for each cause, and rows for sub-reasons that need other advice.</summary>
public static class AdviceTable
{
    /// <summary>All rows: those of a cause together, the row without a sub-reason first.</summary>
    public static IReadOnlyList<Advice> All { get; } =
    [
        .. ((Advice[])
        [
            .. RecipientAdvice.Rows, .. SizeAdvice.Rows, .. DnsAdvice.Rows, .. NetworkAdvice.Rows, .. TlsAdvice.Rows, .. RelayAdvice.Rows,
            .. AuthenticationAdvice.Rows, .. SenderAdvice.Rows, .. BlocklistAdvice.Rows, .. ContentAdvice.Rows, .. PolicyAdvice.Rows, .. RateAdvice.Rows,
            .. ServerAdvice.Rows,
        ])
            .OrderBy(r => r.Cause).ThenBy(r => r.Sub, StringComparer.Ordinal),
    ];

    static readonly Dictionary<(Cause Cause, string? Sub), Advice> ByPair = All.ToDictionary(r => (r.Cause, r.Sub));

    /// <summary>The row of the pair; the row of the cause if the pair has none. Most blocklists share one row.</summary>
    public static Advice Of(Cause cause, string? sub) =>
        ByPair.TryGetValue((cause, sub), out var advice) || ByPair.TryGetValue((cause, SubReasons.Of(cause, sub)?.Sub), out advice)
            ? advice
            : ByPair[(cause, null)];
}
