namespace Mailflow.Ship;

/// <summary>The result of sending lines.</summary>
enum SinkOutcome
{
    /// <summary>They are there.</summary>
    Taken,

    /// <summary>They will never be accepted together: at least one of them is invalid, or they are too large.</summary>
    Rejected,

    /// <summary>Not now.</summary>
    Later,

    /// <summary>The configuration must be corrected first.</summary>
    Misconfigured,
}
