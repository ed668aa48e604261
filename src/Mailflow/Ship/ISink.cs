namespace Mailflow.Ship;

/// <summary>Accepts events. It may throw; the reaction is decided in one place, in <see cref="Shipper"/>.</summary>
interface ISink
{
    /// <summary>The key of its cursor in the store, and its label in metrics.</summary>
    string Name { get; }

    /// <summary>Where the events go, for display, without secrets.</summary>
    string Target { get; }

    /// <summary>Sends lines of CLEF, each ended by LF. Having taken them means that they are safe there.</summary>
    Task<SinkAnswer> SendAsync(ReadOnlyMemory<byte> lines, CancellationToken abort);
}
