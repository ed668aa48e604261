namespace Mailflow.Enrich;

/// <summary>How a question to DNS ended: a closed set. The first three are answers; after the others nothing is known.</summary>
enum DnsVerdict
{
    /// <summary>There are records.</summary>
    Answer,

    /// <summary>There is no such name (RCODE 3).</summary>
    NxDomain,

    /// <summary>The name exists, but not with such a record.</summary>
    NoData,

    /// <summary>The server could not find out (RCODE 2).</summary>
    ServFail,

    /// <summary>The server found out, but the signatures do not hold (DNSSEC).</summary>
    Bogus,

    /// <summary>The server does not answer this asker (RCODE 5).</summary>
    Refused,

    /// <summary>Nothing came within the deadline, or the server was not asked since nothing came before.</summary>
    Timeout,

    /// <summary>What came cannot be read, or was another error.</summary>
    Unusable,
}
