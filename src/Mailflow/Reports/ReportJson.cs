using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;

namespace Mailflow.Reports;

/// <summary>A report for programs. Every field is in docs/report.md.</summary>
static class ReportJson
{
    const int MostReasons = 100;

    public static void Write(MailReport report, Masking masking, Stream output)
    {
        var verdict = ReportVerdict.Of(report);
        using (var json = new MaskedJson(output, masking))
        {
            json.WriteStartObject();
            json.WriteBoolean("good", verdict.IsGood);
            json.WriteString("verdict", masking.Status(verdict.Sentence));
            json.WriteNumber("objective", report.Objective);
            json.WriteString("made", report.Made.UtcDateTime);
            Period(json, "period", report.Now);
            if (report.Before is { } before)
                Period(json, "before", before);
            else
                json.WriteNull("before");
            json.WriteStartArray("incidents");
            foreach (var incident in report.Incidents)
                IncidentJson.Write(json, incident, report.Now.To);
            json.WriteEndArray();
            Texts(json, "changes", report.Before is { } earlier ? ReportChanges.Of(report.Now, earlier) : []);
            json.WriteStartArray("reasons");
            foreach (var reason in report.Now.Reasons.Take(MostReasons))
            {
                json.WriteStartObject();
                json.WriteString("reason", masking.Text(reason.Name));
                json.WriteString("cause", masking.Text(reason.Cause.Name()));
                json.WriteString("fault", masking.Text(Reason.FaultOf(reason.Name, reason.Cause, reason.Status).Name()));
                json.WriteNumber("recipients", reason.Count);
                json.WriteString("example", masking.Status(reason.Status, reason.Recipient, reason.Sender));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            Texts(json, "ends_soon", report.Endings);
            Texts(json, "completeness", report.Quality);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    static void Period(MaskedJson json, [ConstantExpected] string name, PeriodFigures period)
    {
        json.WriteStartObject(name);
        json.WriteString("from", period.From);
        json.WriteString("to", period.To);
        Volumes(json, period.Sum);
        if (period.Success is { } share)
            json.WriteNumber("success", Math.Round(share, 6));
        else
            json.WriteNull("success");
        json.WriteStartObject("causes");
        foreach (var (cause, count) in period.Causes.OrderByDescending(c => c.Value).ThenBy(c => c.Key.Name(), StringComparer.Ordinal))
            json.WriteNumber(json.Masking.Text(cause.Name()), count);
        json.WriteEndObject();
        Seconds(json, "delivery_seconds_50", period.Sum.Percentile(0.5));
        Seconds(json, "delivery_seconds_90", period.Sum.Percentile(0.9));
        Seconds(json, "delivery_seconds_99", period.Sum.Percentile(0.99));
        json.WriteNumber("step_seconds", (long)period.Step.TotalSeconds);
        json.WriteStartArray("steps");
        foreach (var step in period.Steps)
        {
            json.WriteStartObject();
            json.WriteString("start", step.Start);
            Volumes(json, step);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Volumes(MaskedJson json, HistoryPoint point)
    {
        json.WriteNumber("delivered", point[Outcome.Delivered]);
        json.WriteNumber("sent", point[Outcome.Sent]);
        json.WriteNumber("failed", point[Outcome.Failed]);
        json.WriteNumber("deferred", point[Outcome.Deferred]);
    }

    static void Seconds(MaskedJson json, [ConstantExpected] string name, TimeSpan? time)
    {
        if (time is { } some)
            json.WriteNumber(name, Math.Round(some.TotalSeconds, 3));
        else
            json.WriteNull(name);
    }

    static void Texts(MaskedJson json, [ConstantExpected] string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(json.Masking.Status(text));
        json.WriteEndArray();
    }
}
