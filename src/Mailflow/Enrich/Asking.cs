using System.Net;
using System.Text.Json;
using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Domains;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Ledger;
using Mailflow.Pipeline;
using Mailflow.Printing;

namespace Mailflow.Enrich;

/// <summary>The DNS queries about a failure, by its cause. Only domains and our own addresses are queried, never a mail address.</summary>
/// <param name="known">Domains that have accepted mail, so they exist.</param>
sealed class Asking(Checks checks, Func<IEnumerable<string>> known)
{
    /// <summary>The query for a failure, and its subject; equal for equal queries. Null where there is none.</summary>
    public (string Question, string About)? For(Unasked failure)
    {
        switch (failure.Cause)
        {
            case Cause.DnsFailure:
                return Domain(failure.Domain) is { } domain ? (Questions.Dns, domain) : null;
            case Cause.TlsFailure:
                return Domain(failure.Domain) is { } target ? (Questions.Tls, target) : null;
            case Cause.SenderAuthFailure:
                return Domain(Failure.DomainOf(failure.Sender)) is { } sender ? (Questions.SenderAuth, sender) : null;
            case Cause.Blocklisted:
                var named = BlockedAddress.Find(failure.Status, failure.RemoteAddress);
                // An address in a stranger's reply is used only where none is configured, and only if it is public.
                var configured = checks.Options.EgressIps;
                var isOurs = named is not null && (configured.Count > 0 ? configured.Contains(named) : !AddressCheck.IsPrivate(named));
                var ours = isOurs ? named!.ToString() : "";
                var list = Known(failure.SubReason);
                return ours.Length > 0 || configured.Count > 0 ? (Questions.Blocklist, $"{ours} {list}") : null;
            default:
                return null;
        }
    }

    /// <summary>Runs the query within its deadline; without a result by then, the verdict is a timeout.</summary>
    public async Task<QuestionResult> AskAsync(string question, string about, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(checks.Options.Deadline, checks.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            return question switch
            {
                Questions.Dns => await DnsAsync(about, either.Token),
                Questions.Blocklist => await BlocklistAsync(about, either.Token),
                Questions.SenderAuth => await SenderAuthAsync(about, either.Token),
                _ => await TlsAsync(about, either.Token),
            };
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new(Questions.Timeout, "no answer in time", ReadableJson.Object(w => w.WriteString("verdict", Questions.Timeout)));
        }
    }

    async Task<QuestionResult> DnsAsync(string domain, CancellationToken stop)
    {
        var routes = await MailRoute.FindEachAsync(checks.Resolver, domain, stop);
        if (routes.Count == 0)
            return new(Questions.Timeout, "no resolver is configured", ReadableJson.Object(w => w.WriteString("verdict", Questions.Timeout)));
        var disagree = MailRoute.Disagree(routes);
        var best = routes.FirstOrDefault(r => r.IsKnown) ?? routes[0];
        var verdict = disagree ? "disagree" : Name(best.Verdict);
        var nearest = best.Verdict == RouteVerdict.NxDomain && !disagree
            ? NearestDomain.Find(domain, known().Concat(checks.Options.OwnDomains).Concat(NearestDomain.Common))
            : null;
        var reason = nearest is null ? "a typing error, or the registration has lapsed" : $"likely a typing error for {nearest}";
        var evidence = best.Verdict switch
        {
            _ when disagree => $"the resolvers disagree about {domain}: {string.Join("; ", routes.Select(r => $"{r.Server}: {r.Says}"))}",
            RouteVerdict.NxDomain => $"confirmed, {domain} does not exist: {reason}",
            RouteVerdict.Resolves => $"{domain} resolves now ({best.Says}): the failure was on our side, or is over",
            _ => $"{domain}: {best.Says}",
        };
        return new(verdict, evidence, ReadableJson.Object(w =>
        {
            w.WriteString("verdict", verdict);
            w.WriteString("domain", domain);
            Write(w, "mx", best.Hosts);
            Write(w, "addresses", best.Addresses.Select(a => a.ToString()));
            if (nearest is not null)
                w.WriteString("nearest", nearest);
            w.WriteStartObject("resolvers");
            foreach (var route in routes)
                w.WriteString(route.Server, Name(route.Verdict));
            w.WriteEndObject();
        }));
    }

