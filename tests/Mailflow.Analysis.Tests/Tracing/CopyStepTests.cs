using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Tests.Tracing;

/// <summary>The table of events and the fates of a journey say the same about each event.</summary>
public sealed class CopyStepTests
{
    public static TheoryData<string> Events => [.. TrackingEvents.Names];

    [Theory]
    [MemberData(nameof(Events))]
    public void Events_end_copies_where_they_end_journeys(string name)
    {
        var row = new TraceRow(
            new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), "EX01", "SMTP", name, "<m@contoso.com>", "n", 1, "s@contoso.com", "", [new("r@contoso.com", "")],
            "", "", "", 1, "f", 0);
        var expected = TrackingEvents.Of(name).Step switch
        {
            CopyStep.None => "nothing",
            CopyStep.Ended => "ended",
            _ => "open",
        };
        var fate = Journey.Of([row]).Recipients.SingleOrDefault()?.Fate;
        Assert.Equal(expected, fate switch { null => "nothing", <= Fate.Deferred => "open", _ => "ended" });
    }
}
