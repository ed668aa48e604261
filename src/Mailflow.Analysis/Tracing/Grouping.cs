namespace Mailflow.Analysis.Tracing;

/// <summary>
/// Which rows are of one message. Rows with the same network message id are. A row without one (Exchange 2010 and earlier) belongs to the message with its
/// Message-ID, where there is just one. Moderation makes other messages of it: a decision names its request and refers to the message; the message that a
/// moderator released has the Message-ID of the first, and refers to the request.
/// </summary>
static class Grouping
{
    /// <summary>The rows of each message.</summary>
    public static IEnumerable<IReadOnlyList<TraceRow>> Of(IEnumerable<TraceRow> rows)
    {
        var all = rows.DistinctBy(r => (r.File, r.Offset)).ToList();
        var networks = all.Where(r => r.NetworkMessageId.Length > 0 && r.MessageId.Length > 0)
            .GroupBy(r => r.MessageId, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(r => r.NetworkMessageId).Distinct(StringComparer.OrdinalIgnoreCase).ToList(), StringComparer.Ordinal);
        var released = Released(all);
        return all.GroupBy(KeyOf, StringComparer.OrdinalIgnoreCase).Select(g => g.ToList());

        string KeyOf(TraceRow row) =>
            IsDecision(row) && row.Reference.Length > 0 ? OfMessage(Bare(row.Reference)) ?? Bare(row.Reference)
            : row.NetworkMessageId.Length > 0 ? released.GetValueOrDefault(row.NetworkMessageId, row.NetworkMessageId)
            : OfMessage(row.MessageId) ?? (row.MessageId.Length > 0 ? row.MessageId : $"{row.Server}\n{row.InternalId}");

        string? OfMessage(string id)
        {
            var known = networks.GetValueOrDefault(id, []).Select(n => released.GetValueOrDefault(n, n)).Distinct(StringComparer.OrdinalIgnoreCase);
            return known.Take(2).ToList() is [var only] ? only : null;
        }
    }

    /// <summary>Whether a row is a moderator's decision: its ids are those of the request for approval.</summary>
    public static bool IsDecision(TraceRow row) =>
        row.NetworkMessageId.Length == 0 && row.Event is "MODERATORAPPROVE" or "MODERATORREJECT" or "MODERATIONEXPIRE" or "MODERATORSALLNDR";

    /// <summary>The network message ids of released messages, and of the messages that they were.</summary>
    static Dictionary<string, string> Released(List<TraceRow> rows)
    {
        var started = rows.Where(r => r.Event == "INITMESSAGECREATED" && r.NetworkMessageId.Length > 0).ToLookup(r => r.MessageId, StringComparer.Ordinal);
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in rows)
            if (row is { Event: "RECEIVE", Source: "APPROVAL", NetworkMessageId.Length: > 0 }
                && started[row.MessageId].Select(s => s.NetworkMessageId).Distinct(StringComparer.OrdinalIgnoreCase).ToList() is [var only]
                && !only.Equals(row.NetworkMessageId, StringComparison.OrdinalIgnoreCase))
                result[row.NetworkMessageId] = only;
        return result;
    }

    static string Bare(string reference)
    {
        var end = reference.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? reference : reference[..end]).Trim('\'', ' ');
    }
}
