using System.Collections.Immutable;
using Mailflow.Analysis.Exports;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Failures.Own;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Snapshots;
using Mailflow.Analysis.TrackingExports;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Metrics;
using Mailflow.Pipeline;

namespace Mailflow.Scan;

/// <summary>A group of failures with the same code, cause and sub-reason.</summary>
/// <param name="Sample">The first failure of the group.</param>
sealed record FailureReason(string Name, Diagnosis Sample)
{
    public long Count { get; set; }
}

/// <summary>Connection attempts to one next hop.</summary>
readonly record struct HopAttempts(long Connected, long Failed);

/// <summary>A file that was not read completely.</summary>
/// <param name="Bytes">Its size; 0 for a folder, and where it is not known.</param>
sealed record LeftAlone(string Path, string Why, long Bytes = 0);

/// <summary>The result of a scan: sums of all deltas, in bounded memory.</summary>
sealed class ScanReport
{
    const int MaxReasons = 10_000;
    const int MaxDomains = 200_000;
    const int MaxPlaces = 1_000;

    /// <summary>Files that are named on standard error; all are in <see cref="LeftAlone"/>.</summary>
    const int MaxErrors = 100;

    readonly Dictionary<(string? Enhanced, int? Smtp, Cause Cause, string? Sub), FailureReason> _reasons = [];
    readonly Dictionary<string, long> _domains = new(StringComparer.Ordinal);
    readonly Dictionary<string, HopAttempts> _hops = new(StringComparer.OrdinalIgnoreCase);

    readonly Arrivals _arrivals;
    readonly Copies _copies = new(new LedgerOptions().MostCopies, stored: false);

    /// <param name="names">Names of events.</param>
    /// <param name="rules">The user's own rules for replies.</param>
    public ScanReport(EventNames names, RulesInForce rules)
    {
        Totals = new(names);
        _arrivals = new(null, Totals, rules);
        _copies.Looping = Totals.Looping;
        _copies.LostAt = Totals.Lost;
    }

    /// <summary>Copies of messages that are on their way at the newest row, by server.</summary>
    public ImmutableArray<CopiesAtServer> Copies { get; private set; } = [];

    /// <summary>The same, by server and next hop.</summary>
    public IReadOnlyList<(string Server, string NextHop, long Count)> Open =>
        [.. _copies.Open.OrderByDescending(o => o.Count).ThenBy(o => o.Server, StringComparer.Ordinal).ThenBy(o => o.NextHop, StringComparer.Ordinal)];

    /// <summary>Copies that are not followed, because there were too many.</summary>
    public long Folded => _copies.Folded;

    public Totals Totals { get; }

    /// <summary>The newest snapshot of each server and kind.</summary>
    public ImmutableArray<ServerSnapshot> Snapshots => _arrivals.Snapshots.All;

    /// <summary>The build of each server.</summary>
    public ImmutableArray<ServerBuild> Builds => _arrivals.Builds.All;

    /// <summary>The first faults in exports.</summary>
    public List<(string File, ExportFault Fault)> Faults { get; } = [];

    public LatencyHistogram Delivered { get; } = new();

    public LatencyHistogram Sent { get; } = new();

    /// <summary>Failures that only an event 2004 reported, not a log row. They are included in the failures, but in no count of rows.</summary>
    public long EventOnlyFailures { get; private set; }

    /// <summary>What the mails say. Their failures are included in the failures, but in no count of rows.</summary>
    public MailFigures Mails { get; } = new();

    public long Files { get; set; }

    public long Bytes { get; set; }

    public long UnfinishedLines { get; private set; }

    /// <summary>Rows that exports share with other files; null where there are none.</summary>
    public SharedRows? Shared { get; set; }

    public DateTime? Oldest { get; private set; }

    public DateTime? Newest { get; private set; }

    /// <summary>Failures and attempts whose domain, reason or next hop had no room. If it is 0, the top lists are exact.</summary>
    public long Overflow { get; private set; }

    public List<LeftAlone> LeftAlone { get; } = [];

    /// <summary>Files of folders that have neither the name nor the start of a log, an export or an archive.</summary>
    public long OtherFiles { get; set; }

    /// <summary>Files without a header whose columns were assumed.</summary>
    public List<string> Assumed { get; } = [];

    /// <summary>Logs whose copies may be counted as well: too many have one header.</summary>
    public int Uncompared { get; set; }

