using System.Collections.Concurrent;
using Mailflow.Analysis.Advising;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Exposition;
using Mailflow.Incidents;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Collects what the page shows. Many readers at once cost one reading: what was read a moment ago serves them all.</summary>
sealed class PageReader(MailflowOptions options, Func<Scrape> look, Store store, Masking masking, TimeProvider clock)
{
    const int RecentFailures = 50;
    const int TopDomains = 12;
    const int ChartCauses = 6;
    const int MaxProblems = 10;
    const int MaxQuarantined = 20;

    /// <summary>After so many commits during the reading, the page may show two moments.</summary>
    const int MaxTries = 20;

    /// <summary>More bars are too narrow to read on a telephone.</summary>
    const int MaxSteps = 31;

    const int MaxStatus = 400;

    /// <summary>Failures of any cause that are read to find out when runs that ended began; they take about 30 ms.</summary>
    const int MaxOfRuns = 10_000;

    /// <summary>Time zones whose pages are kept; readers are seldom in more.</summary>
    const int MaxZones = 16;

    readonly ConcurrentDictionary<(Window Window, string Zone), Last> _last = [];

    /// <summary>The page for a window and a time zone; at most a second old, or ten times what the store took to answer.</summary>
    public async Task<PageModel> ReadAsync(Window window, TimeZoneInfo zone, CancellationToken stop)
    {
        if (_last.Count > MaxZones * Window.All.Count)
            _last.Clear();
        var last = _last.GetOrAdd((window, zone.Id), _ => new());
        await last.Turn.WaitAsync(stop);
        try
        {
            var asked = clock.GetTimestamp();
            if (last.Page is null || clock.GetElapsedTime(last.At, asked) >= Longer(TimeSpan.FromSeconds(1), last.Took * 10))
            {
                last.Page = Read(window, zone);
                last.At = clock.GetTimestamp();
                last.Took = clock.GetElapsedTime(asked, last.At);
            }

            return last.Page;
        }
        finally
        {
            last.Turn.Release();
        }
    }

    /// <summary>What was last read for a window. A long window does not delay a short one.</summary>
    sealed class Last
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public PageModel? Page { get; set; }

        public long At { get; set; }

