using System.Globalization;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Printing;

namespace Mailflow.Reports;

/// <summary>The most important of a report in one or two sentences.</summary>
/// <param name="IsGood">Whether nothing needs action on our side and the objective was met.</param>
/// <param name="Sentence">Addresses are unmasked.</param>
sealed record ReportVerdict(bool IsGood, string Sentence)
{
    public static ReportVerdict Of(MailReport report)
    {
        var open = report.Incidents.Where(i => i.Closed is null).OrderByDescending(i => i.Severity).ThenBy(i => i.FirstFailure).ToList();
        if (open.Find(i => i is { Fault: Fault.Ours, NotUs: false }) is { } ours)
            return new(false, $"Needs action on our side: {IncidentStory.Title(ours)}. {Success(report)}");
        if (report.Now.Success is not { } share)
            return new(false, report.KnownUntil <= report.Now.From
                ? $"No mail was seen in this time: the logs end at {IncidentStory.Time(report.KnownUntil.Value)}. Ask for an earlier time."
                : "No mail was seen in this time.");
        if (share < report.Objective)
            return new(false, $"The objective was missed. {Success(report)}");
        if (open is [var first, ..])
            return new(true, $"Mail flowed; open, and not on our side: {IncidentStory.Title(first)}. {Success(report)}");
        var over = report.Incidents.Count switch { 0 => "", 1 => "1 incident is over. ", var many => $"{TextLines.Number(many)} incidents are over. " };
        return new(true, $"Mail flowed. {over}{Success(report)}");
    }

    /// <summary>The share of recipients that were reached, against the objective, in words.</summary>
    public static string Success(MailReport report)
    {
        if (report.Now.Success is not { } share)
            return "";
        var (failed, all) = (report.Now.Sum[Outcome.Failed], PeriodFigures.Reached(report.Now.Sum) + report.Now.Sum[Outcome.Failed]);
        // 1 - 0.99 is a little less than 0.01.
        var allowed = (long)Math.Floor((all * (1 - report.Objective)) + 1e-9);
        var of = failed == 0 ? "all were"
            : failed > all / 2.0 ? string.Create(CultureInfo.InvariantCulture, $"{failed:N0} were not")
            : string.Create(CultureInfo.InvariantCulture, $"1 of {Math.Round(all / (double)failed):N0} was not");
        // Rounded down: 99.996 % is not all.
        var percent = Math.Floor(share * 10000) / 100;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{percent:0.##} % of {all:N0} recipients were reached, {of}. The objective of {report.Objective * 100:0.###} % allows {allowed:N0} failures;"
            + $" there were {failed:N0}.");
    }
}
