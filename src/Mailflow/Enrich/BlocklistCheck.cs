using System.Collections.Concurrent;
using System.Net;
using DnsClient;
using Mailflow.Analysis.Blocklists;
using Mailflow.Analysis.Messages;
using Mailflow.Configuration;

namespace Mailflow.Enrich;

/// <summary>
/// Queries blocklists. A list is used only where it passes its own test both ways: 127.0.0.2 is listed, so it is in operation; 127.0.0.1 is
/// not, so it does not list everything. No list is queried about the same subject more often than its interval.
/// </summary>
/// <param name="key">The key of Spamhaus's Data Query Service: part of the queried names, and used nowhere else.</param>
sealed class BlocklistCheck(Resolver resolver, IReadOnlyList<Blocklist> lists, Secret? key, TimeProvider clock)
{
    /// <summary>Cached results: lists times our addresses and domains.</summary>
    const int MaxKept = 20_000;

    const int MaxReason = 200;

    public static readonly TimeSpan TestInterval = TimeSpan.FromHours(1);
    public static readonly TimeSpan RetestInterval = TimeSpan.FromMinutes(5);

    static readonly TimeSpan ErrorInterval = TimeSpan.FromSeconds(60);

    readonly ConcurrentDictionary<(string Zone, ListKinds Kind), ListHealth> _health = new();
    readonly ConcurrentDictionary<(string Zone, string Subject), ListResult> _results = new();

    public IReadOnlyList<Blocklist> Lists => lists;

    /// <summary>Queries without a usable answer, by list, since the start.</summary>
    public ConcurrentDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>Queries every list of addresses.</summary>
    public async Task<IReadOnlyList<ListResult>> AskAsync(IPAddress address, CancellationToken stop)
    {
        var kind = address.IsIpv4() ? ListKinds.Ipv4 : ListKinds.Ipv6;
        return await Task.WhenAll(lists.Where(l => l.Kinds.HasFlag(kind)).Select(l => AskAsync(l, address, stop)));
    }

    public Task<ListResult> AskAsync(Blocklist list, IPAddress address, CancellationToken stop) =>
        AskAsync(list, address.IsIpv4() ? ListKinds.Ipv4 : ListKinds.Ipv6, address.ToString(), ReverseName.Of(address), stop);

    /// <summary>Queries every list of domains.</summary>
    public async Task<IReadOnlyList<ListResult>> AskAsync(string domain, CancellationToken stop) =>
        await Task.WhenAll(lists.Where(l => l.Kinds.HasFlag(ListKinds.Domain)).Select(l => AskAsync(l, ListKinds.Domain, domain, domain, stop)));

    /// <summary>Results of the lists' last tests, by zone; the worse one where a list has two kinds.</summary>
    public IReadOnlyList<(string Zone, bool? Healthy)> Health() =>
        [.. lists.Select(l => (l.Zone, HealthOf(l)))];

    bool? HealthOf(Blocklist list)
    {
        if (list.Closed is not null)
            return false;
        var tests = _health.Where(h => h.Key.Zone == list.Zone).Select(h => h.Value.Healthy).ToList();
        if (tests.Contains(false))
            return false;
        return tests.Count == 0 || tests.Contains(null) ? null : true;
    }

    /// <summary>Runs the list's test, at most once per interval.</summary>
    public async Task<ListHealth> HealthAsync(Blocklist list, ListKinds kind, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (list.Closed is { } closed)
            return new(false, ListState.Closed, closed, now);
        if (_health.TryGetValue((list.Zone, kind), out var known) && now - known.At < (known.Healthy == true ? TestInterval : RetestInterval))
            return known;
        var (listed, clean) = kind switch
        {
            ListKinds.Ipv4 => ("2.0.0.127", "1.0.0.127"),
            ListKinds.Ipv6 => (ReverseName.Of(IPAddress.Parse("::ffff:7f00:2")), ReverseName.Of(IPAddress.Parse("::ffff:7f00:1"))),
            _ => list.TestDomains,
        };
        var answers = await Task.WhenAll(ReadAsync(list, listed, stop), ReadAsync(list, clean, stop));
        var (one, other) = (answers[0], answers[1]);
        var health = (one.State, other.State) switch
        {
            (ListState.Listed, ListState.NotListed) => new ListHealth(true, ListState.NotListed, "it passed its test", now),
            (ListState.Refused, _) => new(null, ListState.Refused, one.Says, now),
            (_, ListState.Refused) => new(null, ListState.Refused, other.Says, now),
            (ListState.NotListed, _) => new(
                false, ListState.Unhealthy, "it does not list its own test entry: it is empty, or does not answer this resolver", now),
            (_, ListState.Listed) => new(
                false, ListState.Unhealthy,
                "it lists everything, even the address that no list may list: its domain was sold or it was shut down", now),
            (ListState.Error, _) => new(null, ListState.Error, one.Says, now),
            _ => new(null, ListState.Error, other.Says, now),
        };
        _health[(list.Zone, kind)] = health;
        return health;
    }

    async Task<ListResult> AskAsync(Blocklist list, ListKinds kind, string subject, string name, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (_results.TryGetValue((list.Zone, subject), out var known)
            && now - known.At < (known.State is ListState.Listed or ListState.NotListed ? list.Interval : ErrorInterval))
            return known;
        var health = await HealthAsync(list, kind, stop);
        var result = health.Healthy == true
            ? await LookAsync(list, subject, name, stop)
            : new(list, subject, new(health.State, [], health.Says), null, now);
        if (result.State is not (ListState.Listed or ListState.NotListed or ListState.Closed))
            Errors.AddOrUpdate(list.Zone, 1, (_, n) => n + 1);
        if (_results.Count >= MaxKept)
            _results.Clear();
        _results[(list.Zone, subject)] = result;
        return result;
    }

    async Task<ListResult> LookAsync(Blocklist list, string subject, string name, CancellationToken stop)
    {
        var reading = await ReadAsync(list, name, stop);
        var words = reading.State == ListState.Listed ? (await resolver.AskAsync($"{name}.{ZoneOf(list)}", QueryType.TXT, stop)).Texts : [];
        return new(list, subject, reading, words is [var reason, ..] ? Clean(reason) : null, clock.GetUtcNow());
    }

    async Task<ListReading> ReadAsync(Blocklist list, string name, CancellationToken stop)
    {
        var answer = await resolver.AskAsync($"{name}.{ZoneOf(list)}", QueryType.A, stop);
        return answer.Verdict switch
        {
            DnsVerdict.Answer => ListReading.Of(list, answer.Addresses),
            DnsVerdict.NxDomain or DnsVerdict.NoData => ListReading.NotListed,
            _ => ListReading.Failed(answer.Verdict.Says()),
        };
    }

    string ZoneOf(Blocklist list) => key is not null && list.KeyZone is { } zone ? $"{key.Value}.{zone}" : list.Zone;

    /// <summary>Untrusted text: shortened, without control characters, and without the key, which is part of the name that it may quote.</summary>
    string Clean(string reason)
    {
        var text = string.Concat(reason.Select(c => char.IsControl(c) ? ' ' : c));
        if (key is not null)
            text = text.Replace(key.Value, "(key)", StringComparison.OrdinalIgnoreCase);
        return KeptText.Start(text, MaxReason);
    }
}
