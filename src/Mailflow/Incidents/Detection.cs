using System.Threading.Channels;
using Mailflow.Analysis.Incidents;
using Mailflow.Ledger;
using Mailflow.Logging;
using Mailflow.Pipeline;
using Microsoft.Data.Sqlite;

namespace Mailflow.Incidents;

/// <summary>
/// Finds incidents beside the committer: reads the facts that it committed, in the order of their time, and passes what it finds to it. What was found before
/// a restart is found again from the stored facts, so nothing but these and the incidents is stored.
/// </summary>
/// <param name="unread">What is not committed yet, by root.</param>
/// <param name="newest">The newest committed row; null where there is none.</param>
/// <param name="signals">The signals of this moment, given the time up to which rows are judged; null: there are none.</param>
/// <param name="keep">How long ended incidents are kept.</param>
/// <param name="create">What finds incidents; null: the real one.</param>
sealed class Detection(
    Store store, DeltaPool deltas, Func<IEnumerable<UnreadRows>> unread, Func<DateTime?> newest, Signals? signals, TimeSpan keep, TimeProvider clock,
    ILogger log, Func<NameList, IDetector>? create = null) : IDisposable
{
    /// <summary>Time between two looks for new rows; incidents are judged by the minute.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Rows for times that were judged long ago make a replay, at most so often, and at most in a fiftieth of the time.</summary>
    public static readonly TimeSpan ReplayInterval = TimeSpan.FromMinutes(10);

    const int ReplayRest = 50;

    static readonly TimeSpan HourLength = TimeSpan.FromHours(1);

    readonly JudgedTime _judged = new(clock);
    List<Sighting> _sightings = [];
    List<Passage> _passages = [];
    readonly List<Signal> _news = [];
    EvidenceReader? _reader;
    IDetector _detector = null!;
    IncidentBook _book = null!;
    DateTime? _until;

    // Rows up to this one are given to the detector where they are of this hour or an earlier one.
    long _givenTo;
    long _givenHour;
    DateTime _signalled;
    bool _isLate;
    long _replayed;
    TimeSpan _replayTook;
    long _damaged;

    /// <summary>Looks for incidents until the stop.</summary>
    public async Task RunAsync(ChannelWriter<Delta> ledger, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await TryAsync(ledger, stop);
                await Task.Delay(Interval, clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (SqliteException e) when (e.IsDamage())
        {
            // Counting goes on without incidents. A page that cannot be read may be shared: StoreCheck reports it.
            Log.EvidenceDamaged(log, store.Path, e.Message);
        }
    }

    async Task TryAsync(ChannelWriter<Delta> ledger, CancellationToken stop)
    {
        try
        {
            await StepAsync(ledger, stop);
        }
        catch (SqliteException e) when (e.MayRead())
        {
            Log.EvidenceUnreadable(log, store.Path, e.Message);
            // A part of the rows may have been given.
            _reader?.Dispose();
            _reader = null;
        }
    }

    /// <summary>Judges all rows that can be judged now.</summary>
    public async Task StepAsync(ChannelWriter<Delta> ledger, CancellationToken stop)
    {
        var reader = _reader ?? Start(stop);
        if (_judged.Of(unread(), newest()) is not { } target || !Begin(reader, target))
            return;
        if (_isLate && _judged.IsPresent && clock.GetElapsedTime(_replayed) is var since && since >= ReplayInterval && since >= ReplayRest * _replayTook)
            Replay(reader, _until!.Value, stop);
        target = TakeSignals(target);
        var posted = clock.GetTimestamp();
        while (_until < target)
        {
            stop.ThrowIfCancellationRequested();
            var next = Earlier(target, TimeOf(HourOf(_until!.Value) + 1));
            Give(reader, next);
            _detector.Advance(next);
            _until = next;
            var changes = _detector.TakeChanges();
            _book.Take(changes, _judged.IsPresent && next == target ? target : null);
            if (next < target && changes.Count == 0 && clock.GetElapsedTime(posted) < Interval)
                continue;
            _book.Take(_detector.Incidents);
            if (next == target && _judged.IsPresent)
                _book.AnnounceRecent(target);
            await PostAsync(ledger, stop);
            posted = clock.GetTimestamp();
        }

        if (_judged.IsPresent && _until == target)
            _book.AnnounceRecent(target);
        if (_book.HasNews)
            await PostAsync(ledger, stop);
        if (reader.Damaged > _damaged)
            Log.EvidenceRowsDamaged(log, store.Path, reader.Damaged - _damaged);
        _damaged = reader.Damaged;
    }

    /// <summary>
    /// Once a minute, in the present. With a signal the time goes on although there are no rows: it may say that there are no logs any more.
    /// </summary>
    DateTime TakeSignals(DateTime target)
    {
        var now = JudgedTime.Minute(clock.GetUtcNow().UtcDateTime - JudgedTime.Margin);
        if (signals is null || !_judged.IsPresent || now <= _until || now <= _signalled)
            return target;
        _signalled = now;
        var end = target > _until ? target : now;
        var news = signals.News(Later(_until!.Value, end - JudgedTime.Margin));
        foreach (var signal in news)
            _detector.Add(signal);
        _news.AddRange(news);
        return news.Count > 0 ? end : target;
    }

    /// <summary>Loads what is stored, and finds again what was found in it.</summary>
    EvidenceReader Start(CancellationToken stop)
    {
        var reader = new EvidenceReader(store);
        try
        {
            (_book, _until, _damaged) = (new(reader.Incidents()), reader.Judged(), 0);
            _news.Clear();
            if (_until is { } until)
                Replay(reader, until, stop);
            else
                (_detector, _givenTo, _givenHour, _replayed) = (Create(reader), 0, long.MinValue, clock.GetTimestamp());
            return _reader = reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Decides where judging begins; false while there is nothing to judge.</summary>
    bool Begin(EvidenceReader reader, DateTime target)
    {
        var oldest = target - EvidenceTables.Keep;
        if (_until >= oldest)
            return true;
        if (reader.FirstHour(HourOf(oldest)) is { } first && first <= HourOf(target))
            _until = TimeOf(first);
        else if (_judged.IsPresent)
            _until = TimeOf(HourOf(target));
        else
            return false;
        return true;
    }

    /// <summary>Gives new facts to the detector: of the hours up to this time, and late ones.</summary>
    void Give(EvidenceReader reader, DateTime next)
    {
        var (from, to, top) = (HourOf(_until!.Value) - EvidenceReader.LateHours, HourOf(next.AddTicks(-1)), reader.NewestRow());
        if (top > _givenTo && _givenTo > 0)
            _isLate |= reader.HasBefore(from, _givenTo);
        for (var hour = from; hour <= to; hour++)
            if (hour > _givenHour || top > _givenTo)
                reader.Read(hour, hour > _givenHour ? 0 : _givenTo, top, _sightings, _passages);
        (_givenTo, _givenHour) = (top, Math.Max(_givenHour, to));
        GiveRead();
    }

    void GiveRead()
    {
        if (_sightings.Count + _passages.Count > 0)
        {
            // The detector may keep the lists.
            _detector.Add(_sightings, _passages);
            (_sightings, _passages) = ([], []);
        }
    }

    /// <summary>Judges all stored facts up to a time again, and compares the result with the incidents of the store.</summary>
    void Replay(EvidenceReader reader, DateTime until, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        (_detector, _isLate) = (Create(reader), false);
        var (last, top) = (HourOf(until.AddTicks(-1)), reader.NewestRow());
        for (var hour = reader.FirstHour(HourOf(until - EvidenceTables.Keep)) ?? last; hour <= last; hour++)
        {
            stop.ThrowIfCancellationRequested();
            reader.Read(hour, 0, top, _sightings, _passages);
            GiveRead();
            var end = Earlier(until, TimeOf(hour + 1));
            foreach (var signal in reader.Signals(TimeOf(hour), end))
                _detector.Add(signal);
            _detector.Advance(end);
            _detector.TakeChanges();
        }

        (_givenTo, _givenHour) = (top, last);
        _book.Compare(_detector.Incidents, until, keep);
        signals?.Restore(reader.Signals(until - EvidenceTables.Keep, until));
        (_replayed, _replayTook) = (clock.GetTimestamp(), clock.GetElapsedTime(began));
    }

    async Task PostAsync(ChannelWriter<Delta> ledger, CancellationToken stop)
    {
        var (incidents, events) = _book.TakeNews();
        IReadOnlyList<Signal> news = [.. _news];
        _news.Clear();
        _book.Forget(_until!.Value - keep);
        await deltas.EnterAsync(stop);
        await ledger.WriteAsync(
            new IncidentDelta { ReadAt = clock.GetUtcNow(), Until = _until!.Value, Incidents = incidents, Events = events, Signals = news }, stop);
    }

    IDetector Create(EvidenceReader reader) => create?.Invoke(reader.Names) ?? new Detector(reader.Names);

    static long HourOf(DateTime time) => (time.Ticks - DateTime.UnixEpoch.Ticks) / HourLength.Ticks;

    static DateTime TimeOf(long hour) => DateTime.UnixEpoch + (hour * HourLength);

    static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    static DateTime Later(DateTime a, DateTime b) => a < b ? b : a;

    public void Dispose() => _reader?.Dispose();
}
