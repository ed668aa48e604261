namespace Mailflow.Analysis.Messages;

/// <summary>The agent that refused a message, as a label. The names are stored: do not rename.</summary>
public enum TransportAgent
{
    ConnectionFiltering,
    ContentFilter,
    SenderFilter,
    RecipientFilter,
    SenderId,
    ProtocolAnalysis,
    AttachmentFilter,
    Malware,
    TransportRule,
    Other,
}
