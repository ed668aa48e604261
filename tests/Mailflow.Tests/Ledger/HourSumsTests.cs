using CsCheck;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;

namespace Mailflow.Tests.Ledger;

/// <summary>Hour sums give the same figures as the rows.</summary>
public sealed class HourSumsTests
{
    static readonly Cause[] Causes = [Cause.MailboxFull, Cause.InvalidRecipient, Cause.Blocklisted];
    static readonly string[] Texts = ["550 5.1.1 User unknown", "552 5.2.2 Mailbox full", "421 4.7.0 Try later"];
    static readonly string[] Domains = ["a.example", "b.example", "ü.example", "c.example"];

    /// <summary>An operation on the store: adding failures, summing all hours, or deleting rows older than some minutes.</summary>
    sealed record Change(int Kind, int Minute, int Cause, int Text, int Domain, bool Deferred);

    static readonly int[] StepMinutes = [5, 15, 60, 180];

    [Fact]
    public void Hour_sums_equal_the_rows_in_any_order_of_operations() =>
        Gen.Select(
            Gen.Select(Gen.Int[0, 11], Gen.Int[0, 600], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Bool)
                .Select((k, m, c, t, d, f) => new Change(k, m, c, t, d, f && k % 2 == 0))
                .List[1, 60],
            Gen.Int[-30, 660],
            Gen.Int[1, 700],
            Gen.Int[0, 12],
            Gen.Int[0, 3].Select(i => StepMinutes[i]))
        .Sample((changes, from, length, zone, step) => Check(changes, from, length, zone * 15, step), iter: 60, threads: 1);

    static void Check(List<Change> changes, int from, int length, int zone, int step)
    {
        using var bed = new LedgerBed(options: new() { KeepDeferrals = true });
        var totals = new Totals(bed.Names);
        var start = LedgerBed.Noon.AddHours(-12);
        foreach (var (i, change) in changes.Index())
        {
            if (change.Kind == 0)
                bed.Store.Events.DeleteOldest(start.AddMinutes(change.Minute / 4).ToUnixTimeMilliseconds());
            else if (change.Kind == 1)
                bed.Store.AddUpHours();
            else
                Write(bed, totals, i, change, start);
        }

        using var history = new History(bed.Store);
        var (lo, hi) = (start.AddMinutes(from).AddSeconds(17), start.AddMinutes(from + length).AddSeconds(17));
        var steps = new Steps(start.AddMinutes(zone - 600).ToUnixTimeMilliseconds(), step * 60_000L, 60 * 24 / step);
        Assert.Equal(Figures(new(bed, lo, hi, steps)), Figures(history, lo, hi, steps, mostDomains: 100));
        // Also with more domains than the limit.
        Assert.Equal(Figures(new(bed, lo, hi, steps)), Figures(history, lo, hi, steps, mostDomains: 1));
    }

    static void Write(LedgerBed bed, Totals totals, int at, Change change, DateTimeOffset start)
    {
        var delta = bed.DeltaAsync(offset: at * 100, end: (at + 1) * 100).GetAwaiter().GetResult();
        for (var i = 0; i < 3; i++)
        {
            var time = start.AddMinutes(change.Minute + (i * change.Text)).AddSeconds(i).UtcDateTime;
            var diagnosis = Diagnosis.Of(Texts[change.Text]) with { Cause = Causes[change.Cause] };
            delta.Tally.Failures.Add(new(
                change.Deferred, time, "SMTP", (Direction)(change.Minute % 3), $"r@{Domains[change.Domain]}",
                $"s{i}@B.example", "<m>", "n", $"c{at}", "", diagnosis, i, 0));
        }

        bed.Store.Commit([delta], totals, keepDeferrals: true, keepSubjects: false, LedgerBed.Noon);
        bed.Pool.Return(delta);
    }

    static string Figures(History history, DateTimeOffset from, DateTimeOffset to, Steps steps, int mostDomains)
    {
        var sums = history.Sums(from, to, steps, mostDomains);
        return string.Join('\n',
        [
            .. history.ByReason(sums)
                .Select(r => $"{r.Cause.Name()} {r.Reason} {r.Count} {r.Newest.ToUnixTimeMilliseconds()} {r.Status} {r.Domain} {r.Connector} {r.Server}")
                .Order(StringComparer.Ordinal),
            .. history.Spread(sums, from, to).Select(s => $"{s.Cause.Name()} {s.TopDomain} {s.TopCount} {s.Domains}").Order(StringComparer.Ordinal),
            .. history.TopDomains(sums, from, to, 3).Select(d => $"{d.Domain} {d.Count} {d.TopCause.Name()} {d.TopCount} {d.Newest.ToUnixTimeMilliseconds()}"),
            .. sums.BySteps().Select(s => $"{s.Step} {s.Cause.Name()} {s.Count}").Order(StringComparer.Ordinal),
            .. history.Began(Causes.ToHashSet(), to).Select(b => $"{b.Key.Name()} began {b.Value.ToUnixTimeMilliseconds()}").Order(StringComparer.Ordinal),
            .. Runs(history, to),
            .. history.OwnSide().Select(o => $"own {o.Domain} {o.Count}"),
            .. history.Blocklistings().Select(b => $"listed {b.Status}").Order(StringComparer.Ordinal),
            $"kept {history.Kept()}",
        ]);
    }

