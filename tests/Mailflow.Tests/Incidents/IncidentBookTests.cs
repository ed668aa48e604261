using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Incidents;

namespace Mailflow.Tests.Incidents;

/// <summary>What is told about incidents, and what is only stored.</summary>
public sealed class IncidentBookTests
{
    static readonly DateTime Noon = new(2026, 3, 4, 12, 0, 0, DateTimeKind.Utc);

    static readonly Incident Open = new()
    {
        Id = "00000000000a",
        Kind = IncidentKind.Failures,
        Cause = Cause.NetworkFailure,
        Fault = Fault.Theirs,
        Severity = IncidentSeverity.Minor,
        Place = new(PlaceKind.Domain, "remote.example"),
        FirstFailure = Noon.AddMinutes(-5),
        Opened = Noon,
        LastFailure = Noon,
        Messages = 3,
    };

    [Fact]
    public void Growing_counts_are_stored_and_not_told()
    {
        var book = new IncidentBook([]);
        book.Take([new(IncidentEvent.Opened, Noon, Open)], Noon);
        Assert.Equal(["opened"], book.TakeNews().Events.Select(e => e.Event.Name()));
        book.Take([new(IncidentEvent.Updated, Noon.AddMinutes(1), Open with { Messages = 9 })], Noon.AddMinutes(1));
        var (incidents, events) = book.TakeNews();
        Assert.Equal(9, Assert.Single(incidents).Incident.Messages);
        Assert.Empty(events);
    }

    [Fact]
    public void A_part_of_another_incident_ends()
    {
        var book = new IncidentBook([]);
        book.Take([new(IncidentEvent.Opened, Noon, Open)], Noon);
        book.TakeNews();
        book.Take([new(IncidentEvent.Merged, Noon.AddMinutes(1), Open)], Noon.AddMinutes(1));
        var (incidents, events) = book.TakeNews();
        Assert.False(Assert.Single(incidents).IsOpen);
        Assert.Equal(["closed"], events.Select(e => e.Event.Name()));
    }

    [Fact]
    public void Each_event_that_is_told_has_its_own_name() => Assert.Equal(
        ["opened", "changed", "closed", "reopened"],
        new[] { IncidentEvent.Opened, IncidentEvent.Changed, IncidentEvent.Closed, IncidentEvent.Reopened }.Select(e => e.Name()));
}
