namespace Mailflow.Ship;

/// <summary>What became of some lines.</summary>
enum SinkOutcome
{
    /// <summary>They are there.</summary>
    Taken,

    /// <summary>They will never be taken together: at least one of them is at fault, or they are too many.</summary>
    Rejected,

    /// <summary>Not now.</summary>
    Later,

    /// <summary>Not before a person has changed something.</summary>
    Misconfigured,
}