    /// <summary>The last run of one reason of each cause: the first by name.</summary>
    static IEnumerable<string> Runs(History history, DateTimeOffset to)
    {
        var ends = history.ByReason(history.Sums(DateTimeOffset.UnixEpoch, to)).GroupBy(r => r.Cause).ToDictionary(
            g => g.Key,
            g =>
            {
                var least = g.MinBy(r => r.Reason, StringComparer.Ordinal)!;
                return ((IReadOnlySet<string>)new HashSet<string> { least.Reason }, least.Newest);
            });
        return FailureRuns.Of(history, ends, most: 1_000_000).OrderBy(r => r.Key.Name(), StringComparer.Ordinal).Select(r =>
            $"{r.Key.Name()} ran {r.Value.First?.ToUnixTimeMilliseconds()} {r.Value.Last.ToUnixTimeMilliseconds()} {r.Value.Count} "
            + $"{(long)r.Value.LargestGap.TotalMilliseconds}");
    }

    static string Figures(Direct direct) => string.Join('\n', direct.Lines());

    /// <summary>The same, computed from the rows only.</summary>
    sealed class Direct(LedgerBed bed, DateTimeOffset from, DateTimeOffset to, Steps steps)
    {
        const string Removed =
            "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) - (SELECT count(*) FROM events)";

        readonly string _range = $"time >= {from.ToUnixTimeMilliseconds()} AND time < {to.ToUnixTimeMilliseconds()} AND deferred = 0";

        public IEnumerable<string> Lines() =>
        [
            .. Ask($"""
                SELECT cause || ' ' || reason || ' '
                    || (SELECT count(*) FROM events WHERE {_range} AND cause = e.cause AND reason = e.reason) || ' ' || time
                    || ' ' || status || ' ' || domain || ' ' || connector || ' ' || server
                FROM events e WHERE id IN (SELECT DISTINCT first_value(id) OVER (PARTITION BY cause, reason ORDER BY time DESC, id) FROM events WHERE {_range})
                """).Order(StringComparer.Ordinal),
            .. Ask($"""
                SELECT cause || ' ' || domain || ' ' || n || ' ' || domains FROM
                    (SELECT cause, domain, count(*) AS n,
                        row_number() OVER (PARTITION BY cause ORDER BY count(*) DESC, domain) AS place, count(*) OVER (PARTITION BY cause) AS domains
                     FROM events WHERE {_range} GROUP BY cause, domain) WHERE place = 1
                """).Order(StringComparer.Ordinal),
            .. Ask($"""
                SELECT domain || ' ' || total || ' ' || cause || ' ' || n || ' ' || newest FROM
                    (SELECT domain, cause, count(*) AS n, sum(count(*)) OVER d AS total, max(max(time)) OVER d AS newest,
                        row_number() OVER (d ORDER BY count(*) DESC, cause) AS place FROM events
                     WHERE {_range} AND domain <> '' GROUP BY domain, cause WINDOW d AS (PARTITION BY domain))
                WHERE place = 1 ORDER BY total DESC, domain LIMIT 3
                """),
            .. Ask($"""
                SELECT max(0, min((time - {steps.Start}) / {steps.Step}, {steps.Count - 1})) || ' ' || cause || ' ' || count(*) FROM events
                WHERE {_range} GROUP BY max(0, min((time - {steps.Start}) / {steps.Step}, {steps.Count - 1})), cause
                """).Order(StringComparer.Ordinal),
            .. Ask($"""
                SELECT cause || ' began ' || max(time) FROM
                    (SELECT cause, time, time - lag(time) OVER (PARTITION BY cause ORDER BY time) AS pause FROM events
                        WHERE time < {to.ToUnixTimeMilliseconds()} AND deferred = 0)
                WHERE pause IS NULL OR pause > 3600000 GROUP BY cause
                """).Order(StringComparer.Ordinal),
            .. Ask($"""
                WITH paused AS (SELECT cause, time, time - lag(time) OVER (PARTITION BY cause ORDER BY time) AS pause FROM events AS e
                        WHERE time < {to.ToUnixTimeMilliseconds()} AND time >= 0 AND deferred = 0
                            AND reason = (SELECT min(reason) FROM events AS o
                                WHERE o.cause = e.cause AND o.time < {to.ToUnixTimeMilliseconds()} AND o.time >= 0 AND o.deferred = 0)),
                    runs AS (SELECT cause, max(time) AS began FROM paused WHERE pause IS NULL OR pause > 3600000 GROUP BY cause)
                SELECT cause || ' ran ' || began || ' ' || max(time) || ' ' || count(*) || ' ' || max(iif(time = began OR pause IS NULL, 0, pause))
                FROM paused JOIN runs USING (cause) WHERE time >= began GROUP BY cause
                """).Order(StringComparer.Ordinal),
            .. Ask("""
                SELECT 'own ' || own || ' ' || count(*) FROM (SELECT lower(substr(a, instr(a, '@') + 1)) AS own FROM
                    (SELECT iif(direction = 'originating', sender, recipient) AS a FROM events WHERE deferred = 0 AND direction IN ('originating', 'incoming')))
                GROUP BY own ORDER BY count(*) DESC, own
                """),
            .. Ask("SELECT 'listed ' || status FROM events WHERE cause = 'blocklisted' AND direction <> 'incoming'").Order(StringComparer.Ordinal),
            .. Ask("SELECT count(*) FROM events").Select(n =>
                $"kept {new StoreSize(Oldest(), long.Parse(n, System.Globalization.CultureInfo.InvariantCulture), bed.Scalar(Removed))}"),
        ];

        DateTimeOffset? Oldest() =>
            bed.Scalar("SELECT coalesce(min(time), -1) FROM events") is >= 0 and var time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;

        List<string> Ask(string text)
        {
            using var connection = bed.Store.OpenReader();
            using var command = connection.CreateCommand();
            command.CommandText = text;
            using var rows = command.ExecuteReader();
            var found = new List<string>();
            while (rows.Read())
                found.Add(rows.GetValue(0).ToString()!);
            return found;
        }
    }
}
