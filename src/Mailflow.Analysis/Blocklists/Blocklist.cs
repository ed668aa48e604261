namespace Mailflow.Analysis.Blocklists;

/// <summary>What a list can be queried for.</summary>
[Flags]
public enum ListKinds
{
    None = 0,
    Ipv4 = 1,
    Ipv6 = 2,
    Domain = 4,
}

/// <summary>What a return code means: a listing, or that the list refuses to answer this query or this client.</summary>
public enum ListCodeKind
{
    Listed,
    Refused,
}

/// <summary>One return code.</summary>
/// <param name="Code">The address in the answer; for a bitmask list the bit, as the last octet.</param>
public sealed record ListCode(string Code, ListCodeKind Meaning, string Says);

/// <summary>One blocklist: how to query it, and what its answers mean.</summary>
/// <param name="Zone">The DNS zone; also the list's name everywhere.</param>
/// <param name="Codes">The codes that it documents. Codes that any list may return are in <see cref="ListReading"/>.</param>
/// <param name="Policy">Who may query it, and how often.</param>
/// <param name="Delist">Where to request removal.</param>
/// <param name="Source">Where this is documented.</param>
/// <param name="Interval">The shortest time between two queries for one address or domain.</param>
public sealed record Blocklist(
    string Zone, ListKinds Kinds, IReadOnlyList<ListCode> Codes, string Policy, string Delist, string Source, TimeSpan Interval)
{
    /// <summary>Whether the last octet is a sum of code bits.</summary>
    public bool Bitmask { get; init; }

    /// <summary>Queried unless the settings name other lists.</summary>
    public bool Default { get; init; }

    /// <summary>When and how it was shut down; null while it is in operation. A closed list is never queried.</summary>
    public string? Closed { get; init; }

    /// <summary>A domain that is always listed (RFC 5782 section 5: TEST), and one that never is.</summary>
    public (string Listed, string Clean) TestDomains { get; init; } = ("test", "invalid");

    /// <summary>The zone that follows the customer's key, for queries with a key; null where the list has no keys.</summary>
    public string? KeyZone { get; init; }
}
