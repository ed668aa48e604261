using System.Diagnostics.CodeAnalysis;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Notify;
using Mailflow.Pipeline;
using Mailflow.Privacy;
using Mailflow.Tests.Ship;

namespace Mailflow.Tests.Notify;

/// <summary>A store with incidents, and notifiers as the program creates them.</summary>
sealed class NotifyBed : IAsyncDisposable
{
    public static readonly DateTime Ten = new(2026, 3, 4, 10, 0, 0, DateTimeKind.Utc);

    readonly List<(CancellationTokenSource Stop, Task All, IReadOnlyList<Notifier> Notifiers)> _running = [];

    public EventStore Events { get; } = new();

    public TestClock Clock { get; } = new();

    public TestLog Log { get; } = new();

    /// <summary>Nothing is collected, and nothing is limited.</summary>
    public static NotifyOptions AtOnce { get; } = new() { GroupFor = TimeSpan.Zero, Interval = TimeSpan.Zero };

    public static Incident Incident(string id, IncidentSeverity severity = IncidentSeverity.Major) => new()
    {
        Id = id,
        Kind = IncidentKind.Failures,
        Cause = Cause.Blocklisted,
        Fault = Fault.Ours,
        Place = new(PlaceKind.Sender, "anna.lang@contoso.test"),
        FirstFailure = Ten.AddMinutes(-5),
        Opened = Ten,
        LastFailure = Ten,
        Severity = severity,
        Messages = 12,
        Recipients = 14,
        Failed = 14,
        Domains = [new("fabrikam.test", 9)],
    };

    /// <summary>Commits events of an incident, and wakes the notifiers.</summary>
    public void Happens(Incident incident, params IReadOnlyList<IncidentEvent> events)
    {
        Events.Store.Commit(
            [
                new IncidentDelta
                {
                    ReadAt = default, Until = Ten, Incidents = [new(incident, true)],
                    Events = [.. events.Select(e => new IncidentChange(e, Ten, e == IncidentEvent.Closed ? Over(incident) : incident))],
                },
            ],
            new Totals(new()), false, false, DateTimeOffset.UnixEpoch);
        Events.NewEvents.Set();
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "Disposed of with the bed.")]
    public IReadOnlyList<Notifier> Start(NotifyOptions notify, MailTarget? mail = null)
    {
        var options = new MailflowOptions { StateFolder = Events.Folder, Notify = notify, Mail = mail ?? new() };
        var notifiers = Receivers.Create(options, Events.Store, Events.NewEvents, Masking.Default, Clock, Log);
        var stop = new CancellationTokenSource();
        _running.Add((stop, Task.WhenAll(notifiers.Select(n => Task.Run(() => n.RunAsync(stop.Token)))), notifiers));
        return notifiers;
    }

    /// <summary>Ends all notifiers.</summary>
    public async Task StopAsync()
    {
        foreach (var (stop, all, notifiers) in _running)
        {
            await stop.CancelAsync();
            await all.Soon();
            foreach (var notifier in notifiers)
                notifier.Dispose();
            stop.Dispose();
        }

        _running.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Events.Dispose();
        Log.Dispose();
    }

    static Incident Over(Incident incident) => incident with { Closed = Ten.AddMinutes(20), Verified = Verified.Delivered, ProofMessages = 3 };
}
