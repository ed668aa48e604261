namespace Mailflow.Enrich;

/// <summary>Where mail for a domain goes, according to one resolver: a closed set.</summary>
enum RouteVerdict
{
    /// <summary>To servers with an address.</summary>
    Resolves,

    /// <summary>The domain does not exist.</summary>
    NxDomain,

    /// <summary>The domain exists, without MX and address records.</summary>
    NoData,

    /// <summary>The domain declares that it accepts no mail (RFC 7505).</summary>
    NullMx,

    /// <summary>None of the MX hosts has an address.</summary>
    NoAddress,
    ServFail,
    Bogus,
    Refused,
    Timeout,
    Unusable,
}
