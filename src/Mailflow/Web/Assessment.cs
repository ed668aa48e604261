using System.Text.Json.Serialization;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;

namespace Mailflow.Web;

[JsonConverter(typeof(JsonStringEnumConverter<Level>))]
enum Level
{
    /// <summary>Mail flows, and no failure needs action on our side.</summary>
    Good,

    /// <summary>Something to look at when there is time.</summary>
    Look,

    /// <summary>Something that needs action on our side.</summary>
    Fix,

    /// <summary>The figures are old, or there are none.</summary>
    Stale,
}

/// <summary>The headline of the page.</summary>
/// <param name="Sentence">One sentence.</param>
/// <param name="Advice">What to do first; null where there is nothing to do.</param>
sealed record Assessment(Level Level, string Sentence, string? Advice = null)
{
    /// <summary>Mailflow itself cannot read or write; that is more important than anything else.</summary>
    [JsonIgnore]
    public bool Blind { get; init; }

    /// <summary>Exchange's own health probes write a row every few minutes, also at night.</summary>
    static readonly TimeSpan Quiet = TimeSpan.FromMinutes(15);

    /// <summary>This many failures on our side need action, whatever their share: the guide of event 2004 alerts above ten an hour.</summary>
    const long ManyOurs = 10;

    /// <summary>A smaller backlog is read within a second.</summary>
    const long Backlog = 64L << 20;

    /// <summary>The most important thing first.</summary>
    public static Assessment Of(
        WindowFigures window,
        Totalled totals,
        IReadOnlyList<CauseFigures> causes,
        IReadOnlyList<SourceFigures> sources,
        About about,
        DateTimeOffset now,
        TimeZoneInfo zone)
    {
        var mail = OfMail(window, totals, causes, sources, about, now, zone);
        // Mail that needs action now comes before a file that can be corrected later.
        return about.Rules is not { Problem: { } fault } rules || mail.Level is Level.Fix or Level.Stale
            ? mail
            : new(
                Level.Look,
                $"The rules file {rules.File} is not used: {fault}. {Say.Number(rules.InForce)} own rules stay in force.",
                "Correct the file; it is read again within 10 seconds. To see all faults: mailflow rules test FILE.");
    }

    static Assessment OfMail(
        WindowFigures window,
        Totalled totals,
        IReadOnlyList<CauseFigures> causes,
        IReadOnlyList<SourceFigures> sources,
        About about,
        DateTimeOffset now,
        TimeZoneInfo zone)
    {
        if (about.CommitProblem is { } problem)
            return new(
                Level.Fix,
                $"Mailflow cannot write to its store and has stopped counting: {problem}",
                "Free space on the disk of the state folder. Nothing is lost: reading continues where it stopped.")
            { Blind = true };
        if (sources.FirstOrDefault(s => s.State == "trouble") is { } trouble)
        {
            var latest = trouble.Servers is { Count: > 0 } servers ? Say.At(servers.Max(s => s.Newest), now, zone) : "none";
            return new(
                Level.Fix,
                $"Cannot read the logs in {trouble.Folder}: {trouble.Says}. Latest log entry from there: {latest}.",
                "Check that the folder can be reached and that Mailflow's account can read it.")
            { Blind = true };
        }

        if (totals.Newest is not { } newest)
            return Empty(totals, sources);
        var age = now - newest;
        if (age < TimeSpan.FromDays(1) && totals.UnreadBytes < Backlog && age > Quiet)
        {
            var before = window.Live ? Failures(window, totals, causes, "", now, zone) : null;
            return before is { Level: Level.Fix }
                ? before with { Sentence = $"{before.Sentence} No new log entry for {Say.Span(age)}." }
                : new(
                    Level.Look,
                    $"No new log entry for {Say.Span(age)}; the latest is from {Say.At(newest, now, zone)}. {Count(window, causes)}.",
                    "This can be normal on a quiet night. If not, check that the transport service runs and that message tracking writes to this folder.");
        }

        if (totals.UnreadBytes >= Backlog)
            return new(
                Level.Stale, $"Catching up: {Say.Bytes(totals.UnreadBytes)} of logs still to read. Latest log entry so far: {Say.At(newest, now, zone)}.");
        if (!window.Live)
            return Failures(window, totals, causes, $"These logs end at {Say.At(newest, now, zone)}, {Say.Ago(age)}. ", now, zone) with { Level = Level.Stale };
        return Failures(window, totals, causes, "", now, zone);
    }

