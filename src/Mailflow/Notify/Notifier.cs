using System.IO.Hashing;
using System.Text;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Privacy;
using Mailflow.Ship;
using Microsoft.Data.Sqlite;
using Polly;

namespace Mailflow.Notify;

/// <summary>
/// Tells one receiver what happens to incidents, at least once: reads the events after the receiver's cursor, makes one notification of them, sends it,
/// moves the cursor. A receiver that was down gets what it missed, as one notification.
/// </summary>
/// <param name="newEvents">Set at each commit.</param>
sealed class Notifier(
    IReceiver receiver, IncidentOutbox outbox, NotifyOptions options, Wakeup newEvents, Masking masking, TimeProvider clock, ILogger log) : IDisposable
{
    const int Page = 200;

    readonly ResiliencePipeline<SinkAnswer?> _retry = SinkRetry.Create(clock);
    readonly SinkTrouble _trouble = new(receiver.Name, receiver.Target, clock, log);
    IReadOnlyList<IncidentNews> _news = [];
    long _foldedTo;
    long _events;
    bool _isShort;
    DateTimeOffset? _since;
    DateTimeOffset? _sent;
    DateTimeOffset? _due;

    public ShipStatus Status { get; private set; } = new(receiver.Name, outbox.Last, 0, 0, 0, 0, null, null);

    /// <summary>Notifies until stop, then ends with the request in flight or its deadline. The rest is sent next time.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var deadline = stop.Register(() => abort.CancelAfter(Shipper.StopDeadline));
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var wake = newEvents.Next;
                if (await _retry.ExecuteAsync(async _ => await StepAsync(abort.Token), stop) is not null)
                    continue;
                if (_due is not { } due)
                    await wake.WaitAsync(Shipper.PollInterval, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                else if (due - clock.GetUtcNow() is { Ticks: > 0 } left)
                    await Task.Delay(left < Shipper.PollInterval ? left : Shipper.PollInterval, clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    public void Dispose()
    {
        outbox.Dispose();
        (receiver as IDisposable)?.Dispose();
    }

    /// <summary>When news that is known since a time may be sent: collected, not too soon after the last notification, not in quiet hours.</summary>
    internal static DateTimeOffset DueAt(
        DateTimeOffset since, DateTimeOffset? sent, DateTimeOffset now, bool isUrgent, NotifyOptions options, TimeZoneInfo zone)
    {
        var due = since + options.GroupFor;
        if (sent is not null && sent + options.Interval > due)
            due = sent.Value + options.Interval;
        if (options.Quiet is not { } quiet || (isUrgent && options.QuietLetsCriticalPass))
            return due;
        var at = due > now ? due : now;
        return quiet.Left(TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(at, zone).TimeOfDay)) is { } left ? at + left : due;
    }

    /// <summary>Sends at most one notification.</summary>
    /// <returns>Whether there was trouble, after which the step is tried again; null where there is nothing to send now.</returns>
    async Task<SinkAnswer?> StepAsync(CancellationToken abort)
    {
        try
        {
            _due = null;
            if (!Look())
                return null;
            var now = clock.GetUtcNow();
            _since ??= now;
            var due = DueAt(_since.Value, _sent, now, _news.Any(n => n.IsUrgent), options, clock.LocalTimeZone);
            if (due > now)
            {
                _due = due;
                return null;
            }

            var id = Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{outbox.Last}|{_foldedTo}|{_news[0].Incident.Id}|{_news[0].At.Ticks}")));
            var notification = new Notification(id, _news, now, masking, options.PageUrl, _isShort);
            var answer = await SinkTrouble.TryAsync(cancel => receiver.SendAsync(notification, cancel), abort);
            return answer.Outcome switch
            {
                SinkOutcome.Taken => Taken(),
                SinkOutcome.Rejected when !_isShort => Shorten(),
                SinkOutcome.Rejected => Trouble(answer with { Outcome = SinkOutcome.Misconfigured }),
                _ => Trouble(answer),
            };
        }
        catch (SqliteException e) when (e.MayRead())
        {
            return Trouble(new(SinkOutcome.Later, $"the store is not available: {e.Message}"));
        }
    }

    /// <summary>Reads what happened since the cursor; whether there is something to send.</summary>
    bool Look()
    {
        var newest = outbox.Newest();
        Status = Status with { Backlog = newest - outbox.Last };
        if (newest == outbox.Last && !outbox.IsNew)
            return false;
        if (newest != _foldedTo)
        {
            (_events, _foldedTo) = (0, newest);
            // A new receiver is notified of what is open, not the history.
            _news =
            [
                .. IncidentNews.Fold(Read(newest)).Where(
                    n => n.Incident.Severity >= options.Severity && !(outbox.IsNew && n.Incident.Closed is not null)),
            ];
        }

        if (_news.Count > 0)
            return true;
        Pass();
        return false;
    }

    IEnumerable<StoredHappening> Read(long newest)
    {
        for (var last = outbox.Last; last < newest && outbox.Read(last, Page) is { Count: > 0 } page; last = page[^1].Id)
            foreach (var happened in page)
            {
                if (happened.Id > newest)
                    yield break;
                _events++;
                yield return happened;
            }
    }

    SinkAnswer? Taken()
    {
        var now = clock.GetUtcNow();
        _sent = now;
        Pass();
        Status = Status with { Shipped = Status.Shipped + _events, LastSuccess = now };
        if (_trouble.Recovered(Status.Backlog))
            Status = Status with { Problem = null };
        return SinkAnswer.Taken;
    }

    /// <summary>Too large, or a text that the receiver cannot read: only the title and the sums are sent.</summary>
    SinkAnswer? Shorten()
    {
        _isShort = true;
        return SinkAnswer.Taken;
    }

    void Pass()
    {
        outbox.Advance(_foldedTo);
        (_since, _isShort) = (null, false);
        Status = Status with { LastShippedId = outbox.Last, Backlog = Math.Max(0, outbox.Newest() - outbox.Last) };
    }

    SinkAnswer? Trouble(SinkAnswer answer)
    {
        _trouble.Failed(answer);
        Status = Status with { Problem = answer.Reason };
        return answer;
    }
}
