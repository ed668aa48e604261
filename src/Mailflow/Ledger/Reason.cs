using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>A short name for what failures have in common: the code, the cause and its kind, for example <c>5.1.1 invalid-recipient/unknown-user</c>.</summary>
static class Reason
{
    public static string Of(Diagnosis diagnosis) =>
        $"{diagnosis.Enhanced ?? diagnosis.Smtp?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-"} "
        + $"{diagnosis.Cause.Name()}{(diagnosis.SubReason is null ? "" : "/" + diagnosis.SubReason)}";
}
