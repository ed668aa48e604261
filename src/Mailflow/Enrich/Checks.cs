using System.Net;
using System.Security.Cryptography.X509Certificates;
using DnsClient;
using Mailflow.Configuration;

namespace Mailflow.Enrich;

/// <summary>All checks, sharing one resolver.</summary>
sealed class Checks : IDisposable
{
    readonly StsFetcher? _fetcher;

    /// <param name="roots">Trusted roots instead of the system's; null for the system's.</param>
    public Checks(EnrichOptions options, TimeProvider clock, X509Certificate2Collection? roots = null)
    {
        (Options, Clock) = (options, clock);
        Resolver = new(Servers(options, clock), options.Deadline, clock);
        Lists = new(Resolver, options.Blocklists, options.SpamhausKey, clock);
        Addresses = new(Resolver, Lists);
        Hosts = new(Resolver, clock, roots);
        _fetcher = options.FetchPolicies ? new(Resolver, clock, roots) : null;
        Domains = new(Resolver, Lists, options, _fetcher is null ? null : _fetcher.FetchAsync);
    }

    public EnrichOptions Options { get; }

    public TimeProvider Clock { get; }

    public Resolver Resolver { get; }

    public BlocklistCheck Lists { get; }

    public DomainCheck Domains { get; }

    public AddressCheck Addresses { get; }

    public HostCheck Hosts { get; }

    public void Dispose()
    {
        _fetcher?.Dispose();
        Resolver.Dispose();
    }

    static List<DnsServer> Servers(EnrichOptions options, TimeProvider clock)
    {
        var servers = new List<DnsServer>();
        foreach (var target in options.Resolvers)
        {
            // The resolver enforces the deadline; this timeout is DnsClient's own and slightly longer.
            var timeout = options.Deadline + TimeSpan.FromMilliseconds(500);
            if (target.EndPoint is { } given)
                servers.Add(new(target.Name, given, timeout, clock));
            else
                servers.AddRange(OfTheSystem().Select((e, i) => new DnsServer(i == 0 ? target.Name : $"{target.Name}{i + 1}", e, timeout, clock)));
        }

        return servers;
    }

    /// <summary>The first three: resolvers use no more than that.</summary>
    static IEnumerable<IPEndPoint> OfTheSystem()
    {
        try
        {
            return NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)
                .Take(3)
                .Select(s => new IPEndPoint(IPAddress.Parse(s.Address), s.Port));
        }
        catch (InvalidOperationException)
        {
            // The system has none that can be queried.
            return [];
        }
    }
}
