using System.Net;
using Mailflow.Analysis.Blocklists;

namespace Mailflow.Configuration;

/// <summary>What DNS, blocklists and mail servers are queried for, and our own domains and addresses.</summary>
sealed record EnrichOptions
{
    /// <summary>If false, no packet is sent.</summary>
    public bool Enabled { get; init; } = true;

    public IReadOnlyList<ResolverTarget> Resolvers { get; init; } = [new("system", null)];

    /// <summary>Time limit of one DNS query, and of all answers about a failure before its event is shipped.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Older failures are not enriched: today's DNS says little about the past.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Time between two rounds of the watch.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromMinutes(15);

    public IReadOnlyList<IPAddress> EgressIps { get; init; } = [];

    public IReadOnlyList<string> OwnDomains { get; init; } = [];

    public IReadOnlyList<string> DkimSelectors { get; init; } = [];

    public IReadOnlyList<HostTarget> SmartHosts { get; init; } = [];

    /// <summary>Whether the mail servers of our own domains are probed.</summary>
    public bool KnockAtMx { get; init; } = true;

    /// <summary>Port of these mail servers: 25; tests use other ports.</summary>
    public int MxPort { get; init; } = 25;

    public IReadOnlyList<Blocklist> Blocklists { get; init; } = [.. BlocklistTable.All.Where(l => l.Default)];

    public Secret? SpamhausKey { get; init; }

    /// <summary>Whether the MTA-STS policy is fetched from the domain's web server.</summary>
    public bool FetchPolicies { get; init; }
}
