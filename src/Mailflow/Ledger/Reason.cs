using System.Globalization;
using Mailflow.Analysis.Failures;

namespace Mailflow.Ledger;

/// <summary>A short text for failures with the same code, cause and kind, for example <c>5.1.1 invalid-recipient/unknown-user</c>.</summary>
static class Reason
{
    public static string Of(Diagnosis diagnosis)
    {
        var code = diagnosis.Enhanced ?? diagnosis.Smtp?.ToString(CultureInfo.InvariantCulture) ?? "-";
        var kind = diagnosis.SubReason is null ? "" : "/" + diagnosis.SubReason;
        return $"{code} {diagnosis.Cause.Name()}{kind}";
    }
}
