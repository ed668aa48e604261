using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.Tracing;

/// <summary>The columns of a tracking log by name; -1 where the log has none of that name.</summary>
sealed class TraceColumns(LogHeader header)
{
    public IReadOnlyList<string> Names => header.Fields;

    public int Count => header.Fields.Count;

    public int Time { get; } = header.IndexOf("date-time");
    public int ClientIp { get; } = header.IndexOf("client-ip");
    public int ClientHost { get; } = header.IndexOf("client-hostname");
    public int ServerIp { get; } = header.IndexOf("server-ip");
    public int ServerHost { get; } = header.IndexOf("server-hostname");
    public int Context { get; } = header.IndexOf("source-context");
    public int Connector { get; } = header.IndexOf("connector-id");
    public int Source { get; } = header.IndexOf("source");
    public int Event { get; } = header.IndexOf("event-id");
    public int InternalId { get; } = header.IndexOf("internal-message-id");
    public int MessageId { get; } = header.IndexOf("message-id");
    public int NetworkMessageId { get; } = header.IndexOf("network-message-id");
    public int Recipients { get; } = header.IndexOf("recipient-address");
    public int Status { get; } = header.IndexOf("recipient-status");
    public int Bytes { get; } = header.IndexOf("total-bytes");
    public int Related { get; } = header.IndexOf("related-recipient-address");
    public int Reference { get; } = header.IndexOf("reference");
    public int Subject { get; } = header.IndexOf("message-subject");
    public int Sender { get; } = header.IndexOf("sender-address");
    public int ReturnPath { get; } = header.IndexOf("return-path");
    public int Info { get; } = header.IndexOf("message-info");
    public int OriginalIp { get; } = header.IndexOf("original-client-ip");
    public int Custom { get; } = header.IndexOf("custom-data");
}
