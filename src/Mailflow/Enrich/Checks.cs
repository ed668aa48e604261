using System.Net;
using System.Security.Cryptography.X509Certificates;
using DnsClient;
using Mailflow.Configuration;

namespace Mailflow.Enrich;

/// <summary>The checks, put together over one resolver.</summary>
sealed class Checks : IDisposable
{
    readonly StsFetcher? _fetcher;

    /// <param name="roots">Trusted instead of the system's; null for those.</param>
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
            // A question gets its time from the resolver; this one is DnsClient's own and only a little longer.
            var timeout = options.Deadline + TimeSpan.FromMilliseconds(500);
            if (target.EndPoint is { } given)
                servers.Add(new(target.Name, given, timeout, clock));
            else
                servers.AddRange(OfTheSystem().Select((e, i) => new DnsServer(i == 0 ? target.Name : $"{target.Name}{i + 1}", e, timeout, clock)));
        }

        return servers;
    }

    /// <summary>The first three: more are not asked by anybody.</summary>
    static IEnumerable<IPEndPoint> OfTheSystem()
    {
        try
        {
            return NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false).Take(3).Select(s => new IPEndPoint(IPAddress.Parse(s.Address), s.Port));
        }
        catch (InvalidOperationException)
        {
            // The system names none that can be asked.
            return [];
        }
    }
}
