using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mailflow.Configuration;
using Mailflow.Enrich;
using Mailflow.Exposition;
using Mailflow.Keep;
using Mailflow.Ledger;
using Mailflow.Logging;
using Mailflow.Printing;
using Mailflow.Privacy;
using Mailflow.Rules;
using Mailflow.Ship;
using Mailflow.Web;
using Microsoft.Data.Sqlite;
using Serilog.Core;
using Serilog.Extensions.Logging;

namespace Mailflow.Hosting;

/// <summary>The service: starts everything in order, and stops it in order within a deadline.</summary>
static class Service
{
    /// <summary>
    /// After a stop, data that was read is committed, committed events are shipped, and then the connections are closed. A step that does not end
    /// in time, because a disk, a share or a server hangs, is abandoned: its data is read or sent again after the next start. Together the steps
    /// take less than eight seconds, after which supervisors kill the process.
    /// </summary>
    static readonly TimeSpan DrainDeadline = TimeSpan.FromSeconds(2.5);
    static readonly TimeSpan ShipDeadline = TimeSpan.FromSeconds(2);
    static readonly TimeSpan CloseDeadline = TimeSpan.FromMilliseconds(500);

    /// <param name="listening">Called once the page answers.</param>
    public static async Task RunAsync(MailflowOptions options, TimeProvider clock, CancellationToken stop, Action? listening = null)
    {
        // A stop is noticed only after the command's action has waited for the first time.
        await Task.Yield();
        using var instance = new InstanceLock(options.StateFolder);
        var log = ProgramLog.Create(options);
        try
        {
            await RunAsync(options, log, clock, listening, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped during the start.
            return;
        }
        catch (SqliteException e) when (e.IsDamage())
        {
            // The same message as at the start, whichever stage found the damage.
            throw StoreException.Corrupt(StorePath(options), e.Message);
        }
        finally
        {
            // The Seq server of the program's log may hang as well.
            await InTimeAsync(log.DisposeAsync().AsTask(), CloseDeadline, clock);
        }
    }

    static async Task RunAsync(MailflowOptions options, Logger log, TimeProvider clock, Action? listening, CancellationToken stop)
    {
        using var logs = new SerilogLoggerFactory(log);
        using var store = new Store(StorePath(options));
        var rules = RulesFile.Open(options.RulesFile, store.Rules, clock, logs.CreateLogger("Mailflow.Rules"));
        using var checks = options.Enrich.Enabled ? new Checks(options.Enrich, clock) : null;
        using var flow = new Flow(options, store, clock, logs, checks);
        var keeper = new Keeper(
            options.Keep, options.Keep.FolderIn(options.StateFolder), options.Logs, store, () => NewestOf(flow.Committer, clock), clock,
            logs.CreateLogger("Mailflow.Keep"));
        var watch = checks is null ? null : new Watch(checks, clock, logs.CreateLogger("Mailflow.Enrich"));
        flow.Watched = watch is null ? null : () => watch.Current;
        var masking = MaskingKey.Create(options.Addresses, options.StateFolder);
        var outgoing = new Outgoing(options, store, flow.Committer.NewEvents, () => watch?.Current.Round, masking, clock, logs);
        await using var site = Site.Build(
            options, flow.Tailers, flow.Committer, store, masking, clock, logs, () => [.. outgoing.Status.Select(StateOf)],
            builder =>
            {
                Watchdog.Add(builder.Services, () => flow.Committer.SinceTurn);
                builder.Services.AddWindowsService(o => o.ServiceName = "Mailflow");
            },
            watch is null ? null : () => watch.Current,
            () => rules.Status);
        foreach (var server in checks?.Resolver.Servers ?? [])
            server.Asked = (s, _, took) => site.Services.GetRequiredService<Telemetry>().Looked(s.Name, took);
        await ListenAsync(site, options, logs.CreateLogger("Mailflow"), listening, stop);

        // The host handles SIGTERM, systemd and the Windows service manager; the command handles Ctrl-C.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, site.Lifetime.ApplicationStopping);
        using var abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var deadline = ending.Token.Register(() => abort.CancelAfter(DrainDeadline));
        using var shipped = new CancellationTokenSource();
        var (reading, check) = (flow.RunAsync(ending.Token, abort.Token), new StoreCheck(store, clock));
        Task Go(Func<CancellationToken, Task> run) => Task.Run(() => run(ending.Token), CancellationToken.None);
        List<Task> running = [reading, Go(check.RunAsync), Go(rules.RunAsync), Go(keeper.RunAsync)];
        if (watch is not null)
            running.Add(Go(watch.RunAsync));
        running.AddRange(outgoing.Run(shipped.Token));
        try
        {
            await FirstAsync(running, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
        }
        finally
        {
            await ending.CancelAsync();
            if (!await InTimeAsync(reading, DrainDeadline + CloseDeadline, clock) || abort.IsCancellationRequested)
                Log.DrainCut(logs.CreateLogger("Mailflow"), DrainDeadline.TotalSeconds.ToString(CultureInfo.InvariantCulture));
            await ShipAsync(outgoing.Shippers, clock);
            await shipped.CancelAsync();
            await InTimeAsync(Task.WhenAll(running), Shipper.StopDeadline + CloseDeadline, clock);
            outgoing.Dispose();
            using var close = new CancellationTokenSource(CloseDeadline, clock);
            await site.StopAsync(close.Token);
        }

        if (reading.IsFaulted)
            await reading;
    }

    /// <summary>The time of the newest row, so that old logs are kept as long as current ones; not later than now: a clock may be ahead.</summary>
    static DateTimeOffset NewestOf(Committer committer, TimeProvider clock)
    {
        var (now, rows) = (clock.GetUtcNow(), committer.Current.NewestEvent.Values);
        return rows.Any() && new DateTimeOffset(rows.Max(), TimeSpan.Zero) is var newest && newest < now ? newest : now;
    }

    /// <summary>Waits for the stop, or for a stage that ends: none ends before unless it has failed.</summary>
    static async Task FirstAsync(List<Task> running, CancellationToken ending)
    {
        var first = await Task.WhenAny([.. running, Task.Delay(Timeout.Infinite, ending)]);
        if (running.Contains(first))
            await first;
    }

    static SinkState StateOf(ShipStatus status) =>
        new(status.Sink, status.Shipped, status.Rejected, status.Dropped, status.Backlog, status.Problem, status.LastSuccess);

    static string StorePath(MailflowOptions options) => Path.Combine(options.StateFolder, Store.FileName);

    static async Task ListenAsync(WebApplication site, MailflowOptions options, ILogger log, Action? listening, CancellationToken stop)
    {
        var listen = options.Listen;
        try
        {
            await site.StartAsync(stop);
        }
        catch (Exception e) when (SocketFault(e) is not null)
        {
            throw new IOException(ListenFault(listen, e), e);
        }

        await Terminal.TellAsync($"Page: {listen}   Metrics: {new Uri(listen, "/metrics")}   Ctrl-C stops.");
        listening?.Invoke();
        if (listen.IsLoopback)
            return;
        if (options.Access.AllowAnonymous)
            Log.ListensOpenly(log, listen.ToString(), listen.Port);
        else if (!options.Access.HasSignIn)
            Log.NeedsSignIn(log, listen.ToString());
        else if (options.Access.Token is not null && options.Certificate is null)
            Log.TokenInClear(log, listen.ToString());
    }

    /// <summary>Checks that the address can be listened on now.</summary>
    /// <exception cref="IOException">It cannot; the message says why.</exception>
    public static void TryListening(Uri listen)
    {
        var address = IPAddress.TryParse(listen.DnsSafeHost, out var given) ? given : IPAddress.Loopback;
        try
        {
            using var listener = new TcpListener(address, listen.Port);
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new IOException(ListenFault(listen, e), e);
        }
    }

    static SocketException? SocketFault(Exception? fault)
    {
        while (fault is not null and not SocketException)
            fault = fault.InnerException;
        return fault as SocketException;
    }

    /// <summary>Why the address cannot be listened on, and what to do.</summary>
    internal static string ListenFault(Uri listen, Exception fault)
    {
        var why = SocketFault(fault)?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => "address already in use by another program",
            SocketError.AddressNotAvailable => "this machine has no such address",
            SocketError.AccessDenied => "access denied; on Linux, ports below 1024 need CAP_NET_BIND_SERVICE",
            _ => fault.Message.TrimEnd('.'),
        };
        var url = string.Create(CultureInfo.InvariantCulture, $"{listen.Scheme}://{listen.Host}:{listen.Port}");
        return $"Mailflow cannot listen on {url}: {why}. Use another address or port: --listen URL, or the setting Web:Listen.";
    }

    /// <summary>Waits until every working sink has all committed events, or until the deadline.</summary>
    static async Task ShipAsync(IReadOnlyList<Shipper> shippers, TimeProvider clock)
    {
        var began = clock.GetTimestamp();
        while (shippers.Any(s => s.Status is { Backlog: > 0, Problem: null }) && clock.GetElapsedTime(began) < ShipDeadline)
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock);
    }

    /// <summary>Whether the task ended within the time, successfully or not.</summary>
    static async Task<bool> InTimeAsync(Task task, TimeSpan time, TimeProvider clock)
    {
        await task.WaitAsync(time, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
