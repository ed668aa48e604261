using System.Diagnostics.CodeAnalysis;
using Mailflow.Configuration;
using Mailflow.Ledger;
using Mailflow.Privacy;
using Mailflow.Ship;

namespace Mailflow.Tests.Ship;

/// <summary>Running shippers, created as in the program, until the end of a test.</summary>
sealed class Running : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly Task _all;

    public Running(EventStore events, TestClock clock, TestLog log, MailflowOptions options)
    {
        Shippers = Mailflow.Ship.Shippers.Create(
            options with { StateFolder = events.Folder, Enrich = new() { Enabled = false } },
            events.Store, events.NewEvents, Masking.Default, clock, log);
        _all = Task.WhenAll(Shippers.Select(s => Task.Run(() => s.RunAsync(_stop.Token))));
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The shippers are disposed of with this.")]
    public Running(EventStore events, TestClock clock, TestLog log, params ISink[] sinks)
    {
        Shippers =
        [
            .. sinks.Select(sink => new Shipper(
                sink, new Outbox(events.Store, sink.Name),
                new RollingFile(events.PathOf($"rejected-{sink.Name}.jsonl"), 5 << 20, 1, log),
                events.NewEvents, Masking.Default, clock, log)),
        ];
        _all = Task.WhenAll(Shippers.Select(s => Task.Run(() => s.RunAsync(_stop.Token))));
    }

    public IReadOnlyList<Shipper> Shippers { get; }

    public ShipStatus Status => Shippers[0].Status;

    /// <summary>Requests the stop.</summary>
    public void BeginStop() => _stop.Cancel();

    /// <summary>Completes when all have ended.</summary>
    public Task EndedAsync() => _all.Soon();

    /// <summary>Stops them and waits until their output is written.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await EndedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var shipper in Shippers)
            shipper.Dispose();
        _stop.Dispose();
    }
}
