using System.Diagnostics.Metrics;
using Mailflow.Metrics;
using Mailflow.Printing;

namespace Mailflow.Exposition;

/// <summary>
/// The series of one metric. Unchanged measurements are reused in the next scrape: a new one copies its tags, and there are tens of thousands.
/// </summary>
sealed class MetricSeries(Metric metric)
{
    const int LeastRoom = 64;

    /// <summary>The labels sorted by name. The SDK sorts the tags of each new series, and stores both orders if they differ.</summary>
    readonly int[] _order = [.. Enumerable.Range(0, metric.Labels.Count).OrderBy(i => metric.Labels[i].Name, StringComparer.Ordinal)];

    /// <summary>The label sets that use room in the SDK. It never frees them, also not those of queues that no longer exist.</summary>
    readonly HashSet<(string A, string B, string C, string D, string E)> _known = [];

    readonly List<TextSample> _samples = [];
    Measurement<double>[] _given = [];
    int _count;
    FamilyCells? _cells;
    object? _material;

    /// <summary>Number of series that the SDK has room for. It would put all others into one series, otel_metric_overflow.</summary>
    public int Room { get; private set; } = LeastRoom;

    public IEnumerable<Measurement<double>> Given => new ArraySegment<Measurement<double>>(_given, 0, _count);

    /// <summary>Reads the values of this scrape.</summary>
    /// <returns>False if the SDK has no room for all series: <see cref="Room"/> is then the room that it needs.</returns>
    public bool Read(Scrape scrape) => metric switch
    {
        Counter counter => Read(scrape.Committed.Cells[counter]),
        StatusMetric status => Read(status, scrape),
        _ => true,
    };

    bool Read(FamilyCells cells)
    {
        if (!ReferenceEquals(cells, _cells))
        {
            var values = cells.Values;
            var before = _cells is null ? default : _cells.Values;
            MakeRoom(values.Length);
            for (var i = 0; i < values.Length; i++)
                if (i >= before.Length || values[i] != before[i] || !cells.HasSameLabels(i, _cells!))
                    _given[i] = Made(values[i], cells.Text(i, 0), cells.Text(i, 1), cells.Text(i, 2), cells.Text(i, 3), "");
            (_cells, _count) = (cells, values.Length);
        }

        if (_count <= Room)
            return true;
        Room = 2 * _count;
        return false;
    }

    bool Read(StatusMetric status, Scrape scrape)
    {
        var material = status.Material?.Invoke(scrape);
        if (material is not null && ReferenceEquals(material, _material))
            return true;
        _material = material;
        var i = 0;
        foreach (var sample in status.Read(scrape))
        {
            if (i == _samples.Count)
                _samples.Add(default);
            MakeRoom(i + 1);
            if (i >= _count || _samples[i] != sample)
            {
                _samples[i] = sample;
                _given[i] = Made(sample.Value, sample.A, sample.B, sample.C, sample.D, sample.E);
                _known.Add((sample.A, sample.B, sample.C, sample.D, sample.E));
            }

            i++;
        }

        _count = i;
        if (_known.Count <= Room)
            return true;
        _known.Clear();
        foreach (var sample in _samples.Take(_count))
            _known.Add((sample.A, sample.B, sample.C, sample.D, sample.E));
        Room = 4 * Math.Max(LeastRoom, _known.Count);
        return false;
    }

    void MakeRoom(int count)
    {
        if (_given.Length < count)
            Array.Resize(ref _given, Math.Max(count, 2 * _given.Length));
    }

    Measurement<double> Made(double value, string a, string b, string c, string d, string e) => metric.Labels.Count switch
    {
        0 => new(value),
        1 => new(value, Tag(0, a, b, c, d, e)),
        2 => new(value, Tag(0, a, b, c, d, e), Tag(1, a, b, c, d, e)),
        3 => new(value, Tag(0, a, b, c, d, e), Tag(1, a, b, c, d, e), Tag(2, a, b, c, d, e)),
        4 => new(value, Tag(0, a, b, c, d, e), Tag(1, a, b, c, d, e), Tag(2, a, b, c, d, e), Tag(3, a, b, c, d, e)),
        _ => new(value, Tag(0, a, b, c, d, e), Tag(1, a, b, c, d, e), Tag(2, a, b, c, d, e), Tag(3, a, b, c, d, e), Tag(4, a, b, c, d, e)),
    };

    KeyValuePair<string, object?> Tag(int place, string a, string b, string c, string d, string e)
    {
        var label = _order[place];
        return new(metric.Labels[label].Name, Printable.Of(label switch { 0 => a, 1 => b, 2 => c, 3 => d, _ => e }));
    }
}
