using System.Diagnostics.CodeAnalysis;
using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Domains;

namespace Mailflow.Enrich;

/// <summary>Evaluates SPF (RFC 7208) for mail from postmaster at a domain, with the limits that every receiver has: ten lookups, two of them void.</summary>
sealed class SpfEvaluation(Resolver resolver, CancellationToken stop)
{
    public const int MaxLookups = 10;
    const int MaxVoid = 2;
    const int MaxNames = 10;

    /// <summary>Where lookups are only counted, more than ten are reported, up to this number.</summary>
    const int MaxCounted = 50;

    int _lookups;
    int _void;
    int _depth;
    bool _counting;
    bool _hasIp6;
    string? _unreached;

    /// <summary>The result that a receiver would get for mail from this address.</summary>
    public Task<SpfOutcome> EvaluateAsync(string domain, IPAddress address)
    {
        _counting = false;
        return OutcomeAsync(domain, address);
    }

    /// <summary>The lookups that the whole record costs in the worst case: for an address that it does not contain.</summary>
    public async Task<SpfOutcome> CountAsync(string domain)
    {
        _counting = true;
        var outcome = await OutcomeAsync(domain, IPAddress.None);
        if (!_hasIp6)
            return outcome;
        _unreached = null;
        await OutcomeAsync(domain, IPAddress.IPv6None);
        return outcome with { Unreached = _unreached };
    }

    async Task<SpfOutcome> OutcomeAsync(string domain, IPAddress address)
    {
        _lookups = 0;
        _void = 0;
        _depth = 0;
        try
        {
            var (result, says) = await CheckAsync(domain, new(address, domain));
            return new(result, _lookups, says);
        }
        catch (SpfFault fault)
        {
            return new(fault.Result, _lookups, fault.Message);
        }
    }

    /// <summary>RFC 7208 section 4: check_host().</summary>
    async Task<(SpfResult Result, string Says)> CheckAsync(string domain, SpfMacro macro)
    {
        // Every include costs a lookup, so their limit bounds the depth too; when counting, the depth is bounded here.
        if (++_depth > MaxCounted)
            throw new SpfFault(SpfResult.PermError, "its includes form a loop");
        var answer = await resolver.AskAsync(domain, QueryType.TXT, stop);
        if (!answer.IsKnown)
            throw new SpfFault(SpfResult.TempError, $"{domain}: {answer.Verdict.Says()}");
        var records = answer.Texts.Where(SpfRecord.IsOne).ToList();
        if (records.Count == 0)
            return (SpfResult.None, $"{domain} has no SPF record");
        if (records.Count > 1)
            throw new SpfFault(SpfResult.PermError, $"{domain} has {records.Count} SPF records; only one is allowed");
        if (SpfRecord.Parse(records[0], out var fault) is not { } record)
            throw new SpfFault(SpfResult.PermError, $"{domain}: {fault}");
        foreach (var term in record.Terms)
        {
            if (term.Looks)
                Count();
            if (await MatchesAsync(term, domain, macro) && (!_counting || term.Mechanism == SpfMechanism.All))
                return (term.Result, $"'{Text(term)}' of {domain} decides");
        }

        if (record.Redirect is not { } redirect || record.Terms.Any(t => t.Mechanism == SpfMechanism.All))
            return (SpfResult.Neutral, $"no mechanism in the record of {domain} matches");
        Count();
        var target = macro.Expand(redirect, domain);
        var (result, says) = await CheckAsync(target, macro);
        return result == SpfResult.None ? throw new SpfFault(SpfResult.PermError, $"it redirects to {target}, which has no SPF record") : (result, says);
    }

    async Task<bool> MatchesAsync(SpfTerm term, string domain, SpfMacro macro)
    {
        var target = term.Domain.Length == 0 ? domain : macro.Expand(term.Domain, domain);
        switch (term.Mechanism)
        {
            case SpfMechanism.All:
                return true;
            case SpfMechanism.Ip4 or SpfMechanism.Ip6:
                _hasIp6 |= term.Mechanism == SpfMechanism.Ip6;
                if (_counting && _void > MaxVoid && term.Mechanism == SpfMechanism.Ip6)
                    _unreached ??= $"'{Text(term)}' of {domain}";
                return term.Covers(term.Network!, macro.Address);
            case SpfMechanism.Include:
                var (result, says) = await CheckAsync(target, macro);
                return result switch
                {
                    SpfResult.Pass => true,
                    SpfResult.None => throw new SpfFault(SpfResult.PermError, $"it includes {target}: {says}"),
                    _ => false,
                };
            case SpfMechanism.Exists:
                return (await LookAsync(target, QueryType.A)).Records.Count > 0;
            case SpfMechanism.A:
                return await HasAddressAsync(term, target, macro.Address);
            case SpfMechanism.Mx:
                return await HasExchangeAsync(term, target, macro.Address);
            default:
                return await HasNameAsync(target, macro.Address);
        }
    }

