using Mailflow.Analysis.Builds;
using Mailflow.Analysis.Events;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Privacy;

namespace Mailflow.Web;

/// <summary>The state of the servers, from exports, Windows events and the headers of logs; null on a page where there are none.</summary>
/// <param name="Sentences">The most important facts, the worst first: one sentence each.</param>
/// <param name="Trouble">Whether any of them needs action.</param>
/// <param name="Waiting">Messages in all queues except shadow queues.</param>
/// <param name="Queues">The deepest of them.</param>
/// <param name="Events">Windows events that are in the table of events, since the first that was read.</param>
/// <param name="Snapshots">When each was taken.</param>
/// <param name="Builds">From the newest tracking log of each server.</param>
sealed record ServerReport(
    IReadOnlyList<Masked> Sentences,
    bool Trouble,
    long Waiting,
    IReadOnlyList<QueueFigures> Queues,
    IReadOnlyList<EventFigures> Events,
    IReadOnlyList<ConnectorFigures> Connectors,
    IReadOnlyList<SettingFigures> Settings,
    IReadOnlyList<SnapshotFigures> Snapshots,
    IReadOnlyList<BuildFigures> Builds)
{
    /// <summary>TLS negotiations that failed, from protocol logs, since the first one read; the most frequent first.</summary>
    public IReadOnlyList<TlsFigures> FailedTls { get; init; } = [];
}

/// <param name="Newest">The newest since the start of Mailflow; null where there was none.</param>
sealed record TlsFigures(
    Masked Connector, Masked Direction, Masked Server, Masked Error, Masked Fault, long Count, DateTimeOffset? Newest, Masked Meaning, Masked Action);

sealed record QueueFigures(Masked Server, Masked Kind, Masked NextHop, Masked Status, long Messages, long Retries, Masked Cause, Masked LastError);

sealed record EventFigures(Masked Id, Masked Server, long Count, Masked Meaning, Masked Action);

/// <param name="Limit">The largest message that it accepts, in words.</param>
/// <param name="To">Address spaces of a send connector, bindings of a receive connector.</param>
sealed record ConnectorFigures(Masked Server, Masked Type, Masked Name, Masked State, Masked Limit, Masked To, Masked SmartHosts);

sealed record SettingFigures(Masked Server, Masked Name, Masked Value);

sealed record SnapshotFigures(Masked Server, Masked Kind, DateTimeOffset Taken);

/// <param name="Update">The newest update that the build proves.</param>
/// <param name="State">What the build says about updates.</param>
/// <param name="Written">When the log was started that names the build.</param>
/// <param name="Says">All of it in words.</param>
sealed record BuildFigures(
    Masked Server,
    Masked Build,
    Masked? Product,
    Masked? Update,
    DateTimeOffset? Released,
    Masked State,
    Masked Support,
    DateTimeOffset? EndOfSupport,
    DateTimeOffset Written,
    Masked Says);

/// <summary>Puts the newest snapshots and the counted events into words.</summary>
static class ServerWords
{
    const int TopQueues = 12;

    /// <summary>Connectors, and settings, on the page.</summary>
    const int MaxRows = 100;

    /// <summary>The guide of event 2004 alerts above so many messages in all queues.</summary>
    public const long ManyWaiting = 500;

    /// <summary>Renewing a certificate takes days where others must approve it.</summary>
    static readonly TimeSpan ExpiresSoon = TimeSpan.FromDays(30);

    /// <summary>An export task that runs each minute and wrote nothing for this time does not run any more.</summary>
    static readonly TimeSpan Old = TimeSpan.FromMinutes(15);

    /// <summary>Exchange Online limits mail for some minutes of each hour: after this time without such a reply the limit is over.</summary>
    static readonly TimeSpan StillLimited = TimeSpan.FromDays(1);

    /// <summary>Exchange tries again every few minutes: after this time without a failure TLS works, or nothing is sent.</summary>
    static readonly TimeSpan StillFails = TimeSpan.FromHours(1);