    /// <summary>
    /// Open incidents say more than counts of failures; those on our side first. A problem of Mailflow itself comes before them, and so does the age of
    /// the figures.
    /// </summary>
    /// <param name="advice">What to do about an incident.</param>
    public Assessment With(IReadOnlyList<Incident> open, Func<Incident, string> advice, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (Blind || Level == Level.Stale || open.Count == 0)
            return this;
        var worst = IncidentFigures.InOrder(open).First();
        var rest = open.Count == 1 ? "" : $" {Say.Number(open.Count - 1)} more {(open.Count == 2 ? "incident is" : "incidents are")} open.";
        var since = Say.At(new(DateTime.SpecifyKind(worst.FirstFailure, DateTimeKind.Utc)), now, zone);
        var ours = open.Any(i => i is { NotUs: false, Fault: not Fault.Theirs } && i.Severity > IncidentSeverity.Minor);
        var level = ours || Level == Level.Fix ? Level.Fix : Level.Look;
        return this with
        {
            Level = level,
            Sentence = $"{IncidentStory.Title(worst)}, since {since}.{(worst.NotUs ? "" : " " + IncidentStory.Side(worst))}{rest}",
            Advice = advice(worst),
        };
    }

    /// <summary>
    /// A problem with our own addresses, domains or hosts comes first, before the failures that it causes. A problem of Mailflow itself comes
    /// before both.
    /// </summary>
    public Assessment With(WatchFigures? watch)
    {
        if (watch?.Sentence is not { } sentence || Blind)
            return this;
        var advice = watch.Advice?.ToString();
        return new(Level.Fix, $"{sentence}. {Sentence}", Level == Level.Fix ? Advice ?? advice : advice ?? Advice);
    }

    /// <summary>The cause with the most failures that need action on our side; null where there is none.</summary>
    static CauseFigures? Worst(IEnumerable<CauseFigures> causes) => causes.Where(c => OnOurSide(c) > 0).MaxBy(OnOurSide);

    static Assessment Empty(Totalled totals, IReadOnlyList<SourceFigures> sources)
    {
        if (sources.Count == 0)
            return new(Level.Stale, "No log folder is set.", "Start with --logs and the folder of the message tracking logs, or set Logs:0:Folder.");
        if (totals.UnreadBytes > 0)
            return new(Level.Stale, $"Reading {Say.Bytes(totals.UnreadBytes)} of logs. The first figures appear in a moment.");
        var first = sources[0];
        return new(
            Level.Stale,
            $"No logs found yet in {first.Folder}: {first.Says}.",
            "On an Exchange server the logs are in TransportRoles\\Logs\\MessageTracking below the installation folder. "
            + "Mailflow keeps checking this folder; no restart is needed.");
    }

