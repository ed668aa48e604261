using System.Globalization;
using DnsClient;

namespace Mailflow.Enrich;

/// <summary>How one resolver fares.</summary>
sealed record ResolverState(string Name, bool Up, DnsVerdict Verdict, TimeSpan Latency)
{
    public Finding Finding =>
        Up ? new(Name, "resolver", Severity.Good, string.Create(CultureInfo.InvariantCulture, $"answers in {Latency.TotalMilliseconds:0} ms"))
        : new(Name, "resolver", Severity.Trouble, Verdict.Says(), "Mend it or remove it: mail that needs DNS waits for it (Get-TransportService shows which ones Exchange asks).");
}

/// <summary>What one round of the standing watch found.</summary>
/// <param name="Listings">Each of our addresses and domains on each list.</param>
/// <param name="Health">How each list's last test ended; null where it is not known.</param>
/// <param name="Addresses">About our addresses: names and lists.</param>
/// <param name="Domains">About our domains.</param>
sealed record WatchRound(
    DateTimeOffset At,
    IReadOnlyList<ResolverState> Resolvers,
    IReadOnlyList<ListResult> Listings,
    IReadOnlyList<(string Zone, bool? Healthy)> Health,
    IReadOnlyList<HostResult> Hosts,
    IReadOnlyList<Finding> Addresses,
    IReadOnlyList<Finding> Domains)
{
    public IReadOnlyList<Finding> Findings => [.. Resolvers.Select(r => r.Finding), .. Addresses, .. Domains, .. Hosts.SelectMany(h => h.Findings)];

    /// <summary>Looks at everything that is ours, once.</summary>
    public static async Task<WatchRound> RunAsync(Checks checks, TimeProvider clock, CancellationToken stop)
    {
        var options = checks.Options;
        var resolvers = Task.WhenAll(checks.Resolver.Servers.Select(s => ProbeAsync(checks, s, clock)));
        var addresses = Task.WhenAll(options.EgressIps.Select(ip => checks.Addresses.CheckAsync(ip, stop)));
        var domains = Task.WhenAll(options.OwnDomains.Select(d => checks.Domains.CheckAsync(d, own: true, stop)));
        var hosts = Task.WhenAll(options.SmartHosts.Select(h => checks.Hosts.CheckAsync(h, stop)));
        await Task.WhenAll(resolvers, addresses, domains, hosts);
        // Asked again a moment later, they come out of what is kept.
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

    /// <summary>A resolver is up where it knows our first domain; without one, where it says anything about the root: not every network has a way there.</summary>
    static async Task<ResolverState> ProbeAsync(Checks checks, DnsServer server, TimeProvider clock)
    {
        var start = clock.GetTimestamp();
        if (checks.Options.OwnDomains is [var domain, ..])
        {
            var answer = await checks.Resolver.ProbeAsync(server, domain, QueryType.MX);
            return new(server.Name, answer.IsKnown, answer.Verdict, clock.GetElapsedTime(start));
        }

        var root = await checks.Resolver.ProbeAsync(server, ".", QueryType.NS);
        return new(server.Name, root.Verdict is not (DnsVerdict.Timeout or DnsVerdict.Unusable), root.Verdict, clock.GetElapsedTime(start));
    }
}
