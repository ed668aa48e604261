using Mailflow.Analysis.Failures;
using Mailflow.Ledger;
using Mailflow.Pipeline;

namespace Mailflow.Reports;

/// <summary>Failures of a period by domain and reason, from logs without a store.</summary>
sealed class FailedPeriod(DateTime from, DateTime to)
{
    const int MostDomains = 200_000;

    const int MostReasons = 10_000;

    readonly Dictionary<string, long> _domains = new(StringComparer.Ordinal);
    readonly Dictionary<(string? Enhanced, int? Smtp, Cause Cause, string? Sub), FailedReason> _reasons = [];

    /// <summary>Null if there are too many.</summary>
    public IReadOnlyDictionary<string, long>? Domains => _domains.Count < MostDomains ? _domains : null;

    public IReadOnlyList<FailedReason> Reasons => [.. _reasons.Values.OrderByDescending(r => r.Count).ThenBy(r => r.Name, StringComparer.Ordinal)];

    public void Take(RowDelta rows)
    {
        foreach (var failure in rows.Tally.Failures)
        {
            if (failure.Deferred || failure.Time < from || failure.Time >= to)
                continue;
            if (_domains.TryGetValue(failure.Domain, out var count) || _domains.Count < MostDomains)
                _domains[failure.Domain] = count + 1;
            var diagnosis = failure.Diagnosis;
            var key = (diagnosis.Enhanced, diagnosis.Enhanced is null ? diagnosis.Smtp : null, diagnosis.Cause, diagnosis.SubReason);
            if (_reasons.TryGetValue(key, out var known))
                _reasons[key] = known with { Count = known.Count + 1 };
            else if (_reasons.Count < MostReasons)
                _reasons.Add(key, new(diagnosis.Cause, Reason.Of(diagnosis), 1, diagnosis.Text, failure.Recipient, failure.Sender));
        }
    }
}
