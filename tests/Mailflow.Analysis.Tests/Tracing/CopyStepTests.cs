using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Tracing;

namespace Mailflow.Analysis.Tests.Tracing;

/// <summary>The table of events and that of journeys say the same about each event.</summary>
public sealed class CopyStepTests
{
    static readonly string[] Events =
    [
        "AGENTINFO", "BADMAIL", "CLIENTSUBMISSION", "DEFER", "DELIVER", "DELIVERFAIL", "DROP", "DSN", "DUPLICATEDELIVER", "DUPLICATEEXPAND",
        "DUPLICATEREDIRECT", "EXPAND", "FAIL", "HADISCARD", "HARECEIVE", "HAREDIRECT", "HAREDIRECTFAIL", "INITMESSAGECREATED", "LOAD",
        "MODERATIONEXPIRE", "MODERATORAPPROVE", "MODERATORREJECT", "MODERATORSALLNDR", "NOTIFYMAPI", "NOTIFYSHADOW", "POISONMESSAGE",
        "PROCESS", "PROCESSMEETINGMESSAGE", "RECEIVE", "REDIRECT", "RESOLVE", "RESUBMIT", "RESUBMITDEFER", "RESUBMITFAIL", "SEND",
        "SENDEXTERNAL", "SUBMIT", "SUBMITDEFER", "SUBMITFAIL", "SUPPRESSED", "THROTTLE", "TRANSFER",
    ];

    public static TheoryData<string> All => [.. Events.Union(TrackingEvents.Names)];

    [Theory]
    [MemberData(nameof(All))]
    public void Events_end_copies_where_they_end_journeys(string name)
    {
        var row = new TraceRow(
            new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), "EX01", "SMTP", name, "<m@contoso.com>", "n", 1, "s@contoso.com", "", [new("r@contoso.com", "")],
            "", "", "", 1, "f", 0)
        {
            Remote = new("EX02", ""),
        };
        var expected = RowRole.Of(row, new([row])).Place switch
        {
            Place.Ends => CopyStep.Ended,
            Place.Note or Place.Shadow => CopyStep.None,
            _ => CopyStep.Open,
        };
        var step = TrackingEvents.Of(name).Step;
        Assert.Equal(expected, step == CopyStep.Sent ? CopyStep.Open : step);
    }
}
