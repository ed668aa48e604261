using Mailflow.Exposition;
using Mailflow.Ledger;

namespace Mailflow.Web;

/// <summary>Everything that the page shows, masked already: the HTML and /api/status are two renderings of it.</summary>
/// <param name="Note">What the reader must know about the figures; null where there is nothing.</param>
/// <param name="Suggestions">What could be watched too.</param>
/// <param name="Servers">What the servers say of themselves; null where no export was read.</param>
/// <param name="TimeZone">Of the times on the page; those of the JSON have their offset.</param>
sealed record PageModel(
    Assessment Verdict,
    string? Note,
    DateTimeOffset Now,
    string TimeZone,
    WindowFigures Window,
    WatchFigures? Watch,
    IReadOnlyList<Suggestion> Suggestions,
    Totalled Totals,
    IReadOnlyList<CauseFigures> Causes,
    FailureChart Chart,
    IReadOnlyList<DomainFigures> Domains,
    IReadOnlyList<SourceFigures> Sources,
    ServerReport? Servers,
    IReadOnlyList<QuarantinedLine> Quarantined,
    IReadOnlyList<SinkState> Sinks,
    IReadOnlyList<FailureRow> Recent,
    About About);

/// <summary>The stretch of time that is shown.</summary>
/// <param name="During">In a sentence.</param>
/// <param name="Live">False where the logs are old, so that the window ends at their newest row.</param>
/// <param name="Complete">False where retention may have deleted some of its failures.</param>
sealed record WindowFigures(string Name, string During, DateTimeOffset From, DateTimeOffset To, bool Live, bool Complete, long Failures);

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
    string Cause,
    string Title,
    string InWords,
    long Count,
    string Fault,
    long Ours,
    bool Spread,
    string TopDomain,
    long TopDomainCount,
    long Domains,
    DateTimeOffset? Began,
    DateTimeOffset Newest,
    string Meaning,
    string Advice,
    string Page,
    string Reason,
    string Sample,
    IReadOnlyList<string> Commands);

/// <summary>Failures in steps of time.</summary>
/// <param name="Causes">What is drawn by itself, in order; the rest is `other`.</param>
sealed record FailureChart(TimeSpan Step, IReadOnlyList<string> Causes, IReadOnlyList<ChartBar> Bars);

/// <param name="Counts">By the chart's causes, and then of the others.</param>
sealed record ChartBar(DateTimeOffset Start, IReadOnlyList<long> Counts, long Total);

sealed record DomainFigures(string Domain, long Failures, string TopCause, string TopTitle, long TopCount, DateTimeOffset Newest);

/// <summary>One folder of logs.</summary>
/// <param name="State">`ok`, `waiting` (no log seen yet), `reading` (a backlog), `trouble`.</param>
/// <param name="Says">The state in words.</param>
sealed record SourceFigures(
    string Name,
    string Folder,
    string State,
    string Says,
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
sealed record ServerFigures(string Server, DateTimeOffset Newest);

sealed record FileProblem(string File, string Problem, bool Refused);

sealed record FailureRow(DateTimeOffset Time, string Recipient, string Domain, string Cause, string Title, string Code, string Status, string Connector, string Server, string RemoteHost, string? Answer)
{
    /// <summary>What the SMTP protocol log says of it, in words; null where it is not known.</summary>
    public string? Session { get; init; }
}

/// <param name="CommittedAt">All figures are of this moment.</param>
sealed record About(string Version, DateTimeOffset? CommittedAt, string? CommitProblem, long StoreBytes, long KeptFailures, DateTimeOffset? KeptSince, TimeSpan Keep);
