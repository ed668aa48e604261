using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Mailflow.Analysis.Domains;
using Mailflow.Configuration;

namespace Mailflow.Enrich;

/// <summary>Checks all DNS records for a domain's mail: where it goes, and who may send in its name.</summary>
/// <param name="fetch">Fetches the MTA-STS policy; null where it must not be fetched.</param>
sealed class DomainCheck(Resolver resolver, BlocklistCheck lists, EnrichOptions options, Func<string, CancellationToken, Task<StsFetch>>? fetch)
{
    /// <summary>Parent domains that are searched for a policy.</summary>
    const int MaxWalk = 8;

    /// <param name="own">Whether it is one of our domains: then missing records are problems.</param>
    public async Task<IReadOnlyList<Finding>> CheckAsync(string domain, bool own, CancellationToken stop)
    {
        var routes = await MailRoute.FindEachAsync(resolver, domain, stop);
        var findings = new List<Finding> { Route(domain, routes) };
        if (routes.All(r => r.Verdict == RouteVerdict.NxDomain))
            return findings;
        var hosts = routes.FirstOrDefault(r => r.Verdict == RouteVerdict.Resolves)?.Hosts ?? [];
        var parts = await Task.WhenAll(
            SpfAsync(domain, own, stop),
            OneAsync(DmarcAsync(domain, own, stop)),
            Task.WhenAll(options.DkimSelectors
                .Where(s => own && SelectorFor(s, domain) is not null)
                .Select(s => DkimAsync(domain, SelectorFor(s, domain)!, stop))),
            OneAsync(StsAsync(domain, hosts, stop)),
            OneAsync(TlsReportsAsync(domain, stop)),
            Task.WhenAll(hosts.Take(MailRoute.MaxHosts).Select(h => TlsaAsync(domain, h, stop))),
            ListsAsync(domain, stop));
        findings.AddRange(parts.SelectMany(p => p));
        return findings;
    }

    /// <summary>Selectors may be limited to one domain: <c>contoso.com:selector1</c>.</summary>
    public static string? SelectorFor(string selector, string domain)
    {
        var colon = selector.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return selector;
        return selector[..colon].Equals(domain, StringComparison.OrdinalIgnoreCase) ? selector[(colon + 1)..] : null;
    }

    static Finding Route(string domain, IReadOnlyList<MailRoute> routes)
    {
        const string Check = "mx";
        if (routes.Count == 0)
            return new(domain, Check, Severity.Unknown, "no resolver is configured", "Set Enrichment:Resolvers.");
        if (MailRoute.Disagree(routes))
            return new(
                domain, Check, Severity.Warning,
                "the resolvers disagree: " + string.Join("; ", routes.Select(r => $"{r.Server}: {r.Says}")),
                "Check which one Exchange uses (Get-TransportService) and why the answers differ: an internal zone of that name, or an old cache.");
        var best = routes.FirstOrDefault(r => r.IsKnown) ?? routes[0];
        var silent = routes.Where(r => !r.IsKnown && r != best).ToList();
        var says = best.Says + (silent.Count == 0 ? "" : $"; {string.Join("; ", silent.Select(r => $"{r.Server}: {r.Says}"))}");
        return best.Verdict switch
        {
            RouteVerdict.Resolves when silent.Count == 0 => new(domain, Check, Severity.Good, says),
            RouteVerdict.Resolves => new(domain, Check, Severity.Warning, says, "Repair or remove the resolver that does not answer."),
            RouteVerdict.NxDomain => new(
                domain, Check, Severity.Trouble, says,
                "Check the spelling. If it is correct, the registration of the domain may have lapsed: ask its owner."),
            _ when best.IsKnown => new(domain, Check, Severity.Trouble, says, "The domain owner must correct its records."),
            RouteVerdict.Bogus or RouteVerdict.ServFail => new(
                domain, Check, Severity.Trouble, says,
                "Ask another resolver. If the answer is the same, the domain owner must correct it."),
            _ => new(domain, Check, Severity.Unknown, says, "Check that the resolver is up and allows queries from this machine."),
        };
    }

