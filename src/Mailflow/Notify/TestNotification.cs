using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;
using Mailflow.Privacy;

namespace Mailflow.Notify;

/// <summary>A notification that is made up, to test the receivers.</summary>
static class TestNotification
{
    public static Notification Of(DateTimeOffset now, Masking masking, Uri? page)
    {
        var time = now.UtcDateTime;
        var incident = new Incident
        {
            Id = "000000000000",
            Kind = IncidentKind.Failures,
            Cause = Cause.NetworkFailure,
            Fault = Fault.Theirs,
            Place = new(PlaceKind.Domain, "example.com"),
            FirstFailure = time.AddMinutes(-10),
            Opened = time.AddMinutes(-5),
            LastFailure = time.AddMinutes(-1),
            Severity = IncidentSeverity.Minor,
            Messages = 12,
            Recipients = 14,
            Waiting = 14,
        };
        return new(Guid.NewGuid().ToString("N"), [new(NewsKind.Opened, incident, time)], now, masking, page, IsTest: true);
    }
}
