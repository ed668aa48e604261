using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Notify;
using Mailflow.Pipeline;
using Mailflow.Privacy;
using Mailflow.Reports;
using Mailflow.Ship;

namespace Mailflow.Hosting;

/// <summary>All that is sent from the store: events, notifications, and the report.</summary>
sealed class Outgoing : IDisposable
{
    readonly IReadOnlyList<Notifier> _notifiers;
    readonly ReportSchedule? _report;

    /// <param name="checks">The last round of checks; null: none is known.</param>
    public Outgoing(
        MailflowOptions options, Store store, Wakeup newEvents, Func<WatchRound?> checks, Masking masking, TimeProvider clock, ILoggerFactory logs)
    {
        Shippers = Ship.Shippers.Create(options, store, newEvents, masking, clock, logs);
        _notifiers = Receivers.Create(options, store, newEvents, masking, clock, logs);
        _report = options.Report.Period == ReportPeriod.Off
            ? null
            : new(options, store, checks, masking, clock, logs.CreateLogger("Mailflow.Reports"));
    }

    public IReadOnlyList<Shipper> Shippers { get; }

    public IEnumerable<ShipStatus> Status =>
        [.. Shippers.Select(s => s.Status), .. _notifiers.Select(n => n.Status), .. _report is null ? Array.Empty<ShipStatus>() : [_report.Status]];

    /// <summary>Starts everything.</summary>
    public IReadOnlyList<Task> Run(CancellationToken stop)
    {
        var tasks = Shippers.Select(s => Task.Run(() => s.RunAsync(stop), CancellationToken.None))
            .Concat(_notifiers.Select(n => Task.Run(() => n.RunAsync(stop), CancellationToken.None)));
        return [.. _report is null ? tasks : tasks.Append(Task.Run(() => _report.RunAsync(stop), CancellationToken.None))];
    }

    public void Dispose()
    {
        foreach (var shipper in Shippers)
            shipper.Dispose();
        foreach (var notifier in _notifiers)
            notifier.Dispose();
    }
}
