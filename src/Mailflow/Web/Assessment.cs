using System.Text.Json.Serialization;

namespace Mailflow.Web;

[JsonConverter(typeof(JsonStringEnumConverter<Level>))]
enum Level
{
    /// <summary>Mail flows, and what fails is not for the reader to mend.</summary>
    Good,

    /// <summary>Something to look at when there is time.</summary>
    Look,

    /// <summary>Something for the reader to mend.</summary>
    Fix,

    /// <summary>The figures are old or say nothing.</summary>
    Stale,
}

/// <summary>What it all comes to.</summary>
/// <param name="Sentence">One sentence.</param>
/// <param name="Advice">What to do first; null where there is nothing to do.</param>
sealed record Assessment(Level Level, string Sentence, string? Advice = null)
{
    /// <summary>Mailflow itself cannot read or write: nothing else here is news.</summary>
    [JsonIgnore]
    public bool Blind { get; init; }

    /// <summary>Exchange writes rows of its own accord (health probes) every few minutes, also at night.</summary>
    static readonly TimeSpan Quiet = TimeSpan.FromMinutes(15);

    /// <summary>So many failures that are ours are worth getting up for, whatever their share: the guide of event 2004 alerts above ten an hour.</summary>
    const long ManyOurs = 10;

    /// <summary>A backlog that takes a second to read is none.</summary>
    const long Backlog = 64L << 20;

    /// <summary>The most important thing first.</summary>
    public static Assessment Of(WindowFigures window, Totalled totals, IReadOnlyList<CauseFigures> causes, IReadOnlyList<SourceFigures> sources, About about, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (about.CommitProblem is { } problem)
            return new(Level.Fix, $"FIX: Mailflow cannot write to its store and stands still: {problem}", "Make room on the disk of the state folder. Nothing is lost: reading goes on where it stopped.") { Blind = true };
        if (sources.FirstOrDefault(s => s.State == "trouble") is { } trouble)
            return new(Level.Fix, $"FIX: the logs in {trouble.Folder} cannot be read, so nothing {(sources.Count > 1 ? "from there" : "here")} is newer than {(trouble.Servers is { Count: > 0 } servers ? Say.At(servers.Max(s => s.Newest), now, zone) : "the last start")}: {trouble.Says}", "See that the folder can be reached and that Mailflow's account may read it.") { Blind = true };
        if (totals.Newest is not { } newest)
            return Empty(totals, sources);
        var age = now - newest;
        if (age < TimeSpan.FromDays(1) && totals.UnreadBytes < Backlog && age > Quiet)
        {
            var before = window.Live ? Failures(window, totals, causes, "", now, zone) : null;
            return before is { Level: Level.Fix }
                ? before with { Sentence = $"{before.Sentence} And no row has come for {Say.Span(age)}." }
                : new(Level.Look, $"No row for {Say.Span(age)}: the newest is from {Say.At(newest, now, zone)}, with {Count(window, causes)}.", "On a quiet night that may be right. If not, see whether the transport service runs, and whether message tracking still writes into this folder.");
        }

        if (totals.UnreadBytes >= Backlog)
            return new(Level.Stale, $"Catching up: {Say.Bytes(totals.UnreadBytes)} of logs are still to be read, and the newest row so far is from {Say.At(newest, now, zone)}.");
        if (!window.Live)
            return Failures(window, totals, causes, $"The newest row is from {Say.At(newest, now, zone)}: these are old logs, shown up to their end; ", now, zone) with { Level = Level.Stale };
        return Failures(window, totals, causes, "", now, zone);
    }

    /// <summary>Where what is ours is in trouble, that comes first, before the failures that follow from it. Where Mailflow itself stands still, that does.</summary>
    public Assessment With(WatchFigures? watch)
    {
        if (watch?.Sentence is not { } sentence || Blind)
            return this;
        var rest = Sentence.StartsWith("FIX: ", StringComparison.Ordinal) ? string.Concat(char.ToUpperInvariant(Sentence[5]).ToString(), Sentence.AsSpan(6)) : Sentence;
        return new(Level.Fix, $"FIX: {sentence}. {rest}", Level == Level.Fix ? Advice ?? watch.Advice : watch.Advice ?? Advice);
    }

    /// <summary>What to mend first; null where there is nothing to mend.</summary>
    public static CauseFigures? Worst(IReadOnlyList<CauseFigures> causes) => causes.Where(c => Mendable(c) > 0).MaxBy(Mendable);