    /// <param name="masked">Hides addresses in a name.</param>
    /// <param name="said">Hides persons in the reply of a server.</param>
    public static ServerReport? Of(Snapshot committed, DateTimeOffset now, Func<string, Masked> masked, Func<string, Masked> said)
    {
        var all = committed.Servers;
        var events = Events(committed, masked);
        var tls = FailedTls(committed, masked);
        if (all.IsEmpty && events.Count == 0 && tls.Count == 0 && committed.Builds.All(b => b.Build is null && b.Limit.Length == 0))
            return null;
        var builds = committed.Builds.Where(b => b.Build is not null).Select(b => new ServerState(b.Server, b.State!, b.Written)).ToList();
        var queues = all.SelectMany(s => s.Queues.Select(q => (s.Server, Queue: q)))
            .Where(q => q.Queue is { Messages: > 0, Kind: not QueueKind.Shadow })
            .OrderByDescending(q => q.Queue.Messages)
            .ToList();
        var waiting = queues.Sum(q => q.Queue.Messages) + all.SelectMany(s => s.OtherQueues).Where(q => q.Kind != QueueKind.Shadow).Sum(q => q.Messages);
        var bad = new List<string>();
        var newestRow = committed.NewestEvent.Count == 0 ? now.UtcDateTime : committed.NewestEvent.Values.Max();
        // A clock that is wrong writes rows in the future: the replies of the others are new all the same.
        if (newestRow > now.UtcDateTime)
            newestRow = now.UtcDateTime;
        bad.AddRange(from b in committed.Builds
                     where b.Limit.Length > 0 && newestRow - b.Limited < StillLimited
                     select BuildWords.Limited(b.Server, b.State, b.Limit));
        bad.AddRange(from s in all
                     from p in s.Pressure
                     where p.Level > PressureLevel.Low
                     select $"Back pressure on {s.Server}: {p.Resource} is {p.Level.ToString().ToLowerInvariant()}. Exchange slows down or rejects mail.");
        bad.AddRange(from f in committed.FailedTls
                     where f.Error.Side == Fault.Ours && newestRow - f.Newest < StillFails
                     select $"TLS of the connector {f.Connector} fails with error {f.Error.Words[0]}. {f.Error.Says}");
        if (waiting > ManyWaiting)
            bad.Add(Waiting(waiting, queues));
        bad.AddRange(from s in all
                     from c in s.Certificates
                     where c.IsForSmtp && c.NotAfter < now.UtcDateTime + ExpiresSoon
                     orderby c.NotAfter
                     let name = $"SMTP certificate {c.ShortThumbprint} of {s.Server} ({c.Subject})"
                     select c.NotAfter < now.UtcDateTime ? $"{name} has expired." : $"{name} expires in {Say.Span(c.NotAfter!.Value - now.UtcDateTime)}.");
        List<string> other = [.. from s in all
                                 from c in s.Connectors
                                 where c.Enabled is false
                                 select $"{(s.Kind == SnapshotKind.SendConnectors ? "Send" : "Receive")} connector {c.Name} is disabled."];
        other.InsertRange(0, BuildWords.Problems(builds, now));
        // Another export may be new while that of the queues is old: a Windows event is a snapshot of back pressure too.
        if (all.Where(s => s.Kind == SnapshotKind.Queues).MinBy(s => s.Taken) is { } oldest && now.UtcDateTime - oldest.Taken > Old)
            other.Insert(0, $"The queue export of {oldest.Server} is {Say.Span(now.UtcDateTime - oldest.Taken)} old. Check that the export task runs.");
        else if (!all.IsEmpty && all.Max(s => s.Taken) is var newest && now.UtcDateTime - newest > Old)
            other.Insert(0, $"The newest export is {Say.Span(now.UtcDateTime - newest)} old. Check that the export task runs.");
        if (all.Any(s => s.Kind == SnapshotKind.Queues) && waiting <= ManyWaiting)
            other.Add(waiting == 0 ? "The queues are empty." : Waiting(waiting, queues));
        return new(
            [.. bad.Concat(other).Select(masked)],
            bad.Count > 0,
            waiting,
            [.. queues.Take(TopQueues).Select(q => Figures(q.Server, q.Queue, masked, said))],
            events,
            [.. Connectors(all, masked).Take(MaxRows)],
            [.. Settings(all, masked).Take(MaxRows)],
            [.. all.Select(s => new SnapshotFigures(masked(s.Server), masked(s.Kind.Name()), new(s.Taken, TimeSpan.Zero)))],
            [.. builds.Select(b => Figures(b, now, masked))])
        {
            FailedTls = tls,
        };
    }

