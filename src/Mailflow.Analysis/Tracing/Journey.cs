using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tracing;

/// <summary>What became of a message for one recipient. The order is that of <see cref="Journey.Of"/>: a later value wins over an earlier one.</summary>
public enum Fate
{
    /// <summary>Received, and no row says how it ended.</summary>
    Pending,

    /// <summary>Delayed; Exchange tries again.</summary>
    Deferred,

    /// <summary>The address was replaced by others: a group by its members, a mailbox by the address that it forwards to.</summary>
    Replaced,

    /// <summary>Deleted without a report to the sender.</summary>
    Dropped,

    /// <summary>The recipient will not get it.</summary>
    Failed,

    /// <summary>Handed to a server outside the organisation.</summary>
    Sent,

    /// <summary>Stored in a mailbox.</summary>
    Delivered,
}

/// <summary>The way of a message to one recipient.</summary>
/// <param name="Address">As the rows write it.</param>
/// <param name="At">The time of the row that decides; null where no row names the recipient with an event that does.</param>
/// <param name="Server">The server that wrote that row: for a pending message where it is; empty where it is not known.</param>
/// <param name="NextHop">The server that it was handed to; empty where it was not.</param>
/// <param name="Reply">The reply or state of that row.</param>
/// <param name="Diagnosis">For a failed or deferred recipient, why.</param>
/// <param name="Became">For a replaced address, the addresses that it became.</param>
public sealed record RecipientFate(
    string Address, Fate Fate, DateTime? At, string Server, string NextHop, string Reply, Diagnosis? Diagnosis, IReadOnlyList<string> Became);

/// <summary>The journey of one message over all servers whose rows are known.</summary>
/// <param name="Rows">In the order of their times; rows of the same time in the order of their files.</param>
/// <param name="Recipients">In the order in which the rows first name them.</param>
/// <param name="Missing">Servers that the message was handed to and that have no row: their logs are not read, or the message is still on its way.</param>
public sealed record Journey(
    string MessageId,
    string NetworkMessageId,
    string Sender,
    string Subject,
    long Bytes,
    IReadOnlyList<TraceRow> Rows,
    IReadOnlyList<RecipientFate> Recipients,
    IReadOnlyList<string> Missing)
{
    /// <summary>The first and the last time in the rows.</summary>
    public DateTime First => Rows[0].Time;

    /// <summary>The last time in the rows.</summary>
    public DateTime Last => Rows[^1].Time;

    /// <summary>The servers that wrote rows, in the order of their first.</summary>
    public IReadOnlyList<string> Servers => [.. Rows.Select(r => r.Server).Where(s => s.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>
    /// Groups rows by message. Rows with the same network message id are one message. A row without one (Exchange 2010 and earlier) belongs to the
    /// message with its Message-ID, where there is just one.
    /// </summary>
    public static IReadOnlyList<Journey> Group(IEnumerable<TraceRow> rows)
    {
        var all = rows.DistinctBy(r => (r.File, r.Offset)).ToList();
        var networks = all.Where(r => r.NetworkMessageId.Length > 0 && r.MessageId.Length > 0)
            .GroupBy(r => r.MessageId, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(r => r.NetworkMessageId).Distinct(StringComparer.OrdinalIgnoreCase).ToList(), StringComparer.Ordinal);
        return
        [
            .. all.GroupBy(KeyOf, StringComparer.OrdinalIgnoreCase)
                .Select(g => Of([.. g]))
                .OrderBy(j => j.First).ThenBy(j => j.MessageId, StringComparer.Ordinal),
        ];

        string KeyOf(TraceRow row) =>
            row.NetworkMessageId.Length > 0 ? row.NetworkMessageId
            : networks.GetValueOrDefault(row.MessageId) is [var only] ? only
            : row.MessageId.Length > 0 ? row.MessageId
            : $"{row.Server}\n{row.InternalId}";
    }

    /// <summary>
    /// The journey of the rows of one message, in any order. The result does not depend on the order in which they are given: an end wins over a
    /// delay and over no end, a delivery wins over a failure of another copy; among equal ones the first end and the last delay count.
    /// </summary>
    public static Journey Of(IReadOnlyList<TraceRow> rows)
    {
        var ordered = rows.OrderBy(r => r.Time).ThenBy(r => r.File, StringComparer.Ordinal).ThenBy(r => r.Offset).ToList();
        var fates = new Fates();
        foreach (var row in ordered)
            fates.Add(row);
        var named = ordered.FirstOrDefault(r => r.Sender.Length > 0) ?? ordered[0];
        var writers = ordered.Select(r => r.Server).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new(
            ordered.FirstOrDefault(r => r.MessageId.Length > 0)?.MessageId ?? "",
            ordered.FirstOrDefault(r => r.NetworkMessageId.Length > 0)?.NetworkMessageId ?? "",
            named.Sender,
            ordered.FirstOrDefault(r => r.Subject.Length > 0)?.Subject ?? "",
            ordered.Max(r => r.Bytes),
            ordered,
            fates.All(),
            [.. ordered.Select(TrackedHop.Within).OfType<string>().Where(s => !writers.Contains(s)).Distinct(StringComparer.OrdinalIgnoreCase)]);
    }
}
