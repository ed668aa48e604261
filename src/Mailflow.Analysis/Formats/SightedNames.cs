using Mailflow.Analysis.Messages;

namespace Mailflow.Analysis.Formats;

/// <summary>The columns whose texts have numbers in a <see cref="Incidents.SightingBlock"/>, and their normal forms. One instance per worker.</summary>
sealed class SightedNames
{
    public BlockNames Connectors { get; } = new(name => name);

    public BlockNames Databases { get; } = new(name => name);

    public BlockNames Hops { get; } = new(HostOf);

    public BlockNames Senders { get; } = new(address => address.ToLowerInvariant(), KeptText.Address);

    /// <summary>By the end of an address that starts with its last `@`.</summary>
    public BlockNames Domains { get; } = new(rest => Failure.DomainOf(rest.Replace("''", "'", StringComparison.Ordinal)), KeptText.Address);

    public SightedReplies Replies { get; } = new();

    static readonly char[] Around = [.. "[]. "];

    /// <summary>A host in lower case, without its trailing dot and the brackets around an address.</summary>
    public static string HostOf(string name) => name.Trim(Around).ToLowerInvariant();
}
