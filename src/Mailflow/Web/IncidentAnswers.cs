namespace Mailflow.Web;

// The forms of the answer of /api/v1/incidents, for the document. IncidentJson writes it; a test compares both.

/// <summary>Incidents: open ones first.</summary>
sealed class IncidentsAnswer
{
    public required IReadOnlyList<IncidentAnswer> Incidents { get; init; }
}

/// <summary>An outage from its first failure to its end.</summary>
sealed class IncidentAnswer
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Kind { get; init; }

    public required string Cause { get; init; }

    public required string? SubReason { get; init; }

    public required string Fault { get; init; }

    public required IncidentPlaceAnswer Place { get; init; }

    public required DateTimeOffset FirstFailure { get; init; }

    public required DateTimeOffset Opened { get; init; }

    public required DateTimeOffset LastFailure { get; init; }

    public required DateTimeOffset? Closed { get; init; }

    public required string Verified { get; init; }

    public required string Severity { get; init; }

    public required long Messages { get; init; }

    public required long Recipients { get; init; }

    public required IReadOnlyList<string> Domains { get; init; }

    public required IReadOnlyList<string> Servers { get; init; }

    public required IReadOnlyList<string> Evidence { get; init; }

    public required IReadOnlyList<string> Steps { get; init; }
}

/// <summary>Where an incident is.</summary>
sealed class IncidentPlaceAnswer
{
    public required string Kind { get; init; }

    public required string Name { get; init; }
}
