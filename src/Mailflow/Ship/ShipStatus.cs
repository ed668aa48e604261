namespace Mailflow.Ship;

/// <summary>How a sink fares.</summary>
/// <param name="LastShippedId">The last event that it took, or that it can no longer get.</param>
/// <param name="Backlog">Numbers given after that one: an upper bound, since retention may have deleted some.</param>
/// <param name="Shipped">Events that it took since the program started.</param>
/// <param name="Rejected">Events that it refused since the program started; they lie in a file beside the store.</param>
/// <param name="Dropped">Events that retention deleted before it took them, ever.</param>
/// <param name="Problem">Why events do not get there now; null where they do.</param>
/// <param name="LastSuccess">When it last took something; null where it has not since the program started.</param>
sealed record ShipStatus(string Sink, long LastShippedId, long Backlog, long Shipped, long Rejected, long Dropped, string? Problem, DateTimeOffset? LastSuccess);
