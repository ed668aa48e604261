using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Microsoft.Data.Sqlite;

namespace Mailflow.Ledger;

/// <summary>A cause in the last hour of a store.</summary>
/// <param name="TopDomain">The recipient domain with the most of them.</param>
sealed record GlancedCause(Cause Cause, long Count, string TopDomain);

/// <summary>What a store shows at a glance, of a running or a stopped program.</summary>
/// <param name="Newest">The newest row of any kind; null where none was read.</param>
/// <param name="Outcomes">Copies of messages by outcome, since the first row.</param>
/// <param name="Causes">Failures of the hour before the newest row by cause, the most frequent first.</param>
sealed record StoreGlance(DateTimeOffset? Newest, IReadOnlyDictionary<string, long> Outcomes, IReadOnlyList<GlancedCause> Causes)
{
    const int Hour = 3_600_000;

    /// <exception cref="StoreException">It cannot be read.</exception>
    public static StoreGlance Read(string path, DateTimeOffset now)
    {
        try
        {
            using var connection = Store.OpenReader(path);
            using var moment = connection.BeginTransaction(deferred: true);
            var outcomes = new Dictionary<string, long>(StringComparer.Ordinal);
            using (var sums = new Statement(connection, "SELECT a, sum(value) FROM cells WHERE counter = 'Messages' GROUP BY a"))
                while (sums.Step())
                    outcomes[sums.Text(0)] = sums.Number(1);
            // A clock that is ahead does not move the hour.
            using var newest = new Statement(connection, "SELECT max(newest) FROM files WHERE newest <= ?");
            newest.Give(now.ToUnixTimeMilliseconds()).Step();
            if (newest.IsNull(0) || newest.Number(0) <= 0)
                return new(null, outcomes, []);
            return new(DateTimeOffset.FromUnixTimeMilliseconds(newest.Number(0)), outcomes, CausesOf(connection, newest.Number(0)));
        }
        catch (SqliteException e)
        {
            throw Store.ExceptionOf(path, e)!;
        }
    }

    static List<GlancedCause> CausesOf(SqliteConnection connection, long newest)
    {
        // Of several bare columns beside one max(), SQLite takes those of its row.
        using var rows = new Statement(
            connection,
            """
            SELECT cause, sum(n), domain, max(n) FROM
                (SELECT cause, domain, count(*) AS n FROM events WHERE time > ? AND time <= ? AND deferred = 0 GROUP BY cause, domain)
            GROUP BY cause ORDER BY 2 DESC, 1
            """);
        rows.Give(newest - Hour).Give(newest);
        var causes = new List<GlancedCause>();
        while (rows.Step())
            causes.Add(new(CauseTable.TryParse(rows.Text(0), out var cause) ? cause : Cause.Unknown, rows.Number(1), rows.Kept(2, KeptText.Address)));
        return causes;
    }
}
