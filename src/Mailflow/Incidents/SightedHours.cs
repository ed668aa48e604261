using Mailflow.Analysis.Incidents;

namespace Mailflow.Incidents;

/// <summary>
/// What logs that are read in any order say, by hour, in little memory: a minute of a server can be in the first file and in the last. Not thread-safe.
/// </summary>
/// <param name="now">Rows of more than a day later are left out: their clock is wrong, and each hour up to them would be judged.</param>
sealed class SightedHours(DateTimeOffset now)
{
    /// <summary>Exchange keeps its logs for 30 days; an archive of a year is judged completely.</summary>
    const int MostHours = 400 * 24;

    /// <summary>About 500 GB of logs.</summary>
    const long MostBytes = 4L << 30;

    readonly Dictionary<int, PackedHour> _hours = [];
    readonly NameList _names = new();
    readonly int _last = HourOf(now.AddDays(1).ToUnixTimeSeconds());

    /// <summary>Facts that were left out: their time cannot be right, or there was no room.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Bytes of memory, without the texts.</summary>
    public long Bytes { get; private set; }

    /// <summary>Hours that have facts.</summary>
    public int Count => _hours.Count;

    /// <summary>Adds what one block says.</summary>
    public void Add(SightingBlock block)
    {
        if (block.Sightings.Count == 0 && block.Passages.Count == 0)
            return;
        Span<int> numbers = block.Names.Count <= 1024 ? stackalloc int[block.Names.Count] : new int[block.Names.Count];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = _names.Of(block.Names[i]);
        foreach (var sighting in block.Sightings)
            if (HourAt(HourOf(sighting.Second)) is { } hour)
            {
                Bytes -= hour.Bytes;
                hour.Add(sighting, numbers);
                Bytes += hour.Bytes;
            }

        foreach (var passage in block.Passages)
            if (HourAt(HourOf(passage.Minute * 60L)) is { } hour)
            {
                Bytes -= hour.Bytes;
                hour.Add(passage, numbers);
                Bytes += hour.Bytes;
            }
    }

    /// <summary>Gives the facts to an engine in the order of time, and judges each hour. Afterwards this is empty.</summary>
    public IncidentEngine Judge(CancellationToken stop)
    {
        // The numbers of texts follow the order in which the workers read: with others, two runs could differ.
        var names = new NameList();
        var numbers = new int[_names.Texts.Count];
        foreach (var (text, number) in _names.Texts.Select((t, i) => (t, i)).OrderBy(t => t.t, StringComparer.Ordinal))
            numbers[number] = names.Of(text);
        var engine = new IncidentEngine(names);
        var order = _hours.Keys.Order().ToList();
        var first = order.Count == 0 ? 0 : order[^1] - MostHours;
        foreach (var hour in order.SkipWhile(h => h < first))
        {
            stop.ThrowIfCancellationRequested();
            _hours.Remove(hour, out var packed);
            var (sightings, passages) = packed!.Read(numbers);
            engine.Add(sightings, passages);
            engine.Advance(hour == order[^1] ? LastOf(sightings, passages) : DateTime.UnixEpoch.AddHours(hour + 1));
        }

        return engine;
    }

    /// <summary>The end of the last minute that has facts: nothing is known of the time after it.</summary>
    static DateTime LastOf(List<Sighting> sightings, List<Passage> passages) => DateTime.UnixEpoch.AddMinutes(
        1 + Math.Max(sightings.Count == 0 ? 0 : sightings[^1].Second / 60, passages.Count == 0 ? 0 : passages[^1].Minute));

    static int HourOf(long second) => second < 0 ? -1 : (int)Math.Min(second / 3600, int.MaxValue);

    PackedHour? HourAt(int hour)
    {
        if (hour < 0 || hour > _last || Bytes > MostBytes)
        {
            LeftOut++;
            return null;
        }

        if (!_hours.TryGetValue(hour, out var packed))
        {
            _hours.Add(hour, packed = new(hour));
            Bytes += packed.Bytes;
        }

        return packed;
    }
}
