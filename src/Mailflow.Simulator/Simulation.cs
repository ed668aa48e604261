namespace Mailflow.Simulator;

/// <summary>
/// Writes the message tracking logs of one Exchange server or of several: complete routes of messages, not random rows, with the exact counts in truth.json.
/// At once: as fast as possible, with a simulated clock; the same options give the same bytes. Live: at a given rate; a flush may end inside a
/// line, as with Exchange.
/// </summary>
sealed class Simulation : IDisposable
{
    const int LiveHaste = 60;

    /// <summary>Rows between two checks of the clock and of the cancellation. If the machine cannot reach the rate, it writes as fast as it can.</summary>
    const long MostRowsAtOnce = 65_536;

    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50), TruthEvery = TimeSpan.FromSeconds(1);

    readonly SimulationOptions _options;
    readonly TimeProvider _time;
    readonly Traffic _traffic;
    readonly RowWriter _writer;
    readonly TruthTally _tally;
    readonly LogWriter[][] _servers;
    readonly TruthFlight _flight;
    readonly int _rowEvery;
    readonly SmtpLogs? _smtp;
    readonly ExportWriting? _exports;
    readonly Chance _pace;
    (long Timestamp, long Ms)? _historyEnds;

    public Simulation(SimulationOptions options, TimeProvider time)
    {
        var site = new SimulatedSite(options);
        var chance = new Chance((ulong)options.Seed);
        (_options, _time) = (options, time);
        // The history of the demo and its live part use the same waits, so that both have the same number of failures a minute.
        _traffic = new(site, chance, options.SizeBytes is null && options.Story is null ? LiveHaste : 1);
        _writer = new(site, chance, options.AllLogs);
        _tally = new(options, site.Book);
        _flight = new(options, site);
        _rowEvery = (int)options.RowEvery.TotalMilliseconds;
        _pace = new(~(ulong)options.Seed);
        _exports = options.Exports ? new(options, site) : null;
        // Until 2010 the hub role writes everything except the submissions of the mailbox role.
        string[] prefixes = options.Version < ExchangeVersion.Exchange2013
            ? ["MSGTRK", "MSGTRKM"]
            : ["MSGTRK", "MSGTRKMA", "MSGTRKMD", "MSGTRKMS"];
        _servers =
        [
            .. options.Written.Select(server => prefixes.Select(prefix => new LogWriter(
                options, options.FolderOf(server), prefix, daily: options.Version < ExchangeVersion.Exchange2013,
                TrackingColumns.LogType, TrackingColumns.Of(options.Version))).ToArray()),
        ];
        _smtp = options.AllLogs ? new(options, site) : null;
    }

    /// <summary>Rows written to a file or to a buffer.</summary>
    public long Rows => _tally.Rows;

    /// <summary>
    /// Before a live run: writes the past up to now, at the rate of the run. The run continues from there, with the messages in transit.
    /// </summary>
    public Task WriteHistoryAsync(TimeSpan history, CancellationToken cancel) => Task.Run(() => WriteHistory(history, cancel), CancellationToken.None);

    void WriteHistory(TimeSpan history, CancellationToken cancel)
    {
        Directory.CreateDirectory(_options.Folder);
        var now = _time.GetUtcNow();
        _historyEnds = (_time.GetTimestamp(), now.ToUnixTimeMilliseconds());
        var end = (double)now.ToUnixTimeMilliseconds();
        for (var at = end - history.TotalMilliseconds; at < end && !cancel.IsCancellationRequested; at += _pace.Below(2001) / _options.Rate)
            WriteRow((long)at);
        _exports?.Write(now, twice: false);
    }

    /// <summary>Runs until the size or the duration is reached, or until cancelled; in each case lines and truth.json are complete afterwards.</summary>
    public async Task RunAsync(IProgress<SimulationProgress>? progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(_options.Folder);
        if (_options.SizeBytes is { } size)
            await Task.Run(() => WriteAtOnce(size, progress, cancel), CancellationToken.None);
        else
            await WriteLiveAsync(progress, cancel);
        _flight.Finish(_traffic.Underway);
        Dispose();
        SaveTruth(finished: true);
        progress?.Report(Progress());
    }

    public void Dispose()
    {
        foreach (var series in Series)
            series.Dispose();
        _smtp?.Dispose();
        _flight.Dispose();
    }

    /// <summary>About twenty rows a second, unevenly, so that hours pass and files roll as on a busy server.</summary>
    void WriteAtOnce(long size, IProgress<SimulationProgress>? progress, CancellationToken cancel)
    {
        foreach (var folder in _options.Written.Select(_options.FolderOf))
        {
            if (Directory.Exists(folder) && Directory.EnumerateFiles(folder, "MSGTRK*.LOG").Any())
                throw new IOException($"{folder} already holds tracking logs, and truth.json could not speak for them. Choose an empty folder.");
        }

        var now = _options.Start.ToUnixTimeMilliseconds();
        long bytes = 0;
        while (bytes < size && !cancel.IsCancellationRequested)
        {
            for (var row = 0; row < 4096 && bytes < size; row++)
            {
                now += _pace.Below((2 * _rowEvery) + 1);
                bytes += WriteRow(now);
            }
            progress?.Report(Progress());
        }

        _exports?.Write(DateTimeOffset.FromUnixTimeMilliseconds(now), twice: true);
    }

    async Task WriteLiveAsync(IProgress<SimulationProgress>? progress, CancellationToken cancel)
    {
        var (started, last) = _historyEnds ?? (_time.GetTimestamp(), _time.GetUtcNow().ToUnixTimeMilliseconds());
        var past = _tally.Rows;
        var truthAt = TimeSpan.Zero;
        var exportAt = TimeSpan.Zero;
        using var timer = new PeriodicTimer(Tick, _time);
        while (await NextTick(timer, cancel))
        {
            var elapsed = _time.GetElapsedTime(started);
            var isOver = elapsed >= _options.Duration;
            if (isOver)
                elapsed = _options.Duration!.Value;
            var now = Math.Max(last, _time.GetUtcNow().ToUnixTimeMilliseconds());
            var owed = Math.Min((long)(elapsed.TotalSeconds * _options.Rate) - (_tally.Rows - past), MostRowsAtOnce);
            for (var row = 1; row <= owed; row++)
                WriteRow(last + ((now - last) * row / owed));
            last = now;
            if (_exports is not null && (isOver || elapsed - exportAt >= _options.ExportEvery))
            {
                _exports.Write(_time.GetUtcNow(), twice: false);
                exportAt = elapsed;
            }

            if (isOver)
                return;
            FlushAnywhere();
            if (elapsed - truthAt >= TruthEvery)
            {
                SaveTruth(finished: false);
                truthAt = elapsed;
            }
            progress?.Report(Progress());
        }

        _exports?.Write(_time.GetUtcNow(), twice: false);
    }

    static async Task<bool> NextTick(PeriodicTimer timer, CancellationToken cancel)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancel) && !cancel.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Writes and counts one row; returns its bytes, and those of a header before it.</summary>
    long WriteRow(long at)
    {
        var row = _traffic.Next(at);
        var series = SeriesOf(row);
        var before = series.Bytes;
        _writer.Write(series.Begin(at), row);
        series.End();
        _flight.Add(row, isMail: _tally.Add(row));
        _smtp?.Add(row);
        _smtp?.WriteUntil(at);
        _exports?.Add(row);
        if (row.Message.IsThrough)
            _flight.End(row.Message);
        _traffic.Finish(row);
        return series.Bytes - before;
    }

    /// <summary>Holds back up to about one line, so that files end inside a line, a character or a line end until a later flush.</summary>
    void FlushAnywhere()
    {
        foreach (var series in Series)
            series.Flush(keepBack: _pace.Below(1 + Math.Min(700, series.PendingBytes)));
        _smtp?.Flush(pending => _pace.Below(1 + Math.Min(700, pending)));
    }

    IEnumerable<LogWriter> Series => _servers.SelectMany(series => series);

    LogWriter SeriesOf(in Row row)
    {
        var (series, family) = (_servers[row.Server], row.Shape.Family);
        return series.Length == 4 ? series[(int)family] : series[family == RowFamily.Submission ? 1 : 0];
    }

    long TotalBytes => Series.Sum(series => series.Bytes);

    SimulationProgress Progress() => new(_tally.Rows, TotalBytes, Series.Sum(series => series.Files));

    void SaveTruth(bool finished)
    {
        var flight = _flight.ToTruth(finished ? [] : _traffic.Underway, finished);
        SimulationTruth.Save(_options.Folder, _tally.ToTruth(TotalBytes, Series.Sum(series => series.Files), finished) with
        {
            Pending = flight.Pending,
            Lost = flight.Lost,
            Looping = flight.Looping,
            Newest = flight.Newest,
            OnTheirWay = flight.OnTheirWay,
            ExpirySeconds = _options.Expiry.TotalSeconds,
            Journeys = _options.Journeys ? JourneyFile.FileName : null,
            Smtp = _smtp?.ToTruth(),
            WindowsEvents = _exports?.Events ?? [],
            LoneRefusals = _exports?.LoneRefusals ?? 0,
            Queues = new(_exports?.Queues ?? [], StringComparer.Ordinal),
        });
    }
}
