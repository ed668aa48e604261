using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Problems of the sending server: blocklisted, not authenticated, not allowed, not trusted.</summary>
static class SenderRules
{
    public static Rule[] Rules { get; } =
    [
        // Greylisting and rate limits first: their texts mention lists and policies.
        new(Greylisted, null,
            "greylist* | greylisted | graylist* | grey list* | gray list* | greylisting | postgrey | grey-listed",
            "RFC 6647 section 2",
            "450 4.7.1 <ann@contoso.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/contoso.example.html"),
        new(Greylisted, null,
            "address verification in progress + !sender address rejected | not yet authorized to deliver | "
            + "not whitelisted by this recipient | come back .. [minutes|seconds] | will be accepted on retry | new sender .. try again | "
            + "unknown triplet | "
            + "please wait .. [seconds|minutes]",
            "RFC 6647 section 2", "451 4.7.1 New sender, try again in five minutes"),
        new(RateLimited, "penalty",
            "retrying too fast | penalty",
            "postfix policyd-weight", "450 4.7.1 temporarily blocked because of previous errors - retrying too fast. penalty: 30 seconds x 0 retries."),

        new(RateLimited, "recipient-rate",
            "[recipient's domain|recipients domain|recipient domain|domains|recipient's] .. [daily quota|hourly quota|hourly limit|daily limit]",
            "replies of hosting providers: the limit of the recipient's domain", "550 Recipients domain: hourly quota used up"),
        new(SenderAuthFailure, "spf",
            "[not listed|not included|not in|not contained|not part of|missing from|absent from] .. [SPF record|SPF records|SPF policy|SPF]",
            "RFC 7208 section 8", "550 Your server is not listed in the SPF record of the domain"),
        new(RateLimited, "sending-limit",
            "[daily|hourly|sending|sender's|outbound|outgoing|relay] .. [quota|quotas|allowance|sending limit] | "
            + "sending quota | exceeded .. [hourly rate|daily rate|sending rate|message rate]",
            "replies of hosting providers", "550 Your hourly quota is used up"),
        new(RateLimited, "reputation",
            "IP address deferred | [your IP|your host|your server] .. [temporarily deferred|is deferred]",
            "RFC 5321 section 7.8", "421 IP address deferred", Opening: true),

        new(Blocklisted, null,
            "[client host|client|IP address|your IP|host] .. [blocked using|rejected using|listed by|listed in] + [URIBL|SURBL|*.uribl*|*.surbl*|URI list]",
            "a list of links, asked about a client", "554 5.7.1 Client host [192.0.2.5] blocked using multi.uribl.com"),
        new(SpamContent, "url-list",
            "[URL|URI|URLs|link|links] .. [listed in|listed by|listed at|listed on|is listed|known as spam] | URI list | URIBL | SURBL | [blacklisted|"
            + "blocklisted|black-listed] .. [URL|URLs|link|links]",
            "surbl.org, uribl.com", "550 5.7.1 Your message contains a URL listed in SURBL"),

        // Lists by name. The name is the sub-reason.
        new(Blocklisted, "zen.spamhaus.org",
            "zen.spamhaus.org",
            "spamhaus.org", "550 5.7.1 Service unavailable, Client host [192.0.2.5] blocked using zen.spamhaus.org"),
        new(Blocklisted, "pbl.spamhaus.org",
            "spamhaus PBL | pbl.spamhaus.org | spamhaus.org/pbl",
            "spamhaus.org", "550 5.7.1 192.0.2.5 is listed at Spamhaus PBL"),
        new(Blocklisted, "xbl.spamhaus.org",
            "spamhaus XBL | sbl-xbl.spamhaus.org | xbl.spamhaus.org",
            "spamhaus.org", "554 5.7.1 Rejected. 192.0.2.5 listed at Spamhaus XBL"),
        new(Blocklisted, "dbl.spamhaus.org",
            "dbl.spamhaus.org | spamhaus DBL",
            "spamhaus.org", "550 5.7.1 The domain contoso.example is listed at dbl.spamhaus.org"),
        new(Blocklisted, "spamhaus", "spamhaus* | *.spamhaus*", "spamhaus.org", "550 5.7.1 Mail from 192.0.2.5 refused by Spamhaus"),
        new(Blocklisted, "bl.spamcop.net",
            "spamcop* | *.spamcop*",
            "spamcop.net",
            "554 5.7.1 Service unavailable; Client host [192.0.2.5] blocked using bl.spamcop.net; Blocked - see https://www.spamcop.net/bl.shtml?192.0.2.5"),
        new(Blocklisted, "dnsbl.sorbs.net", "sorbs | *.sorbs.net | sorbs.net", "sorbs.net", "550 5.7.1 Your server 192.0.2.5 is listed by dnsbl.sorbs.net"),
        new(Blocklisted, "abusix",
            "abusix* | *.abusix*",
            "abusix.com", "550 5.7.1 IP blocked by Abusix, please visit https://lookup.abusix.com/search?q=192.0.2.5"),
        new(Blocklisted, "uceprotect",
            "uceprotect* | *.uceprotect* | backscatterer* | *.backscatterer*",
            "uceprotect.net", "550 5.7.1 Client host [192.0.2.5] is listed at dnsbl-1.uceprotect.net"),
        new(Blocklisted, "cbl.abuseat.org", "*.abuseat.org | abuseat.org | CBL", "abuseat.org", "554 5.7.1 Your address 192.0.2.5 is in cbl.abuseat.org"),
        new(Blocklisted, "invaluement", "invaluement* | *.invaluement*", "invaluement.com", "550 5.5.4 Your IP 192.0.2.5 is listed by Invaluement"),
        new(Blocklisted, "spamrats",
            "spamrats* | *.spamrats* | rats-noptr | rats-dyna",
            "spamrats.com", "550 5.7.1 192.0.2.5 is on RATS-NoPtr, see http://www.spamrats.com/lookup.php"),
        new(Blocklisted, "psbl.surriel.com",
            "psbl | *.psbl* | psbl.surriel.com | surriel* | *.surriel*",
            "psbl.org", "554 5.7.1 Listed in PSBL, see http://psbl.org/listing?ip=192.0.2.5"),
        new(Blocklisted, "hostkarma",
            "hostkarma* | *.hostkarma* | junkemailfilter* | *.junkemailfilter*",
            "junkemailfilter.com", "550 Black listed at hostkarma, see http://ipadmin.junkemailfilter.com/remove.php?ip=192.0.2.5"),
        new(Blocklisted, "mailspike", "mailspike* | *.mailspike*", "mailspike.org", "550 5.7.1 blocked using bl.mailspike.net"),
        new(Blocklisted, "dronebl", "dronebl* | *.dronebl*", "dronebl.org", "554 Listed in dnsbl.dronebl.org"),
        new(Blocklisted, "senderscore",
            "senderscore* | *.senderscore* | return path sender score",
            "senderscore.org", "554 5.7.1 Rejected by bl.score.senderscore.com"),
        new(Blocklisted, "manitu", "*.manitu.net | nixspam* | *.nixspam*", "dnsbl.manitu.net", "554 5.7.1 blocked using ix.dnsbl.manitu.net"),
        new(Blocklisted, "gbudb", "gbudb* | *.gbudb*", "gbudb.com", "554 5.7.1 blocked using truncate.gbudb.net"),
        new(Blocklisted, "drbl", "drbl | *.drbl*", "drbl.gremlin.ru", "550 5.7.1 Listed in work.drbl.caravan.ru"),

        // The page of a list where an address is looked up; plain words are used first.
        new(Blocklisted, "spamhaus",
            "*/spamhaus.org*",
            "spamhaus.org", "550 Message refused, see https://www.spamhaus.org/query/ip/192.0.2.5", Opening: true),
        new(Blocklisted, null,
            "*/sorbs.net* | */spamcop.net* | */abusix.com* | */uceprotect.net* | */barracudacentral.org* | */spamrats.com* | */psbl.org*",
            "RFC 5782", "550 Mail from 192.0.2.5 refused, see https://lookup.abusix.com/search?q=192.0.2.5", Opening: true),

        // Lists without a known name.
        new(Blocklisted, null,
            "DNSBL | RBL | RBLs | DNSBLs | real-time blackhole | blackhole list | block list | blocklist* | blacklist* | black list* | "
            + "block listed | blocked by list | blocked list | deny list | denylist* | IP block | realtime block",
            "RFC 5782", "554 5.7.1 Your IP 192.0.2.5 is on our blacklist"),
        new(Blocklisted, "dynamic-address",
            "dynamic IP | dynamic IPs | dynamic address | dynamically assigned | dialup | dial-up | residential | end-user IP | "
            + "generic reverse | generic rDNS | dynamic/generic",
            "RFC 5782 section 1", "550 5.7.1 We do not accept mail from dynamic IP addresses, use your provider's server"),
        new(Blocklisted, null,
            "blocked using + !spam pattern | rejected using | listed at | listed in | listed by | listed on | is listed | "
            + "has been blocked by | found on one or more",
            "RFC 5782 section 2", "554 5.7.1 Service unavailable; Client host [192.0.2.5] blocked using bl.contoso.example"),
        new(Blocklisted, null,
            "[your IP|IP address|client host|client|your host|your server|mail server|sending IP|your network|IP|your ISP] .. "
            + "[blocked|banned|has been rejected|is blocked|rejected because|not allowed to connect|has been blocked|"
            + "refused by|flooding|abusive|abusing|attacking|hostile|failed logins|excessive authentication|excessive rejected|"
            + "excessive bad|excessive invalid|excessive spam|triggered]",
            "vendors' pages on blocked addresses", "550 5.7.1 Your IP address 192.0.2.5 has been blocked"),
        new(Blocklisted, "reputation",
            "reputation | not accepting mail from your IP | currently blocked by | earthlink.net/block | IPs blocked | "
            + "intrusion prevention | too many spam* | host has been blocked | blocked due to suspicious activity | "
            + "not currently accepting mail from your IP | no access from mail server | open proxy | "
            + "open relay + !not an + !no open + !not open + !isn't an + !relaying | abusive hosts | bad karma | karma score | "
            + "triggered an SMTP filter | invalid IP | spam source | "
            + "source of spam | spam site | spam sites | spam host | spammer + !not a spammer | spammers | spamming | spam support",
            "vendors' pages on reputation", "550 Mail refused because of the reputation of 192.0.2.5"),
        new(Blocklisted, "domain",
            "domain .. [has been banned|is banned|blocked for spam]",
            "vendors' pages on blocked domains", "550 Your domain is banned"),

        // SPF, DKIM, DMARC.
        new(RelayDenied, "authentication",
            "unauthenticated .. [range|client|clients|connection|connections|host|hosts|relay|submission]",
            "RFC 4954 section 6", "550 Unauthenticated clients may not send from this range"),
        new(SenderAuthFailure, "dmarc",
            "DMARC | domain owner policy | domain owner's policy",
            "RFC 7489 section 10.3", "550 5.7.1 Email rejected per DMARC policy for contoso.example"),
        new(SenderAuthFailure, "spf",
            "SPF | sender policy framework | openspf* | SPF fail* | not a permitted sender | not allowed to send mail from | "
            + "not allowed to send mail for | not allowed to send for | "
            + "not authorized to send mail for | not authorized to send for | may not send for | not designated | permitted sender",
            "RFC 7208 section 8", "550 5.7.23 The message was rejected because of Sender Policy Framework violation"),
        new(SenderAuthFailure, "spf",
            "*/openspf.org* | */openspf.net*",
            "the page that explains an SPF result", "550 5.7.1 Please see http://www.openspf.org/Why?id=ann", Opening: true),
        new(SenderAuthFailure, "dkim",
            "DKIM | domainkeys | author-matched | signature verification failed | ADSP",
            "RFC 6376", "550 5.7.20 No passing DKIM signature found"),
        new(SenderAuthFailure, "dmarc",
            "[domain|From domain|sender|message|From address] .. [could not be authenticated|cannot be authenticated|can't be authenticated|"
            + "not authenticated by] + !user + !login | "
            + "failed authentication checks | [failed|did not pass|does not pass|not pass|fails|didn't pass] .. authentication .. [checks|requirements|"
            + "tests] + !login + !SMTP auth* | "
            + "domain alignment | identifier alignment | not aligned | alignment fail* | misaligned | unaligned | [published|domain's|"
            + "sender's] .. sender policy | "
            + "policy of the domain owner | domain owner's published",
            "RFC 7489 section 3.1", "550 Domain alignment failure"),
        new(SenderAuthFailure, "arc", "ARC validation | ARC seal | ARC chain", "RFC 8617", "550 5.7.29 ARC validation failure"),
        new(SenderAuthFailure, "sender-id", "sender ID | purported responsible", "RFC 4406", "550 5.7.1 Sender ID (PRA) Not Permitted: fail"),
        new(SenderAuthFailure, null,
            "authentication checks failed | multiple authentication checks | email authentication | sender authentication | "
            + "not passed validation | unauthenticated mail | unauthenticated messages",
            "RFC 7372 X.7.26", "550 5.7.26 Multiple authentication checks failed"),
        new(SenderAuthFailure, "unauthenticated",
            "message .. [is not authenticated|was not authenticated] | not authenticated + domain",
            "RFC 7372", "550 This message was not authenticated for the domain in its From field"),

        // The sending host's name and address.
        new(RelayDenied, "send-as",
            "sender address rejected .. not logged in | not owned by user | not owned by auth user | not permitted to send as | not allowed to send as | "
            + "not allowed to send from | not authorized to send from | not authorized to send as | send mail as | must match the authenticated | "
            + "same as the authenticated | different from the authenticated | not authorized to use",
            "Postfix reject_sender_login_mismatch", "553 5.7.1 <ann@contoso.example>: Sender address rejected: not owned by user bob"),
        new(SenderRejected, "reverse-dns",
            "reverse DNS | PTR record | forward DNS | PTR records | PTR resource record | rDNS | FCrDNS | reverse hostname | "
            + "reverse record | no reverse | reverse host name | reverse lookup | IP name lookup | valid PTR | no PTR | reverse IP | PTR | "
            + "sender IP must resolve | cannot resolve your address | unverifiable sending IP* | unverifyable sending IP* | "
            + "find your hostname | find your host name | Reverse host lookup | not resolve to your IP | does not resolve to your | no rDNS | "
            + "[client host|client IP|your IP|your host|IP address|host name|hostname] .. [does not resolve|not resolve|no host name|not match the IP] | "
            + "[your IP|IP address|client|your server|your host] .. [has no PTR|has no name|has no host name|without PTR] | hostname for your IP | "
            + "IP lookup",
            "RFC 7372 X.7.25", "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.5]"),
        new(SenderRejected, "reverse-dns",
            "[host name lookup|hostname lookup|reverse lookup|name lookup|PTR lookup] .. [your address|your IP|your host|your server] | "
            + "[client host name|client hostname|client host|connecting server|connecting host|connecting client|remote hostname|sending host|sending server|"
            + "hostname of your|name of your|your hostname|your host name|your host's name|IP address|your address|hostname of connecting|"
            + "hostname of the client] .. "
            + "[cannot be resolved|can't be resolved|could not be resolved|does not resolve|not resolvable|unresolvable|does not match|doesn't match|"
            + "not match IP|"
            + "no corresponding name|no matching name|has no name|no hostname|no DNS name|not in DNS|not in the DNS] | "
            + "[no DNS record|no DNS entry|no name|no hostname|no host name|no record] .. [your IP|your address|IP address|your host|your server|"
            + "client] + !mailbox | "
            + "[#4.7.0|#5.7.0|#4.7.1|#5.7.1|#x.7.25] + [host can't be resolved|host cannot be resolved|hostname cannot be resolved|"
            + "host could not be resolved|host not resolvable]",
            "RFC 7372 X.7.25", "550 5.7.1 The name of your host cannot be resolved"),
        new(SenderRejected, "sender-domain",
            "sender domain lookup | sender's domain + MX | domain of the sender + MX | [From domain|From:domain|from domain|sender's domain|"
            + "envelope domain|return-path domain|return path domain] .. "
            + "[must resolve|must exist|no mail exchanger|does not resolve|unresolvable|has no MX|no valid MX|not resolve] | return MX",
            "RFC 5321 section 3.3", "550 The sender's domain has no MX"),
        new(SenderRejected, "sender-address",
            "[sender mailbox|sender account|sender user|sender's account|mailbox of the sender] .. [does not exist|doesn't exist|not found|unknown|"
            + "not exist|invalid]",
            "RFC 5321 section 3.3", "550 sender mailbox does not exist"),
        new(SenderRejected, "sender-address",
            "[envelope address|bounce address|sender's email address|address of the sender|sender's mail address] .. [invalid|not valid|unknown|"
            + "not routable|unroutable|"
            + "does not exist|not exist|refused|rejected|not accepted] | "
            + "[return path|return-path|envelope sender|sender address|sender's address] .. [not accept bounces|does not accept bounces|refuses bounces|"
            + "no bounces|not accept mail] | "
            + "fake sender | denies the sender | verify mail from | verify mailfrom | sender is fake | "
            + "callout .. [sender|sender's]",
            "RFC 5321 section 4.4", "550 The return path does not accept bounces"),
        new(SenderRejected, "helo",
            "[HELO|EHLO] + !proto + !first + !need + !send + !before + !handshake | helo command rejected | HELO is dynamic | "
            + "HELO .. [does not match|mismatch|invalid]",
            "RFC 5321 section 4.1.1.1", "504 5.5.2 <EX01>: Helo command rejected: need fully-qualified hostname"),
        new(SenderRejected, "helo",
            "relay host name | unresolvable relay | bad hostname | host impersonating | fully-qualified hostname",
            "RFC 5321 section 4.1.1.1", "550 5.7.1 Unresolvable relay host name EX01"),
        new(SenderRejected, "sender-domain",
            "[domain of sender|sender domain|sender's domain|envelope sender domain|mail from domain|sending domain|sender address rejected|"
            + "sender address] .. [domain not found|does not exist|doesn't exist|must exist|must resolve|not found|does not resolve|unresolvable|"
            + "invalid|not resolvable|no such domain|couldn't be verified|unknown]",
            "RFC 5321 section 3.3", "553 5.1.8 <ann@contoso.example>... Domain of sender address ann@contoso.example does not exist"),
        new(SenderRejected, "sender-domain",
            "[#x.1.7|#x.1.8] + [no such domain|domain not found|does not exist|host not found|unknown domain|bad domain|invalid domain]",
            "RFC 3463 X.1.8", "550 5.1.8 No such domain contoso.example"),
        new(SenderRejected, "sender-domain",
            "valid sender domain | MX record of sender | sender domain + MX | sender address has null MX | "
            + "[your domain|your sender domain|your mail domain] .. [has no MX|has no A|no MX|no A record|no valid MX|not resolve|not in DNS] | "
            + "envelope sender domain must exist | [MX|mail exchanger] .. [your FROM|FROM address|sender domain|sender's domain|domain of sender] | "
            + "FROM domain | MX records for + violate | recursive CNAME records for | RFC2606 reserved | reserved domain | "
            + "[sender|sender domain|sender's domain|from domain] .. [mail exchanger|MX record] + !does not match",
            "RFC 7505 section 4.2", "550 5.7.27 Sender address has null MX"),
        new(SenderRejected, "sender-address",
            "[does not exist|doesn't exist|invalid|not found|unknown|must be fully qualified|fully qualified|no such domain|not allowed|"
            + "not permitted] + #mail",
            "Postfix and Exim name the refused command", "553 mx.contoso.example does not exist (in reply to MAIL FROM command)"),
        new(SenderRejected, "null-mx",
            "sender address rejected .. [nullMX|null MX|does not accept mail]",
            "RFC 7505 section 4.2", "550 5.7.27 <ann@contoso.example>: Sender address rejected: Domain contoso.example does not accept mail (nullMX)"),
        new(SenderRejected, "sender-address",
            "[envelope sender|mail from|sender address|from address|from header|header from|sender ip|return-path|sender domain|client address|"
            + "sender's domain|sender] .. "
            + "[does not match|doesn't match|do not match|don't match|not match|mismatch|mismatched|is not the same|must be the same|is different|"
            + "differ|differs|inconsistent|not consistent|not belong to|does not correspond] + "
            + "!authenticated + !login + !logged + !DMARC + !SPF + !DKIM + !aligned | "
            + "spoofed mail from | who you say you are | sender is forged + !policy | email from that domain is not accepted",
            "gateways that compare the envelope, the header and the client", "550 Envelope sender and From header do not match"),
        new(SenderRejected, "callout",
            "sender address rejected .. [unverified address|undeliverable address|address verification in progress]",
            "Postfix reject_unverified_sender",
            "450 4.1.7 <ann@contoso.example>: Sender address rejected: unverified address: Address verification in progress"),
        new(NetworkFailure, "connect",
            "unverified address + [connection refused|connection timed out|no route|lost connection|timed out] + !sender address rejected",
            "Postfix reject_unverified_recipient: its own next hop does not answer",
            "450 4.1.1 <ann@contoso.example>: Recipient address rejected: unverified address: connect to 192.0.2.5[192.0.2.5]:25: Connection refused"),
        new(SenderRejected, "callout",
            "sender verify failed | sender verification | sender callout | callout verification | verify sender | "
            + "could not verify sender | sender address rejected .. [unverified address|undeliverable address] | "
            + "unable to verify sender | sender verify | callback | postmaster verification failed",
            "Exim specification, sender verification", "550 Sender verify failed"),
        new(SenderRejected, "sender-address",
            "[sender address|sender's address|envelope sender|sender email address|from address|originator address|return address|reverse-path] .. "
            + "[invalid|unknown address|unknown|is not valid|not valid|not accepted|does not exist|doesn't exist|not exist|"
            + "not found|unroutable|malformed|illegal|syntax error|not verified|unverified|must contain|too long] | "
            + "[sender's address|envelope sender|sender email address|from address|originator address|return address|reverse-path] .. "
            + "[rejected|refused|denied] | sender is unvalidated | unvalidated sender | sender unvalidated | sender not validated | "
            + "verifiable sender | unverifiable sender | "
            + "sender does not exist | sender doesn't exist | sender not found | sender is invalid | sender is not valid | "
            + "sender is denied | sender is refused | sender could not be verified | sender cannot be verified | malformed sender | illegal sender | "
            + "bad sender's | sender's mailbox | unacceptable sender | [bad|invalid|malformed|wrong|illegal] .. in MAIL FROM | from .. unknown address | "
            + "sender rejected | sender refused | sender not allowed | sender address not allowed | "
            + "sender is rejected | sender was rejected | unknown sender | invalid sender | bad sender | sender not accepted | "
            + "badmailfrom | sender invalid | sender address has been | bogus mail from | unconfigured sending domain | "
            + "return email domain | domain name required for sender | address not verified | not liked source | invalid from | "
            + "invalid mail from | sender is not allowed | sender address is not | sender address must | sender is blocked + !spam or virus | "
            + "sender address blocked | bad address in from | real domain name required | from address is not | sender unknown | "
            + "no third-party DSNs | BATV | [not recognize|not recognise] .. as a valid sender | not a valid sender + !domain",
            "RFC 3463 X.1.7", "553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)"),
        new(SenderRejected, "sender-address",
            "sender address rejected",
            "Postfix: the reason follows", "554 5.7.1 <ann@contoso.example>: Sender address rejected: Access denied", Opening: true),
    ];
}
