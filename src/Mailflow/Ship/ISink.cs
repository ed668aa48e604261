namespace Mailflow.Ship;

/// <summary>Takes events. It may throw; what follows from that is decided once, in <see cref="Shipper"/>.</summary>
interface ISink
{
    /// <summary>What its cursor is stored under, and its label in metrics.</summary>
    string Name { get; }

    /// <summary>Where the events go, for a person, without secrets.</summary>
    string Target { get; }

    /// <summary>Sends lines of CLEF, each ended by LF. Having taken them means that they are safe there.</summary>
    Task<SinkAnswer> SendAsync(ReadOnlyMemory<byte> lines, CancellationToken abort);
}
