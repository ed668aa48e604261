using System.Globalization;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Mailing;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Ship;
using Polly;

namespace Mailflow.Reports;

/// <summary>
/// Makes a report each day or week, and sends it until every recipient has it. What was due is in the store: a report that was missed while the program
/// was stopped is made at the next start; of several, the newest.
/// </summary>
/// <param name="checks">The last round of checks; null: none is known.</param>
sealed class ReportSchedule(MailflowOptions options, Store store, Func<WatchRound?> checks, Masking masking, TimeProvider clock, ILogger log)
{
    const string Name = "report";

    /// <summary>Waits are at most this long, because the clock may be set.</summary>
    static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    readonly ResiliencePipeline<SinkAnswer?> _retry = SinkRetry.Create(clock);
    readonly SinkTrouble _trouble = new(Name, options.Mail.ToString(), clock, log);
    readonly MailRound? _mail = options.Report.MailTo.Count > 0 ? new(options.Mail, options.Report.MailTo, clock, log) : null;

    public ShipStatus Status { get; private set; } = new(Name, 0, 0, 0, 0, 0, null, null);

    /// <summary>Makes reports until stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            DateTimeOffset last = default;
            await _retry.ExecuteAsync(async _ => await TryAsync(_ => Task.FromResult(Begin(out last)), stop), stop);
            while (true)
            {
                var due = ReportTime.NextDue(options.Report, last, clock.LocalTimeZone);
                while (due - clock.GetUtcNow() is { Ticks: > 0 } left)
                    await Task.Delay(left < Look ? left : Look, clock, stop);
                // Of those that were missed, the newest.
                for (var next = due; next <= clock.GetUtcNow(); next = ReportTime.NextDue(options.Report, next, clock.LocalTimeZone))
                    due = next;
                Status = Status with { Backlog = 1 };
                await _retry.ExecuteAsync(async _ => await StepAsync(due, stop), stop);
                last = due;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    ReportDocument Make(DateTimeOffset due)
    {
        var time = ReportTime.Of(options.Report.Period, due, clock.LocalTimeZone);
        var report = StoreReport.Read(store.Path, time, checks(), clock.GetUtcNow(), clock.LocalTimeZone);
        return ReportWriting.Of(report with { Objective = options.Report.Objective }, masking);
    }

    /// <summary>The last report; for a new store, now.</summary>
    SinkAnswer Begin(out DateTimeOffset last)
    {
        if (Last() is { } known)
            last = known;
        else
            Save(last = clock.GetUtcNow());
        return SinkAnswer.Taken;
    }

    async Task<SinkAnswer?> StepAsync(DateTimeOffset due, CancellationToken abort)
    {
        var answer = await TryAsync(cancel => SendAsync(due, cancel), abort);
        if (answer is { Outcome: SinkOutcome.Taken })
            Status = Status with { Shipped = Status.Shipped + 1, Backlog = 0, LastSuccess = clock.GetUtcNow() };
        return answer;
    }

    async Task<SinkAnswer?> TryAsync(Func<CancellationToken, Task<SinkAnswer>> act, CancellationToken abort)
    {
        var answer = await SinkTrouble.TryAsync(act, abort);
        if (answer.Outcome == SinkOutcome.Taken)
        {
            Status = Status with { Problem = null };
            _trouble.Recovered(0);
            return answer;
        }

        _trouble.Failed(answer);
        Status = Status with { Problem = answer.Reason };
        return answer;
    }

    async Task<SinkAnswer> SendAsync(DateTimeOffset due, CancellationToken cancel)
    {
        var report = Make(due);
        var html = ReportHtml.Write(report);
        var day = TimeZoneInfo.ConvertTime(due, clock.LocalTimeZone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var answer = _mail is null ? SinkAnswer.Taken : await _mail.SendAsync(day, LetterOf(report, html), cancel);
        // A report has no shorter form: an administrator must act.
        if (answer.Outcome == SinkOutcome.Rejected)
            answer = answer with { Outcome = SinkOutcome.Misconfigured };
        if (answer.Outcome != SinkOutcome.Taken)
            return answer;
        if (options.Report.Folder is { } folder)
            try
            {
                await WriteAsync(folder, $"mailflow-report-{day}.html", html, cancel);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                var reason = $"Report:Folder cannot be written: {e.Message}";
                // The mail is sent. The file is tried again until the next report is due, which must not wait for the folder.
                if (ReportTime.NextDue(options.Report, due, clock.LocalTimeZone) > clock.GetUtcNow())
                    return new(SinkOutcome.Later, reason);
                Save(due);
                return new(SinkOutcome.Rejected, reason);
            }

        Save(due);
        return answer;
    }

    static async Task WriteAsync(string folder, string name, string html, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        // A reader never sees half of it.
        await File.WriteAllTextAsync(path + ".new", html, cancel);
        File.Move(path + ".new", path, overwrite: true);
    }

    static Letter LetterOf(ReportDocument report, string html)
    {
        using var text = new StringWriter();
        ReportText.Write(report, new TextLines(text, unicode: true));
        // Both are made of masked texts.
        return new(report.Title, Masking.Plain.Text(text.ToString()), Masking.Plain.Text(html));
    }

    DateTimeOffset? Last()
    {
        using var reader = store.OpenReader();
        using var select = new Statement(reader, "SELECT last_id FROM cursors WHERE sink = '(report)'");
        return select.Scalar() is > 0 and var time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
    }

    /// <summary>Waits while the committer writes.</summary>
    void Save(DateTimeOffset time)
    {
        using var writer = store.OpenWriter();
        using var save = writer.CreateCommand();
        save.CommandText =
            "INSERT INTO cursors (sink, last_id, dropped) VALUES ('(report)', $last, 0) ON CONFLICT DO UPDATE SET last_id = excluded.last_id";
        save.Parameters.AddWithValue("$last", time.ToUnixTimeMilliseconds());
        save.ExecuteNonQuery();
    }
}