    /// <param name="about">The address that the reply names, a space, the list that it names; both may be empty.</param>
    async Task<QuestionResult> BlocklistAsync(string about, CancellationToken stop)
    {
        var parts = about.Split(' ');
        List<IPAddress> addresses = parts[0].Length > 0 ? [IPAddress.Parse(parts[0])] : [.. checks.Options.EgressIps.Where(a => !AddressCheck.IsPrivate(a))];
        var asked = addresses.Select(a => checks.Lists.AskAsync(a, stop)).ToList();
        if (parts[1].Length > 0 && checks.Lists.Lists.All(l => l.Zone != parts[1]))
            asked.Add(NamedAsync(BlocklistTable.Find(parts[1]), addresses, stop));
        var results = (await Task.WhenAll(asked)).SelectMany(r => r).ToList();
        var listed = results.Where(r => r.State == ListState.Listed).ToList();
        var unknown = results.Where(r => r.State is not (ListState.Listed or ListState.NotListed)).ToList();
        var (verdict, evidence) = Conclude();
        return new(verdict, evidence, ReadableJson.Object(w =>
        {
            w.WriteString("verdict", verdict);
            Write(w, "addresses", addresses.Select(a => a.ToString()));
            Write(w, "listed_on", listed.Select(l => l.List.Zone).Distinct(StringComparer.Ordinal));
            Write(w, "codes", listed.SelectMany(l => l.Reading.Codes).Distinct(StringComparer.Ordinal));
            Write(w, "unknown_on", unknown.Select(l => l.List.Zone).Distinct(StringComparer.Ordinal));
            Write(w, "removal", listed.Select(l => l.List.Delist).Distinct(StringComparer.Ordinal));
        }));

        (string Verdict, string Evidence) Conclude()
        {
            if (listed.Count > 0)
                return ("listed", string.Join("; ", listed.Select(l => $"{l.Subject} is listed on {l.List.Zone} ({l.Reading.Says}): {l.List.Delist}")));
            if (unknown.Count > 0 || results.Count == 0)
                return (Questions.Unknown, $"not known: {string.Join("; ", unknown.Select(u => $"{u.List.Zone}: {u.Reading.Says}"))}");
            var count = results.DistinctBy(r => r.List.Zone, StringComparer.Ordinal).Count();
            return (
                "not-listed",
                $"{string.Join(", ", addresses)} is on none of {count} lists now: the listing has ended, or was for another address");
        }
    }

    async Task<IReadOnlyList<ListResult>> NamedAsync(Blocklist list, List<IPAddress> addresses, CancellationToken stop) =>
        await Task.WhenAll(
            addresses.Where(a => list.Kinds.HasFlag(a.IsIpv4() ? ListKinds.Ipv4 : ListKinds.Ipv6)).Select(a => checks.Lists.AskAsync(list, a, stop)));

    async Task<QuestionResult> SenderAuthAsync(string domain, CancellationToken stop)
    {
        var options = checks.Options;
        var spf = options.EgressIps.Select(ip => checks.Domains.SpfOfAsync(domain, ip, stop)).ToList();
        if (spf.Count == 0)
            spf.Add(CountAsync(domain, stop));
        var dkim = options.DkimSelectors
            .Select(s => DomainCheck.SelectorFor(s, domain))
            .OfType<string>()
            .Select(s => checks.Domains.DkimAsync(domain, s, stop));
        var found = await Task.WhenAll(spf.Append(checks.Domains.DmarcAsync(domain, own: false, stop)).Concat(dkim));
        var verdict = "good";
        if (found.Any(f => f.Severity == Severity.Trouble))
            verdict = "trouble";
        else if (found.Any(f => f.Severity == Severity.Unknown))
            verdict = Questions.Unknown;
        var telling = found.Where(f => verdict == "good" || f.Severity is Severity.Trouble or Severity.Unknown);
        return new(verdict, $"{domain}: {string.Join("; ", telling.Select(f => $"{f.Check}: {f.Says}"))}", ReadableJson.Object(w =>
        {
            w.WriteString("verdict", verdict);
            w.WriteString("domain", domain);
            foreach (var check in found.GroupBy(f => f.Check.Split(' ')[0], StringComparer.Ordinal))
                Write(w, check.Key, check.Select(f => f.Says));
        }));
    }

