using Mailflow.Analysis.Messages;
using Mailflow.Ledger;

namespace Mailflow.Scan;

/// <summary>Which recipients of which messages were counted, as hashes: a failure that is told twice counts once.</summary>
sealed class ToldRecipients
{
    /// <summary>About 200 MB. Beyond it, a failure that is told twice counts twice.</summary>
    const int Most = 4_000_000;

    readonly HashSet<long> _told = [];

    /// <summary>A failed recipient of a log.</summary>
    public void Add(Failure failure)
    {
        if (failure.MessageId.Length > 0)
            Add(failure.MessageId, failure.Recipient, failure.Deferred ? "delayed" : "failed");
    }

    /// <returns>False if it was added before.</returns>
    public bool Add(string message, string recipient, string state)
    {
        var hash = FailedMessages.Hash($"{message.Trim('<', '>', ' ')}\n{recipient.ToLowerInvariant()}\n{state}");
        return _told.Count < Most ? _told.Add(hash) : !_told.Contains(hash);
    }
}