    static Assessment Empty(Totalled totals, IReadOnlyList<SourceFigures> sources)
    {
        if (sources.Count == 0)
            return new(Level.Stale, "No logs are followed yet: no folder is set.", "Start with --logs and the folder of the message tracking logs, or set Logs:0:Folder.");
        if (totals.UnreadBytes > 0)
            return new(Level.Stale, $"Reading: {Say.Bytes(totals.UnreadBytes)} of logs were found, and their first rows come in a moment.");
        var first = sources[0];
        return new(
            Level.Stale,
            $"No logs seen yet in {first.Folder}: {first.Says}.",
            "On an Exchange server they lie in TransportRoles\\Logs\\MessageTracking below the installation. The folder is looked at again and again: nothing needs to be restarted.");
    }

    static Assessment Failures(WindowFigures window, Totalled totals, IReadOnlyList<CauseFigures> causes, string before, DateTimeOffset now, TimeZoneInfo zone)
    {
        var flows = totals.Delivered + totals.Sent > 0;
        var flowing = before.Length > 0 ? before : flows ? "Mail is flowing: " : "No message was delivered or sent yet: ";
        if (window is { Failures: 0, Complete: false })
            return new(Level.Look, $"{flowing}{Say.Number(totals.Failed)} failures were counted in all, but none of {(window.Name == "all" ? "them" : "this time")} is kept any more.", "Store:Keep says how long failures are kept; set it longer to look at old logs.");
        if (window.Failures == 0)
            return new(flows || before.Length > 0 ? Level.Good : Level.Look, $"{flowing}no failure {window.During}.");
        var ours = causes.Sum(Mendable);
        var worst = Worst(causes);
        if (worst is not null && (ours * 2 >= window.Failures || ours >= ManyOurs))
        {
            var count = Mendable(worst);
            var whose = worst.Spread ? $", at {Say.Number(worst.Domains)} domains, which points to this side" : count < worst.Count ? " of this side's making" : "";
            var began = worst.Began is { } time ? $", first seen at {Say.At(time, now, zone)}" : "";
            var others = ours > count ? $"; {Say.Number(ours)} in all are for you to mend" : "";
            var share = count == window.Failures ? $"{All(window.Failures)} {window.During}" : $"{Say.Number(count)} of {Say.Number(window.Failures)} failures {window.During}";
            return new(Level.Fix, $"{(before.Length > 0 ? before : "FIX: ")}{share} {(count == 1 ? "is" : "are")} {(count == 1 && worst.Count == 1 ? Article(worst) : worst.InWords)}{whose}{began}{others}.", worst.Advice);
        }

        var top = causes.MaxBy(c => c.Count)!;
        var where = top.TopDomain.Length > 0 && top.TopDomainCount * 2 > top.Count ? $" at {top.TopDomain}" : top.Domains > 1 ? $" at {Say.Number(top.Domains)} domains" : "";
        var most = window.Failures == 1 ? $"1 failure {window.During}, {Article(top)}{where}"
            : top.Count == window.Failures ? $"{Say.Number(top.Count)} failures {window.During}, all of them {top.InWords}{where}"
            : $"{Say.Number(window.Failures)} failures {window.During}, {Say.Number(top.Count)} of them {top.InWords}{where}";
        if (worst is not null)
            return new(Level.Look, $"{flowing}{most}; {Say.Number(ours)} {(ours == 1 ? "is" : "are")} for you to mend{(ours == Mendable(worst) ? ": " : ", above all ")}{worst.InWords}.", worst.Advice);
        var open = causes.Where(c => c.Fault is "unknown" or "policy").Sum(c => c.Count);
        if (!flows && before.Length == 0)
            return new(Level.Look, $"{flowing}{most}.", "See whether all folders of this server's logs are followed, and whether its transport delivers at all.");
        return open * 2 >= window.Failures && top.Fault is "unknown" or "policy"
            ? new(Level.Look, $"{flowing}{most}; the servers' words do not tell who must act.", top.Advice)
            : new(Level.Good, $"{flowing}{most}; nothing for you to fix.");
    }

    /// <summary>Failures that this side must mend; where one cause hits many domains, that is likely all of them.</summary>
    public static long Mendable(CauseFigures cause) => cause.Spread ? cause.Count : cause.Ours;

    static string Count(WindowFigures window, IReadOnlyList<CauseFigures> causes) =>
        window.Failures == 0 ? $"no failure {window.During}" : $"{Say.Number(window.Failures)} {(window.Failures == 1 ? "failure" : "failures")} {window.During}, {Say.Number(causes.Max(c => c.Count))} of them {causes.MaxBy(c => c.Count)!.InWords}";

    static string All(long failures) => failures == 1 ? "the one failure" : $"all {Say.Number(failures)} failures";

    static string Article(CauseFigures cause) => $"{("aeiou".Contains(cause.InWords[0], StringComparison.OrdinalIgnoreCase) || cause.InWords.StartsWith("SPF", StringComparison.Ordinal) ? "an" : "a")} {cause.InWords}";
}
