using DnsClient;
using Mailflow.Configuration;

namespace Mailflow.Enrich;

/// <summary>The results of one round of the watch.</summary>
/// <param name="Listings">Each of our addresses and domains on each list.</param>
/// <param name="Health">The result of each list's last test; null where it is not known.</param>
/// <param name="Addresses">Findings about our addresses: reverse names and lists.</param>
/// <param name="Domains">Findings about our domains.</param>
sealed record WatchRound(
    DateTimeOffset At,
    IReadOnlyList<ResolverState> Resolvers,
    IReadOnlyList<ListResult> Listings,
    IReadOnlyList<(string Zone, bool? Healthy)> Health,
    IReadOnlyList<HostResult> Hosts,
    IReadOnlyList<Finding> Addresses,
    IReadOnlyList<Finding> Domains)
{
    /// <summary>A name that never exists (RFC 6761 section 6.4).</summary>
    public const string NoSuchName = "mailflow-check.invalid";

    public IReadOnlyList<Finding> Findings => [.. Resolvers.Select(r => r.Finding), .. Addresses, .. Domains, .. Hosts.SelectMany(h => h.Findings)];

    /// <summary>Checks all own domains, addresses and hosts once.</summary>
    public static async Task<WatchRound> RunAsync(Checks checks, TimeProvider clock, CancellationToken stop)
    {
        var options = checks.Options;
        var resolvers = Task.WhenAll(checks.Resolver.Servers.Select(s => ProbeAsync(checks, s, clock)));
        var addresses = Task.WhenAll(options.EgressIps.Select(ip => checks.Addresses.CheckAsync(ip, stop)));
        var domains = Task.WhenAll(options.OwnDomains.Select(d => checks.Domains.CheckAsync(d, own: true, stop)));
        var hosts = HostsAsync(checks, stop);
        await Task.WhenAll(resolvers, addresses, domains, hosts);
        // Queried again a moment later, they come from the cache.
        var listings = (await Task.WhenAll(options.EgressIps.Where(ip => !AddressCheck.IsPrivate(ip)).Select(ip => checks.Lists.AskAsync(ip, stop))))
            .Concat(await Task.WhenAll(options.OwnDomains.Select(d => checks.Lists.AskAsync(d, stop)))).SelectMany(r => r).ToList();
        return new(
            clock.GetUtcNow(),
            await resolvers,
            listings,
            checks.Lists.Health(),
            await hosts,
            [.. (await addresses).SelectMany(f => f)],
            [.. (await domains).SelectMany(f => f)]);
    }

    /// <summary>Smart hosts, and the mail servers of our own domains.</summary>
    static async Task<HostResult[]> HostsAsync(Checks checks, CancellationToken stop)
    {
        var options = checks.Options;
        var routes = options.KnockAtMx ? await Task.WhenAll(options.OwnDomains.Select(d => MailRoute.FindAsync(checks.Resolver, null, d, stop))) : [];
        var exchangers = routes.Where(r => r.Verdict == RouteVerdict.Resolves)
            .SelectMany(r => r.Hosts.Take(MailRoute.MaxHosts))
            .Select(h => new HostTarget(h, options.MxPort));
        return await Task.WhenAll(options.SmartHosts.Concat(exchangers).Distinct().Select(h => checks.Hosts.CheckAsync(h, stop)));
    }

    /// <summary>
    /// A resolver is up where it resolves our first domain, or, without one, where it answers anything about the root: not every network reaches
    /// the root servers. It is also queried for a name that cannot exist: a resolver that returns an address there makes every blocklist list
    /// everything, and every misspelled domain look valid.
    /// </summary>
    static async Task<ResolverState> ProbeAsync(Checks checks, DnsServer server, TimeProvider clock)
    {
        var start = clock.GetTimestamp();
        var own = checks.Options.OwnDomains.Count > 0;
        var answer = own
            ? await checks.Resolver.ProbeAsync(server, checks.Options.OwnDomains[0], QueryType.MX)
            : await checks.Resolver.ProbeAsync(server, ".", QueryType.NS);
        var took = clock.GetElapsedTime(start);
        var answers = own ? answer.IsKnown : answer.Verdict is not (DnsVerdict.Timeout or DnsVerdict.Unusable);
        var invented = answers ? (await checks.Resolver.ProbeAsync(server, NoSuchName, QueryType.A)).Addresses : [];
        return new(server.Name, answers, answer.Verdict, took, invented.Count > 0 ? invented[0] : null);
    }
}
