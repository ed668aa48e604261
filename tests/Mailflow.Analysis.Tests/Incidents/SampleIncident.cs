using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;

namespace Mailflow.Analysis.Tests.Incidents;

/// <summary>An incident for tests of its words: a domain refuses our mail because our address is listed.</summary>
static class SampleIncident
{
    public static readonly DateTime At = new(2025, 3, 4, 10, 0, 0, DateTimeKind.Utc);

    public static readonly Incident Listed = new()
    {
        Id = "0123456789ab",
        Kind = IncidentKind.Failures,
        Cause = Cause.Blocklisted,
        Sub = "zen.spamhaus.org",
        Fault = Fault.Ours,
        Place = new(PlaceKind.Domain, "contoso.com"),
        FirstFailure = At,
        Opened = At.AddMinutes(3),
        LastFailure = At.AddMinutes(40),
        Severity = IncidentSeverity.Major,
        Messages = 34,
        Recipients = 56,
        Failed = 50,
        Waiting = 6,
        Share = 0.8,
        Domains = [new("contoso.com", 56)],
        Senders = [new("ann@ours.example", 30), new("bob@ours.example", 26)],
        Servers = [new("EX01", 40), new("EX02", 16)],
        Connectors = [new("Internet", 56)],
        Hops = [new("mx.contoso.com", 56)],
        Replies = [new("554 5.7.1 Client host [*] blocked using *", Cause.Blocklisted, "zen.spamhaus.org", 50)],
        Evidence = ["zen.spamhaus.org lists 192.0.2.25."],
        Timeline = [new(At.AddMinutes(3), "Opened after 5 messages.")],
    };
}