    static List<TlsFigures> FailedTls(Snapshot committed, Func<string, Masked> masked)
    {
        var newest = committed.FailedTls.ToDictionary(f => (f.Direction, f.Error, f.Connector, f.Server), f => f.Newest);
        var cells = committed.Cells.Of(Counters.TlsFailures).Where(c => c.Value > 0).OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key.Connector.Value, StringComparer.Ordinal).ThenBy(c => c.Key.Error.Name, StringComparer.Ordinal);
        return
        [
            .. from cell in cells
               let key = cell.Key
               let last = newest.TryGetValue((key.Direction, key.Error, key.Connector.Value, key.Server.Value), out var time) ? time : (DateTime?)null
               select new TlsFigures(
                   masked(key.Connector.Value), masked(key.Direction.Name()), masked(key.Server.Value), masked(key.Error.Name),
                   masked(key.Error.Side.Name()), cell.Value, last is { } at ? new(at, TimeSpan.Zero) : null, masked(key.Error.Says), masked(key.Error.Check)),
        ];
    }

    static BuildFigures Figures(ServerState server, DateTimeOffset now, Func<string, Masked> masked)
    {
        var state = server.Build;
        return new(
            masked(server.Server),
            masked(state.Build.ToString()),
            state.Product is { } product ? masked(product.Name) : null,
            state.Update is { } update ? masked(update.Name) : null,
            state.Update is { Released: var released } ? new DateTimeOffset(released) : null,
            masked(state.State.Name()),
            masked(state.SupportAt(now).Name()),
            state.Product?.EndOfSupport is { } end ? new DateTimeOffset(end) : null,
            new(server.Written, TimeSpan.Zero),
            masked(BuildWords.Of(state, now)));
    }

    static IEnumerable<ConnectorFigures> Connectors(IEnumerable<ServerSnapshot> all, Func<string, Masked> masked) =>
        from s in all
        from c in s.Connectors
        select new ConnectorFigures(
            masked(s.Server),
            masked(s.Kind == SnapshotKind.SendConnectors ? "send" : "receive"),
            masked(c.Name),
            masked(c.Enabled switch { true => "enabled", false => "disabled", null => "" }),
            masked(c.MaxMessageBytes is { } bytes ? Say.Bytes(bytes) : "none"),
            masked(c.Spaces),
            masked(c.SmartHosts));

    static IEnumerable<SettingFigures> Settings(IEnumerable<ServerSnapshot> all, Func<string, Masked> masked) =>
        from s in all
        from v in s.Settings
        where v.Value.Length > 0
        select new SettingFigures(masked(s.Server), masked(v.Name), masked(v.Value));

    static string Waiting(long waiting, List<(string Server, QueueState Queue)> queues)
    {
        var sentence = $"{Say.Number(waiting)} {(waiting == 1 ? "message" : "messages")} in queues";
        if (queues.Count == 0)
            return sentence + ".";
        var (server, deepest) = queues[0];
        var to = deepest.NextHop.Length == 0 ? deepest.Kind.Name() : deepest.NextHop;
        var why = deepest.Cause is { } cause ? $" ({CauseWords.Of(cause, 1)})" : "";
        return $"{sentence}, {Say.Number(deepest.Messages)} of them on {server} to {to}{why}.";
    }

    static QueueFigures Figures(string server, QueueState queue, Func<string, Masked> masked, Func<string, Masked> said) =>
        new(
            masked(server),
            masked(queue.Kind.Name()),
            masked(queue.NextHop),
            masked(queue.Status.Name()),
            queue.Messages,
            queue.Retries,
            masked(queue.Cause is { } cause ? CauseWords.Title(cause) : ""),
            said(queue.LastError));

    static List<EventFigures> Events(Snapshot committed, Func<string, Masked> masked) =>
        [.. from cell in committed.Cells.Of(Counters.WindowsEvents)
            where cell.Value > 0 && EventTable.Providers.Contains(cell.Key.Provider.Value, StringComparer.OrdinalIgnoreCase)
            let facts = EventTable.All.FirstOrDefault(f => Counters.IdOf(f.Id) == cell.Key.Id)
            where facts is not null
            orderby facts.Severity descending, cell.Value descending
            select new EventFigures(masked(cell.Key.Id.Value), masked(cell.Key.Server.Value), cell.Value, masked(facts.Meaning), masked(facts.Action))];
}
