using System.Text;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;
using Mailflow.Read;
using Mailflow.Tail;

namespace Mailflow.Scan;

/// <summary>What a back-fill wrote.</summary>
/// <param name="Series">How many series and histograms.</param>
/// <param name="From">The time of the first sample; that of the last is <paramref name="To"/>.</param>
sealed record BackfillResult(ScanReport Report, int Series, long Samples, DateTimeOffset From, DateTimeOffset To);

/// <summary>
/// The history of the counters as OpenMetrics, for <c>promtool tsdb create-blocks-from openmetrics</c>. Each block of a log is read in parts of one step,
/// and the counters of <see cref="Totals"/> say what each part changes: so names, labels and values are those of /metrics.
/// </summary>
/// <param name="step">Between two samples; whole minutes.</param>
/// <param name="labels">Labels that each series gets: those of the scrape, job and instance.</param>
sealed class Backfill(TimeSpan step, IReadOnlyList<(string Name, string Value)> labels, TailOptions options, TimeProvider clock, RulesInForce rules)
    : IDisposable
{
    // A number for sorting: metric, series, step, bucket.
    const int SlotBits = 8, StepBits = 26, SeriesBits = 22;

    /// <summary>The place of the gauge, after all counters.</summary>
    const int Newest = 255;

    /// <summary>Rows that are older than the newest by more than this are in the first sample: one wrong year would write years of samples.</summary>
    static readonly TimeSpan MostTime = TimeSpan.FromDays(400);

    readonly EventNames _names = new();
    readonly BlockPool _blocks = new(2 * BlockPool.BlockBytes);
    readonly DeltaPool _deltas = new(1, quarters: false);
    readonly Tally _tally = new();
    readonly string _labels = labels.Aggregate(new StringBuilder(), (t, l) => BackfillSeries.Append(t, l.Name, l.Value)).ToString();
    readonly Dictionary<Cell, (ulong Key, long Value)> _cells = [];
    readonly Dictionary<(int Family, string Labels), ulong> _keys = [];
    readonly List<BackfillSeries> _series = [];
    readonly Dictionary<(string Server, Birth Birth), long> _begins = [];
    readonly HashSet<Counter> _shown = [.. BackfillTable.Counters];
    long _first = long.MaxValue, _last = long.MinValue;

    /// <param name="output">The file; it appears when it is complete.</param>
    public async Task<BackfillResult> RunAsync(IReadOnlyList<string> paths, string output, IProgress<ScanProgress>? progress, CancellationToken stop)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(output))!;
        using var sort = new SampleSort(folder);
        var report = new ScanReport(_names, rules) { Now = clock.GetUtcNow() };
        var files = Scanning.Find(paths, report);
        var totals = new Totals(_names);
        totals.Start([]);
        var servers = new FolderServers();
        var reader = new Reader(_names, servers, _blocks, _deltas, clock, rules);
        // Reads the first block of a file as a whole, as the service does: a row at its end may be the first that names the server.
        var probe = new Reader(_names, servers, _blocks, _deltas, clock, rules, details: false);
        await Scanning.ReadFilesAsync(
            files, new KnownFiles([]), paths.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal), report, files.Sum(f => f.Size), progress,
            async (file, progressed) =>
            {
                if (file.Tracked!.Format.IsExport)
                    return false;
                string? server = null;
                // A last line without a line end is not read: the service waits for its end.
                while (await BlockReading.NextAsync(file, _blocks, options.MaxLineBytes, stop) is { } block)
                {
                    try
                    {
                        if (server is null && probe.Read(block, _tally).Server is var found && found != TrackedFile.UnknownServer)
                            server = found;
                        _tally.Clear();
                        foreach (var (part, at) in BlockSteps.Of(block, step, server))
                            Take(reader.Read(part, _tally), at, totals, sort);
                    }
                    finally
                    {
                        _blocks.Return(block.Buffer);
                    }

                    progressed(file.Offset);
                }

                return true;
            });
        if (report.Files == 0 || _last == long.MinValue)
            return new(report, 0, 0, default, default);
        return await WriteAsync(output, totals, sort, report, stop);
    }

    public void Dispose()
    {
        _blocks.Dispose();
        _deltas.Dispose();
    }

    void Take(RowDelta rows, long? at, Totals totals, SampleSort sort)
    {
        // A clock that is ahead must not write the future, nor a damaged date all the time since 1970.
        if (at < 1 || at > BlockSteps.StepOf(clock.GetUtcNow().UtcDateTime, step))
            at = null;
        // What is not a row belongs to the rows around it.
        var place = at ?? (_tally.Newest == default ? _last == long.MinValue ? 0 : _last : BlockSteps.StepOf(_tally.Newest, step));
        place = Math.Clamp(place, 0, Math.Min((1L << StepBits) - 1, BlockSteps.StepOf(clock.GetUtcNow().UtcDateTime, step)));
        totals.Apply(rows);
        foreach (var cell in totals.Changed)
        {
            if (!_shown.Contains(cell.Counter))
                continue;
            if (!_cells.TryGetValue(cell, out var known))
                known = (KeyOf(cell), 0);
            sort.Add(known.Key | ((ulong)place << SlotBits), cell.Value - known.Value);
            _cells[cell] = (known.Key, cell.Value);
        }

        totals.Stored();
        // Also a part of which no row could be read has samples.
        if (at is not null)
            (_first, _last) = (Math.Min(_first, place), Math.Max(_last, place));
        if (_tally.Newest != default)
        {
            (_first, _last) = (Math.Min(_first, place), Math.Max(_last, place));
            var server = totals.LabelOf(rows.Server).Value;
            foreach (var birth in (ReadOnlySpan<Birth>)[BirthOf(rows.File), Birth.FirstValue])
                _begins[(server, birth)] = Math.Min(place, _begins.GetValueOrDefault((server, birth), long.MaxValue));
            var newest = new DateTimeOffset(_tally.Newest, TimeSpan.Zero).ToUnixTimeMilliseconds();
            sort.Add(KeyOf(Newest, BackfillSeries.OfNewest(server, _labels)) | ((ulong)place << SlotBits), newest);
        }

        _tally.Clear();
    }

    static Birth BirthOf(TrackedFile file) => file.Format.Name switch
    {
        "connectivity" => Birth.Connections,
        "smtp-protocol" => Birth.Smtp,
        "agent" => Birth.Agents,
        _ => Birth.Mail,
    };

    ulong KeyOf(Cell cell)
    {
        var slot = cell.Counter.Type == MetricType.Histogram ? Labels.Slot.Values.ToList().IndexOf(cell.Text(cell.Counter.Labels.Count)) : 0;
        return KeyOf(cell.Counter.Index, BackfillSeries.Of(cell, _labels)) | (uint)slot;
    }

    ulong KeyOf(int family, BackfillSeries series)
    {
        if (!_keys.TryGetValue((family, series.Labels), out var key))
        {
            if (_series.Count >> SeriesBits > 0)
                throw new IOException($"There are more than {1 << SeriesBits:N0} series. Give fewer logs at once.");
            key = ((ulong)family << (SeriesBits + StepBits + SlotBits)) | ((ulong)_series.Count << (StepBits + SlotBits));
            _keys.Add((family, series.Labels), key);
            _series.Add(series);
        }

        return key;
    }

    async Task<BackfillResult> WriteAsync(string output, Totals totals, SampleSort sort, ScanReport report, CancellationToken stop)
    {
        // Success shares are divided by these, also where one of them stayed 0.
        foreach (var cell in totals.SeriesOf(Counters.Messages))
            if (!_cells.ContainsKey(cell))
                sort.Add(KeyOf(cell), 0);
        var (seconds, first) = ((long)step.TotalSeconds, Math.Max(_first, _last - (MostTime.Ticks / step.Ticks)));
        var unfinished = output + ".new";
        try
        {
            var samples = await WriteAsync(unfinished, seconds, first, sort, stop);
            File.Move(unfinished, output, overwrite: true);
            return new(
                report, _series.Count, samples, DateTimeOffset.FromUnixTimeSeconds(first * seconds), DateTimeOffset.FromUnixTimeSeconds((_last + 1) * seconds));
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    async Task<long> WriteAsync(string path, long seconds, long first, SampleSort sort, CancellationToken stop)
    {
        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        var text = new BackfillText(file, seconds, first, _last + 1);
        using var changes = sort.Sorted().GetEnumerator();
        for (var more = changes.MoveNext(); more;)
        {
            stop.ThrowIfCancellationRequested();
            var series = changes.Current.Key >> (StepBits + SlotBits);
            text.Write(_series[(int)(series & ((1UL << SeriesBits) - 1))], BeginOf(series, changes.Current.Key, first), Changes(series));

            IEnumerable<(long, int, long)> Changes(ulong of)
            {
                for (; more && changes.Current.Key >> (StepBits + SlotBits) == of; more = changes.MoveNext())
                    yield return (StepOf(changes.Current.Key), (int)(changes.Current.Key & ((1UL << SlotBits) - 1)), changes.Current.Value);
            }
        }

        await file.WriteAsync("# EOF\n");
        return text.Samples;
    }

    /// <summary>The first sample of a series, as /metrics begins them: at 0 with the server's first log, or with the first value.</summary>
    long BeginOf(ulong number, ulong change, long first)
    {
        var series = _series[(int)(number & ((1UL << SeriesBits) - 1))];
        return series.Birth == Birth.FirstValue ? StepOf(change) + 1
            : series.Server is null ? first
            : _begins.GetValueOrDefault((series.Server, series.Birth), _begins.GetValueOrDefault((series.Server, Birth.FirstValue), first));
    }

    static long StepOf(ulong key) => (long)((key >> SlotBits) & ((1UL << StepBits) - 1));
}
