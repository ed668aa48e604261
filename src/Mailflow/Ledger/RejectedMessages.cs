using System.Security.Cryptography;
using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>
/// Makes one failure of what the tracking log and event 2004 both tell, in whatever order they come: by message-id. A refusal for good waits for its row; where none
/// comes, it is counted alone, and a row that comes still later is not counted again. One that will be retried is no failure and waits for nothing.
/// </summary>
/// <param name="store">Where the open ones and the failures of before are kept; null: only in memory, for a scan.</param>
sealed class RejectedMessages(Store? store)
{
    /// <summary>A tracking log is written within minutes, and its server's export comes once a minute.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(30);

    /// <summary>Beyond, the oldest do not wait any longer.</summary>
    public const int MaxOpen = 100_000;

    /// <summary>Message-ids of failures that a scan remembers, as hashes.</summary>
    const int MaxFailed = 4_000_000;

    readonly Dictionary<string, OpenRejection> _open = store?.Exports.LoadRejections().ToDictionary(r => r.MessageId, StringComparer.Ordinal) ?? new(StringComparer.Ordinal);
    readonly HashSet<long> _failed = [];
    readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>What changed since the last commit: what is open now, or null for what is not any more.</summary>
    public IEnumerable<(string MessageId, OpenRejection? Refusal)> Changed => _changed.Select(m => (m, _open.GetValueOrDefault(m)));

    /// <summary>A failure in a tracking log.</summary>
    /// <returns>False where it was counted before, when only the event told of it.</returns>
    public bool Add(Failure failure)
    {
        if (failure.Deferred || failure.MessageId.Length == 0)
            return true;
        if (store is not null)
            store.Exports.Failed.Add(failure);
        else if (_failed.Count < MaxFailed)
            _failed.Add(FailedMessages.Hash(failure.MessageId));
        if (!_open.Remove(failure.MessageId, out var refusal))
            return true;
        _changed.Add(failure.MessageId);
        return !refusal.Counted;
    }

    /// <summary>An event 2004 that was not seen before.</summary>
    public void Add(ReportedEvent reported, long file, DateTimeOffset now)
    {
        if (reported.Rejected is not { } refused || refused.Diagnosis.Permanence == Permanence.Transient)
            return;
        var name = Encoding.UTF8.GetBytes($"{reported.Server}\n{reported.Channel}\n{reported.Record}\n{reported.Time.Ticks}");
        var id = SHA256.HashData(name)[..16];
        // Without a message-id nothing can join it.
        var messageId = refused.MessageId.Length > 0 ? refused.MessageId : Convert.ToHexString(id);
        if (_open.ContainsKey(messageId) || _failed.Contains(FailedMessages.Hash(messageId)) || store?.Exports.Failed.Contains(messageId, reported.Time) is true)
            return;
        _open.Add(messageId, new(messageId, (now + Wait).ToUnixTimeMilliseconds(), false, reported.Time, reported.Server, refused.Connector, refused.Diagnosis.Text, id, file, reported.Record));
        _changed.Add(messageId);
    }

    /// <summary>Whether <see cref="TakeDue"/> would give something.</summary>
    public bool AreDue(DateTimeOffset now) => _open.Count > MaxOpen || _open.Values.Any(r => !r.Counted && r.Due <= now.ToUnixTimeMilliseconds());

    /// <summary>Those whose row has not come: they are counted from now on.</summary>
    public List<LoneFailure> TakeDue(DateTimeOffset now)
    {
        var until = now.ToUnixTimeMilliseconds();
        // Where there are too many, those that were counted are forgotten first.
        foreach (var old in _open.Values.Where(r => r.Counted).OrderBy(r => r.Due).Take(_open.Count - MaxOpen).ToList())
            Forget(old);
        var due = _open.Values.Where(r => !r.Counted && r.Due <= until).ToList();
        due.AddRange(_open.Values.Where(r => !r.Counted && r.Due > until).OrderBy(r => r.Due).Take(_open.Count - MaxOpen));
        foreach (var refusal in due)
        {
            _open[refusal.MessageId] = refusal with { Counted = true };
            _changed.Add(refusal.MessageId);
        }

        return [.. due.OrderBy(r => r.Time).ThenBy(r => r.MessageId, StringComparer.Ordinal).Select(Failed)];
    }

    /// <summary>They are in the store now.</summary>
    public void Stored()
    {
        _changed.Clear();
        store?.Exports.Failed.Stored();
    }

    /// <summary>Forgets what was counted so long ago that its row will not come any more.</summary>
    public void Prune(DateTimeOffset before)
    {
        foreach (var old in _open.Values.Where(r => r.Counted && r.Due < before.ToUnixTimeMilliseconds()).ToList())
            Forget(old);
    }

    void Forget(OpenRejection refusal)
    {
        _open.Remove(refusal.MessageId);
        _changed.Add(refusal.MessageId);
    }

    static LoneFailure Failed(OpenRejection refusal)
    {
        var named = refusal.MessageId.Contains('@', StringComparison.Ordinal) || refusal.MessageId.StartsWith('<') ? refusal.MessageId : "";
        var failure = new Failure(false, refusal.Time, "event", Direction.Unknown, "", "", named, "", refusal.Connector, "", Diagnosis.Of(refusal.Status), 0, 0);
        return new(failure, refusal.Server, refusal.EventId, refusal.File, refusal.Record);
    }
}
