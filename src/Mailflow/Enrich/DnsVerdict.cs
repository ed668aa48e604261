namespace Mailflow.Enrich;

/// <summary>The result of a DNS query: a closed set. The first three are answers; after the others nothing is known.</summary>
enum DnsVerdict
{
    /// <summary>There are records.</summary>
    Answer,

    /// <summary>The name does not exist (RCODE 3).</summary>
    NxDomain,

    /// <summary>The name exists, without records of this type.</summary>
    NoData,

    /// <summary>The server failed (RCODE 2).</summary>
    ServFail,

    /// <summary>The signatures are invalid (DNSSEC).</summary>
    Bogus,

    /// <summary>The server refuses to answer this client (RCODE 5).</summary>
    Refused,

    /// <summary>No answer within the deadline, or the server was not queried because it did not answer before.</summary>
    Timeout,

    /// <summary>An unreadable answer, or another error.</summary>
    Unusable,
}
