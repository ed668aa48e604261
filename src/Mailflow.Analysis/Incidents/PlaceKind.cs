namespace Mailflow.Analysis.Incidents;

/// <summary>The kinds of places at which mail can fail.</summary>
public enum PlaceKind
{
    /// <summary>A recipient domain.</summary>
    Domain,

    /// <summary>The host that mail is sent to: an MX host, a smart host, a server of ours.</summary>
    NextHop,

    /// <summary>A send connector.</summary>
    Connector,

    /// <summary>A server of ours.</summary>
    Server,

    /// <summary>An address that our mail leaves from.</summary>
    Egress,

    /// <summary>A sender of ours.</summary>
    Sender,

    /// <summary>A mailbox database.</summary>
    Database,

    /// <summary>The whole organisation: no smaller place explains it.</summary>
    Organization,
}

/// <summary>Where an incident is.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name as the logs have it, in lower case for domains, hosts and senders. Addresses are unmasked.</param>
public sealed record IncidentPlace(PlaceKind Kind, string Name);