    async Task<Finding[]> SpfAsync(string domain, bool own, CancellationToken stop)
    {
        const string Check = "spf";
        var counted = await new SpfEvaluation(resolver, stop).CountAsync(domain);
        switch (counted.Result)
        {
            case SpfResult.None:
                return
                [
                    new(
                        domain, Check, own ? Severity.Trouble : Severity.Warning,
                        "there is no SPF record",
                        "Publish one TXT record: v=spf1, the senders of the domain, and -all."),
                ];
            case SpfResult.TempError:
                return [new(domain, Check, Severity.Unknown, counted.Says)];
            case SpfResult.PermError:
                return [new(domain, Check, Severity.Trouble, $"permerror: {counted.Says}", "Receivers treat the record as invalid: correct it.")];
        }

        if (counted.Lookups > SpfEvaluation.MaxLookups)
            return
            [
                new(
                    domain, Check, Severity.Trouble,
                    $"it needs {counted.Lookups} DNS lookups, more than the {SpfEvaluation.MaxLookups} allowed: permerror",
                    "Replace includes by ip4: and ip6:, and remove services that no longer send for this domain."),
            ];
        if (counted.Result == SpfResult.Pass)
            return [new(domain, Check, Severity.Trouble, "it allows every sender (+all)", "End it with -all or ~all.")];
        var others = counted.Result.ToString().ToLowerInvariant();
        var findings = new List<Finding>
        {
            new(domain, Check, Severity.Good, $"{counted.Lookups} of {SpfEvaluation.MaxLookups} lookups; other senders get {others}"),
        };
        if (counted.Unreached is { } term)
        {
            findings.Add(new(domain, Check, Severity.Warning,
                $"over IPv6 {term} may not be reached: more than 2 lookups before it find no AAAA record, which is a permerror",
                "Put ip6: before a and mx, or give their hosts AAAA records."));
        }

        if (own)
            foreach (var address in options.EgressIps)
                findings.Add(await SpfOfAsync(domain, address, stop));
        return [.. findings];
    }

    public async Task<Finding> SpfOfAsync(string domain, IPAddress address, CancellationToken stop)
    {
        var outcome = await new SpfEvaluation(resolver, stop).EvaluateAsync(domain, address);
        var says = $"{address} gets {outcome.Result.ToString().ToLowerInvariant()}: {outcome.Says}";
        return outcome.Result switch
        {
            SpfResult.Pass => new(domain, "spf", Severity.Good, says),
            SpfResult.TempError => new(domain, "spf", Severity.Unknown, says),
            _ => new(
                domain, "spf", Severity.Trouble, says,
                $"Add {(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? "ip4" : "ip6")}:{address} to the SPF record, "
                + "or stop sending from there."),
        };
    }

