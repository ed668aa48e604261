using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>What is wrong with the sender: not allowed, not authenticated, listed.</summary>
static class SenderRules
{
    public static Rule[] Rules { get; } =
    [
        new(Blocklisted, "zen.spamhaus.org", "spamhaus", "spamhaus.org", "550 5.7.1 Service unavailable, Client host [192.0.2.5] blocked using zen.spamhaus.org"),
        new(Blocklisted, null, "blacklist*|black list*|blocklist*|DNSBL|RBL|block list", "RFC 5782", "554 5.7.1 Your IP 192.0.2.5 is on our blacklist"),
        new(SenderAuthFailure, "dmarc", "DMARC", "RFC 7489", "550 5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy"),
        new(SenderAuthFailure, "spf", "SPF", "RFC 7208", "550 5.7.23 SPF validation failed"),
        new(SenderAuthFailure, "dkim", "DKIM", "RFC 6376", "550 5.7.20 No passing DKIM signature found"),
        new(RelayDenied, null, "unable to relay|relay access denied|relaying denied|relay denied|relaying not allowed|not permitted to relay|relaying disallowed", "RFC 5321 section 3.6.2", "550 5.7.1 Unable to relay"),
        new(RelayDenied, "authentication", "authentication required|authentication unsuccessful|client was not authenticated|not authenticated", "RFC 4954 section 6", "530 5.7.57 Client not authenticated to send mail"),
        new(SenderRejected, "reverse-dns", "reverse DNS|PTR record|rDNS", "RFC 7372 X.7.25", "550 5.7.25 The sending IPv6 address must have a reverse DNS record"),
        new(SpamContent, null, "spam", "vendors", "550 5.7.1 Message rejected as spam by Content Filtering."),
        new(MalwareContent, null, "virus|malware", "vendors", "554 5.7.1 Virus found"),
        new(Greylisted, null, "greylist*|graylist*|grey listed", "RFC 6647", "450 4.7.1 Greylisted, please try again in 300 seconds"),
        new(RateLimited, null, "rate limit*|too many connections|too many recipients|throttl*", "RFC 5321 section 4.5.3", "421 4.7.0 Too many connections"),
    ];
}
