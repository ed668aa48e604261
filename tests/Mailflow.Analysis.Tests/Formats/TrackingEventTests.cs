using System.Text;
using Mailflow.Analysis.Formats;
using Mailflow.Analysis.Messages;
using Mailflow.Analysis.Tracing;
using Mailflow.Tests;

namespace Mailflow.Analysis.Tests.Formats;

/// <summary>The table of events has all of Microsoft's list, and what it says about counts, copies and journeys agrees.</summary>
public sealed class TrackingEventTests
{
    const string Start = "<!-- The table is written by the test TrackingEventTests with UPDATE_DOCS=1. -->\n";
    const string End = "<!-- End of the table. -->\n";

    /// <summary>Microsoft, "Message tracking", "Event types in the message tracking log".</summary>
    static readonly string[] Listed =
    [
        "AGENTINFO", "BADMAIL", "CLIENTSUBMISSION", "DEFER", "DELIVER", "DELIVERFAIL", "DROP", "DSN", "DUPLICATEDELIVER", "DUPLICATEEXPAND",
        "DUPLICATEREDIRECT", "EXPAND", "FAIL", "HADISCARD", "HARECEIVE", "HAREDIRECT", "HAREDIRECTFAIL", "INITMESSAGECREATED", "LOAD",
        "MODERATIONEXPIRE", "MODERATORAPPROVE", "MODERATORREJECT", "MODERATORSALLNDR", "NOTIFYMAPI", "NOTIFYSHADOW", "POISONMESSAGE",
        "PROCESS", "PROCESSMEETINGMESSAGE", "RECEIVE", "REDIRECT", "RESOLVE", "RESUBMIT", "RESUBMITDEFER", "RESUBMITFAIL", "SEND",
        "SUBMIT", "SUBMITDEFER", "SUBMITFAIL", "SUPPRESSED", "THROTTLE", "TRANSFER",
    ];

    public static TheoryData<string> All => [.. TrackingEvents.All.Select(r => r.Name)];

    [Fact]
    public void Every_event_of_the_list_has_a_row() =>
        Assert.Equal(Listed, TrackingEvents.All.Where(r => r.Source == TrackingEvents.Listed).Select(r => r.Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(All))]
    public void Events_end_copies_where_they_end_journeys(string name)
    {
        var row = Row(name);
        var expected = RowRole.Of(row, new([row])).Place switch
        {
            Place.Ends => CopyStep.Ended,
            Place.Note or Place.Shadow => CopyStep.None,
            _ => CopyStep.Open,
        };
        var step = TrackingEvents.Of("SMTP", name).Meaning.Step;
        Assert.Equal(expected, step == CopyStep.Sent ? CopyStep.Open : step);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Failures_deferrals_and_drops_are_counted_as_journeys_end(string name)
    {
        var (meaning, role) = (TrackingEvents.Of("SMTP", name).Meaning, TrackingEvents.Of("SMTP", name).Role);
        Assert.Equal(meaning.Outcome == Outcome.Failed, role.End == Fate.Failed);
        Assert.Equal(meaning.Outcome == Outcome.Deferred, role.Place == Place.Delayed);
        Assert.Equal(meaning.Outcome == Outcome.Dropped, role.End == Fate.Dropped && name != "SUPPRESSED");
        Assert.Equal(meaning.IsOwn, meaning.Outcome == Outcome.Failed && name != "FAIL");
    }

    [Theory]
    [InlineData("250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded", Fate.Replaced)]
    [InlineData("[{LED=250 2.1.5 RESOLVER.FWD.Forwarded; recipient forwarded};{MSG=};{FQDN=};{IP=};{LRT=}]", Fate.Replaced)]
    [InlineData("550 5.1.1 RESOLVER.ADR.RecipNotFound; not found", Fate.Dropped)]
    [InlineData("250 2.1.5 accepted, then deleted", Fate.Dropped)]
    [InlineData("", Fate.Dropped)]
    public void A_dropped_copy_of_an_address_that_was_replaced_is_not_dropped_mail(string status, Fate fate) =>
        Assert.Equal(fate, Assert.Single(Journey.Of([Row("DROP", status)]).Recipients).Fate);

    [Fact]
    public void Only_recipients_that_were_replaced_are_left_out()
    {
        var row = Row("FAIL", "250 2.1.5 RESOLVER.GRP.Expanded; distribution list expanded", "550 5.1.1 unknown");
        Assert.Equal([Fate.Replaced, Fate.Failed], Journey.Of([row]).Recipients.Select(r => r.Fate));
    }

    [Fact]
    public void Events_page_contains_the_generated_table()
    {
        var table = new StringBuilder("| event | counted as | the message | meaning | known from |\n|---|---|---|---|---|\n");
        foreach (var r in TrackingEvents.All.OrderBy(r => r.Name, StringComparer.Ordinal))
            table.Append(null, $"| {r.Name} | {Counted(r.Meaning)} | {Copy(r.Meaning.Step)} | {r.Says} | {r.Source} |\n");
        var path = Repository.PathOf("docs/tracking-events.md");
        var page = File.ReadAllText(path);
        var (start, end) = (page.IndexOf(Start, StringComparison.Ordinal) + Start.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.True(start >= Start.Length && end >= start, "The page has lost the marks around the table.");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, page[..start] + table + page[end..]);
        else
            Assert.Equal(table.ToString(), page[start..end]);
    }

    static string Counted(EventMeaning meaning) =>
        meaning.IsShadow ? "noise (shadow)" : meaning.Outcome is { } outcome ? outcome.ToString().ToLowerInvariant() : "row only";

    static string Copy(CopyStep step) => step switch
    {
        CopyStep.Open => "is on its way",
        CopyStep.Sent => "is at another server",
        CopyStep.Ended => "has ended",
        _ => "",
    };

    static TraceRow Row(string name, params string[] statuses) => new(
        new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), "EX01", "SMTP", name, "<m@contoso.com>", "n", 1, "s@contoso.com", "",
        statuses.Length == 0 ? [new("r@contoso.com", "")] : [.. statuses.Select((s, i) => new TraceRecipient($"r{i}@contoso.com", s))], "", "", "", 1, "f", 0)
    {
        Remote = new("EX02", ""),
    };
}
