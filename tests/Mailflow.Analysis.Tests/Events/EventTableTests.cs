using System.Text;
using Mailflow.Analysis.Events;
using Mailflow.Tests;

namespace Mailflow.Analysis.Tests.Events;

public sealed class EventTableTests
{
    const string Start = "<!-- The table is written by the test EventTableTests with UPDATE_DOCS=1. -->\n";
    const string End = "<!-- End of the table. -->\n";

    [Fact]
    public void Event_table_is_sorted_without_duplicate_ids() =>
        Assert.Equal(EventTable.All.Select(r => r.Id).Distinct().Order(), EventTable.All.Select(r => r.Id));

    [Fact]
    public void Every_event_has_a_meaning_an_action_and_a_source() =>
        Assert.All(
            EventTable.All,
            r => Assert.All(
                (string[])[r.Name, r.Meaning, r.Action, r.Source],
                t => Assert.True(t.Length > 5 && !t.Contains('|', StringComparison.Ordinal) && !t.Contains('\n', StringComparison.Ordinal), t)));

    [Fact]
    public void Event_table_has_all_required_ids() =>
        Assert.Empty(((int[])[2000, 2002, 2003, 2004, 2005, 2006, 1009, 1010, 1012, 1018, 1020, 1021, 5006, 5015, 5016, 5038, 7001, 7002, 10001, 10003,
            12014, 12015, 12016, 12017, 12018, 12023, 15004, 15005, 15006, 15007, 16011, 16017, 16023, 16028, 17003, 17004])
            .Except(EventTable.All.Select(r => r.Id)));

    [Theory]
    [InlineData("MSExchangeTransport", 1009, true)]
    [InlineData("msexchangetransportsubmission", 16028, true)]
    [InlineData("MSExchangeIS", 1009, false)]
    [InlineData("MSExchangeTransport", 4010, false)]
    public void Events_are_found_by_provider_and_id(string provider, int id, bool found) =>
        Assert.Equal(found, EventTable.Find(new(provider, id, 0, 0, default, 0, "", "", [], null)) is not null);

    [Fact]
    public void Events_page_contains_the_generated_table()
    {
        var table = new StringBuilder("| id | kind | severity | meaning | what to do | known from |\n|---|---|---|---|---|---|\n");
        foreach (var r in EventTable.All)
            table.Append(null, $"| {r.Id} {r.Name} | {r.Kind.Name()} | {r.Severity.Name()} | {r.Meaning} | {r.Action} | {r.Source} |\n");
        var path = Repository.PathOf("docs/windows-events.md");
        var page = File.ReadAllText(path);
        var (start, end) = (page.IndexOf(Start, StringComparison.Ordinal) + Start.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.True(start >= Start.Length && end >= start, "The page has lost the marks around the table.");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, page[..start] + table + page[end..]);
        else
            Assert.Equal(table.ToString(), page[start..end]);
        Assert.All(EventTable.Providers, p => Assert.Contains(p, page, StringComparison.Ordinal));
    }
}
