namespace Mailflow.Ship;

/// <summary>Takes events. It may throw; what follows from that is decided once, in <see cref="Shipper"/>.</summary>
interface ISink
{
    /// <summary>What its cursor is stored under, and its label in metrics.</summary>
    string Name { get; }

    /// <summary>Where the events go, for a person, without secrets.</summary>
    string Target { get; }

    /// <summary>Sends lines of CLEF, each ended by LF. Having taken them means that they are safe there.</summary>
    Task<Answer> SendAsync(ReadOnlyMemory<byte> lines, CancellationToken abort);
}

/// <summary>What became of some lines.</summary>
enum Verdict
{
    /// <summary>They are there.</summary>
    Taken,

    /// <summary>They will never be taken together: at least one of them is at fault, or they are too many.</summary>
    Refused,

    /// <summary>Not now.</summary>
    Later,

    /// <summary>Not before a person has changed something.</summary>
    Misconfigured,
}

/// <summary>A sink's answer.</summary>
/// <param name="Reason">Why not, for a person: without addresses or secrets.</param>
/// <param name="RetryAfter">When to come back, where the sink says so.</param>
readonly record struct Answer(Verdict Verdict, string Reason = "", TimeSpan? RetryAfter = null)
{
    public static Answer Taken => new(Verdict.Taken);
}
