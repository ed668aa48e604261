namespace Mailflow.Analysis.Blocklists;

/// <summary>What a list is asked about.</summary>
[Flags]
public enum ListKinds
{
    None = 0,
    Ipv4 = 1,
    Ipv6 = 2,
    Domain = 4,
}

/// <summary>What a return code is: a listing, or the list's way to say that it does not answer this question or this asker.</summary>
public enum CodeMeaning
{
    Listed,
    Refused,
}

/// <summary>One return code.</summary>
/// <param name="Code">The address that is answered; of a bitmask list the bit, as the last octet.</param>
public sealed record ListCode(string Code, CodeMeaning Meaning, string Says);

/// <summary>One blocklist: how to ask it, and what its answers mean.</summary>
/// <param name="Zone">Where it is asked, and its name everywhere.</param>
/// <param name="Codes">The codes that it documents. Those that every list may answer with are in <see cref="ListReading"/>.</param>
/// <param name="Policy">Who may ask, and how much.</param>
/// <param name="Delist">Where to ask for removal.</param>
/// <param name="Source">Where this is documented.</param>
/// <param name="Interval">The least time between two questions about one address or domain.</param>
public sealed record Blocklist(string Zone, ListKinds Kinds, IReadOnlyList<ListCode> Codes, string Policy, string Delist, string Source, TimeSpan Interval)
{
    /// <summary>Whether the last octet is a sum of the codes'.</summary>
    public bool Bitmask { get; init; }

    /// <summary>Asked unless the settings name others.</summary>
    public bool Default { get; init; }

    /// <summary>When and how it ended; null where it is alive. A list that is closed is never asked.</summary>
    public string? Closed { get; init; }

    /// <summary>A domain that is always listed (RFC 5782 section 5: TEST), and one that never is.</summary>
    public (string Listed, string Clean) TestDomains { get; init; } = ("test", "invalid");

    /// <summary>Where it is asked with a key of the customer: the zone behind the key. Null where it knows none.</summary>
    public string? KeyZone { get; init; }
}
