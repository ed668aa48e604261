namespace Mailflow.Ledger;

/// <summary>A message that event 2004 says was not taken: waiting for the tracking log to say so too, or counted without it.</summary>
/// <param name="Due">Until when it waits, in milliseconds.</param>
/// <param name="Counted">Whether it was counted: the row that comes yet is the same failure then.</param>
/// <param name="Status">What the server said.</param>
sealed record OpenRejection(string MessageId, long Due, bool Counted, DateTime Time, string Server, string Connector, string Status, byte[] EventId, long File, long Record);
