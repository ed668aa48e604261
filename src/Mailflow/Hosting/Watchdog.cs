using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace Mailflow.Hosting;

/// <summary>
/// Reports to systemd that the committer works, twice per interval (WatchdogSec). If the committer hangs, systemd restarts the process, even
/// if the page still answers.
/// </summary>
/// <param name="sinceTurn">Time since the committer's loop last ran.</param>
sealed class Watchdog(ISystemdNotifier systemd, TimeProvider clock, Func<TimeSpan> sinceTurn) : BackgroundService
{
    /// <summary>An idle loop runs every 30 seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    static readonly ServiceState Alive = new("WATCHDOG=1");

    /// <summary>Adds it if systemd requests it: sd_watchdog_enabled(3).</summary>
    public static void Add(IServiceCollection services, Func<TimeSpan> sinceTurn)
    {
        services.AddSystemd();
        if (Interval is not null && services.Any(s => s.ServiceType == typeof(ISystemdNotifier)))
            services.AddHostedService(s => new Watchdog(s.GetRequiredService<ISystemdNotifier>(), TimeProvider.System, sinceTurn));
    }

    static TimeSpan? Interval =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            && microseconds is > 0 and < 86_400_000_000
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer((Interval ?? TimeSpan.FromSeconds(30)) / 2, clock);
        do
            if (sinceTurn() < Patience)
                systemd.Notify(Alive);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
