using System.Globalization;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Reports;

/// <summary>Puts a report into words. All texts are masked here.</summary>
sealed class ReportWriting(MailReport report, Masking masking)
{
    const int MostReasons = 10;

    const int MostIncidents = 30;

    const int MaxStatus = 200;

    public static ReportDocument Of(MailReport report, Masking masking) => new ReportWriting(report, masking).Write();

    ReportDocument Write()
    {
        var verdict = ReportVerdict.Of(report);
        ReportSection[] sections =
        [
            Volumes(), Incidents(), Changes(), Reasons(), Lines("What ends soon", report.Endings), Lines("Completeness of the figures", report.Quality),
        ];
        return new(
            $"Mail report, {Time(report.Now.From)} to {Time(report.Now.To)}", masking.Status(verdict.Sentence), verdict.IsGood,
            [.. sections.Where(s => s.Lines.Count + s.Rows.Count + s.Bars.Count > 0)]);
    }

    ReportSection Volumes()
    {
        var (now, before) = (report.Now.Sum, report.Before?.Sum);
        IEnumerable<(string Name, Func<HistoryPoint, string> Value)> rows =
        [
            ("Delivered to our mailboxes", p => TextLines.Number(p[Outcome.Delivered])),
            ("Sent to other organisations", p => TextLines.Number(p[Outcome.Sent])),
            ("Failed", p => TextLines.Number(p[Outcome.Failed])),
            ("Failed, needs action on our side", p => TextLines.Number(p.Failures.Where(f => f.Key.Fault == Fault.Ours).Sum(f => f.Value))),
            ("Deferred (tried again)", p => TextLines.Number(p[Outcome.Deferred])),
            ("Half arrived within", p => Span(p.Percentile(0.5))),
            ("99 % arrived within", p => Span(p.Percentile(0.99))),
        ];
        HistoryPoint[] points = before is null ? [now] : [now, before];
        return new(
            $"Volumes", [], before is null ? [$"Recipients", $"This time"] : [$"Recipients", $"This time", $"Before"],
            [.. rows.Select(r => (IReadOnlyList<Masked>)[Text(r.Name), .. points.Select(p => Text(r.Value(p)))])])
        {
            Bars = [.. report.Now.Steps.Select(p => new ReportBar(Text(Label(p.Start)), PeriodFigures.Reached(p), p[Outcome.Failed]))],
        };
    }

    ReportSection Incidents()
    {
        var all = report.Incidents.OrderBy(i => i.Closed is not null).ThenByDescending(i => i.Severity).ThenBy(i => i.FirstFailure).ToList();
        List<Masked> lines = [];
        if (all.Count == 0)
            lines.Add($"No incident.");
        var recovered = all.Where(i => i.Closed is not null).Select(i => Recovery(i)).Order().ToList();
        if (recovered.Count > 0)
            lines.Add(Text($"Time to recover: half within {Spans.Words(recovered[(recovered.Count - 1) / 2])}, the longest {Spans.Words(recovered[^1])}."));
        if (all.Count > MostIncidents)
            lines.Add(Text($"The {MostIncidents} most important of {TextLines.Number(all.Count)} are listed."));
        return new(
            $"Incidents", lines, all.Count == 0 ? [] : [$"Incident", $"Severity", $"Side", $"Began", $"Over after", $"Recipients", $"What to do"],
            [.. all.Take(MostIncidents).Select(i => (IReadOnlyList<Masked>)
            [
                masking.Status(IncidentStory.Title(i)), Masked.Name(i.Severity), Text(Side(i)), Time(i.FirstFailure),
                i.Closed is null ? $"open" : Text(Spans.Words(Recovery(i))), Text(TextLines.Number(i.Recipients)),
                i.Closed is null ? Text(Mailflow.Incidents.IncidentJson.Advice(i, masking).Check) : $"none: it has ended",
            ])]);
    }

    ReportSection Changes()
    {
        if (report.Before is not { } before)
            return Lines("What changed", [$"Nothing is known of {report.BeforeName}: no comparison."]);
        var changes = ReportChanges.Of(report.Now, before).ToList();
        return Lines($"What changed, compared with {report.BeforeName}", changes.Count == 0 ? ["Nothing of importance."] : changes);
    }

    ReportSection Reasons()
    {
        var top = report.Now.Reasons.Take(MostReasons).ToList();
        return new(
            $"Most frequent reasons of failure", top.Count == 0 ? [$"No recipient failed."] : [],
            top.Count == 0 ? [] : [$"Reason", $"Recipients", $"Side", $"Example", $"What to do"],
            [.. top.Select(Row)]);
    }

    IReadOnlyList<Masked> Row(FailedReason reason)
    {
        var diagnosis = Reason.AsCounted(reason.Name, reason.Cause, Diagnosis.Of(reason.Status), () => Diagnosis.Of(reason.Status));
        var advised = Advised.Of(diagnosis, ReplyFacts.Of(diagnosis.Text), new());
        return
        [
            Text(reason.Name), Text(TextLines.Number(reason.Count)), Text(Side(Reason.FaultOf(reason.Name, reason.Cause, reason.Status))),
            masking.Status(diagnosis.Text, reason.Recipient, reason.Sender).Start(MaxStatus), Text(advised.Check),
        ];
    }

    ReportSection Lines(string title, IEnumerable<string> lines) => new(Text(title), [.. lines.Select(l => masking.Status(l))], [], []);

    static string Side(Incident incident) => incident.NotUs ? "probably theirs" : Side(incident.Fault);

    static string Side(Fault fault) => fault switch
    {
        Fault.Ours => "ours",
        Fault.Theirs => "theirs",
        Fault.Sender => "sender",
        Fault.Policy => "policy",
        _ => "not known",
    };

    static TimeSpan Recovery(Incident incident) => incident.Closed!.Value - incident.FirstFailure is var time && time > TimeSpan.Zero ? time : TimeSpan.Zero;

    static string Span(TimeSpan? span) => span is { } some ? Spans.Words(some) : "not known";

    string Label(DateTime time) => Local(time).ToString(report.Now.Step < TimeSpan.FromDays(1) ? "MM-dd HH:mm" : "yyyy-MM-dd", CultureInfo.InvariantCulture);

    Masked Time(DateTime time) => $"{Local(time):yyyy-MM-dd HH:mm}";

    DateTimeOffset Local(DateTime time) => TimeZoneInfo.ConvertTime(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)), report.Zone);

    Masked Text(string words) => masking.Text(words);
}
