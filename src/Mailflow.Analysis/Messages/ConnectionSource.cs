namespace Mailflow.Analysis.Messages;

/// <summary>The transport component that connects, from the source column of a connectivity log.</summary>
public enum ConnectionSource
{
    Smtp,
    MapiDelivery,
    MapiSubmission,
    DeliveryAgent,
    Transport,
    Other,
}