    /// <summary>A file that should have been read and could not be, or not to its end.</summary>
    public void Unreadable(string path, string why, long bytes = 0) => Add(path, why, "cannot be read", bytes);

    /// <summary>A folder whose files are not known.</summary>
    public void Unlisted(string path, string why) => Add(path, $"cannot be listed: {why}", "is not read", 0);

    /// <summary>A file of which only a part could be read; its rows are counted.</summary>
    public void Incomplete(string path, string why) => Add(path, why, "was not read to its end", 0);

    void Add(string path, string why, string says, long bytes)
    {
        LeftAlone.Add(new(path, why, Math.Max(0, bytes)));
        if (Errors.Count < MaxErrors)
            Errors.Add($"{path} {says}: {why.TrimEnd('.')}.");
    }

    /// <summary>Why there is no result, or no result for some of the given paths: one sentence each.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>The first unreadable lines.</summary>
    public List<(string File, long Offset, Unreadable Reason)> Places { get; } = [];

    public TimeSpan Elapsed { get; set; }

    /// <summary>When the scan was made: the age and the support of builds count from it.</summary>
    public DateTimeOffset Now { get; init; }

    public IReadOnlyCollection<FailureReason> Reasons => _reasons.Values;

    public IReadOnlyDictionary<string, long> Domains => _domains;

    /// <summary>Attempts by next hop; exact if <see cref="Overflow"/> is 0.</summary>
    public IReadOnlyDictionary<string, HopAttempts> Hops => _hops;

    /// <summary>The next hops with failed attempts, those with the most first.</summary>
    public IEnumerable<(string Name, long Count)> FailedHops(int most) =>
        _hops.Where(h => h.Value.Failed > 0)
            .OrderByDescending(h => h.Value.Failed)
            .ThenBy(h => h.Key, StringComparer.Ordinal)
            .Take(most)
            .Select(h => (h.Key, h.Value.Failed));

    public void Apply(Delta delta)
    {
        _arrivals.Take(delta, DateTimeOffset.UnixEpoch);
        Totals.Apply(delta);
        switch (delta)
        {
            case RowDelta rows:
                Apply(rows);
                Add(rows.File, rows.Export?.Faults ?? []);
                break;
            case ExportDelta export:
                Add(export.File, export.Faults);
                break;
        }
    }

    /// <summary>Called when all logs are read: the failures that only their own event tells, block by block, to be applied as any other.</summary>
    /// <param name="quarters">Whether the history is collected.</param>
    public IReadOnlyList<RowDelta> OwnFailures(bool quarters) =>
    [
        .. _arrivals.Told.TakeHeld().GroupBy(h => (h.Rows.File, h.Rows.Server)).Select(group =>
        {
            var rows = group.First().Rows;
            var tally = new Tally { KeepsTimes = true, Quarters = quarters ? new() : null };
            foreach (var (failure, _) in group)
                tally.AddAgain(failure with { Key = 0 });
            return new RowDelta
            {
                File = rows.File, Server = rows.Server, Offset = rows.End, End = rows.End, ReadAt = rows.ReadAt, Tally = tally, Guard = rows.Guard,
                Head = rows.Head, HeaderOffset = rows.HeaderOffset,
            };
        }),
    ];
    void Add(TrackedFile file, IReadOnlyList<ExportFault> faults) => Faults.AddRange(faults.Take(MaxPlaces - Faults.Count).Select(f => (file.Name, f)));

    void Apply(RowDelta rows)
    {
        _arrivals.Builds.Take(rows, Totals.Servers);
        _copies.Take(rows, Totals.Servers.Known(rows.Server).Value);
        UnfinishedLines += rows.UnfinishedLines;
        var tally = rows.Tally;
        foreach (var (outcome, milliseconds) in tally.Latencies)
            (outcome == Outcome.Delivered ? Delivered : Sent).Add(milliseconds);
        foreach (var failure in tally.Failures)
            if (!failure.Deferred)
                Apply(failure);
        foreach (var connection in tally.Connections)
            Apply(connection);
        foreach (var (reason, offset, _) in tally.Quarantined)
            if (Places.Count < MaxPlaces)
                Places.Add((rows.File.Name, (rows.Export is null ? rows.Offset : 0) + offset, reason));
        if (tally.Newest == default)
            return;
        Newest = Newest > tally.Newest ? Newest : tally.Newest;
        Oldest = Oldest < tally.Oldest ? Oldest : tally.Oldest;
    }

