using Mailflow.Logging;
using Mailflow.Pipeline;

namespace Mailflow.Enrich;

/// <summary>
/// Checks our own domains, addresses and hosts at intervals while the program runs. A problem is logged once when it appears and once when it
/// is resolved; the current state is in metrics and on the page.
/// </summary>
sealed class Watch(Checks checks, TimeProvider clock, ILogger log)
{
    readonly Dictionary<(string Subject, string Check), string> _troubles = [];
    readonly Dictionary<string, DateTimeOffset> _lastSuccess = new(StringComparer.Ordinal);
    WatchRound? _round;
    IReadOnlyDictionary<string, DateTimeOffset> _successes = WatchState.Nothing.LastSuccess;

    /// <summary>Set after each round.</summary>
    public Wakeup Rounds { get; } = new();

    public WatchState Current => new(Volatile.Read(ref _round), Volatile.Read(ref _successes), Errors());

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var round = await WatchRound.RunAsync(checks, clock, stop);
                Note(round);
                Tell(round);
                Volatile.Write(ref _successes, new Dictionary<string, DateTimeOffset>(_lastSuccess, StringComparer.Ordinal));
                Volatile.Write(ref _round, round);
                Rounds.Set();
                await Task.Delay(checks.Options.WatchInterval, clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>Every list that is queried, also without errors.</summary>
    Dictionary<string, long> Errors() =>
        checks.Lists.Lists.Where(l => l.Closed is null)
            .ToDictionary(l => l.Zone, l => checks.Lists.Errors.GetValueOrDefault(l.Zone), StringComparer.Ordinal);

    void Note(WatchRound round)
    {
        Note("resolver", round.Resolvers.Any(r => r.Up));
        Note("address", round.Addresses.Any(f => f.Severity != Severity.Unknown));
        Note("domain", round.Domains.Any(f => f.Severity != Severity.Unknown));
        Note("host", round.Hosts.Any(h => h.Reachable));

        void Note(string kind, bool success)
        {
            if (success)
                _lastSuccess[kind] = round.At;
        }
    }

    void Tell(WatchRound round)
    {
        var troubles = round.Findings
            .Where(f => f.Severity == Severity.Trouble)
            .DistinctBy(f => (f.Subject, f.Check))
            .ToDictionary(f => (f.Subject, f.Check), f => f.Says);
        foreach (var (what, says) in troubles.Where(t => !_troubles.ContainsKey(t.Key)))
            Log.WatchTrouble(log, what.Subject, what.Check, says);
        // Unknown, or not checked because an earlier step failed, is not resolved. A successful probe reports only its last step.
        var known = round.Findings
            .GroupBy(f => (f.Subject, f.Check))
            .Where(g => g.All(f => f.Severity is not (Severity.Unknown or Severity.Trouble)))
            .Select(g => g.Key)
            .ToHashSet();
        bool IsResolved((string Subject, string Check) what) =>
            known.Contains(what) || (what.Check is "connect" or "banner" or "ehlo" && known.Contains((what.Subject, "smtp")));
        foreach (var what in _troubles.Keys.Where(IsResolved).ToList())
        {
            Log.WatchRecovered(log, what.Subject, what.Check);
            _troubles.Remove(what);
        }

        foreach (var (what, says) in troubles)
            _troubles[what] = says;
    }
}
