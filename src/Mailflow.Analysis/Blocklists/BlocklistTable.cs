using static Mailflow.Analysis.Blocklists.ListCodeKind;

namespace Mailflow.Analysis.Blocklists;

/// <summary>THE table of blocklists: docs/blocklists.md is generated from it.</summary>
public static class BlocklistTable
{
    const ListKinds Ipv4 = ListKinds.Ipv4;
    const string Everyone = "Free; no limit is documented.";

    static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    static readonly ListCode[] Plain = [new("127.0.0.2", Listed, "listed")];

    public static IReadOnlyList<Blocklist> All { get; } =
    [
        new("zen.spamhaus.org", ListKinds.Ipv4 | ListKinds.Ipv6,
            [
                new("127.0.0.2", Listed, "SBL: a source of spam"),
                new("127.0.0.3", Listed, "CSS: spam seen by automatic means"),
                new("127.0.0.4", Listed, "XBL: an infected or compromised machine (holds the CBL)"),
                new("127.0.0.9", Listed, "DROP: a hijacked or criminal network"),
                new("127.0.0.10", Listed, "PBL: the provider says that this address sends no mail itself"),
                new("127.0.0.11", Listed, "PBL: an address of end users, by Spamhaus's own judgement"),
                new("127.0.0.30", Listed, "BCL: a botnet's controller"),
            ],
            "Free for little, non-commercial use through a resolver of your own; public resolvers are refused. "
            + "Otherwise a DQS key (Enrichment:SpamhausKeyFile).",
            "https://check.spamhaus.org", "https://docs.spamhaus.com/datasets/docs/source/10-data-type-documentation/datasets/040-zones.html", Quarter)
        {
            Default = true, KeyZone = "zen.dq.spamhaus.net",
        },
        new("bl.spamcop.net", Ipv4, Plain, "Free.", "https://www.spamcop.net/bl.shtml (ends by itself a day after the last report)",
            "https://www.spamcop.net/fom-serve/cache/291.html", Quarter)
        {
            Default = true
        },
        new("b.barracudacentral.org", Ipv4, Plain, "Free; the resolver's address must be registered, others get no answer or a refusal.",
            "https://www.barracudacentral.org/rbl/removal-request", "https://www.barracudacentral.org/rbl/how-to-use", Quarter) { Default = true },
        new("psbl.surriel.com", Ipv4, Plain, Everyone, "https://psbl.org/remove", "https://psbl.org/howto", Quarter) { Default = true },
        new("bl.mailspike.net", Ipv4,
            [
                new("127.0.0.2", Listed, "Z: an outbreak of spam now"),
                new("127.0.0.10", Listed, "L5: the worst reputation"),
                new("127.0.0.11", Listed, "L4: very bad reputation"),
                new("127.0.0.12", Listed, "L3: bad reputation"),
            ],
            "Free up to 100,000 questions a day.", "https://mailspike.io/ip_verify", "https://mailspike.io/usage.html", Quarter),
        new("dnsbl-1.uceprotect.net", Ipv4, Plain, "Free. Entries end after 7 days; do not pay for removal.",
            "https://www.uceprotect.net/en/rblcheck.php", "https://www.uceprotect.net/en/index.php?m=6&s=0", Hour),
        new("dnsbl.dronebl.org", ListKinds.Ipv4 | ListKinds.Ipv6,
            [
                new("127.0.0.3", Listed, "a drone of an IRC network"), new("127.0.0.5", Listed, "a botnet client (Bottler)"),
                new("127.0.0.6", Listed, "a worm or spam bot"),
                new("127.0.0.7", Listed, "a drone of a denial of service"), new("127.0.0.8", Listed, "a SOCKS proxy"),
                new("127.0.0.9", Listed, "an HTTP proxy"), new("127.0.0.13", Listed, "guesses passwords"),
                new("127.0.0.14", Listed, "an open wingate proxy"), new("127.0.0.15", Listed, "a compromised router"),
                new("127.0.0.17", Listed, "a botnet's address"),
            ],
            "Free, for commercial use too.", "https://dronebl.org/lookup", "https://dronebl.org/docs/howtouse", Hour),
        new("dbl.spamhaus.org", ListKinds.Domain,
            [
                new("127.0.1.2", Listed, "a domain of low reputation"),
                new("127.0.1.4", Listed, "phishing"),
                new("127.0.1.5", Listed, "malware"),
                new("127.0.1.6", Listed, "a botnet's controller"),
                new("127.0.1.102", Listed, "a legitimate domain, abused for spam"),
                new("127.0.1.103", Listed, "a redirector, abused for spam"),
                new("127.0.1.104", Listed, "a legitimate domain, abused for phishing"),
                new("127.0.1.105", Listed, "a legitimate domain, abused for malware"),
                new("127.0.1.106", Listed, "a legitimate domain, abused for a botnet"),
                new("127.0.1.255", Refused, "an address was asked for: it takes domains only"),
            ],
            "As zen.spamhaus.org.", "https://check.spamhaus.org",
            "https://docs.spamhaus.com/datasets/docs/source/10-data-type-documentation/datasets/040-zones.html", Quarter)
        {
            Default = true, KeyZone = "dbl.dq.spamhaus.net", TestDomains = ("dbltest.com", "example.com"),
        },
        new("multi.surbl.org", ListKinds.Domain,
            [
                new("127.0.0.1", Refused, "the resolver asks too much or is not allowed"),
                new("127.0.0.8", Listed, "PH: phishing"), new("127.0.0.16", Listed, "MW: malware"),
                new("127.0.0.64", Listed, "ABUSE: spam and abuse"), new("127.0.0.128", Listed, "CR: a cracked site"),
            ],
            "Free for little use.", "https://surbl.org/surbl-analysis", "https://surbl.org/lists", Quarter)
        {
            Default = true, Bitmask = true, TestDomains = ("surbl-org-permanent-test-point.com", "example.com"),
        },
        new("multi.uribl.com", ListKinds.Domain,
            [
                new("127.0.0.1", Refused, "the resolver asks too much or is not allowed"),
                new("127.0.0.2", Listed, "black: a spammer's domain"), new("127.0.0.4", Listed, "grey: bulk mail, perhaps unwanted"),
                new("127.0.0.8", Listed, "red: a new domain under watch"),
            ],
            "Free for little use.", "https://admin.uribl.com", "https://uribl.com/about.shtml", Quarter)
        {
            Default = true, Bitmask = true, TestDomains = ("test.uribl.com", "example.com"),
        },

        Dead("dnsbl.sorbs.net", "shut on 2024-06-05, its zones were emptied", "https://en.wikipedia.org/wiki/SORBS"),
        Dead("ix.dnsbl.manitu.net", "shut on 2025-01-16 (NiX Spam)", "https://www.nixspam.net"),
        Dead("cbl.abuseat.org", "it is a part of zen.spamhaus.org now (XBL)", "https://www.abuseat.org"),
        Dead("dnsbl.ahbl.org", "shut on 2015-01-01; since then it has listed every address", "https://en.wikipedia.org/wiki/Comparison_of_DNS_blacklists"),
        Dead("bl.spamcannibal.org", "shut in 2018; its parked domain listed every address for a while",
            "https://en.wikipedia.org/wiki/Comparison_of_DNS_blacklists"),
    ];

    /// <summary>A list by its zone. For a zone that is not in the table, any answer in 127/8 is a listing, as RFC 5782 says.</summary>
    public static Blocklist Find(string zone) =>
        All.FirstOrDefault(l => l.Zone.Equals(zone, StringComparison.OrdinalIgnoreCase))
        ?? new(zone.ToLowerInvariant(), Ipv4, [], "Not in Mailflow's table.", "see the list's own pages", "RFC 5782", Quarter);

    static Blocklist Dead(string zone, string closed, string source) => new(zone, Ipv4, [], "Closed.", "", source, Hour) { Closed = closed };
}
