using System.Net;
using DnsClient.Protocol;

namespace Mailflow.Enrich;

/// <summary>The answer to a DNS query.</summary>
/// <param name="Records">The records of the answer section; empty for all verdicts except <see cref="DnsVerdict.Answer"/>.</param>
/// <param name="Ttl">How long it is valid.</param>
/// <param name="Server">The resolver that answered.</param>
/// <param name="Authentic">Whether the resolver has validated it (AD bit, DNSSEC).</param>
sealed record DnsAnswer(DnsVerdict Verdict, IReadOnlyList<DnsResourceRecord> Records, TimeSpan Ttl, string Server, bool Authentic = false)
{
    /// <summary>Whether the answer is definite, even if it is "nothing".</summary>
    public bool IsKnown => Verdict <= DnsVerdict.NoData;

    public IReadOnlyList<IPAddress> Addresses => [.. Records.OfType<AddressRecord>().Select(r => r.Address)];

    /// <summary>
    /// TXT records, the strings of each joined as SPF and others require. They are untrusted and partly logged, so control characters are
    /// replaced.
    /// </summary>
    public IReadOnlyList<string> Texts =>
        [.. Records.OfType<TxtRecord>().Select(r => string.Concat(r.Text.SelectMany(t => t).Select(c => char.IsControl(c) ? '?' : c)))];

    public static DnsAnswer Nothing(DnsVerdict verdict, string server, TimeSpan ttl) => new(verdict, [], ttl, server);
}

static class DnsVerdicts
{
    /// <summary>The name in labels and events.</summary>
    public static string Name(this DnsVerdict verdict) => verdict.ToString().ToLowerInvariant();

    public static string Says(this DnsVerdict verdict) => verdict switch
    {
        DnsVerdict.Answer => "the record exists",
        DnsVerdict.NxDomain => "there is no such name (NXDOMAIN)",
        DnsVerdict.NoData => "there is no such record",
        DnsVerdict.ServFail => "the resolver failed (SERVFAIL)",
        DnsVerdict.Bogus => "its DNSSEC signatures are invalid (bogus)",
        DnsVerdict.Refused => "the resolver refused the query (REFUSED)",
        DnsVerdict.Timeout => "no answer in time",
        _ => "the resolver's answer cannot be used",
    };
}
