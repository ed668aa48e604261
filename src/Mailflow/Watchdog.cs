using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace Mailflow;

/// <summary>Tells systemd that the process still turns, twice in each interval that it asks for (WatchdogSec); one that stands still is started again.</summary>
sealed class Watchdog(ISystemdNotifier systemd, TimeProvider clock) : BackgroundService
{
    static readonly ServiceState Alive = new("WATCHDOG=1");

    /// <summary>Adds it where systemd asks for it: sd_watchdog_enabled(3).</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSystemd();
        if (Interval is not null && services.Any(s => s.ServiceType == typeof(ISystemdNotifier)))
            services.AddHostedService(s => new Watchdog(s.GetRequiredService<ISystemdNotifier>(), TimeProvider.System));
    }

    static TimeSpan? Interval =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds is > 0 and < 86_400_000_000
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer((Interval ?? TimeSpan.FromSeconds(30)) / 2, clock);
        do
            systemd.Notify(Alive);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
