using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>Which stored failures are wanted. All conditions that are given must hold.</summary>
sealed record FailureQuery
{
    /// <summary>The first time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The first time that is too late.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Any of these causes; empty: any.</summary>
    public IReadOnlyList<Cause> Causes { get; init; } = [];

    /// <summary>Any of these reasons, as they are counted; null: any.</summary>
    public IReadOnlySet<string>? Reasons { get; init; }

    /// <summary>The domain of the recipient.</summary>
    public string? Domain { get; init; }

    public string? Server { get; init; }

    public string? Connector { get; init; }

    /// <summary>Each must be in the status text or in the reason, or the failure has one of its causes.</summary>
    public IReadOnlyList<(string Text, IReadOnlySet<Cause> Causes)> Words { get; init; } = [];
}

/// <summary>A place in the order of failures, newest first: what comes after it is older.</summary>
readonly record struct FailurePlace(long Time, long Id);

/// <summary>A failure that was found, unmasked.</summary>
sealed record FoundFailure(
    FailurePlace Place, DateTimeOffset Time, string Server, string Recipient, string Domain, string Sender, string MessageId, string NetworkMessageId,
    string Connector, Cause Cause, string Reason, string Status);

/// <summary>Failures that were found.</summary>
/// <param name="Rows">One page, newest first.</param>
/// <param name="Next">Where the next page begins; null: there is none.</param>
/// <param name="Count">All of them, on all pages.</param>
/// <param name="Looked">Failures that were read.</param>
/// <param name="BackTo">Set where the time was over: older failures than this were not read.</param>
sealed record FoundFailures(
    IReadOnlyList<FoundFailure> Rows,
    FailurePlace? Next,
    long Count,
    IReadOnlyList<(Cause Cause, long Count)> Causes,
    IReadOnlyList<(string Name, long Count)> Servers,
    IReadOnlyList<(string Name, long Count)> Domains,
    long Looked,
    DateTimeOffset? BackTo);

/// <summary>
/// Finds failures in the store. One pass over the rows of the time range, newest first: only the time has an index, because each further one costs a page
/// for nearly every event that is written.
/// </summary>
static class FailureSearch
{
    /// <summary>Names that are counted; there are as many domains as senders of spam make up.</summary>
    const int MaxNames = 100_000;

    const int MostShown = 12;

    /// <param name="after">Rows after this place are returned; all are counted.</param>
    /// <param name="late">When it is cancelled, the result is what was found until then.</param>
    public static FoundFailures Find(Store store, FailureQuery query, FailurePlace? after, int most, CancellationToken late)
    {
        using var connection = store.OpenReader();
        using var moment = connection.BeginTransaction(deferred: true);
        using var rows = new Statement(
            connection,
            "SELECT time, id, cause, reason, domain, server, connector" + (query.Words.Count > 0 ? ", status" : "")
            + " FROM events WHERE time >= ? AND time < ? AND deferred = 0 ORDER BY time DESC, id DESC");
        var (domain, server, connector) = (Utf8(query.Domain), Utf8(query.Server), Utf8(query.Connector));
        var causes = query.Causes.ToHashSet();
        var (byCause, servers, domains) = (new long[FailureSums.Causes], new Names(), new Names());
        var places = new List<FailurePlace>();
        var (count, looked) = (0L, 0L);
        FailurePlace? next = null;
        DateTimeOffset? backTo = null;
        rows.Give(query.Since?.ToUnixTimeMilliseconds() ?? long.MinValue + 1).Give(query.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue);
        while (rows.Step())
        {
            looked++;
            var place = new FailurePlace(rows.Number(0), rows.Number(1));
            if (late.IsCancellationRequested)
            {
                backTo = DateTimeOffset.FromUnixTimeMilliseconds(place.Time);
                break;
            }

            var cause = CauseNames.Of(rows.Bytes(2));
            if ((causes.Count > 0 && !causes.Contains(cause)) || !Same(rows, 4, domain) || !Same(rows, 5, server) || !Same(rows, 6, connector)
                || (query.Reasons is { } reasons && !reasons.Contains(rows.Text(3))) || !HasWords(rows, cause, query.Words))
                continue;
            count++;
            byCause[(int)cause]++;
            domains.Add(rows.Bytes(4));
            servers.Add(rows.Bytes(5));
            if (after is { } from && (place.Time > from.Time || (place.Time == from.Time && place.Id >= from.Id)))
                continue;
            if (places.Count < most)
                places.Add(place);
            else
                next ??= places[^1];
        }

        rows.Reset();
        return new(
            Rows(connection, places), next, count,
            [.. byCause.Index().Where(c => c.Item > 0).OrderByDescending(c => c.Item).Select(c => ((Cause)c.Index, c.Item))],
            servers.Top(), domains.Top(), looked, backTo);
    }

    /// <summary>The failures at some places, in their order.</summary>
    public static IReadOnlyList<FoundFailure> Rows(SqliteConnection connection, IReadOnlyList<FailurePlace> places)
    {
        using var one = new Statement(
            connection,
            "SELECT server, recipient, domain, sender, message_id, network_message_id, connector, cause, reason, status FROM events WHERE id = ?");
        return [.. places.Select(p => Row(one, p))];
    }

    static FoundFailure Row(Statement one, FailurePlace place)
    {
        one.Give(place.Id).Step();
        var found = new FoundFailure(
            place, DateTimeOffset.FromUnixTimeMilliseconds(place.Time), one.Text(0), one.Kept(1, KeptText.Address), one.Kept(2, KeptText.Address),
            one.Kept(3, KeptText.Address), one.Kept(4, KeptText.Line), one.Kept(5, KeptText.Name), one.Kept(6, KeptText.Name), CauseNames.Of(one.Bytes(7)),
            one.Text(8), one.Kept(9, KeptText.Status));
        one.Reset();
        return found;
    }

    static bool HasWords(Statement rows, Cause cause, IReadOnlyList<(string Text, IReadOnlySet<Cause> Causes)> words)
    {
        if (words.Count == 0 || words.All(w => w.Causes.Contains(cause)))
            return true;
        var (status, reason) = (rows.Text(7), rows.Text(3));
        return words.All(
            w => w.Causes.Contains(cause) || status.Contains(w.Text, StringComparison.OrdinalIgnoreCase)
                || reason.Contains(w.Text, StringComparison.OrdinalIgnoreCase));
    }

    static bool Same(Statement rows, int column, byte[]? wanted) =>
        wanted is null || rows.Bytes(column).SequenceEqual(wanted) || (wanted.Length > 0 && Ascii.EqualsIgnoreCase(rows.Bytes(column), wanted));

    static byte[]? Utf8(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    /// <summary>Counts names.</summary>
    sealed class Names
    {
        readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
        readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;
        readonly char[] _letters = new char[512];

        public Names() => _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();

        public void Add(ReadOnlySpan<byte> name)
        {
            if (name.Length is 0 or > 512)
                return;
            var letters = _letters.AsSpan(0, Encoding.UTF8.GetChars(name, _letters));
            if (_lookup.TryGetValue(letters, out var count) || _counts.Count < MaxNames)
                _lookup[letters] = count + 1;
        }

        public IReadOnlyList<(string Name, long Count)> Top() =>
            [.. _counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(MostShown).Select(c => (c.Key, c.Value))];
    }
}
