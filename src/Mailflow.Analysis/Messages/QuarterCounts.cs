using System.Runtime.InteropServices;

namespace Mailflow.Analysis.Messages;

/// <summary>
/// What the rows of a block say by quarter of an hour and connector: recipients by outcome, and delivery times in the buckets of <see cref="TimeCounts"/>.
/// The time of a row decides its quarter. Reused from block to block; a row adds to a number and allocates nothing.
/// </summary>
public sealed class QuarterCounts
{
    /// <summary>Entries of a block; what rows say beyond them is counted for no connector, and then in the quarter of an earlier row.</summary>
    const int Most = 4096;

    static readonly int Outcomes = Enum.GetValues<Outcome>().Length;

    // Delivered and sent are the first two outcomes; only they have times.
    static readonly int Slots = Outcomes + (2 * TimeCounts.Buckets);

    readonly Dictionary<(long Quarter, string Connector), int> _places = [];
    readonly List<(long Quarter, string Connector)> _keys = [];
    readonly List<long> _values = [];
    int _last = -1;
    int _plain = -1;

    /// <summary>How many pairs of quarter and connector there are.</summary>
    public int Count => _keys.Count;

    /// <summary>Quarters of an hour since 1970 (correct before it, too), and the connector; empty where the row names none.</summary>
    public (long Quarter, string Connector) this[int index] => _keys[index];

    /// <summary>Recipients with this outcome.</summary>
    public long Recipients(int index, Outcome outcome) => _values[(index * Slots) + (int)outcome];

    /// <summary>Rows whose time from arrival is in this bucket, for <see cref="Outcome.Delivered"/> and <see cref="Outcome.Sent"/>.</summary>
    public long Times(int index, Outcome outcome, int bucket) => _values[(index * Slots) + Outcomes + ((int)outcome * TimeCounts.Buckets) + bucket];

    /// <summary>Counts recipients.</summary>
    public void Add(DateTime time, string connector, Outcome outcome, int recipients) => Add(PlaceOf(time, connector), (int)outcome, recipients);

    /// <summary>Adds the time from arrival to delivery or sending.</summary>
    public void AddTime(DateTime time, string connector, Outcome outcome, uint milliseconds) =>
        Add(PlaceOf(time, connector), Outcomes + ((int)outcome * TimeCounts.Buckets) + TimeCounts.BucketOf(milliseconds), 1);

    void Add(int place, int slot, long value) => CollectionsMarshal.AsSpan(_values)[(place * Slots) + slot] += value;

    /// <summary>Quarters of an hour since 1970.</summary>
    public static long QuarterOf(DateTime time)
    {
        const long Length = TimeSpan.TicksPerMinute * 15;
        // DateTime has no negative ticks, and 1970 begins with a quarter.
        return (time.Ticks / Length) - (DateTime.UnixEpoch.Ticks / Length);
    }

    /// <summary>Resets everything for the next block.</summary>
    public void Clear()
    {
        _places.Clear();
        _keys.Clear();
        _values.Clear();
        (_last, _plain) = (-1, -1);
    }

    int PlaceOf(DateTime time, string connector)
    {
        var quarter = QuarterOf(time);
        // Rows of a log alternate between the mailboxes of the server and a connector or two.
        ref var last = ref connector.Length == 0 ? ref _plain : ref _last;
        if (last >= 0 && _keys[last] is var key && key.Quarter == quarter && ReferenceEquals(key.Connector, connector))
            return last;
        return last = Find(quarter, connector);
    }

    int Find(long quarter, string connector)
    {
        if (_places.TryGetValue((quarter, connector), out var place))
            return place;
        if (_keys.Count >= Most)
            return connector.Length > 0 ? Find(quarter, "") : Math.Max(_plain, 0);
        place = _keys.Count;
        _places.Add((quarter, connector), place);
        _keys.Add((quarter, connector));
        CollectionsMarshal.SetCount(_values, _values.Count + Slots);
        CollectionsMarshal.AsSpan(_values)[(place * Slots)..].Clear();
        return place;
    }
}
