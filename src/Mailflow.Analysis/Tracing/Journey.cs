using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.Tracing;

/// <summary>What became of a message for one recipient. A later value wins over an earlier one where the rows say both.</summary>
public enum Fate
{
    /// <summary>Received, and no row says how it ended.</summary>
    Pending,

    /// <summary>Delayed; Exchange tries again.</summary>
    Deferred,

    /// <summary>The address was replaced by others: a group by its members, a mailbox by the address that it forwards to.</summary>
    Replaced,

    /// <summary>Deleted without a report to the sender.</summary>
    Dropped,

    /// <summary>The recipient will not get it.</summary>
    Failed,

    /// <summary>Handed to a server outside the organisation.</summary>
    Sent,

    /// <summary>Stored in a mailbox.</summary>
    Delivered,
}

/// <summary>The way of a message to one recipient.</summary>
/// <param name="Address">As the rows write it.</param>
/// <param name="At">The time of the row that decides, as it was written; null where no row names the recipient with an event that does.</param>
/// <param name="Server">The server that wrote that row: for a pending message where it is; empty where it is not known.</param>
/// <param name="NextHop">The server that it was handed to, or for a delay the one that was tried; empty where there is none.</param>
/// <param name="Reply">The reply or state of that row.</param>
/// <param name="Diagnosis">For a failed or deferred recipient, why.</param>
/// <param name="Became">The addresses that got the message because of this one: members of a group, forwarding addresses.</param>
public sealed record RecipientFate(
    string Address, Fate Fate, DateTime? At, string Server, string NextHop, string Reply, Diagnosis? Diagnosis, IReadOnlyList<string> Became)
{
    /// <summary>The time since the first row, by one clock.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>For a deferred recipient, when Exchange tries again; null where the row does not say.</summary>
    public DateTime? Until { get; init; }

    /// <summary>For a dropped or failed recipient, who decided: an agent with its rule, an administrator; empty where the row does not say.</summary>
    public string By { get; init; } = "";

    /// <summary>For a pending recipient: it waits for a moderator.</summary>
    public bool Awaits { get; init; }
}

/// <summary>The journey of one message over all servers whose rows are known.</summary>
/// <param name="Rows">In the order of their times; rows of the same time in the order of their files.</param>
/// <param name="Recipients">In the order in which the rows first name them.</param>
/// <param name="Missing">Servers that the message was handed to and that have no row: their logs are not read, or the message is still on its way.</param>
public sealed record Journey(
    string MessageId,
    string NetworkMessageId,
    string Sender,
    string Subject,
    long Bytes,
    IReadOnlyList<TraceRow> Rows,
    IReadOnlyList<RecipientFate> Recipients,
    IReadOnlyList<string> Missing)
{
    /// <summary>Made when it is needed: a page or a story needs it, a table of many messages does not.</summary>
    Lazy<Timeline> _timeline = null!;

    /// <summary>The first and the last time in the rows.</summary>
    public DateTime First => Rows[0].Time;

    /// <summary>The last time in the rows.</summary>
    public DateTime Last => Rows[^1].Time;

    /// <summary>The servers that wrote rows, in the order of their first.</summary>
    public IReadOnlyList<string> Servers => [.. Rows.Select(r => r.Server).Where(s => s.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Whether all its rows are about shadow copies: the logs say nothing about the message itself.</summary>
    public bool IsShadowOnly => Rows.All(r => TrackingEvents.Of(r.Source, r.Event).Meaning.IsShadow);

    /// <summary>The timeline: what happened, in the order in which it happened.</summary>
    public IReadOnlyList<JourneyStep> Steps => _timeline.Value.Steps;

    /// <summary>Where the time went.</summary>
    public TimeSpent TimeSpent => _timeline.Value.TimeSpent;

    /// <summary>What the rows do not say, each in a sentence without addresses.</summary>
    public IReadOnlyList<string> Unknown => _timeline.Value.Unknown;

    /// <summary>Clocks of servers that differ. The times of <see cref="Steps"/> are corrected by them, those of <see cref="Rows"/> are not.</summary>
    public IReadOnlyList<ClockOffset> Clocks => _timeline.Value.Clocks;

    /// <summary>Groups rows by message.</summary>
    public static IReadOnlyList<Journey> Group(IEnumerable<TraceRow> rows) =>
        [.. Grouping.Of(rows).Select(Of).OrderBy(j => j.First).ThenBy(j => j.MessageId, StringComparer.Ordinal)];

    /// <summary>The journey of the rows of one message. The result depends neither on their order nor, but for times, on the clocks of the servers.</summary>
    public static Journey Of(IReadOnlyList<TraceRow> rows)
    {
        var ordered = rows.OrderBy(r => r.Time).ThenBy(r => r.File, StringComparer.Ordinal).ThenBy(r => r.Offset).ToList();
        var hops = new Hops(ordered);
        var clocks = new Clocks(ordered, hops);
        var roled = ordered.ConvertAll(r => new RoledRow(r, RowRole.Of(r, hops), clocks.Right(r)));
        var judgements = new Judgements();
        var fates = new Fates(hops, judgements);
        foreach (var row in roled)
            fates.Add(row);
        var start = roled.Min(r => r.Time);
        var own = ordered.Where(r => !Grouping.IsDecision(r)).DefaultIfEmpty(ordered[0]).ToList();
        var recipients = fates.All(start);
        var journey = new Journey(
            own.FirstOrDefault(r => r.MessageId.Length > 0)?.MessageId ?? "",
            own.FirstOrDefault(r => r.NetworkMessageId.Length > 0)?.NetworkMessageId ?? "",
            own.FirstOrDefault(r => r.Sender.Length > 0)?.Sender ?? "",
            own.FirstOrDefault(r => r.Subject.Length > 0)?.Subject ?? "",
            own.Max(r => r.Bytes),
            ordered,
            recipients,
            [
                .. roled.Where(r => r.Role.Step is StepKind.HandedOver or StepKind.Submitted)
                    .Select(r => r.Row.Remote.Name).Where(n => n.Length > 0 && !hops.Wrote(n)).Select(TrackedHop.ShortName).Distinct(StringComparer.Ordinal),
            ]);
        journey._timeline = new(() => Timeline.Of(journey, roled, clocks, judgements));
        return journey;
    }
}
