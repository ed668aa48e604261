using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Everything that the page shows, masked already: the HTML and /api/status are two renderings of it.</summary>
/// <param name="Note">What the reader must know about the figures; null where there is nothing.</param>
/// <param name="Suggestions">What could be watched too.</param>
/// <param name="Servers">What the servers say of themselves; null where no export was read.</param>
/// <param name="TimeZone">Of the times on the page; those of the JSON have their offset.</param>
sealed record PageModel(
    VerdictFigures Verdict,
    Masked? Note,
    DateTimeOffset Now,
    Masked TimeZone,
    WindowFigures Window,
    WatchFigures? Watch,
    IReadOnlyList<Suggestion> Suggestions,
    Totalled Totals,
    IReadOnlyList<CauseFigures> Causes,
    FailureChart Chart,
    IReadOnlyList<DomainFigures> Domains,
    IReadOnlyList<SourceFigures> Sources,
    ServerReport? Servers,
    IReadOnlyList<QuarantinedFigures> Quarantined,
    IReadOnlyList<SinkFigures> Sinks,
    IReadOnlyList<FailureRow> Recent,
    About About);

/// <summary>The verdict as it is shown.</summary>
sealed record VerdictFigures(Level Level, Masked Sentence, Masked? Advice);

/// <summary>The stretch of time that is shown.</summary>
/// <param name="During">In a sentence.</param>
/// <param name="Live">False where the logs are old, so that the window ends at their newest row.</param>
/// <param name="Complete">False where retention may have deleted some of its failures.</param>
sealed record WindowFigures(Masked Name, Masked During, DateTimeOffset From, DateTimeOffset To, bool Live, bool Complete, long Failures);

/// <summary>Counted since the first row that was read, whenever that was: not of the window. Exact, from the committed counters.</summary>
/// <param name="Newest">The newest row of any kind; null where there is none.</param>
/// <param name="UnreadBytes">Bytes that are not committed yet.</param>
sealed record Totalled(
    long Rows, long Delivered, long Sent, long Failed, long Deferred, long Dropped, long Unreadable, DateTimeOffset? Newest, long UnreadBytes);

/// <summary>Failures of one cause in the window.</summary>
/// <param name="Title">What to call them.</param>
/// <param name="Fault">Whose it is to mend, as most of them say.</param>
/// <param name="Ours">How many are for this organisation to mend.</param>
/// <param name="Spread">Whether they hit so many domains that the trouble is likely on this side.</param>
/// <param name="TopDomain">The recipients' domain with the most of them.</param>
/// <param name="Domains">How many domains they hit.</param>
/// <param name="Began">When the run of them began that goes on; null where that is before what was looked at, or not asked.</param>
/// <param name="Sample">The newest one's status text.</param>
/// <param name="Page">Where to read more, in the repository.</param>
sealed record CauseFigures(
    Masked Cause,
    Masked Title,
    Masked InWords,
    long Count,
    Masked Fault,
    long Ours,
    bool Spread,
    Masked TopDomain,
    long TopDomainCount,
    long Domains,
    DateTimeOffset? Began,
    DateTimeOffset Newest,
    Masked Meaning,
    Masked Advice,
    Masked Page,
    Masked Reason,
    Masked Sample,
    IReadOnlyList<Masked> Commands);

/// <summary>Failures in steps of time.</summary>
/// <param name="Causes">What is drawn by itself, in order; the rest is `other`.</param>
sealed record FailureChart(TimeSpan Step, IReadOnlyList<Masked> Causes, IReadOnlyList<ChartBar> Bars);

/// <param name="Counts">By the chart's causes, and then of the others.</param>
sealed record ChartBar(DateTimeOffset Start, IReadOnlyList<long> Counts, long Total);

sealed record DomainFigures(Masked Domain, long Failures, Masked TopCause, Masked TopTitle, long TopCount, DateTimeOffset Newest);

/// <summary>One folder of logs.</summary>
/// <param name="State">`ok`, `waiting` (no log seen yet), `reading` (a backlog), `trouble`.</param>
/// <param name="Says">The state in words.</param>
sealed record SourceFigures(
    Masked Name,
    Masked Folder,
    Masked State,
    Masked Says,
    int Files,
    int Refused,
    int Failed,
    long Bytes,
    long UnreadBytes,
    int UnreadFiles,
    DateTimeOffset? LastRead,
    TimeSpan? Headroom,
    long LostBytes,
    IReadOnlyList<ServerFigures> Servers,
    IReadOnlyList<FileProblem> Problems);

/// <summary>A server that writes there, and its newest row.</summary>
sealed record ServerFigures(Masked Server, DateTimeOffset Newest);

sealed record FileProblem(Masked File, Masked Problem, bool Refused);

sealed record FailureRow(DateTimeOffset Time, Masked Recipient, Masked Domain, Masked Cause, Masked Title, Masked Code, Masked Status, Masked Connector, Masked Server, Masked RemoteHost, Masked? Answer)
{
    /// <summary>What the SMTP protocol log says of it, in words; null where it is not known.</summary>
    public Masked? Session { get; init; }
}

/// <param name="CommittedAt">All figures are of this moment.</param>
sealed record About(Masked Version, DateTimeOffset? CommittedAt, Masked? CommitProblem, long StoreBytes, long KeptFailures, DateTimeOffset? KeptSince, TimeSpan Keep);

/// <summary>A line that could not be read.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Offset">Its first byte, from the start of the file.</param>
/// <param name="Length">In bytes.</param>
sealed record QuarantinedFigures(DateTimeOffset At, Masked File, long Offset, long Length, Masked Reason);

/// <summary>A sink of events.</summary>
/// <param name="Problem">Null where it takes events.</param>
sealed record SinkFigures(Masked Sink, long Shipped, long Rejected, long Dropped, long Backlog, Masked? Problem, DateTimeOffset? LastSuccess);
