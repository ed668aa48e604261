using System.Globalization;
using Mailflow.Enrich;
using Mailflow.Ledger;
using Mailflow.Ship;
using Mailflow.Web;
using Serilog.Extensions.Logging;

namespace Mailflow;

/// <summary>The service: everything started in order, and stopped in order within a deadline.</summary>
static class Service
{
    /// <summary>How long what has been read may take to be committed after a stop; what is not is read again next time.</summary>
    static readonly TimeSpan DrainDeadline = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(MailflowOptions options, TimeProvider clock, CancellationToken stop)
    {
        using var instance = new InstanceLock(options.StateFolder);
        await using var log = ProgramLog.Create(options);
        using var logs = new SerilogLoggerFactory(log);
        using var store = new Store(Path.Combine(options.StateFolder, "mailflow.db"));
        using var checks = options.Enrich.Enabled ? new Checks(options.Enrich, clock) : null;
        using var flow = new Flow(options, store, clock, logs, checks);
        var masking = MaskingKey.Create(options.Addresses, options.StateFolder);
        var shippers = Shippers.Create(options, store, flow.Committer.NewEvents, masking, clock, logs);
        await using var site = Site.Build(options, flow, store, masking, clock, logs, () => [.. shippers.Select(s => s.Status).Select(s => new SinkState(s.Sink, s.Shipped, s.Rejected, s.Dropped, s.Backlog, s.Problem, s.LastSuccess))],
            builder => builder.Services.AddSystemd().AddWindowsService(o => o.ServiceName = "Mailflow"));
        await site.StartAsync(stop);
        await Console.Error.WriteLineAsync($"Page: {options.Listen}   Metrics: {new Uri(options.Listen, "/metrics")}   Ctrl-C stops.");

        // The host hears SIGTERM, systemd and the Windows service manager; the command hears Ctrl-C.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, site.Lifetime.ApplicationStopping);
        using var abort = new CancellationTokenSource();
        await using var deadline = ending.Token.Register(() => abort.CancelAfter(DrainDeadline));
        using var shipped = new CancellationTokenSource();
        List<Task> running = [flow.RunAsync(ending.Token, abort.Token), .. shippers.Select(s => Task.Run(() => s.RunAsync(shipped.Token), CancellationToken.None))];
        try
        {
            // The flow ends when it is told to; anything that ends before it has failed.
            await (await Task.WhenAny(running));
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            Log.DrainCut(logs.CreateLogger("Mailflow"), DrainDeadline.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        }
        finally
        {
            await ending.CancelAsync();
            await shipped.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var shipper in shippers)
                shipper.Dispose();
            await site.StopAsync(CancellationToken.None);
        }

        return Commands.ExitCode.Good;
    }
}
