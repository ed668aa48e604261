namespace Mailflow.Tests.Web;

/// <summary>A clock that stands still until a test moves it. Timers run by themselves, so that the flow does.</summary>
sealed class StillClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.UtcTicks;
}
