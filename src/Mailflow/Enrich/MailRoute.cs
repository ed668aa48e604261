using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace Mailflow.Enrich;

/// <summary>Where mail for a domain goes, according to one resolver.</summary>
/// <param name="Hosts">Mail servers, the preferred first.</param>
/// <param name="Addresses">The addresses of the first <see cref="MaxHosts"/> of them.</param>
sealed record MailRoute(string Server, RouteVerdict Verdict, IReadOnlyList<string> Hosts, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>How many mail servers' addresses are resolved.</summary>
    public const int MaxHosts = 5;

    public bool IsKnown => Verdict <= RouteVerdict.NoAddress;

    /// <summary>The route according to each resolver.</summary>
    public static async Task<IReadOnlyList<MailRoute>> FindEachAsync(Resolver resolver, string domain, CancellationToken stop) =>
        await Task.WhenAll(resolver.Servers.Select(s => FindAsync(resolver, s, domain, stop)));

    /// <param name="at">The resolver to query; null for any.</param>
    public static async Task<MailRoute> FindAsync(Resolver resolver, DnsServer? at, string domain, CancellationToken stop)
    {
        var mx = await resolver.AskAsync(domain, QueryType.MX, stop, at);
        var name = at?.Name ?? mx.Server;
        if (mx.Verdict is not (DnsVerdict.Answer or DnsVerdict.NoData))
            return new(name, Of(mx.Verdict), [], []);
        var hosts = mx.Records.OfType<MxRecord>().OrderBy(m => m.Preference).Select(m => m.Exchange.Value.TrimEnd('.').ToLowerInvariant()).ToList();
        if (hosts is [""])
            return new(name, RouteVerdict.NullMx, [], []);
        hosts.RemoveAll(h => h.Length == 0);
        // Without MX the domain itself is the mail server (RFC 5321 section 5.1).
        var asked = hosts.Count == 0 ? [domain] : hosts.Take(MaxHosts).ToList();
        var answers = await Task.WhenAll(
            asked.SelectMany(h => new[] { resolver.AskAsync(h, QueryType.A, stop, at), resolver.AskAsync(h, QueryType.AAAA, stop, at) }));
        var addresses = answers.SelectMany(a => a.Addresses).Distinct().ToList();
        if (addresses.Count > 0)
            return new(name, RouteVerdict.Resolves, hosts.Count == 0 ? asked : hosts, addresses);
        if (answers.FirstOrDefault(a => !a.IsKnown) is { } unknown)
            return new(name, Of(unknown.Verdict), hosts, []);
        return new(name, hosts.Count == 0 ? RouteVerdict.NoData : RouteVerdict.NoAddress, hosts, []);
    }

    /// <summary>Whether two definite answers differ.</summary>
    public static bool Disagree(IReadOnlyList<MailRoute> routes)
    {
        var known = routes.Where(r => r.IsKnown).ToList();
        return known.Exists(r => r.Verdict != known[0].Verdict || !r.Hosts.ToHashSet(StringComparer.Ordinal).SetEquals(known[0].Hosts));
    }

    public string Says => Verdict switch
    {
        RouteVerdict.Resolves => $"mail servers: {string.Join(", ", Hosts.Take(MaxHosts))}",
        RouteVerdict.NxDomain => "the domain does not exist (NXDOMAIN)",
        RouteVerdict.NoData => "it has no MX record and no address",
        RouteVerdict.NullMx => "it accepts no mail (null MX, RFC 7505)",
        RouteVerdict.NoAddress => $"its MX names {string.Join(", ", Hosts.Take(MaxHosts))}, but none of them has an IP address",
        RouteVerdict.ServFail => "the resolver failed (SERVFAIL): the name servers of the domain do not answer correctly, or cannot be reached",
        RouteVerdict.Bogus => "its DNSSEC signatures are invalid (bogus): validating resolvers reject it",
        RouteVerdict.Refused => "the resolver refused the query (REFUSED)",
        RouteVerdict.Timeout => "the resolver did not answer in time",
        _ => "the resolver's answer cannot be used",
    };

    static RouteVerdict Of(DnsVerdict verdict) => verdict switch
    {
        DnsVerdict.NxDomain => RouteVerdict.NxDomain,
        DnsVerdict.NoData => RouteVerdict.NoData,
        DnsVerdict.ServFail => RouteVerdict.ServFail,
        DnsVerdict.Bogus => RouteVerdict.Bogus,
        DnsVerdict.Refused => RouteVerdict.Refused,
        DnsVerdict.Timeout => RouteVerdict.Timeout,
        _ => RouteVerdict.Unusable,
    };
}