    /// <summary>A failed or deferred recipient that only a mail reports.</summary>
    public void Take(LoneFailure lone)
    {
        // An event that reports the same message does not count again.
        _arrivals.Rejected.Add(lone.Failure);
        Totals.Apply(lone);
        if (lone.Failure.Deferred)
        {
            Mails.Deferred++;
        }
        else
        {
            Mails.Failed++;
            Apply(lone.Failure);
        }
        if (lone.Failure.Time is var time && time != default)
            (Oldest, Newest) = (Oldest < time ? Oldest : time, Newest > time ? Newest : time);
    }

    /// <summary>Called when all files are read: counts the failures that only events reported.</summary>
    /// <param name="history">Receives these, too.</param>
    public void Finish(RollupSums? history = null)
    {
        _arrivals.TakeDue(DateTimeOffset.MaxValue);
        var expired = Newest is { } newest ? newest - new LedgerOptions().Expiry - Ledger.Copies.LostAfter : DateTime.MinValue;
        _copies.Survey(Ledger.Copies.MillisecondsOf(expired));
        Copies = _copies.ByServer();
        foreach (var lone in _arrivals.Lone)
        {
            Apply(lone.Failure);
            history?.Take(lone);
        }

        EventOnlyFailures += _arrivals.Lone.Count;
        _arrivals.Lone.Clear();
        _arrivals.Snapshots.Stored();
        _arrivals.Builds.Stored();
    }

    /// <summary>The sum of a counter over the series that match a filter.</summary>
    public long Sum<TKey>(Counter<TKey> counter, Func<TKey, bool>? filter = null)
        where TKey : notnull => Totals.Publish().Sum(counter, filter);

    /// <summary>TLS negotiations that failed, the most frequent first.</summary>
    public IEnumerable<((SmtpDirection Direction, TlsError Error, string Connector) Key, long Count)> FailedTls() =>
        Totals.Publish().Of(Counters.TlsFailures)
            .GroupBy(c => (c.Key.Direction, c.Key.Error, c.Key.Connector.Value))
            .Select(g => (g.Key, Count: g.Sum(c => c.Value)))
            .OrderByDescending(g => g.Count).ThenBy(g => g.Key.Value, StringComparer.Ordinal).ThenBy(g => g.Key.Error.Name, StringComparer.Ordinal);

    /// <summary>The sums of a counter, grouped by a text made from its labels; without zeros, the largest first.</summary>
    public IEnumerable<(string Label, long Count)> By<TKey>(Counter<TKey> counter, Func<TKey, string> label)
        where TKey : notnull =>
        Totals.Publish().Of(counter)
            .GroupBy(c => label(c.Key), StringComparer.Ordinal)
            .Select(g => (Label: g.Key, Count: g.Sum(c => c.Value)))
            .Where(g => g.Count > 0)
            .OrderByDescending(g => g.Count).ThenBy(g => g.Label, StringComparer.Ordinal);

    void Apply(Connection connection)
    {
        if (connection.Outcome is not { } outcome)
            return;
        var hop = connection.Destination;
        if (!_hops.TryGetValue(hop, out var attempts) && _hops.Count >= MaxDomains)
            Overflow++;
        else
            _hops[hop] = outcome == ConnectionOutcome.Connected
                ? attempts with { Connected = attempts.Connected + 1 }
                : attempts with { Failed = attempts.Failed + 1 };
    }

    void Apply(Failure failure)
    {
        var diagnosis = failure.Diagnosis;
        var kind = (diagnosis.Enhanced, diagnosis.Enhanced is null ? diagnosis.Smtp : null, diagnosis.Cause, diagnosis.SubReason);
        if (!_reasons.TryGetValue(kind, out var reason) && _reasons.Count < MaxReasons)
            _reasons.Add(kind, reason = new(Reason.Of(diagnosis), diagnosis));
        if (reason is not null)
            reason.Count++;
        var domain = failure.Domain;
        var known = _domains.TryGetValue(domain, out var count);
        var kept = known || _domains.Count < MaxDomains;
        if (kept)
            _domains[domain] = count + 1;
        if (reason is null || !kept)
            Overflow++;
    }
}
