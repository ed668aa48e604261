using System.Security.Cryptography;
using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;

namespace Mailflow.Ledger;

/// <summary>
/// Counts a failure once if both the tracking log and event 2004 report it, in either order; they are matched by message-id. A permanent
/// rejection waits for its row. If none arrives, it is counted alone, and a row that arrives later is not counted again. A rejection that is
/// retried is not a failure and is ignored.
/// </summary>
/// <param name="store">The store of open rejections and earlier failures; null: only in memory, for a scan.</param>
/// <param name="rules">The user's own rules for replies.</param>
sealed class RejectedMessages(Store? store, RulesInForce rules)
{
    /// <summary>How long a rejection waits for its row: a tracking log is written within minutes, and an export arrives each minute.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(30);

    /// <summary>Maximum open rejections; if there are more, the oldest do not wait any longer.</summary>
    public const int MaxOpen = 100_000;

    /// <summary>Maximum message-ids of failures that a scan remembers, as hashes.</summary>
    const int MaxFailed = 4_000_000;

    readonly Dictionary<string, OpenRejection> _open =
        store?.Exports.LoadRejections().ToDictionary(r => r.MessageId, StringComparer.Ordinal) ?? new(StringComparer.Ordinal);

    readonly HashSet<long> _failed = [];
    readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>Changes since the last commit: the open rejection, or null if it was removed.</summary>
    public IEnumerable<(string MessageId, OpenRejection? Rejection)> Changed => _changed.Select(m => (m, _open.GetValueOrDefault(m)));

    /// <summary>A failure in a tracking log.</summary>
    /// <returns>False if it was counted earlier from its event.</returns>
    public bool Add(Failure failure)
    {
        if (failure.Deferred || failure.MessageId.Length == 0)
            return true;
        if (store is not null)
            store.Exports.Failed.Add(failure);
        else if (_failed.Count < MaxFailed)
            _failed.Add(FailedMessages.Hash(failure.MessageId));
        if (!_open.Remove(failure.MessageId, out var rejection))
            return true;
        _changed.Add(failure.MessageId);
        return !rejection.Counted;
    }

    /// <summary>A new event. Only event 2004 with a permanent rejection counts.</summary>
    public void Add(ReportedEvent reported, long file, DateTimeOffset now)
    {
        if (reported.Rejected is not { } rejected || rejected.Diagnosis.Permanence == Permanence.Transient)
            return;
        var name = Encoding.UTF8.GetBytes($"{reported.Server}\n{reported.Channel}\n{reported.Record}\n{reported.Time.Ticks}");
        var id = SHA256.HashData(name)[..16];
        // Without a message-id it cannot match a row, so it gets a key of its own.
        var messageId = rejected.MessageId.Length > 0 ? rejected.MessageId : Convert.ToHexString(id);
        if (_open.ContainsKey(messageId) || HasFailed(messageId, reported.Time))
            return;
        _open.Add(messageId, new(
            MessageId: messageId,
            Due: (now + Wait).ToUnixTimeMilliseconds(),
            Counted: false,
            Time: reported.Time,
            Server: reported.Server,
            Connector: rejected.Connector,
            Status: rejected.Diagnosis.Text,
            EventId: id,
            File: file,
            Record: reported.Record));
        _changed.Add(messageId);
    }

    bool HasFailed(string messageId, DateTime time) =>
        _failed.Contains(FailedMessages.Hash(messageId)) || store?.Exports.Failed.Contains(messageId, time) is true;

    /// <summary>Whether <see cref="TakeDue"/> has something to do.</summary>
    public bool AreDue(DateTimeOffset now) => Excess > 0 || _open.Values.Any(r => !r.Counted && r.Due <= now.ToUnixTimeMilliseconds());

    /// <summary>The rejections whose row has not arrived in time, or that are too many: they are counted from now on.</summary>
    public List<LoneFailure> TakeDue(DateTimeOffset now)
    {
        var until = now.ToUnixTimeMilliseconds();
        // If there are too many, the counted ones are removed first.
        foreach (var old in _open.Values.Where(r => r.Counted).OrderBy(r => r.Due).Take(Excess).ToList())
            Forget(old);
        var due = _open.Values.Where(r => !r.Counted && r.Due <= until).ToList();
        due.AddRange(_open.Values.Where(r => !r.Counted && r.Due > until).OrderBy(r => r.Due).Take(Excess));
        foreach (var rejection in due)
        {
            _open[rejection.MessageId] = rejection with { Counted = true };
            _changed.Add(rejection.MessageId);
        }

        return [.. due.OrderBy(r => r.Time).ThenBy(r => r.MessageId, StringComparer.Ordinal).Select(Failed)];
    }

    /// <summary>Called after the commit: they are in the store.</summary>
    public void Stored()
    {
        _changed.Clear();
        store?.Exports.Failed.Stored();
    }

    /// <summary>Removes rejections that were counted so long ago that their row will not arrive any more.</summary>
    public void Prune(DateTimeOffset before)
    {
        foreach (var old in _open.Values.Where(r => r.Counted && r.Due < before.ToUnixTimeMilliseconds()).ToList())
            Forget(old);
    }

    /// <summary>Open rejections above the maximum.</summary>
    int Excess => Math.Max(0, _open.Count - MaxOpen);

    void Forget(OpenRejection rejection)
    {
        _open.Remove(rejection.MessageId);
        _changed.Add(rejection.MessageId);
    }

    LoneFailure Failed(OpenRejection rejection)
    {
        // An event without a message-id has the hexadecimal hash as its key instead.
        var hasId = rejection.MessageId.Contains('@', StringComparison.Ordinal) || rejection.MessageId.StartsWith('<');
        var failure = new Failure(
            Deferred: false,
            Time: rejection.Time,
            Source: "event",
            Direction: Direction.Unknown,
            Recipient: "",
            Sender: "",
            MessageId: hasId ? rejection.MessageId : "",
            NetworkMessageId: "",
            Connector: rejection.Connector,
            Subject: "",
            Diagnosis: Diagnosis.Of(rejection.Status, rules.Current),
            Offset: 0,
            Index: 0);
        return new(failure, rejection.Server, rejection.EventId, rejection.File, rejection.Record);
    }
}
