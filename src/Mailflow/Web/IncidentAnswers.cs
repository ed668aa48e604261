namespace Mailflow.Web;

// The forms of the answer of /api/v1/incidents, for the document. IncidentJson writes it; a test compares both.

/// <summary>Incidents: open ones first.</summary>
sealed class IncidentsAnswer
{
    public required IReadOnlyList<IncidentAnswer> Incidents { get; init; }

    public required DateTimeOffset? Until { get; init; }
}

/// <summary>An outage from its first failure to its end.</summary>
sealed class IncidentAnswer
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Summary { get; init; }

    public required string Kind { get; init; }

    public required string Cause { get; init; }

    public required string? SubReason { get; init; }

    public required string Fault { get; init; }

    public required bool ProbablyNotUs { get; init; }

    public required IncidentPlaceAnswer Place { get; init; }

    public required DateTimeOffset FirstFailure { get; init; }

    public required DateTimeOffset Opened { get; init; }

    public required DateTimeOffset LastFailure { get; init; }

    public required DateTimeOffset? Closed { get; init; }

    public required string Verified { get; init; }

    public required long ProofMessages { get; init; }

    public required DateTimeOffset? ProofSince { get; init; }

    public required string ProofConnector { get; init; }

    public required string Severity { get; init; }

    public required long Messages { get; init; }

    public required long Recipients { get; init; }

    public required long Failed { get; init; }

    public required long Waiting { get; init; }

    public required long Late { get; init; }

    public required double? Share { get; init; }

    public required long Relapses { get; init; }

    public required IReadOnlyList<string> Domains { get; init; }

    public required IReadOnlyList<string> Senders { get; init; }

    public required IReadOnlyList<string> Servers { get; init; }

    public required IReadOnlyList<string> Connectors { get; init; }

    public required IReadOnlyList<string> NextHops { get; init; }

    public required IReadOnlyList<IncidentReplyAnswer> Replies { get; init; }

    public required IReadOnlyList<string> Evidence { get; init; }

    public required IReadOnlyList<IncidentMomentAnswer> Timeline { get; init; }

    public required string Advice { get; init; }

    public required IReadOnlyList<IncidentStepAnswer> Steps { get; init; }

    public required IReadOnlyList<string> ForSupport { get; init; }

    public required string Page { get; init; }
}

/// <summary>Where an incident is.</summary>
sealed class IncidentPlaceAnswer
{
    public required string Kind { get; init; }

    public required string Name { get; init; }
}

/// <summary>A reply of an incident, without what differs from message to message.</summary>
sealed class IncidentReplyAnswer
{
    public required string Words { get; init; }

    public required string Cause { get; init; }

    public required string? SubReason { get; init; }

    public required long Recipients { get; init; }
}

/// <summary>A moment in the life of an incident.</summary>
sealed class IncidentMomentAnswer
{
    public required DateTimeOffset At { get; init; }

    public required string Says { get; init; }
}

/// <summary>A command to look or to act.</summary>
sealed class IncidentStepAnswer
{
    public required string Purpose { get; init; }

    public required string Shell { get; init; }

    public required string Says { get; init; }

    public required string Text { get; init; }

    public required bool Changes { get; init; }

    public required string? ChangesWhat { get; init; }

    public required string? Undo { get; init; }
}
