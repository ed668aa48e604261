namespace Mailflow.Analysis.Tracing;

/// <summary>The clock of a server differs from that of another.</summary>
/// <param name="Offset">By how much it is ahead; below zero, behind.</param>
/// <param name="Reference">The server whose clock is taken as right: the first of the journey.</param>
public sealed record ClockOffset(string Server, TimeSpan Offset, string Reference);

/// <summary>
/// Finds clocks that differ, from hops: the sender writes its row when it has the receiver's reply, so both rows are of nearly the same moment.
/// Differences below <see cref="Least"/> may come from the connection and are none.
/// </summary>
sealed class Clocks
{
    /// <summary>A receiver may hold its reply back for 30 s, until there is a shadow copy (MaxAcknowledgementDelay).</summary>
    static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>Pairs of rows that are compared between two servers.</summary>
    const int MostPairs = 16;

    readonly Dictionary<string, TimeSpan> _offsets = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _references = new(StringComparer.Ordinal);

    /// <param name="rows">In the order of their times.</param>
    public Clocks(IReadOnlyList<TraceRow> rows, Hops hops)
    {
        var servers = rows.Select(r => r.Server).Where(s => s.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (servers.Count < 2)
            return;
        var differences = Differences(rows, hops);
        // A server that nobody handed it to is the first one. Of several islands each has its own reference.
        foreach (var server in servers.OrderBy(s => differences.Keys.Any(d => d.To == TrackedHop.ShortName(s))).ToList())
            Spread(TrackedHop.ShortName(server), server, differences);
        Known = [.. servers.Select(Offset).OfType<ClockOffset>()];

        ClockOffset? Offset(string server) =>
            _offsets.TryGetValue(TrackedHop.ShortName(server), out var offset) && offset != TimeSpan.Zero
                ? new(server, offset, _references[TrackedHop.ShortName(server)])
                : null;
    }

    /// <summary>The clocks that differ.</summary>
    public IReadOnlyList<ClockOffset> Known { get; } = [];

    /// <summary>The time of a row by the clock of the reference.</summary>
    public DateTime Right(TraceRow row) => _offsets.Count == 0 ? row.Time : Right(row.Time, row.Server);

    DateTime Right(DateTime time, string server)
    {
        var offset = _offsets.GetValueOrDefault(TrackedHop.ShortName(server));
        var ticks = time.Ticks - offset.Ticks;
        return ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks ? time : new(ticks, time.Kind);
    }

    void Spread(string start, string name, Dictionary<(string From, string To), TimeSpan> differences)
    {
        if (!_offsets.TryAdd(start, TimeSpan.Zero))
            return;
        _references[start] = name;
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out var at))
            foreach (var ((from, to), difference) in differences.OrderBy(d => d.Key))
            {
                var (next, offset) = from == at ? (to, _offsets[at] + difference) : to == at ? (from, _offsets[at] - difference) : (at, TimeSpan.Zero);
                if (!_offsets.TryAdd(next, offset))
                    continue;
                _references[next] = name;
                open.Enqueue(next);
            }
    }

    /// <summary>For two servers, by how much the clock of the receiver is ahead: zero where the rows do not contradict each other.</summary>
    static Dictionary<(string From, string To), TimeSpan> Differences(IReadOnlyList<TraceRow> rows, Hops hops)
    {
        var sent = rows
            .Where(r => r.Event is "SEND" or "SENDEXTERNAL" or "SUBMIT" && hops.Wrote(r.Remote.Name) && r.Server.Length > 0 && r.Recipients.Count > 0)
            .ToLookup(r => (From: TrackedHop.ShortName(r.Server), To: TrackedHop.ShortName(r.Remote.Name)));
        var result = new Dictionary<(string From, string To), TimeSpan>();
        foreach (var way in sent)
        {
            if (way.Key.From == way.Key.To)
                continue;
            var there = rows.Where(r => TrackedHop.Same(r.Server, way.Key.To)).ToList();
            var received = Pairs(way, there, r => r.Event == "RECEIVE" && TrackedHop.Same(r.Client.Name, way.Key.From));
            var delivered = received.Count > 0 ? [] : Pairs(way, there, r => r.Event is "DELIVER" or "DUPLICATEDELIVER");
            if (received.Count > 0)
                result[way.Key] = Significant(received);
            // A delivery may wait in a queue of the receiver, so only one before the hop says something.
            else if (delivered.Count > 0)
                result[way.Key] = Significant(delivered) is var difference && difference < TimeSpan.Zero ? difference : TimeSpan.Zero;
        }

        return result;
    }

    /// <summary>For each receiving row, the difference to the nearest sending row with the same first recipient.</summary>
    static List<TimeSpan> Pairs(IEnumerable<TraceRow> sent, IReadOnlyList<TraceRow> rows, Func<TraceRow, bool> receives)
    {
        var result = new List<TimeSpan>();
        foreach (var row in rows.Where(r => r.Recipients.Count > 0 && receives(r)).Take(MostPairs))
        {
            var first = row.Recipients[0].Address;
            var near = sent.Where(s => s.Recipients.Any(r => r.Address.Equals(first, StringComparison.OrdinalIgnoreCase)))
                .Select(s => row.Time - s.Time).OrderBy(d => d.Duration()).ThenBy(d => d).Take(1);
            result.AddRange(near);
        }

        return result;
    }

    /// <summary>A clock that is wrong makes all differences large; a second attempt makes one.</summary>
    static TimeSpan Significant(List<TimeSpan> differences)
    {
        var least = differences.MinBy(d => d.Duration());
        return least.Duration() >= Least ? least : TimeSpan.Zero;
    }
}
