using System.Text.Json;
using System.Text.RegularExpressions;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Hosting;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Reports;
using Mailflow.Tests.Simulate.Outages;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailflow.Tests.Reports;

public sealed partial class ReportTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static async Task<MailReport> OfLogsAsync(OutageFolder logs, ReportTime? time) => (await LogReport.RunAsync(
        [logs.Path], time, 1, new() { Current = OwnRules.None }, TimeProvider.System, TimeZoneInfo.Utc, null, Cancel)).Report;

    static ReportTime DayOf(DateTime time) => ReportTime.Of(time.Date, time.Date.AddDays(1), lastWeek: false);

    static string JsonOf(MailReport report)
    {
        using var output = new MemoryStream();
        ReportJson.Write(report with { Made = default }, Masking.Default, output);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    [Fact]
    public async Task Volumes_of_all_logs_are_those_of_the_truth()
    {
        using var logs = new OutageFolder("egress-listed");
        var report = await OfLogsAsync(logs, null);
        foreach (var outcome in (Outcome[])[Outcome.Delivered, Outcome.Sent, Outcome.Failed, Outcome.Deferred])
            Assert.Equal(logs.Truth.Messages[outcome.ToString().ToLowerInvariant()], report.Now.Sum[outcome]);
        Assert.Equal(report.Now.Sum[Outcome.Failed], report.Now.Reasons.Sum(r => r.Count));
        Assert.Equal(report.Now.Sum[Outcome.Failed], report.Now.Domains!.Values.Sum());
        Assert.Equal(report.Now.Sum[Outcome.Sent], report.Now.Steps.Sum(s => s[Outcome.Sent]));
        Assert.Null(report.Before);
        Assert.Single(report.Incidents);
    }

    [Fact]
    public async Task Day_of_an_outage_names_it_what_changed_and_what_to_do()
    {
        using var logs = new OutageFolder("egress-listed");
        var report = await OfLogsAsync(logs, DayOf(logs.Truth.Incidents[0].FirstFailure));
        Assert.False(ReportVerdict.Of(report).IsGood);
        Assert.Equal("the day before", report.BeforeName);
        Assert.Contains(ReportChanges.Of(report.Now, report.Before!), c => c.StartsWith("New cause: blocklisted, ", StringComparison.Ordinal));
        var text = TextOf(report);
        Assert.Contains("The objective was missed.", text, StringComparison.Ordinal);
        Assert.Contains("it is on a blocklist", text, StringComparison.Ordinal);
        Assert.Contains("Time to recover: half within 8 h", text, StringComparison.Ordinal);
        Assert.Contains("Find the reason first", text.ReplaceLineEndings(" "), StringComparison.Ordinal);

        var after = await OfLogsAsync(logs, DayOf(logs.Truth.Incidents[0].FirstFailure.AddDays(1)));
        Assert.Contains(ReportChanges.Of(after.Now, after.Before!), c => c.StartsWith("Gone: blocklisted, ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Html_is_one_file_that_mail_programs_show_and_no_form_shows_an_address()
    {
        using var logs = new OutageFolder("egress-listed");
        var report = await OfLogsAsync(logs, null);
        var document = ReportWriting.Of(report, Masking.Default);
        var html = ReportHtml.Write(document);
        Assert.DoesNotMatch("<(script|link|style|svg|img|iframe|object)|class=|url\\(|src=|href=", html);
        Assert.Equal(Count(html, "<table"), Count(html, "</table>"));
        Assert.Matches("width:3[0-9]{2}px", html);
        Assert.InRange(html.Length, 1000, 100_000);
        foreach (var form in (string[])[html, ReportText.Markdown(document), TextOf(report), JsonOf(report)])
            Assert.Empty(Unmasked().Matches(form).Select(m => m.Value));
    }

    [Fact]
    public async Task Report_of_a_store_is_the_report_of_its_logs()
    {
        using var logs = new OutageFolder("two-at-once");
        var state = Directory.CreateTempSubdirectory("mailflow-report-").FullName;
        try
        {
            var path = Path.Combine(state, Store.FileName);
            var time = DayOf(logs.Truth.Incidents[0].FirstFailure);
            using (var store = new Store(path))
            using (var flow = new Flow(Options(logs.Path), store, TimeProvider.System, NullLoggerFactory.Instance))
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
                var running = flow.RunAsync(stop.Token, Cancel);
                var last = logs.Truth.Newest.AddMinutes(-2);
                await Waiting.UntilAsync(() => StoreIncidents.Read(path).Until >= last, () => "all rows are judged");
                await stop.CancelAsync();
                await running;
            }

            var stored = StoreReport.Read(path, time, null, TimeProvider.System.GetUtcNow(), TimeZoneInfo.Utc);
            var (a, b) = (JsonDocument.Parse(JsonOf(await OfLogsAsync(logs, time))).RootElement, JsonDocument.Parse(JsonOf(stored)).RootElement);
            foreach (var part in (string[])["good", "verdict", "period", "before", "changes", "ends_soon"])
                Assert.Equal(a.GetProperty(part).GetRawText(), b.GetProperty(part).GetRawText());
            Assert.Equal(
                a.GetProperty("reasons").EnumerateArray().Sum(r => r.GetProperty("recipients").GetInt64()),
                b.GetProperty("reasons").EnumerateArray().Sum(r => r.GetProperty("recipients").GetInt64()));
            Assert.Equal(
                a.GetProperty("incidents").EnumerateArray().Select(i => i.GetProperty("id").GetString()),
                b.GetProperty("incidents").EnumerateArray().Select(i => i.GetProperty("id").GetString()));
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    [Fact]
    public async Task Every_field_of_the_JSON_is_documented()
    {
        using var logs = new OutageFolder("egress-listed");
        var page = Repository.Text("docs/report.md");
        var fields = new HashSet<string>(StringComparer.Ordinal);
        Collect(JsonDocument.Parse(JsonOf(await OfLogsAsync(logs, null))).RootElement, fields);
        Assert.DoesNotContain(fields, f => !page.Contains($"`{f}`", StringComparison.Ordinal));

        static void Collect(JsonElement value, HashSet<string> fields)
        {
            if (value.ValueKind == JsonValueKind.Array)
                foreach (var item in value.EnumerateArray())
                    Collect(item, fields);
            if (value.ValueKind != JsonValueKind.Object)
                return;
            foreach (var member in value.EnumerateObject())
            {
                // Incidents are those of docs/incidents.md; causes are names.
                fields.Add(member.Name);
                if (member.Name is not ("incidents" or "causes"))
                    Collect(member.Value, fields);
            }
        }
    }

    [Theory]
    [InlineData("2026-03-04T10:00", false, "2026-03-05T07:00")]
    [InlineData("2026-03-04T06:59", false, "2026-03-04T07:00")]
    [InlineData("2026-03-04T10:00", true, "2026-03-09T07:00")]
    [InlineData("2026-03-09T07:00", true, "2026-03-16T07:00")]
    public void Report_is_due_each_day_or_on_Mondays(string after, bool weekly, string due) => Assert.Equal(
        DateTimeOffset.Parse(due + "Z", null),
        ReportTime.NextDue(
            new() { Period = weekly ? ReportPeriod.Weekly : ReportPeriod.Daily }, DateTimeOffset.Parse(after + "Z", null), TimeZoneInfo.Utc));

    [Fact]
    public void Daily_report_is_about_yesterday_and_the_weekly_one_about_seven_days()
    {
        var due = new DateTimeOffset(2026, 3, 9, 7, 0, 0, TimeSpan.Zero);
        var (day, week) = (ReportTime.Of(ReportPeriod.Daily, due, TimeZoneInfo.Utc), ReportTime.Of(ReportPeriod.Weekly, due, TimeZoneInfo.Utc));
        Assert.Equal((8, 9, 7), (day.From.Day, day.To.Day, day.BeforeFrom.Day));
        Assert.Equal((2, 9, 23), (week.From.Day, week.To.Day, week.BeforeFrom.Day));
        Assert.Equal(1, ReportTime.Of(day.From, day.To, lastWeek: true).BeforeFrom.Day);
    }

    static string TextOf(MailReport report)
    {
        using var text = new StringWriter();
        ReportText.Write(ReportWriting.Of(report, Masking.Default), new TextLines(text, unicode: true));
        return text.ToString();
    }

    static int Count(string text, string part) => text.Split(part).Length - 1;

    static MailflowOptions Options(string folder) => new()
    {
        Logs = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(f => new LogRoot(Path.GetFileName(f), f, Path.GetFileName(f)))],
        Workers = 2,
        Ledger = new() { CommitInterval = TimeSpan.FromMilliseconds(50) },
    };

    [GeneratedRegex(@"[a-z0-9.]{2,}@[a-z0-9-]+\.", RegexOptions.NonBacktracking)]
    private static partial Regex Unmasked();
}
