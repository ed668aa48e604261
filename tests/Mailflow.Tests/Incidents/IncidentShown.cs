using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Incidents;

namespace Mailflow.Tests.Incidents;

/// <summary>An incident in which each field has a value.</summary>
static class IncidentShown
{
    public static readonly DateTime At = new(2025, 3, 4, 10, 0, 0, DateTimeKind.Utc);

    public static readonly Incident Full = new()
    {
        Id = "0123456789ab",
        Kind = IncidentKind.Failures,
        Cause = Cause.NetworkFailure,
        Sub = "timeout",
        Fault = Fault.Theirs,
        Place = new(PlaceKind.Domain, "contoso.com"),
        FirstFailure = At,
        Opened = At.AddMinutes(3),
        LastFailure = At.AddMinutes(40),
        Severity = IncidentSeverity.Major,
        Messages = 34,
        Recipients = 56,
        Failed = 10,
        Waiting = 40,
        Late = 6,
        Share = 0.8,
        Relapses = 1,
        Domains = [new("contoso.com", 56)],
        Senders = [new("ann.archer@ours.example", 30)],
        Servers = [new("EX01", 40)],
        Connectors = [new("Internet", 56)],
        Hops = [new("mx.contoso.com", 56)],
        Replies = [new("421 4.4.2 no answer to ann.archer@ours.example", Cause.NetworkFailure, "timeout", 50)],
        Evidence = ["The queue of ann.archer@ours.example grows."],
        Timeline = [new(At.AddMinutes(3), "Opened after a failure of ann.archer@ours.example.")],
    };

    public static readonly Incident Over = Full with
    {
        Id = "ba9876543210",
        Closed = At.AddMinutes(50),
        Verified = Verified.Delivered,
        ProofMessages = 14,
        ProofSince = At.AddMinutes(42),
        ProofConnector = "Internet",
        Waiting = 0,
    };
}
