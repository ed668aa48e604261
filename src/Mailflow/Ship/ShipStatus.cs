namespace Mailflow.Ship;

/// <summary>The state of a sink.</summary>
/// <param name="LastShippedId">The last event that it accepted, or that can no longer be sent.</param>
/// <param name="Backlog">Event numbers after that one: an upper bound, since retention may have deleted some.</param>
/// <param name="Shipped">Events accepted since the program started.</param>
/// <param name="Rejected">Events rejected since the program started; they are in a file beside the store.</param>
/// <param name="Dropped">Events deleted by retention before they were sent, in total.</param>
/// <param name="Problem">Why events cannot be sent now; null where they can.</param>
/// <param name="LastSuccess">When it last accepted events; null where it has not since the program started.</param>
sealed record ShipStatus(
    string Sink, long LastShippedId, long Backlog, long Shipped, long Rejected, long Dropped, string? Problem, DateTimeOffset? LastSuccess);
