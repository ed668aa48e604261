using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Analysis.Messages;
using Mailflow.Metrics;

namespace Mailflow.Incidents;

/// <summary>
/// Servers that refuse many more SMTP sessions than before. Spam is refused all the time, so a server is compared with its own last day; nothing is said in the
/// first two hours after a start.
/// </summary>
sealed class RefusedSessions
{
    /// <summary>Refused sessions in a quarter of an hour, and how many times as many as before.</summary>
    const int Least = 50, Times = 5;

    static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15), Known = TimeSpan.FromHours(2), Day = TimeSpan.FromDays(1);

    readonly Dictionary<string, List<(DateTime At, long Refused)>> _seen = new(StringComparer.Ordinal);

    public IEnumerable<Signal> Of(SignalFacts facts)
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var cell in facts.Committed.Cells.Of(Counters.SmtpSessions))
            if (cell.Key is { Direction: SmtpDirection.Receive, Outcome: SmtpOutcome.Refused or SmtpOutcome.TlsFailed or SmtpOutcome.AuthFailed } key)
                sums[key.Server.Value] = sums.GetValueOrDefault(key.Server.Value) + cell.Value;
        var signals = new List<Signal>();
        foreach (var (server, refused) in sums)
        {
            if (!_seen.TryGetValue(server, out var seen))
                _seen.Add(server, seen = []);
            if (seen.Count == 0 || facts.Now - seen[^1].At >= Quarter)
                seen.Add((facts.Now, refused));
            seen.RemoveAll(s => s.At < facts.Now - Day);
            if (Rises(seen) || (seen.Count < 2 && facts.Held(SignalKind.RefusedSessions, new(PlaceKind.Server, server))))
                signals.Add(SignalTable.On(
                    SignalKind.RefusedSessions, PlaceKind.Server, server, Fault.Unknown, "The server refuses many more SMTP sessions than in the last day."));
        }

        return signals;
    }

    /// <summary>Whether the last quarter has many more than the quarters before it.</summary>
    static bool Rises(List<(DateTime At, long Refused)> seen)
    {
        if (seen.Count < 3 || seen[^2].At - seen[0].At < Known)
            return false;
        var last = seen[^1].Refused - seen[^2].Refused;
        var before = (seen[^2].Refused - seen[0].Refused) / (seen[^2].At - seen[0].At).TotalMinutes * (seen[^1].At - seen[^2].At).TotalMinutes;
        return last >= Least && last > Times * before;
    }
}