    async Task<bool> HasAddressAsync(SpfTerm term, string name, IPAddress address, bool counted = true)
    {
        var type = address.IsIpv4() ? QueryType.A : QueryType.AAAA;
        var answer = counted ? await LookAsync(name, type) : await resolver.AskAsync(name, type, stop);
        // RFC 7208 4.6.4 does not say whether the hosts of an MX count; of three evaluators, two count them
        // (findings/spf-hosts-without-ipv6-are-void-lookups.sh).
        if (_counting && !counted && answer.IsKnown && answer.Records.Count == 0)
            _void++;
        // Counting needs no addresses.
        if (!answer.IsKnown && !_counting)
            throw new SpfFault(SpfResult.TempError, $"{name}: {answer.Verdict.Says()}");
        return answer.Addresses.Any(a => term.Covers(a, address));
    }

    async Task<bool> HasExchangeAsync(SpfTerm term, string name, IPAddress address)
    {
        var hosts = (await LookAsync(name, QueryType.MX)).Records.OfType<MxRecord>().Select(m => m.Exchange.Value).ToList();
        if (hosts.Count > MaxNames)
            throw new SpfFault(SpfResult.PermError, $"mx:{name} has more than {MaxNames} mail servers");
        foreach (var host in hosts)
            if (await HasAddressAsync(term, host, address, counted: false))
                return true;
        return false;
    }

    /// <summary>
    /// RFC 7208 section 5.5: whether a reverse name of the address is in the domain and resolves back to the address. DNS errors are no match.
    /// </summary>
    async Task<bool> HasNameAsync(string domain, IPAddress address)
    {
        var names = (await LookAsync(ReverseName.Arpa(address), QueryType.PTR, mayFail: true)).Records
            .OfType<PtrRecord>()
            .Select(p => p.PtrDomainName.Value.TrimEnd('.'));
        foreach (var name in names.Take(MaxNames))
            if ((name.Equals(domain, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase))
                && (await resolver.AskAsync(name, address.IsIpv4() ? QueryType.A : QueryType.AAAA, stop)).Addresses.Contains(address))
                return true;
        return false;
    }

    async Task<DnsAnswer> LookAsync(string name, QueryType type, bool mayFail = false)
    {
        var answer = await resolver.AskAsync(name, type, stop);
        if (!answer.IsKnown)
            return mayFail ? answer : throw new SpfFault(SpfResult.TempError, $"{name}: {answer.Verdict.Says()}");
        if (answer.Records.Count == 0 && ++_void > MaxVoid && !_counting)
            throw new SpfFault(SpfResult.PermError, $"more than {MaxVoid} of its DNS lookups find nothing, the last one {name}");
        return answer;
    }

    void Count()
    {
        if (++_lookups > (_counting ? MaxCounted : MaxLookups))
            throw new SpfFault(SpfResult.PermError, $"it needs more than {MaxLookups} DNS lookups");
    }

    static string Text(SpfTerm term) =>
        $"{term.Result switch { SpfResult.Fail => "-", SpfResult.SoftFail => "~", SpfResult.Neutral => "?", _ => "" }}"
        + $"{(term.Mechanism == SpfMechanism.Reverse ? "ptr" : term.Mechanism.ToString().ToLowerInvariant())}"
        + (term.Network is { } network ? $":{network}/{(network.IsIpv4() ? term.Prefix4 : term.Prefix6)}" : term.Domain.Length > 0 ? ":" + term.Domain : "");

    /// <summary>Ends an evaluation from any depth.</summary>
    [SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It is thrown and caught here alone.")]
    sealed class SpfFault(SpfResult result, string message) : Exception(message)
    {
        public SpfResult Result => result;
    }
}
