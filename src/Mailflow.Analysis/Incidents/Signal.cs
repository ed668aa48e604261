using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Incidents;

/// <summary>A fact from outside the tracking logs that is evidence of an incident, or an incident of its own.</summary>
public enum SignalKind
{
    /// <summary>A server slows down or refuses mail because a resource is short.</summary>
    BackPressure,

    /// <summary>A queue grows or does not move.</summary>
    Queue,

    /// <summary>Messages on their way do not move.</summary>
    InFlight,

    /// <summary>SMTP sessions are refused.</summary>
    RefusedSessions,

    /// <summary>TLS of a connector fails because of our certificate or server.</summary>
    OwnTls,

    /// <summary>A blocklist lists an address of ours.</summary>
    Listed,

    /// <summary>A certificate for SMTP ends soon or has ended.</summary>
    Certificate,

    /// <summary>No log is written or none can be read.</summary>
    LogsStopped,
}

/// <summary>A signal at one time. It lasts until a signal of the same kind and place says that it is over.</summary>
/// <param name="At">When it was seen, UTC.</param>
/// <param name="IsOn">False: it is over.</param>
/// <param name="Says">What was seen, as a sentence.</param>
public sealed record Signal(DateTime At, SignalKind Kind, IncidentPlace Place, bool IsOn, Fault Fault, string Says);
