using Mailflow.Enrich;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Results of the regular checks of our addresses, domains and hosts.</summary>
/// <param name="Sentence">The problem in a sentence, without a full stop; null where there is none.</param>
/// <param name="Advice">What to do first; null where there is nothing to do.</param>
/// <param name="Good">The number of findings that are good, or a note.</param>
/// <param name="Open">The others, the worst first.</param>
sealed record WatchFigures(DateTimeOffset At, Masked? Sentence, Masked? Advice, int Good, IReadOnlyList<WatchFinding> Open)
{
    /// <summary>Findings that are shown.</summary>
    const int MaxOpen = 50;

    const int MaxNamed = 2;

    /// <summary>Null where nothing was checked yet, or nothing is configured.</summary>
    public static WatchFigures? Of(WatchState watch, Masking masking)
    {
        if (watch.Round is not { } round || round.Findings.Count == 0)
            return null;
        var open = round.Findings.Where(f => f.Severity > Severity.Note).OrderByDescending(f => f.Severity).ToList();
        var trouble = open.Where(f => f.Severity == Severity.Trouble).ToList();
        return new(
            round.At,
            trouble.Count == 0 ? null : masking.Text(Sentenced(round, trouble)),
            masking.TextOrNull(trouble.FirstOrDefault(f => f.Advice is not null)?.Advice),
            round.Findings.Count - open.Count,
            [.. open.Take(MaxOpen).Select(f => Shown(f, masking))]);
    }

    static WatchFinding Shown(Finding finding, Masking masking) => new(
        masking.Text(finding.Subject),
        masking.Text(finding.Check),
        Masked.Name(finding.Severity),
        masking.Text(finding.Says),
        masking.TextOrNull(finding.Advice));

    /// <summary>Listings first: they stop mail to many recipients at once.</summary>
    static string Sentenced(WatchRound round, List<Finding> trouble)
    {
        var listed = round.Listings
            .Where(l => l.State == Mailflow.Analysis.Blocklists.ListState.Listed)
            .GroupBy(l => l.Subject, StringComparer.Ordinal)
            .ToList();
        var parts = new List<string>();
        parts.AddRange(listed.Take(MaxNamed).Select(l => $"{l.Key} is listed on {string.Join(" and ", l.Select(r => r.List.Zone).Take(3))}"));
        if (listed.Count > MaxNamed)
            parts.Add($"{listed.Count - MaxNamed} more are listed");
        var lists = round.Listings.Select(l => l.List.Zone).ToHashSet(StringComparer.Ordinal);
        var others = trouble.Where(f => !lists.Contains(f.Check)).DistinctBy(f => (f.Subject, f.Check)).ToList();
        parts.AddRange(others.Take(MaxNamed).Select(f => $"{f.Check} of {f.Subject}: {f.Says}"));
        if (others.Count > MaxNamed)
            parts.Add($"{others.Count - MaxNamed} more are wrong");
        return string.Join("; ", parts);
    }
}

/// <param name="Verdict">`unknown`, `warning` or `trouble`.</param>
sealed record WatchFinding(Masked Subject, Masked Check, Masked Verdict, Masked Says, Masked? Advice);
