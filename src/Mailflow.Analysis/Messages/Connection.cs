using Mailflow.Analysis.Failures;

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

/// <summary>The result of an attempt to connect to a destination.</summary>
public enum ConnectionOutcome
{
    Connected,

    /// <summary>The destination's name could not be resolved: no connection was tried.</summary>
    DnsFailure,

    /// <summary>The remote host is reachable but does not listen on the port.</summary>
    Refused,

    TimedOut,

    /// <summary>No route to the network or the host.</summary>
    Unreachable,

    /// <summary>The connection was reset while it was being established.</summary>
    Reset,

    Other,
}

/// <summary>One row of a connectivity log: a finished attempt, or the end of a session.</summary>
/// <param name="Outcome">Null for the end of a session, which is not an attempt.</param>
/// <param name="Error">Index of the socket error in <see cref="SocketErrors.All"/>; -1 where there is none.</param>
/// <param name="Destination">The next hop as the row names it: a domain, a smart host, a mailbox database.</param>
/// <param name="Sent">Messages transferred in the session.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Retry">Why the session ended early; null where the row does not say so.</param>
public readonly record struct Connection(
    ConnectionSource Source, ConnectionOutcome? Outcome, int Error, string Destination, long Sent, long Bytes, Cause? Retry);
