using Mailflow.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Time.Testing;

namespace Mailflow.Tests;

public sealed class WatchdogTests
{
    [Fact]
    public async Task Watchdog_is_silent_while_the_committer_hangs()
    {
        var clock = new FakeTimeProvider();
        var systemd = new Notices();
        var since = TimeSpan.Zero;
        using var watchdog = new Watchdog(systemd, clock, () => since);
        await watchdog.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("WATCHDOG=1", await systemd.NextAsync());
        since = Watchdog.Patience;
        clock.Advance(TimeSpan.FromSeconds(15));
        since = TimeSpan.FromSeconds(1);
        clock.Advance(TimeSpan.FromSeconds(15));
        // The notification after the first 15 seconds was not sent.
        Assert.Equal("WATCHDOG=1", await systemd.NextAsync());
        Assert.InRange(systemd.Count, 2, 2);
        await watchdog.StopAsync(TestContext.Current.CancellationToken);
    }

    sealed class Notices : ISystemdNotifier
    {
        readonly System.Threading.Channels.Channel<string> _notices = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public bool IsEnabled => true;

        public int Count { get; private set; }

        public void Notify(ServiceState state)
        {
            Count++;
            _notices.Writer.TryWrite(state.ToString());
        }

        public async Task<string> NextAsync() => await _notices.Reader.ReadAsync(TestContext.Current.CancellationToken);
    }
}
