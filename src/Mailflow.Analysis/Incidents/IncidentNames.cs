namespace Mailflow.Analysis.Incidents;

/// <summary>Names of what incidents have, as in JSON, in events, in labels and in the store: they do not change.</summary>
public static class IncidentNames
{
    public static string Name(this IncidentEvent happened) => happened switch
    {
        IncidentEvent.Opened => "opened",
        IncidentEvent.Closed => "closed",
        IncidentEvent.Reopened => "reopened",
        _ => "changed",
    };

    public static string Name(this IncidentKind kind) => kind switch
    {
        IncidentKind.Silence => "silence",
        IncidentKind.Slow => "slow",
        IncidentKind.Account => "account",
        IncidentKind.Signal => "signal",
        _ => "failures",
    };

    public static string Name(this IncidentSeverity severity) => severity switch
    {
        IncidentSeverity.Critical => "critical",
        IncidentSeverity.Major => "major",
        _ => "minor",
    };

    public static string Name(this Verified verified) => verified switch
    {
        Verified.Delivered => "delivered",
        Verified.Quiet => "quiet",
        Verified.SignalEnded => "signal-ended",
        _ => "no",
    };

    public static string Name(this PlaceKind kind) => kind switch
    {
        PlaceKind.Domain => "domain",
        PlaceKind.NextHop => "next-hop",
        PlaceKind.Connector => "connector",
        PlaceKind.Server => "server",
        PlaceKind.Egress => "egress",
        PlaceKind.Sender => "sender",
        PlaceKind.Database => "database",
        _ => "organization",
    };
}
