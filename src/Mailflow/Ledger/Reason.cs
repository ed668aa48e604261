using System.Globalization;
using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>
/// A short text for failures with the same code, cause, kind and responsible side, for example <c>5.1.1 invalid-recipient/unknown-user</c>. Code, cause
/// and kind determine the side, except where one of the user's own rules decided: then the text names it, and it stays what was counted when the
/// rules change: <c>5.1.1 invalid-recipient/partner, own rule: ours</c>.
/// </summary>
static class Reason
{
    const string Own = ", own rule: ";

    public static string Of(Diagnosis diagnosis)
    {
        var code = diagnosis.Enhanced ?? diagnosis.Smtp?.ToString(CultureInfo.InvariantCulture) ?? "-";
        var kind = diagnosis.SubReason is null ? "" : "/" + diagnosis.SubReason;
        return $"{code} {diagnosis.Cause.Name()}{kind}{(diagnosis.DecidedBy is null ? "" : Own + diagnosis.Fault.Name())}";
    }

    /// <summary>Whether one of the user's own rules decided.</summary>
    public static bool IsOwn(string reason) => reason.Contains(Own, StringComparison.Ordinal);

    /// <summary>The responsible side of failures with this reason.</summary>
    /// <param name="status">The status text of one of them.</param>
    public static Fault FaultOf(string reason, Cause cause, string status)
    {
        var at = reason.LastIndexOf(Own, StringComparison.Ordinal);
        return at < 0 ? Diagnosis.FaultOf(status, cause)
            : Enum.TryParse<Fault>(reason.AsSpan(at + Own.Length), ignoreCase: true, out var fault) ? fault : Fault.Unknown;
    }

    /// <summary>The sub-reason that one of the user's own rules gave; null where it gave none.</summary>
    static string? OwnSubReason(string reason)
    {
        var kind = reason[..reason.LastIndexOf(Own, StringComparison.Ordinal)];
        return kind.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? kind[(slash + 1)..] : null;
    }

    /// <summary>
    /// The diagnosis of a stored failure: what was counted stays, also where this version, or other own rules, would judge the text differently.
    /// </summary>
    /// <param name="judged">The text as the built-in rules judge it now.</param>
    /// <param name="again">The text as the own rules in force judge it; asked only where an own rule decided.</param>
    public static Diagnosis AsCounted(string reason, Cause cause, Diagnosis judged, Func<Diagnosis> again)
    {
        if (!IsOwn(reason))
            return judged.Cause == cause
                ? judged
                : judged with { Cause = cause, SubReason = null, Fault = CauseTable.Of(cause).DefaultFault, Confidence = 0, Evidence = [] };
        if (again() is { DecidedBy: not null } own && Of(own) == reason)
            return own;
        return judged with
        {
            Cause = cause,
            SubReason = OwnSubReason(reason),
            Fault = FaultOf(reason, cause, ""),
            Confidence = 1,
            Evidence = [new(0, "own-rule", reason, "one of your rules, as it was when the failure was counted")],
        };
    }
}