    /// <summary>The policy of the domain, or of the nearest parent domain that has one.</summary>
    public async Task<Finding> DmarcAsync(string domain, bool own, CancellationToken stop)
    {
        const string Check = "dmarc";
        var at = domain;
        for (var i = 0; i < MaxWalk && at.Contains('.', StringComparison.Ordinal); i++, at = at[(at.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            var answer = await resolver.AskAsync("_dmarc." + at, QueryType.TXT, stop);
            if (!answer.IsKnown)
                return new(domain, Check, Severity.Unknown, answer.Verdict.Says());
            var records = answer.Texts.Where(DmarcRecord.IsOne).ToList();
            if (records.Count == 0)
                continue;
            if (records.Count > 1)
                return new(domain, Check, Severity.Trouble, $"_dmarc.{at} has {records.Count} records: receivers ignore all of them", "Keep one.");
            if (DmarcRecord.Parse(records[0], out var fault) is not { } record)
                return new(domain, Check, Severity.Trouble, $"_dmarc.{at}: {fault}", "Correct the record: v=DMARC1; p=none, quarantine or reject.");
            var policy = at == domain ? record.Policy : record.SubdomainPolicy;
            var says = "p=" + policy;
            if (at != domain)
                says += ", from " + at;
            if (policy == "none")
                says += ": monitoring only";
            if (record.Reports.Length == 0)
                says += "; no report address";
            return new(domain, Check, Severity.Good, says);
        }

        if (!own)
            return new(domain, Check, Severity.Note, "there is no DMARC record");
        return new(
            domain, Check, Severity.Warning, "there is no DMARC record",
            "Publish _dmarc with v=DMARC1; p=none; rua=mailto:... and read the reports. Large receivers require DMARC.");
    }

    public async Task<Finding> DkimAsync(string domain, string selector, CancellationToken stop)
    {
        var name = $"{selector}._domainkey.{domain}";
        var answer = await resolver.AskAsync(name, QueryType.TXT, stop);
        var check = "dkim " + selector;
        if (!answer.IsKnown)
            return new(domain, check, Severity.Unknown, answer.Verdict.Says());
        var text = answer.Texts.FirstOrDefault(t => t.Contains("p=", StringComparison.OrdinalIgnoreCase));
        if (text is null)
            return new(
                domain, check, Severity.Trouble, $"there is no key at {name}",
                "Publish the key of the signing server, or remove the selector on that server.");
        if (DkimKey.Parse(text, out var fault) is not { } key)
            return new(domain, check, Severity.Trouble, fault, "Publish the key again, exactly as the signing server shows it.");
        if (key.Withdrawn)
            return new(domain, check, Severity.Trouble, "the key is revoked (p= is empty)", "Sign with another selector.");
        var size = $"{key.Type}, {key.Bits} bits";
        if (key.Type == "ed25519" || key.Bits >= DkimKey.Good)
            return new(domain, check, Severity.Good, size);
        if (key.Bits >= DkimKey.Least)
            return new(domain, check, Severity.Note, $"{size}: {DkimKey.Good} are recommended");
        return new(
            domain, check, Severity.Trouble, $"{size}: receivers reject fewer than {DkimKey.Least} (RFC 8301)",
            $"Create a key of {DkimKey.Good} bits.");
    }

    async Task<Finding> StsAsync(string domain, IReadOnlyList<string> hosts, CancellationToken stop)
    {
        const string Check = "mta-sts";
        var answer = await resolver.AskAsync("_mta-sts." + domain, QueryType.TXT, stop);
        if (!answer.IsKnown)
            return new(domain, Check, Severity.Unknown, answer.Verdict.Says());
        var records = answer.Texts.Where(StsRecord.IsOne).ToList();
        if (records.Count == 0)
            return new(domain, Check, Severity.Note, "there is no MTA-STS record");
        if (records.Count > 1 || StsRecord.Id(records[0]) is not { } id)
            return new(
                domain, Check, Severity.Warning,
                records.Count > 1 ? "there is more than one record: receivers ignore all of them" : "the record has no valid id",
                "Publish one record: v=STSv1; id=...");
        if (fetch is null)
            return new(domain, Check, Severity.Good, $"the record exists (id {id}); its policy was not fetched");
        var fetched = await fetch(domain, stop);
        if (fetched.Policy is not { } policy)
            return new(
                domain, Check, Severity.Trouble,
                $"the record exists, but its policy cannot be fetched: {fetched.Says}",
                $"Serve it at {StsFetch.UrlOf(domain)} with a certificate for that name.");
        var outside = hosts.Where(h => !policy.Allows(h)).ToList();
        if (outside.Count == 0 || policy.Mode == "none")
            return new(domain, Check, Severity.Good, $"mode {policy.Mode}, and it allows the MX hosts");
        return new(
            domain, Check, policy.Mode == "enforce" ? Severity.Trouble : Severity.Warning,
            $"its policy (mode {policy.Mode}) does not allow {string.Join(", ", outside.Take(3))}, which the MX record names",
            "Add them to the policy and change the record's id.");
    }

    async Task<Finding> TlsReportsAsync(string domain, CancellationToken stop)
    {
        const string Check = "tls-rpt";
        var answer = await resolver.AskAsync("_smtp._tls." + domain, QueryType.TXT, stop);
        if (!answer.IsKnown)
            return new(domain, Check, Severity.Unknown, answer.Verdict.Says());
        var record = answer.Texts.FirstOrDefault(TlsReportRecord.IsOne);
        return record is null ? new(domain, Check, Severity.Note, "there is no TLS-RPT record")
            : TlsReportRecord.Reports(record) is null ? new(domain, Check, Severity.Warning, "the record has no report address", "v=TLSRPTv1; rua=mailto:...")
            : new(domain, Check, Severity.Good, "TLS failure reports are requested");
    }

    public async Task<Finding> TlsaAsync(string domain, string host, CancellationToken stop)
    {
        var answer = await resolver.AskAsync("_25._tcp." + host, QueryType.TLSA, stop);
        const string Check = "tlsa";
        if (answer.Verdict is DnsVerdict.Bogus or DnsVerdict.ServFail)
            return new(
                domain, Check, Severity.Trouble, $"{host}: {answer.Verdict.Says()}",
                "Servers that use DANE will not send to it until its DNSSEC is correct.");
        if (!answer.IsKnown)
            return new(domain, Check, Severity.Unknown, $"{host}: {answer.Verdict.Says()}");
        var records = answer.Records.OfType<TlsaRecord>().Count();
        if (records == 0)
            return new(domain, Check, Severity.Note, $"{host} has no TLSA record (DANE)");
        return answer.Authentic
            ? new(domain, Check, Severity.Good, $"{host} has {records} TLSA record(s), signed")
            : new(domain, Check, Severity.Note, $"{host} has {records} TLSA record(s); this resolver does not validate their signatures");
    }

    async Task<Finding[]> ListsAsync(string domain, CancellationToken stop) => [.. (await lists.AskAsync(domain, stop)).Select(r => r.Finding)];

    static async Task<Finding[]> OneAsync(Task<Finding> finding) => [await finding];
}
