using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Messages;

/// <summary>The part of transport that connects, as the source column of a connectivity log says.</summary>
public enum ConnectionSource
{
    Smtp,
    MapiDelivery,
    MapiSubmission,
    DeliveryAgent,
    Transport,
    Other,
}

/// <summary>What became of an attempt to connect to a destination.</summary>
public enum ConnectionOutcome
{
    Connected,

    /// <summary>The destination's name was not resolved: no connection was tried.</summary>
    DnsFailure,

    /// <summary>The other side is there and does not listen.</summary>
    Refused,

    TimedOut,

    /// <summary>No route to the network or the host.</summary>
    Unreachable,

    /// <summary>The connection was cut as it was made.</summary>
    Reset,

    Other,
}

/// <summary>What one row of a connectivity log says: an attempt that ended, or a session that did.</summary>
/// <param name="Outcome">Null for the end of a session, which is no attempt.</param>
/// <param name="Error">The place of the socket error in <see cref="SocketErrors.All"/>; -1 where there is none.</param>
/// <param name="Destination">The next hop as the row names it: a domain, a smart host, a mailbox database.</param>
/// <param name="Sent">Messages that were handed over in the session.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Retry">Why the session ended before its work was done; null where it does not say so.</param>
public readonly record struct Connection(ConnectionSource Source, ConnectionOutcome? Outcome, int Error, string Destination, long Sent, long Bytes, Cause? Retry);
