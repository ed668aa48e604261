using System.Globalization;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;
using Mailflow.Printing;

namespace Mailflow.Reports;

/// <summary>What is different from the period before, as sentences, the most important first.</summary>
static class ReportChanges
{
    /// <summary>Fewer failures are chance.</summary>
    const long Few = 3;

    /// <summary>From here on, a change by half is none of chance.</summary>
    const long Many = 10;

    /// <summary>Names in one sentence.</summary>
    const int Named = 5;

    /// <summary>A smaller difference of volume or speed is usual.</summary>
    const double Much = 0.25;

    static readonly TimeSpan Noticed = TimeSpan.FromSeconds(1);

    public static IEnumerable<string> Of(PeriodFigures now, PeriodFigures before)
    {
        var (causes, old) = (now.Causes, before.Causes);
        foreach (var (cause, count) in Most(causes, c => c.Value >= Few && !old.ContainsKey(c.Key)))
            yield return $"New cause: {cause.Name()}, {Recipients(count)}.";
        foreach (var (cause, count) in Most(causes, c => c.Value >= Many && old.GetValueOrDefault(c.Key) is > 0 and var o && c.Value >= 2 * o))
            yield return $"More of {cause.Name()}: {Recipients(count)}, before {TextLines.Number(old[cause])}.";
        if (now.Domains is { } domains && before.Domains is { } earlier)
            foreach (var sentence in Domains(domains, earlier))
                yield return sentence;
        foreach (var sentence in Times(now, before))
            yield return sentence;
        foreach (var (cause, count) in Most(old, c => c.Value >= Many && causes.GetValueOrDefault(c.Key) is > 0 and var n && c.Value >= 2 * n))
            yield return $"Less of {cause.Name()}: {Recipients(causes[cause])}, before {TextLines.Number(count)}.";
        foreach (var (cause, count) in Most(old, c => c.Value >= Few && !causes.ContainsKey(c.Key)))
            yield return $"Gone: {cause.Name()}, before {Recipients(count)}.";
        if (Volume(now, before) is { } volume)
            yield return volume;
    }

    static IEnumerable<KeyValuePair<Cause, long>> Most(Dictionary<Cause, long> causes, Func<KeyValuePair<Cause, long>, bool> some) =>
        causes.Where(some).OrderByDescending(c => c.Value).ThenBy(c => c.Key);

    static IEnumerable<string> Domains(IReadOnlyDictionary<string, long> now, IReadOnlyDictionary<string, long> before)
    {
        if (Names(now, before) is { } fresh)
            yield return $"Domains that began to fail: {fresh}.";
        if (Names(before, now) is { } gone)
            yield return $"Domains that no longer fail: {gone}.";
    }

    static string? Names(IReadOnlyDictionary<string, long> some, IReadOnlyDictionary<string, long> others)
    {
        var only = some.Where(d => d.Key.Length > 0 && d.Value >= Few && !others.ContainsKey(d.Key))
            .OrderByDescending(d => d.Value).ThenBy(d => d.Key, StringComparer.Ordinal).ToList();
        var more = only.Count > Named ? $" and {TextLines.Number(only.Count - Named)} more" : "";
        return only.Count == 0 ? null : string.Join(", ", only.Take(Named).Select(d => $"{d.Key} ({TextLines.Number(d.Value)})")) + more;
    }

    static IEnumerable<string> Times(PeriodFigures now, PeriodFigures before)
    {
        foreach (var (share, name) in ((double, string)[])[(0.5, "half"), (0.99, "99 %")])
            if (now.Sum.Percentile(share) is { } time && before.Sum.Percentile(share) is { } old && (time - old).Duration() >= Noticed
                && (time - old).Duration() >= Much * old)
                yield return $"{(time > old ? "Slower" : "Faster")}: {name} of the mail arrived within {Spans.Words(time)}, before {Spans.Words(old)}.";
    }

    static string? Volume(PeriodFigures now, PeriodFigures before)
    {
        var (volume, old) = (PeriodFigures.Reached(now.Sum), PeriodFigures.Reached(before.Sum));
        if (old < 100 || Math.Abs(volume - old) < Much * old)
            return null;
        var change = (volume - old) / (double)old;
        var word = change > 0 ? "More" : "Less";
        return string.Create(CultureInfo.InvariantCulture, $"{word} mail: {volume:N0} recipients were reached, before {old:N0} ({change:+0%;-0%}).");
    }

    static string Recipients(long count) => $"{TextLines.Number(count)} {(count == 1 ? "recipient" : "recipients")}";
}