    async Task<Finding> CountAsync(string domain, CancellationToken stop)
    {
        var outcome = await new SpfEvaluation(checks.Resolver, stop).CountAsync(domain);
        if (outcome.Result is SpfResult.PermError or SpfResult.None || outcome.Lookups > SpfEvaluation.MaxLookups)
            return new(domain, "spf", Severity.Trouble, outcome.Says);
        return outcome.Result == SpfResult.TempError
            ? new(domain, "spf", Severity.Unknown, outcome.Says)
            : new(domain, "spf", Severity.Good, $"{outcome.Lookups} lookups");
    }

    /// <summary>Whether the remote side requires TLS, so that a TLS error stops the mail.</summary>
    async Task<QuestionResult> TlsAsync(string domain, CancellationToken stop)
    {
        var route = await MailRoute.FindAsync(checks.Resolver, null, domain, stop);
        var sts = await checks.Resolver.AskAsync("_mta-sts." + domain, DnsClient.QueryType.TXT, stop);
        var tlsa = await Task.WhenAll(route.Hosts.Take(MailRoute.MaxHosts).Select(
            async h => (Host: h, Answer: await checks.Resolver.AskAsync("_25._tcp." + h, DnsClient.QueryType.TLSA, stop))));
        var published = sts.Texts.Any(StsRecord.IsOne);
        var dane = tlsa.Where(t => t.Answer.Records.Count > 0).Select(t => t.Host).ToList();
        var certain = sts.IsKnown && route.IsKnown && tlsa.All(t => t.Answer.IsKnown);
        var (verdict, evidence) = Conclude();
        return new(verdict, evidence, ReadableJson.Object(w =>
        {
            w.WriteString("verdict", verdict);
            w.WriteString("domain", domain);
            Write(w, "mx", route.Hosts);
            w.WriteBoolean("mta_sts", published);
            Write(w, "tlsa", dane);
        }));

        (string Verdict, string Evidence) Conclude()
        {
            var records = new List<string>();
            if (published)
                records.Add("MTA-STS");
            if (dane.Count > 0)
                records.Add($"TLSA for {string.Join(", ", dane)}");
            if (records.Count > 0)
                return ("required", $"{domain} publishes {string.Join(" and ", records)}: it requires TLS and a valid certificate from every sender");
            return certain
                ? ("optional", $"{domain} publishes neither MTA-STS nor TLSA: TLS is required by its server or by our connector")
                : (Questions.Unknown, $"{domain}: not known whether it requires TLS");
        }
    }

    /// <summary>Only lists in the table or the settings: a stranger's text must not make us query any other domain.</summary>
    string Known(string zone) =>
        checks.Lists.Lists.Concat(BlocklistTable.All).FirstOrDefault(l => l.Zone == zone)?.Zone ?? "";

    static string? Domain(string text) => DomainNames.Clean(text) is { } domain && DomainNames.IsMailDomain(domain) ? domain : null;

    static string Name(RouteVerdict verdict) => verdict switch
    {
        RouteVerdict.NullMx => "null-mx",
        RouteVerdict.NoAddress => "no-address",
        _ => verdict.ToString().ToLowerInvariant(),
    };

    static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        const int Most = 16;
        json.WriteStartArray(name);
        foreach (var value in values.Take(Most))
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
