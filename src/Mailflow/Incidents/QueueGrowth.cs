using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Snapshots;

namespace Mailflow.Incidents;

/// <summary>Queues that grow or do not move: a queue alone does not say it, so the exports of the last hour are remembered.</summary>
sealed class QueueGrowth
{
    /// <summary>Messages from which growth is reported, as by the alert MailQueueGrowing; below half of it a signal ends.</summary>
    const int Least = 100;

    const int MostQueues = 5000;

    static readonly TimeSpan Span = TimeSpan.FromMinutes(30), Remembered = TimeSpan.FromHours(1);

    readonly Dictionary<(string Server, string Queue), List<(DateTime Taken, long Messages)>> _seen = [];

    public IEnumerable<Signal> Of(SignalFacts facts)
    {
        var signals = new List<Signal>();
        foreach (var snapshot in facts.Committed.Servers.Where(s => s.Kind == SnapshotKind.Queues))
            foreach (var queue in snapshot.Queues.Where(q => q.Kind != QueueKind.Shadow && q.Identity.Length > 0))
            {
                var place = PlaceOf(queue, snapshot.Server);
                var held = facts.Held(SignalKind.Queue, place);
                if (queue.Messages < Least / 2 || (!held && queue.Messages < Least))
                    _seen.Remove((snapshot.Server, queue.Identity));
                else if (Remember(snapshot, queue) || held)
                    signals.Add(new(
                        default, SignalKind.Queue, place, IsOn: true, queue.Kind == QueueKind.Dns ? Fault.Unknown : Fault.Ours,
                        $"A queue of {queue.Messages} messages on {snapshot.Server} has not become shorter for half an hour."));
            }

        return signals;
    }

    /// <summary>Whether the queue has not become shorter for <see cref="Span"/>.</summary>
    bool Remember(ServerSnapshot snapshot, QueueState queue)
    {
        var key = (snapshot.Server, queue.Identity);
        if (!_seen.TryGetValue(key, out var seen))
        {
            if (_seen.Count >= MostQueues)
                _seen.Clear();
            _seen.Add(key, seen = []);
        }

        if (seen.Count == 0 || snapshot.Taken > seen[^1].Taken)
            seen.Add((snapshot.Taken, queue.Messages));
        seen.RemoveAll(s => s.Taken < snapshot.Taken - Remembered);
        var before = seen.FindLast(s => s.Taken <= snapshot.Taken - Span);
        return before != default && seen.TrueForAll(s => s.Taken <= before.Taken || s.Messages >= before.Messages);
    }

    static IncidentPlace PlaceOf(QueueState queue, string server) => queue.Kind switch
    {
        _ when queue.NextHop.Length == 0 => new(PlaceKind.Server, server),
        QueueKind.Mailbox => new(PlaceKind.Database, queue.NextHop),
        QueueKind.Dns => new(PlaceKind.Domain, queue.NextHop),
        QueueKind.SmartHost or QueueKind.Relay => new(PlaceKind.NextHop, queue.NextHop),
        _ => new(PlaceKind.Server, server),
    };
}
