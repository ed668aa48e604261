namespace Mailflow.Enrich;

/// <summary>Where mail for a domain goes, as one resolver says: a closed set.</summary>
enum RouteVerdict
{
    /// <summary>To servers that have an address.</summary>
    Resolves,

    /// <summary>The domain does not exist.</summary>
    NxDomain,

    /// <summary>The domain exists, without MX and without address.</summary>
    NoData,

    /// <summary>The domain says that it takes no mail (RFC 7505).</summary>
    NullMx,

    /// <summary>No server that the MX names has an address.</summary>
    NoAddress,
    ServFail,
    Bogus,
    Refused,
    Timeout,
    Unusable,
}
