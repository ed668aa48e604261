namespace Mailflow.Ledger;

/// <summary>A rejected message (event 2004) without a row in a tracking log so far: it waits for the row, or was counted without it.</summary>
/// <param name="Due">The end of the wait, in milliseconds.</param>
/// <param name="Counted">Whether it was counted; a row that arrives later is then the same failure and is not counted again.</param>
/// <param name="Status">The server's reply.</param>
/// <param name="File">The export that contains the event.</param>
/// <param name="Record">The event's number in the Windows log.</param>
sealed record OpenRejection(
    string MessageId,
    long Due,
    bool Counted,
    DateTime Time,
    string Server,
    string Connector,
    string Status,
    byte[] EventId,
    long File,
    long Record);