    static Assessment Failures(
        WindowFigures window, Totalled totals, IReadOnlyList<CauseFigures> causes, string before, DateTimeOffset now, TimeZoneInfo zone)
    {
        var flows = totals.Delivered + totals.Sent > 0;
        var flowing = before.Length > 0 ? before : flows ? "Mail is flowing: " : "No message was delivered or sent yet: ";
        if (window is { Failures: 0, Complete: false })
            return new(
                Level.Look,
                $"{flowing}{Say.Number(totals.Failed)} failures in total; those of this time range are no longer stored.",
                "To look at old logs, set Store:Keep longer: failures are stored for that time.");
        if (window.Failures == 0)
            return new(flows || before.Length > 0 ? Level.Good : Level.Look, $"{flowing}{(before.Length > 0 ? "No" : "no")} failures {window.During}.");
        var ended = causes.Where(c => c.Ended is not null).ToList();
        var ours = causes.Sum(OnOurSide) - ended.Sum(OnOurSide);
        var worst = Worst(causes.Except(ended));
        if (worst is not null && (ours * 2 >= window.Failures || ours >= ManyOurs))
        {
            var count = OnOurSide(worst);
            var where = worst.Spread ? $" at {Say.Number(worst.Domains)} domains (likely a fault on our side)" : "";
            var began = worst.Began is { } time ? $", since {Say.At(time, now, zone)}" : "";
            var biggest = $"{(count == 1 && worst.Count == 1 ? Article(worst) : $"{Say.Number(count)} {worst.InWords}")}{where}{began}";
            var share = ours == window.Failures
                ? ours == 1 ? $"1 failure {window.During} needs" : $"All {Say.Number(ours)} failures {window.During} need"
                : $"{Say.Number(ours)} of {Say.Number(window.Failures)} failures {window.During} {(ours == 1 ? "needs" : "need")}";
            return new(Level.Fix, $"{before}{share} action on our side{(ours > count ? ". Biggest: " : ": ")}{biggest}.", worst.Advice.ToString());
        }

        if (Worst(ended) is { } over)
            return Ended(over, window, totals, ended, ours, now, zone);
        var top = causes.MaxBy(c => c.Count)!;
        var at = top.TopDomain.Length > 0 && top.TopDomainCount * 2 > top.Count ? $" at {top.TopDomain}"
            : top.Domains > 1 ? $" at {Say.Number(top.Domains)} domains"
            : "";
        var most = window.Failures == 1 ? $"1 failure {window.During}, {Article(top)}{at}"
            : top.Count == window.Failures ? $"{Say.Number(top.Count)} failures {window.During}, all of them {top.InWords}{at}"
            : $"{Say.Number(window.Failures)} failures {window.During}, {Say.Number(top.Count)} of them {top.InWords}{at}";
        if (worst is not null)
            return new(
                Level.Look,
                $"{flowing}{most}; {Say.Number(ours)} {(ours == 1 ? "needs" : "need")} action on our side: "
                + $"{(ours == OnOurSide(worst) ? "" : "mostly ")}{worst.InWords}.",
                worst.Advice.ToString());
        var open = causes.Where(c => c.Fault.ToString() is "unknown" or "policy").Sum(c => c.Count);
        if (!flows && before.Length == 0)
            return new(Level.Look, $"{flowing}{most}.", "Check that all log folders of this server are followed and that its transport service delivers mail.");
        return open * 2 >= window.Failures && top.Fault.ToString() is "unknown" or "policy"
            ? new(Level.Look, $"{flowing}{most}; the status texts do not show which side must act.", top.Advice.ToString())
            : new(Level.Good, $"{flowing}{most}; none needs action on our side.");
    }

    /// <summary>What has ended is reported as such: it does not need action now. The silence is reported in minutes, because it is no proof.</summary>
    static Assessment Ended(
        CauseFigures over, WindowFigures window, Totalled totals, List<CauseFigures> ended, long ongoing, DateTimeOffset now, TimeZoneInfo zone)
    {
        var run = over.Ended!;
        var count = OnOurSide(over);
        var last = Say.At(run.Last, now, zone);
        var during = run.Count < count ? $"the latest at {last}" : run.First is not { } first ? $"until {last}"
            : Say.At(first, now, zone) is var start && start == last ? $"at {last}"
            : $"{start} to {last}";
        var where = over.Spread ? $" at {Say.Number(over.Domains)} domains" : "";
        var more = ended.Sum(OnOurSide) - count;
        var others = more == 0 ? "" : $" {Say.Number(more)} failures of other causes on our side have ended too.";
        var open = ongoing == 0 ? ""
            : $" {Say.Number(ongoing)} other {(ongoing == 1 ? "failure" : "failures")} {window.During} {(ongoing == 1 ? "needs" : "need")} action on our side.";
        return new(
            Level.Look,
            $"Ended: {Say.Number(count)} {over.InWords} on our side{where}, {during}. "
            + $"No further one in {Say.Span(totals.Newest!.Value - run.Last)} of log entries since.{others}{open}",
            $"This does not prove that the cause is gone: send a test message to one of these recipient domains. If that fails: {over.Advice}");
    }

    /// <summary>Failures that need action on our side. Where one cause affects many domains, that is likely all of them.</summary>
    public static long OnOurSide(CauseFigures cause) => cause.Spread ? cause.Count : cause.Ours;

    static string Count(WindowFigures window, IReadOnlyList<CauseFigures> causes) =>
        window.Failures == 0 ? $"No failures {window.During}"
        : $"{Say.Number(window.Failures)} {(window.Failures == 1 ? "failure" : "failures")} {window.During}, "
            + $"{Say.Number(causes.Max(c => c.Count))} of them {causes.MaxBy(c => c.Count)!.InWords}";

    static string Article(CauseFigures cause)
    {
        var words = cause.InWords.ToString();
        var isVowel = "aeiou".Contains(words[0], StringComparison.OrdinalIgnoreCase) || words.StartsWith("SPF", StringComparison.Ordinal);
        return $"{(isVowel ? "an" : "a")} {words}";
    }
}
