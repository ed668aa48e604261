namespace Mailflow.Analysis.Messages;

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
