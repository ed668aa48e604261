namespace Mailflow.Analysis.Tracing;

/// <summary>One row of a message tracking log, as it was written. Addresses are unmasked.</summary>
/// <param name="Time">UTC, as the row says: clocks of servers may differ.</param>
/// <param name="Server">The server that wrote the row; empty where it is not known.</param>
/// <param name="Source">The transport component, upper case: SMTP, STOREDRIVER, ROUTING, ...</param>
/// <param name="Event">The event, upper case: RECEIVE, SEND, DELIVER, FAIL, ...</param>
/// <param name="MessageId">The Message-ID header; empty where there is none.</param>
/// <param name="NetworkMessageId">Exchange's id of the message (since 2013), the same on all servers; empty where there is none.</param>
/// <param name="InternalId">The number that one server gave the message; 0 where there is none.</param>
/// <param name="Recipients">The recipients, with the status of each.</param>
/// <param name="Related">For EXPAND the group, for REDIRECT and RESOLVE the address before; empty otherwise.</param>
/// <param name="Bytes">Size of the message.</param>
/// <param name="File">The log file.</param>
/// <param name="Offset">The first byte of the row in the file.</param>
public sealed record TraceRow(
    DateTime Time,
    string Server,
    string Source,
    string Event,
    string MessageId,
    string NetworkMessageId,
    long InternalId,
    string Sender,
    string ReturnPath,
    IReadOnlyList<TraceRecipient> Recipients,
    string Related,
    string Reference,
    string Subject,
    long Bytes,
    string File,
    long Offset)
{
    /// <summary>Host name and address of the server or client that sent the message to the writer.</summary>
    public TraceHost Client { get; init; } = new("", "");

    /// <summary>Host name and address of the server that received it.</summary>
    public TraceHost Remote { get; init; } = new("", "");

    /// <summary>Address of the client before any proxy; empty where there is none.</summary>
    public string OriginalClientIp { get; init; } = "";

    /// <summary>The connector; empty where none was used.</summary>
    public string Connector { get; init; } = "";

    /// <summary>The column source-context.</summary>
    public string Context { get; init; } = "";

    /// <summary>The column message-info: when the message arrived in the organisation, and the time that each component took.</summary>
    public string Info { get; init; } = "";

    /// <summary>The column custom-data.</summary>
    public string Custom { get; init; } = "";
}

/// <summary>One recipient of a row.</summary>
/// <param name="Status">The reply or state of this recipient; empty where the row has none.</param>
public readonly record struct TraceRecipient(string Address, string Status);

/// <summary>A host as a row names it; both parts may be empty.</summary>
public readonly record struct TraceHost(string Name, string Address)
{
    /// <summary>The name, or the address where there is no name.</summary>
    public override string ToString() => Name.Length > 0 ? Name : Address;
}
