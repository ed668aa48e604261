using System.Net;
using Mailflow.Analysis.Blocklists;

namespace Mailflow.Configuration;

/// <summary>What is asked of DNS, of the blocklists and of mail servers, and what is ours.</summary>
sealed record EnrichOptions
{
    /// <summary>Off: no packet leaves.</summary>
    public bool Enabled { get; init; } = true;

    public IReadOnlyList<ResolverTarget> Resolvers { get; init; } = [new("system", null)];

    /// <summary>For one question to DNS, and for a failure's answers before its event leaves.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Failures that are older are not asked about: what is so today says little about then.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Between two rounds of the standing watch.</summary>
    public TimeSpan WatchInterval { get; init; } = TimeSpan.FromMinutes(15);

    public IReadOnlyList<IPAddress> EgressIps { get; init; } = [];

    public IReadOnlyList<string> OwnDomains { get; init; } = [];

    public IReadOnlyList<string> DkimSelectors { get; init; } = [];

    public IReadOnlyList<HostTarget> SmartHosts { get; init; } = [];

    /// <summary>Whether the mail servers of our own domains are knocked at.</summary>
    public bool KnockAtMx { get; init; } = true;

    /// <summary>Where they listen: SMTP has one port, tests have others.</summary>
    public int MxPort { get; init; } = 25;

    public IReadOnlyList<Blocklist> Blocklists { get; init; } = [.. BlocklistTable.All.Where(l => l.Default)];

    public Secret? SpamhausKey { get; init; }

    /// <summary>Whether the policy of MTA-STS is fetched from the domain's web server.</summary>
    public bool FetchPolicies { get; init; }
}
