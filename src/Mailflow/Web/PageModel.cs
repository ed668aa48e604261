using System.Text.Json.Serialization;
using Mailflow.Analysis.Advising;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>Everything that the page shows, already masked. The HTML and /api/status are two renderings of it.</summary>
/// <param name="Note">A limit of the figures that the reader must know; null where there is none.</param>
/// <param name="Suggestions">Addresses, domains and hosts that could be checked too.</param>
/// <param name="Incidents">Open ones, our side first; then those that ended last.</param>
/// <param name="Servers">The state of the servers from their exports; null where no export was read.</param>
/// <param name="TimeZone">The zone of the times on the page; times in the JSON have their offset.</param>
sealed record PageModel(
    VerdictFigures Verdict,
    Masked? Note,
    DateTimeOffset Now,
    Masked TimeZone,
    WindowFigures Window,
    WatchFigures? Watch,
    IReadOnlyList<Suggestion> Suggestions,
    Totalled Totals,
    IReadOnlyList<IncidentFigures> Incidents,
    IReadOnlyList<CauseFigures> Causes,
    OnItsWayFigures OnItsWay,
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

/// <summary>Exact counts since the first row that was read, from the committed counters. They are not limited to the window.</summary>
/// <param name="Newest">The newest row of any kind; null where there is none.</param>
/// <param name="UnreadBytes">Bytes that are not committed yet.</param>
sealed record Totalled(
    long Rows, long Delivered, long Sent, long Failed, long Deferred, long Dropped, long Unreadable, DateTimeOffset? Newest, long UnreadBytes);

/// <summary>Failures of one cause in the window.</summary>
/// <param name="Title">What to call them.</param>
/// <param name="Fault">The responsible side of most of them.</param>
/// <param name="Ours">How many need action on our side.</param>
/// <param name="Spread">Whether so many domains are affected that the fault is likely on our side.</param>
/// <param name="TopDomain">The recipient domain with the most of them.</param>
/// <param name="Domains">The number of affected recipient domains.</param>
/// <param name="Began">The start of the newest run of them; null where that is further back than what is looked at.</param>
/// <param name="Ended">Set where those on our side have stopped while the logs go on.</param>
/// <param name="SubReason">The kind of the sample, where it is known. Meaning, advice and commands are for it.</param>
/// <param name="Facts">What the sample itself says, as lines.</param>
/// <param name="Sample">The status text of the newest; of the newest on our side where there is one.</param>
/// <param name="Page">The path of the document about this cause.</param>
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
    EndedRun? Ended,
    Masked? SubReason,
    Masked Meaning,
    IReadOnlyList<Masked> Facts,
    Masked Advice,
    Masked Page,
    Masked Reason,
    Masked Sample,
    IReadOnlyList<CommandFigures> Commands);

/// <summary>A command of the advice, the same as in the JSON of `explain`.</summary>
/// <param name="Shell">`on-premises`, `exchange-online` or `windows`.</param>
/// <param name="Purpose">`look`, `fix` or `verify`.</param>
/// <param name="Changes">Whether it changes something.</param>
/// <param name="ChangesWhat">What it changes; null if it only looks.</param>
/// <param name="Undo">How to undo that.</param>
sealed record CommandFigures(Masked Shell, Masked Purpose, bool Changes, Masked Says, Masked Text, Masked? ChangesWhat, Masked? Undo)
{
    /// <summary>The group on the page.</summary>
    [JsonIgnore]
    public Masked Heading { get; init; }

    /// <summary>What is shown on the page: all of it can be pasted.</summary>
    [JsonIgnore]
    public IReadOnlyList<Masked> Lines { get; init; } = [];

    public static CommandFigures Of(AdvisedCommand advised, Masking masking)
    {
        var (purpose, command) = advised;
        return new(
            masking.Text(command.Shell.Name()),
            masking.Text(purpose.Name()),
            command.Changes is not null,
            masking.Text(command.Says),
            masking.Text(command.Text),
            masking.TextOrNull(command.Changes),
            masking.TextOrNull(command.Undo))
        {
            Heading = masking.Text($"{purpose.Title()} ({command.Shell.Title()})"),
            Lines = [.. command.Lines().Select(masking.Text)],
        };
    }
}

/// <summary>Failures in steps of time.</summary>
/// <param name="Causes">The causes that have a colour of their own, in order; the rest is `other`.</param>
sealed record FailureChart(TimeSpan Step, IReadOnlyList<Masked> Causes, IReadOnlyList<ChartBar> Bars);

/// <param name="Counts">One for each cause of the chart, then one for the others.</param>
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
    IReadOnlyList<FileProblem> Problems)
{
    public long RefusedBytes { get; init; }
}

/// <summary>A server that writes there, and its newest row.</summary>
sealed record ServerFigures(Masked Server, DateTimeOffset Newest);

sealed record FileProblem(Masked File, Masked Problem, bool Refused);

sealed record FailureRow(
    DateTimeOffset Time,
    Masked Recipient,
    Masked Domain,
    Masked Cause,
    Masked Title,
    Masked Code,
    Masked Status,
    Masked Connector,
    Masked Server,
    Masked RemoteHost,
    Masked? Answer)
{
    /// <summary>The Message-ID header; empty where the row has none.</summary>
    public Masked MessageId { get; init; }

    /// <summary>Exchange's id of the message; empty where the row has none.</summary>
    public Masked NetworkMessageId { get; init; }

    /// <summary>The rejection in the SMTP protocol log, in words; null where it is not known.</summary>
    public Masked? Session { get; init; }
}

/// <param name="CommittedAt">The time of all figures.</param>
/// <param name="Rules">The user's own rules; null where no rules file is configured.</param>
sealed record About(
    Masked Version, DateTimeOffset? CommittedAt, Masked? CommitProblem, long StoreBytes, long KeptFailures, DateTimeOffset? KeptSince, TimeSpan Keep,
    OwnRulesFigures? Rules = null);

/// <summary>The user's rules file.</summary>
/// <param name="InForce">Rules in force.</param>
/// <param name="Problem">Why the file as it is now is not in force; null where it is.</param>
sealed record OwnRulesFigures(Masked File, int InForce, Masked? Problem);

/// <summary>A line that could not be read.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Offset">Its first byte, from the start of the file.</param>
/// <param name="Length">In bytes.</param>
sealed record QuarantinedFigures(DateTimeOffset At, Masked File, long Offset, long Length, Masked Reason);

/// <summary>A sink of events.</summary>
/// <param name="Problem">Null where it accepts events.</param>
sealed record SinkFigures(Masked Sink, long Shipped, long Rejected, long Dropped, long Backlog, Masked? Problem, DateTimeOffset? LastSuccess);