        public TimeSpan Took { get; set; }
    }

    PageModel Read(Window window, TimeZoneInfo zone)
    {
        using var history = OfOneMoment(out var scrape);
        var now = scrape.Now;
        var kept = history.Kept();
        DateTimeOffset? newest = scrape.Committed.NewestEvent.Count == 0 ? null : new(scrape.Committed.NewestEvent.Values.Max(), TimeSpan.Zero);
        newest = newest > now ? now : newest;
        var stretch = Stretch.Of(window, now, newest, kept.Oldest);
        var steps = StepsOf(stretch, now, zone);
        var sums = history.Sums(stretch.From, stretch.To, steps);
        var causes = Causes(history, stretch, sums, newest);
        var failures = causes.Sum(c => c.Count);
        var isComplete = IsComplete(stretch, kept, scrape, newest ?? now);
        var figures = new WindowFigures(
            Masked(window.Name), Masked(stretch.During), stretch.From, stretch.End(now), stretch.Live, isComplete, failures);
        var totals = Total(scrape, newest);
        var sources = Sources(scrape, history, now);
        var about = new About(
            Masked(ProgramVersion.Text),
            scrape.Committed.CommittedAt,
            masking.TextOrNull(scrape.Committed.Problem),
            scrape.StoreBytes,
            kept.Events,
            kept.Oldest,
            options.Ledger.Keep,
            scrape.Rules.File is { } file ? new(masking.Path(file), scrape.Rules.Rules, masking.TextOrNull(scrape.Rules.Problem)) : null);
        var watch = WatchFigures.Of(scrape.Watch, masking);
        var verdict = Assessment.Of(figures, totals, causes, sources, about, now, zone)
            .With([.. scrape.Committed.Incidents.Where(k => k.IsOpen).Select(k => k.Incident)], Next, now, zone).With(watch);
        return new(
            new(verdict.Level, Masked(verdict.Sentence), masking.TextOrNull(verdict.Advice)),
            masking.TextOrNull(Note(figures, totals, kept, zone)),
            now,
            Masked(Page.ZoneOf(zone, now)),
            figures,
            watch,
            Suggestion.Of(options.Enrich, history, scrape.Committed, masking),
            totals,
            IncidentFigures.Of(scrape.Committed.Incidents, IncidentFigures.MostClosed, masking),
            causes,
            OnItsWayFigures.Of(scrape, masking),
            Chart(sums, steps, causes),
            [.. history.TopDomains(sums, stretch.From, stretch.To, TopDomains).Select(d => new DomainFigures(
                Masked(d.Domain),
                d.Count,
                Masked(d.TopCause.Name()),
                Masked(CauseWords.Title(d.TopCause)),
                d.TopCount,
                d.Newest))],
            sources,
            ServerWords.Of(scrape.Committed, now, Masked, text => masking.Status(text)),
            [.. history.Quarantined(MaxQuarantined).Select(q => new QuarantinedFigures(q.At, Masked(q.File), q.Offset, q.Length, Masked(q.Reason)))],
            [.. scrape.Sinks.Select(Sink)],
            [.. history.Newest(stretch.From, stretch.To, RecentFailures).Select(Row)],
            about);
    }

    string Next(Incident incident) => IncidentJson.Advice(incident, masking).Check;

    /// <summary>What the store shows, and the counters of the same commit: a commit is in the store a moment before it is published.</summary>
    History OfOneMoment(out Scrape scrape)
    {
        for (var tries = 0; ; tries++)
        {
            History? history = null;
            try
            {
                history = new(store);
                var last = history.LastEvent();
                scrape = look();
                if (scrape.Committed.LastEvent != last && tries < MaxTries)
                    continue;
                var found = history;
                history = null;
                return found;
            }
            finally
            {
                history?.Dispose();
            }
        }
    }

    /// <summary>
    /// By cause: those that need action on our side first, then the most frequent. The responsible side is judged again from the newest text
    /// of each reason: code, cause and kind decide it.
    /// </summary>
    /// <param name="newestRow">The newest row of any kind.</param>
    List<CauseFigures> Causes(History history, Stretch stretch, FailureSums sums, DateTimeOffset? newestRow)
    {
        var spread = history.Spread(sums, stretch.From, stretch.To).ToDictionary(s => s.Cause);
        var causes = new List<CauseFigures>();
        var all = history.ByReason(sums);
        var total = all.Sum(r => r.Count);
        var began = history.Began(all.Select(r => r.Cause).ToHashSet(), stretch.To);
        var groups = all.GroupBy(r => r.Cause).ToList();
        var isWideOf = groups.ToDictionary(g => g.Key, g => OurSide.IsWide(g, spread[g.Key], g.Sum(r => r.Count), total));
        var ofUs = groups.ToDictionary(
            g => g.Key, g => g.Where(r => isWideOf[g.Key] || Reason.FaultOf(r.Reason, r.Cause, r.Status) == Fault.Ours).ToList());
        var ended = stretch.Live && newestRow is { } row ? Ended(history, ofUs, row) : [];
        foreach (var reasons in groups)
        {
            var facts = CauseTable.Of(reasons.Key);
            var count = reasons.Sum(r => r.Count);
            var faults = reasons.GroupBy(r => Reason.FaultOf(r.Reason, r.Cause, r.Status)).ToDictionary(g => g.Key, g => g.Sum(r => r.Count));
            var where = spread[reasons.Key];
            var (isWide, ours) = (isWideOf[reasons.Key], ofUs[reasons.Key]);
            // The sample and the commands are of the side that the badge names: ours where some need action there.
            var most = faults.MaxBy(f => f.Value).Key;
            var shown = ours.Count > 0 ? ours : [.. reasons.Where(r => Reason.FaultOf(r.Reason, r.Cause, r.Status) == most)];
            var newest = shown.MaxBy(r => r.Newest)!;
            var (kind, advised) = Advice(reasons.Key, where.TopDomain, newest);
            causes.Add(new(
                Masked(facts.Name),
                Masked(CauseWords.Title(reasons.Key)),
                Masked(CauseWords.Of(reasons.Key, count)),
                count,
                Masked(most.Name()),
                faults.GetValueOrDefault(Fault.Ours),
                isWide,
                Masked(where.TopDomain),
                where.TopCount,
                where.Domains,
                began.TryGetValue(reasons.Key, out var start) ? start : null,
                reasons.Max(r => r.Newest),
                ended.GetValueOrDefault(reasons.Key),
                masking.TextOrNull(kind),
                Masked(advised.Meaning),
                [.. advised.Facts.Select(f => Short(masking.Status(f, newest.Recipient, newest.Sender)))],
                Masked(advised.Check),
                Masked(advised.Page),
                Masked(shown[0].Reason),
                Short(masking.Status(newest.Status, newest.Recipient, newest.Sender)),
                [.. advised.Commands.Select(c => CommandFigures.Of(c, masking))]));
        }

        return [.. causes.OrderByDescending(Assessment.OnOurSide).ThenByDescending(c => c.Count).ThenBy(c => c.Cause.ToString(), StringComparer.Ordinal)];
    }

    /// <param name="ofUs">The reasons of each cause that need action on our side.</param>
    static Dictionary<Cause, EndedRun?> Ended(History history, Dictionary<Cause, List<ReasonCount>> ofUs, DateTimeOffset newestRow)
    {
        // The store is asked only where an end is possible: while failures arrive, this costs nothing.
        var silent = ofUs.Where(c => c.Value.Count > 0 && newestRow - c.Value.Max(r => r.Newest) > EndedRun.ShortestSilence).ToDictionary(
            c => c.Key,
            c => ((IReadOnlySet<string>)c.Value.Select(r => r.Reason).ToHashSet(StringComparer.Ordinal), c.Value.Max(r => r.Newest)));
        return FailureRuns.Of(history, silent, MaxOfRuns).ToDictionary(r => r.Key, r => EndedRun.Of(r.Value, newestRow));
    }

    /// <summary>
    /// The sub-reason of the newest failure, and the advice for it. A value that is masked elsewhere stays open in commands; half an address would be wrong.
    /// </summary>
    (string? SubReason, Advised Advised) Advice(Cause cause, string domain, ReasonCount newest)
    {
        // An earlier version may have judged the text differently.
        var diagnosis = Reason.AsCounted(
            newest.Reason, cause, Diagnosis.Of(newest.Status),
            () => Diagnosis.Of(newest.Status, store.Rules.Current, newest.RemoteHost, newest.RemoteAddress));
        var facts = ReplyFacts.Of(newest.Status);
        var values = AdviceValues.Of(diagnosis, facts, new()
        {
            Sender = newest.Sender.Contains('@', StringComparison.Ordinal) ? newest.Sender : null,
            Recipient = newest.Recipient,
            RecipientDomain = domain,
            Connector = newest.Connector,
            Server = newest.Server == TrackedFile.UnknownServer ? null : newest.Server,
        });
        return (diagnosis.SubReason, Advised.Of(diagnosis, facts, values.Only(v => masking.Status(v, newest.Recipient, newest.Sender).ToString() == v)));
    }

    /// <summary>Steps start at full hours and days of the page's time zone; the window cuts off the first and the last.</summary>
    public static Steps StepsOf(Stretch stretch, DateTimeOffset now, TimeZoneInfo zone)
    {
        var end = stretch.End(now);
        // A row with a date of another century must not make thousands of bars.
        var length = end - stretch.From > MaxSteps * StepLengths[^1] ? MaxSteps * StepLengths[^1] : end - stretch.From;
        var from = end - length;
        var step = StepLengths.FirstOrDefault(s => length / s <= MaxSteps);
        step = step == default ? StepLengths[^1] : step;
        var offset = zone.GetUtcOffset(from);
        var start = new DateTimeOffset((from.UtcTicks + offset.Ticks) / step.Ticks * step.Ticks, TimeSpan.Zero) - offset;
        return new(start.ToUnixTimeMilliseconds(), (long)step.TotalMilliseconds, Math.Max(1, (int)Math.Ceiling((end - start) / step)));
    }

    static FailureChart Chart(FailureSums sums, Steps steps, IReadOnlyList<CauseFigures> causes)
    {
        var drawn = causes.OrderByDescending(c => c.Count).Take(ChartCauses).Select(c => c.Cause).OrderBy(c => c.ToString(), StringComparer.Ordinal).ToList();
        var counts = Enumerable.Range(0, steps.Count).Select(_ => new long[drawn.Count + 1]).ToArray();
        foreach (var (slot, cause, failures) in sums.BySteps())
        {
            var place = drawn.FindIndex(c => c.ToString() == cause.Name());
            counts[slot][place < 0 ? drawn.Count : place] += failures;
        }

        return new(
            TimeSpan.FromMilliseconds(steps.Step), drawn,
            [.. counts.Select((c, i) => new ChartBar(DateTimeOffset.FromUnixTimeMilliseconds(steps.Start + (i * steps.Step)), c, c.Sum()))]);
    }

    static readonly TimeSpan[] StepLengths =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6),
        TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromDays(30),
    ];

    static Totalled Total(Scrape scrape, DateTimeOffset? newest)
    {
        var committed = scrape.Committed;
        long Messages(Outcome outcome) => committed.Sum(Counters.Messages, k => k.Outcome == outcome);
        return new(
            committed.Sum(Counters.Rows),
            Messages(Outcome.Delivered),
            Messages(Outcome.Sent),
            committed.Sum(Counters.Failures),
            committed.Sum(Counters.Deferrals),
            Messages(Outcome.Dropped),
            committed.Sum(Counters.UnreadableRows),
            newest,
            scrape.Roots.Sum(r => r.UnreadBytes));
    }

    List<SourceFigures> Sources(Scrape scrape, History history, DateTimeOffset now)
    {
        var newest = history.NewestRows().ToLookup(r => r.Root, StringComparer.Ordinal);
        var sources = new List<SourceFigures>();
        foreach (var root in scrape.Roots)
        {
            var (status, name) = (root.Status, root.Status.Root.Name);
            var (state, says) = State(root, newest[name].Any());
            sources.Add(new(
                Masked(name),
                Masked(status.Root.Folder),
                Masked(state),
                Masked(says),
                status.Totals.Files,
                root.RefusedFiles,
                root.FailedFiles,
                status.Totals.Bytes,
                root.UnreadBytes,
                root.UnreadFiles,
                status.LastRead,
                status.Headroom,
                status.LostBytes,
                [.. newest[name].Select(r => new ServerFigures(Masked(r.Server), r.Time))],
                [
                    .. status.Unlisted.Take(MaxProblems).Select(u => new FileProblem(Masked(u.Name + "/"), Masked(u.Why), false)),
                    .. status.Troubles.Take(MaxProblems).Select(f => new FileProblem(Masked(f.Name), Masked(f.Why), f.Ignored)),
                ])
            {
                RefusedBytes = status.Totals.IgnoredBytes,
            });
        }

        return sources;
    }

    /// <param name="known">Whether rows were ever read there.</param>
    static (string State, string Says) State(RootState root, bool known)
    {
        var status = root.Status;
        if (status.Missing && !known)
            return ("waiting", "the folder does not exist");
        if (status.Error is { } error)
            return ("trouble", status.Missing ? "the folder is gone" : error.TrimEnd('.'));
        if (status.IsNew)
            return ("waiting", "not checked yet");
        if (status.Totals.Files == 0)
            return ("waiting", "the folder has no *.log file");
        if (root.RefusedFiles == status.Totals.Files)
            return ("waiting", "no file in it is an Exchange log that Mailflow reads");
        if (root.FailedFiles > 0)
            return (
                root.FailedFiles + root.RefusedFiles == status.Totals.Files ? "trouble" : "reading",
                $"{root.FailedFiles} of {status.Totals.Files} files cannot be read");
        if (root.UnreadBytes > BlockPool.BlockBytes)
            return ("reading", $"{Say.Bytes(root.UnreadBytes)} still to read");
        return ("ok", known ? "read to the end" : "no log entry yet");
    }

    FailureRow Row(StoredFailure failure) => new(
        failure.Time,
        masking.Address(failure.Recipient),
        Masked(failure.Domain),
        Masked(failure.Cause.Name()),
        Masked(CauseWords.Title(failure.Cause)),
        Masked(failure.Reason.Split(' ')[0]),
        Short(masking.Status(failure.Status, failure.Recipient, failure.Sender)),
        Masked(failure.Connector),
        Masked(failure.Server),
        Masked(failure.RemoteHost),
        failure.Answer is null ? null : Short(Masked(failure.Answer)))
    {
        MessageId = Mailflow.Privacy.Masked.MessageId(masking, failure.MessageId),
        NetworkMessageId = Masked(failure.NetworkMessageId),
        Session = failure.Reply is { } refusal ? Masked(Rejection(refusal, failure.Session)) : null,
    };

    static string Rejection(SessionReply refusal, string session) =>
        $"Rejected at {(refusal.Stage == "banner" ? "connection" : refusal.Stage.ToUpperInvariant())} by {refusal.Remote}, "
        + $"{(refusal.Tls == "none" ? "without TLS" : "TLS " + refusal.Tls)}, session {session}";

    string? Note(WindowFigures window, Totalled totals, StoreSize kept, TimeZoneInfo zone)
    {
        var limits = $"{Say.Span(options.Ledger.Keep)} and {Say.Bytes(options.Ledger.MaxBytes)} (Store:Keep, Store:MaxMegabytes)";
        var missing = kept.Removed > 0 ? $"Failures are kept for {limits}; {Say.Number(kept.Removed)} older ones were removed" : "";
        if (!window.Complete)
            return $"{missing}. Some failures of this time range may be missing.";
        if (totals.Newest is null || window.Live)
            return null;
        var end = TimeZoneInfo.ConvertTime(window.To.AddSeconds(-1), zone);
        return $"The time range ends at the latest log entry: {end:yyyy-MM-dd HH:mm:ss} {Page.ZoneOf(zone, window.To)}.";
    }

    /// <summary>Retention deletes by age, and by size once the file has grown to its limit; the last hour always stays.</summary>
    bool IsComplete(Stretch stretch, StoreSize kept, Scrape scrape, DateTimeOffset newest) =>
        kept.Removed == 0
        || (stretch.Live && stretch.Window.Length <= TimeSpan.FromHours(1))
        || (stretch.Window.Length is not null && stretch.From >= newest - options.Ledger.Keep && scrape.StoreBytes < options.Ledger.MaxBytes);

    SinkFigures Sink(SinkState sink) =>
        new(Masked(sink.Sink), sink.Shipped, sink.Rejected, sink.Dropped, sink.Backlog, masking.TextOrNull(sink.Problem), sink.LastSuccess);

    Masked Masked(string text) => masking.Text(text);

    static Masked Short(Masked text) => text.Start(MaxStatus);

    static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
