using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>Signals from outside the tracking logs: evidence of an incident at the same place, or an incident of their own.</summary>
sealed class SignalWatch(OutageList outages) : Watcher
{
    /// <summary>Signals that come and go must last this long, in minutes.</summary>
    const int Lasting = 10;

    readonly Dictionary<(SignalKind, PlaceKind, string), (Signal First, Signal Newest)> _on = [];

    public override void Take(Signal signal)
    {
        var key = (signal.Kind, signal.Place.Kind, signal.Place.Name);
        if (signal.IsOn)
        {
            _on[key] = _on.TryGetValue(key, out var known) ? (known.First, signal) : (signal, signal);
            return;
        }

        _on.Remove(key);
        var place = Key(signal);
        foreach (var outage in outages.Opened.Where(o => o.Signal == signal.Kind && o.Place == place).ToList())
            outages.Close(outage, Seconds(signal.At), Verified.SignalEnded);
    }

    public override void Look(int minute)
    {
        foreach (var (first, newest) in _on.Values)
        {
            var key = Key(first);
            if (outages.Opened.FirstOrDefault(o => o.Place == key || (o.Place.Kind == key.Kind && key.Kind == PlaceKind.Egress)) is { } open)
            {
                open.AddEvidence(newest.Says);
                continue;
            }

            if (IsPassing(first.Kind) && (minute * 60L) - Seconds(first.At) < Lasting * 60)
                continue;
            var outage = outages.Open(IncidentKind.Signal, key, CauseFamily.Unknown, Seconds(first.At), minute * 60L);
            outage.Signal = first.Kind;
            var cause = first.Kind switch
            {
                SignalKind.Listed => Cause.Blocklisted,
                SignalKind.Certificate or SignalKind.OwnTls => Cause.TlsFailure,
                _ => Cause.Unknown,
            };
            outage.Seen = (cause, first.Fault, "");
            outage.Severity = first.Kind is SignalKind.Certificate or SignalKind.Listed ? IncidentSeverity.Minor : IncidentSeverity.Major;
            outage.AddEvidence(newest.Says);
        }
    }

    static bool IsPassing(SignalKind kind) => kind is SignalKind.BackPressure or SignalKind.Queue or SignalKind.InFlight or SignalKind.RefusedSessions;

    PlaceKey Key(Signal signal) => new(signal.Place.Kind, outages.Names.Of(signal.Place.Name));

    static long Seconds(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
}
