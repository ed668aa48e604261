using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>What a server says of the host that connects: it is banned, filtered or unknown, or it behaves badly.</summary>
static class ClientRules
{
    const string Hosts = "replies to hosts that a server does not accept mail from";

    const string Host =
        "[your IP|IP address|client IP|sending IP|sender IP|source IP|remote IP|this IP|IP|IPs|your host|your server|your mail server|your mailserver|"
        + "this host|client host|sending host|sending server|sending mail server|remote host|your network|your address range|your subnet|"
        + "your ISP|your provider|sender host|connecting host|connecting IP]";

    const string OfSender = "[null sender|null senders|bounce|bounces|complaint|complaints|spam|invalid recipient|unknown recipient|unknown user|"
            + "rejection|error]";

    public static Rule[] Rules { get; } =
    [
        new(Blocklisted, null,
            Host + " .. [is banned|banned|barred|is filtered|filtered|forbidden|is rejected|rejected|hangup|hung up|disallowed|not welcome|unwelcome|"
            + "not permitted to connect|not allowed to connect|may not connect|not permitted to send|has been denied|is denied|denied|not trusted|"
            + "untrusted|not accepted|refused|quarantined|suspended|restricted|prohibited|must be registered|must register|not registered|"
            + "not whitelisted|not white-listed|not allowlisted|not on our whitelist] + "
            + "!because + !recipient + !SPF + !user + !content + !command + !greeting + !banner + !STARTTLS + !relay* + !authenticat* + !HELO + "
            + "!connection refused + !client host rejected",
            Hosts, "421 Your network is untrusted"),
        new(Blocklisted, null,
            "[forbidden|banned|barred|filtered|disallowed|prohibited|denied|rejected|blocked] .. "
            + "[by your IP|from your IP|for your IP|from this IP|for this IP|from your host|from your server|from your network|from your location|"
            + "from your address|from your ISP|from your range|your IP address|your subnet] + !SPF + !relay* | "
            + "[connections|connection|mail|messages|access|email|mails|SMTP] .. [from your host|from your IP|from this IP|from your server|"
            + "from your network|from your location] .. "
            + "[denied|rejected|refused|blocked|not accepted|not allowed|forbidden|banned|prohibited] | "
            + "not allowed access from your | no access from your | no access for this IP | no access for this domain | no access for your | "
            + "sender score | bad IP | blocked IP + !frequency | IP profile | IP blocked | IP rejected | "
            + "IP reject | IP denied | IP deny | IP is blocked | IP banned",
            Hosts, "476 connections from your host are denied"),
        new(Blocklisted, null,
            "[not accept|don't accept|no|not take|refuse|reject] .. mail from .. [cloud|hosting|hosts|networks|IPs|ranges|addresses in|dynamic] | "
            + "[access from|connections from|mail from|messages from] .. [addresses|ranges|networks|hosts|servers] .. "
            + "[denied|refused|rejected|blocked|not accepted|not welcome] + !relay* + !SPF",
            Hosts, "550 We do not accept mail from cloud networks"),
        new(Blocklisted, null,
            "[sender|domain|sender domain|sender's domain|sending domain|host|you are|you have been|server|client] .. "
            + "[is banned|are banned|was banned|been banned|banned here|banned sender] + !recipient + !mailbox + !user",
            Hosts, "550 The sender 192.0.2.5 is banned"),
        new(Blocklisted, "reputation",
            "dictionary attack* | dictionary spam* | harvest attack | harvesting | directory harvest | address harvest* | DHA | spamtrap* | spam trap* | "
            + "honeypot | honey pot | [high|excessive|abnormal|elevated|too high|bad|poor] .. " + OfSender + " .. rate | "
            + "[rate|ratio|percentage] of .. " + OfSender + " | "
            + "[too many|excessive|high number of|many|received too many|large number of] .. [complaints|abuse reports|spam complaints|"
            + "user complaints|spam reports] | "
            + "[due to|because of|for] .. [abuse|abusive behaviour|abusive behavior|complaints|spamming activity|spam activity|suspicious activity|"
            + "hack attempts] + !deactivated + !disabled + !suspended",
            Hosts, "550 too many abuse reports"),
        new(Blocklisted, "reputation",
            "spam history | history of spam | spam reports | known abuser | trust level | [spam|junk|unwanted mail|viruses|abuse] .. [from your IP|"
            + "from your address|from your host|from your server|from your network|"
            + "from your ISP|from this IP|"
            + "from this host|from this server|from this address|from 192] + !content | "
            + "[your machine|your host|your computer|your system|your server|your network|your PC] .. [infected|compromised|hijacked|hacked|botnet|"
            + "a bot|misused] | "
            + "[in|on] our .. [abuse database|abuse list|list of spammers|spammer database|list of blocked]",
            Hosts, "550 Too much spam from your IP address"),
        new(Blocklisted, null,
            "[not accepting|not accept|refusing|refuses|no longer accept|won't accept|will not accept|reject|rejects|decline] .. [mail|messages|"
            + "connections|email|mails|emails] .. "
            + "[from your network|from your IP|from your host|from your server|from your ISP|from this netblock|from your netblock|from your range|"
            + "from your address range|from your provider] | "
            + "no mail from this netblock | [your mail server|your server|your host|this host|this server|your network|your IP] .. [sent|sends|"
            + "sending|emits|relays] .. [spam|junk|viruses]",
            Hosts, "554 This server is not accepting messages from your network"),
        new(Blocklisted, "dynamic-address",
            "[dynamic|dynamically|residential|dialup|dial-up|DSL|broadband|home user|consumer|dial up] .. [hosts|host|client|clients|customers|"
            + "customer|IP|IPs|address|addresses|range|ranges|pool|line] + "
            + "!content + !recipient + !reverse | looks dynamic | looks like a dial* | appears to be dynamic | seems to be dynamic | is dynamic + !HELO | "
            + "use your ISP's mail server | use your provider's mail server | use your ISP's server | use your ISP's relay | "
            + "use your provider's smarthost | use your ISP's smarthost",
            Hosts, "550 Mail from DSL hosts is not taken"),
        new(Blocklisted, null,
            "connection refused + [#554|#550|#553|#521|#571|#556] + !connect to + !socket + !#x.4.1 + !#x.4.316 + !#x.4.0 + !#x.4.4 + "
            + "!conversation with + !no response + "
            + "!too many + !sessions + !WSAE*",
            "an answered connection was not refused by the network", "554 mx.contoso.example Connection refused from 192.0.2.5", Opening: true),
        new(Blocklisted, null,
            "*/?ip=* | */ip-lookup* | */block-lookup* | */cgi-bin/block-lookup* | */denyip* | */ipcheck* | */ip-check* | */delist* | */unblock* | "
            + "*/ip-removal* | "
            + "*/removal* | */blacklist* | */blocklist* | */blocked-ip* | */iplookup* | */lookup?ip=* | */reputation* | */rbl* | */dnsbl*",
            "a page where an address is looked up", "550 5.7.0 Blocked - see https://check.contoso.example/?ip=192.0.2.5", Opening: true),
        new(SenderRejected, "helo",
            "you are me | I am me | that is me | that's me | not me | my own name | my name | our own name | my own hostname | my hostname | our hostname | "
            + "my own host name | my own IP | [claims|claiming|pretends|pretending|say|says|saying] .. [to be me|to be us|be this host|"
            + "to be this server|you are us]",
            "servers that hear their own name in HELO", "550 You are not me"),
        new(RateLimited, "penalty",
            "[too many|too much|numerous|high number of|large number of|exceeded the number of] .. "
            + "[invalid recipients|unknown recipients|invalid addresses|unknown users|invalid users|nonexistent recipients|nonexistent users|bad recipients|"
            + "bad rcpt*|unknown addresses|failed recipients|userid unknowns|user unknowns|invalid rcpt*|rejected recipients|bad addresses|wrong recipients|"
            + "nonexistent addresses|invalid mailboxes|bad commands in|fail authentication|failed authentication|failed logins|"
            + "authentication failures|auth failures|"
            + "failed login attempts|failed authentications]",
            "servers that count the errors of a client", "421 too many unknown recipients, goodbye"),
        new(RateLimited, "connection-limit",
            "[out of|no more|no free|no available|not enough|insufficient|all] .. [connection slots|SMTP connections|session slots|slots|"
            + "SMTP sessions|connections are in use] | "
            + "[concurrency|concurrent|simultaneous|parallel] .. [limit|limits|limited|exceeded|maximum|too high|too many]",
            "RFC 5321 section 7.8", "421 mx.contoso.example out of connection slots"),
        new(RateLimited, "throttled",
            "[send|sending|sent|sends|submit|submitting|deliver] .. [too many|too much|too often|too fast|too quickly|"
            + "too frequently] + !recipients + !hops + !errors | "
            + "[exceeded|reached|over|exceeds] .. [mails a day|emails a day|messages a day|mails per|emails per|messages per|mails an hour|"
            + "messages an hour] + !MB + !size | "
            + "[connection|session|connect] .. time + exceeded + !timed out",
            "RFC 5321 section 7.8", "421 4.3.1 You deliver too frequently"),
    ];
}
