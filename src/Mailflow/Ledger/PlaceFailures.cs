using System.Text;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;

namespace Mailflow.Ledger;

/// <summary>The failures of a time range at one place, for its page.</summary>
/// <param name="Rows">The newest, newest first.</param>
/// <param name="Counts">Failures by step.</param>
/// <param name="Count">All of the range.</param>
/// <param name="Causes">How many of each cause; empty for one cause.</param>
/// <param name="Domains">The recipient domains with the most of them; empty for one domain.</param>
/// <param name="BackTo">Set where older failures than this were not read.</param>
sealed record PlaceFailures(
    IReadOnlyList<FoundFailure> Rows,
    IReadOnlyList<long> Counts,
    long Count,
    IReadOnlyList<(Cause Cause, long Count)> Causes,
    IReadOnlyList<(string Name, long Count)> Domains,
    DateTimeOffset? BackTo)
{
    /// <summary>Failures that are read of a place that the stored sums do not have. They take about a tenth of a second.</summary>
    public const int MaxLookedAt = 40_000;

    const int MostDomains = 12;

    /// <summary>Of one cause: figures from the stored sums, rows by the index of causes.</summary>
    public static PlaceFailures OfCause(History history, Cause cause, DateTimeOffset from, DateTimeOffset to, Steps steps, int most)
    {
        var sums = history.Sums(from, to, steps);
        var counts = new long[steps.Count];
        foreach (var (step, of, count) in sums.BySteps())
            counts[step] += of == cause ? count : 0;
        var domains = sums.Domains.Select(d => (d.Key, Count: CountOf(d.Value, cause))).Where(d => d.Count > 0 && d.Key.Length > 0);
        return new(
            Read(
                history,
                "SELECT id, time FROM events WHERE cause = ? AND time >= ? AND time < ? AND deferred = 0 ORDER BY time DESC, id DESC LIMIT ?",
                rows => rows.Give(cause.Name()).Give(from.ToUnixTimeMilliseconds()).Give(to.ToUnixTimeMilliseconds()).Give(most)),
            counts, counts.Sum(), [], Top(domains), null);
    }

    /// <summary>To one domain: hours without it are left out by the stored sums.</summary>
    public static PlaceFailures OfDomain(History history, string domain, DateTimeOffset from, DateTimeOffset to, Steps steps, int most)
    {
        var wanted = Encoding.UTF8.GetBytes(domain);
        var (counts, causes, places, looked) = (new long[steps.Count], new long[FailureSums.Causes], new List<FailurePlace>(), 0);
        using var hours = new Statement(history.Connection, "SELECT domains FROM event_hours WHERE hour = ?");
        using var rows = new Statement(
            history.Connection, "SELECT time, id, cause, domain FROM events WHERE time >= ? AND time < ? AND deferred = 0 ORDER BY time DESC, id DESC");
        foreach (var (start, end, hour) in Enumerable.Reverse(history.Parts(from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds())))
        {
            var isCounted = false;
            if (hour is { } whole && HourSums.Fits(whole, steps))
            {
                hours.Give(whole).Step();
                var found = HourSums.CountsOf(hours.Bytes(0), wanted);
                hours.Reset();
                foreach (var (cause, count) in found)
                {
                    causes[(int)cause] += count;
                    counts[steps.Of(start)] += count;
                }

                isCounted = true;
                if (found.Count == 0 || places.Count >= most || looked >= MaxLookedAt)
                    continue;
            }

            for (rows.Give(start).Give(end); rows.Step(); looked++)
            {
                if (!rows.Bytes(3).SequenceEqual(wanted))
                    continue;
                if (!isCounted)
                {
                    causes[(int)CauseNames.Of(rows.Bytes(2))]++;
                    counts[steps.Of(rows.Number(0))]++;
                }

                if (places.Count < most)
                    places.Add(new(rows.Number(0), rows.Number(1)));
                else if (isCounted)
                    break;
            }

            rows.Reset();
        }

        return new(FailureSearch.Rows(history.Connection, places), counts, counts.Sum(), Counted(causes), [], null);
    }

    /// <summary>Of a server, a connector or a sender: the newest failures are read one by one.</summary>
    /// <param name="column">A column of `events`.</param>
    public static PlaceFailures Of(
        History history, string column, Predicate<string> isWanted, DateTimeOffset from, DateTimeOffset to, Steps steps, int most)
    {
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        var lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        var (counts, causes, domains) = (new long[steps.Count], new long[FailureSums.Causes], new Dictionary<string, long>(StringComparer.Ordinal));
        var (places, looked, last) = (new List<FailurePlace>(), 0, 0L);
        var letters = new char[KeptText.Address];
        using var rows = new Statement(
            history.Connection,
            $"SELECT time, id, cause, domain, {column} FROM events WHERE time >= ? AND time < ? AND deferred = 0 ORDER BY time DESC, id DESC LIMIT ?");
        rows.Give(from.ToUnixTimeMilliseconds()).Give(to.ToUnixTimeMilliseconds()).Give(MaxLookedAt);
        for (; rows.Step(); looked++)
        {
            last = rows.Number(0);
            var bytes = rows.Bytes(4);
            if (Encoding.UTF8.GetMaxCharCount(bytes.Length) > letters.Length)
                letters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
            var text = letters.AsSpan(0, Encoding.UTF8.GetChars(bytes, letters));
            if (!lookup.TryGetValue(text, out var wanted))
                lookup[text] = wanted = isWanted(text.ToString());
            if (!wanted)
                continue;
            causes[(int)CauseNames.Of(rows.Bytes(2))]++;
            counts[steps.Of(last)]++;
            var domain = rows.Text(3);
            domains[domain] = domains.GetValueOrDefault(domain) + 1;
            if (places.Count < most)
                places.Add(new(last, rows.Number(1)));
        }

        rows.Reset();
        return new(
            FailureSearch.Rows(history.Connection, places), counts, counts.Sum(), Counted(causes), Top(domains.Select(d => (d.Key, d.Value))),
            looked == MaxLookedAt ? DateTimeOffset.FromUnixTimeMilliseconds(last) : null);
    }

    /// <summary>The sender of a failure; empty where it has none, or where there is no such failure.</summary>
    public static string SenderOf(History history, long failure)
    {
        using var row = new Statement(history.Connection, "SELECT sender FROM events WHERE id = ?");
        var sender = row.Give(failure).Step() ? row.Text(0) : "";
        row.Reset();
        return sender;
    }

    static IReadOnlyList<FoundFailure> Read(History history, string text, Func<Statement, Statement> give)
    {
        var places = new List<FailurePlace>();
        using var rows = new Statement(history.Connection, text);
        for (give(rows); rows.Step();)
            places.Add(new(rows.Number(1), rows.Number(0)));
        rows.Reset();
        return FailureSearch.Rows(history.Connection, places);
    }

    static long CountOf(DomainSum domain, Cause cause)
    {
        foreach (var (of, count, _) in domain.Counts)
            if (of == cause)
                return count;
        return 0;
    }

    static IReadOnlyList<(Cause, long)> Counted(long[] causes) =>
        [.. causes.Index().Where(c => c.Item > 0).OrderByDescending(c => c.Item).Select(c => ((Cause)c.Index, c.Item))];

    static IReadOnlyList<(string, long)> Top(IEnumerable<(string Name, long Count)> domains) =>
        [.. domains.Where(d => d.Name.Length > 0).OrderByDescending(d => d.Count).ThenBy(d => d.Name, StringComparer.Ordinal).Take(MostDomains)];
}
