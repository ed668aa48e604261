using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Replies of mail gateways and filters: Mimecast, Proofpoint, Barracuda, Cisco, Symantec, Trend Micro, Amavis.</summary>
static class GatewayRules
{
    const string Mimecast = "Mimecast SMTP error codes";
    const string Proofpoint = "Proofpoint SMTP error codes";
    const string Barracuda = "Barracuda Email Security Gateway";
    const string Cisco = "Cisco Secure Email Gateway, bounce messages";
    const string Hornet = "Hornetsecurity (antispameurope), classification codes of the workspace";
    const string Symantec = "Symantec Email Security.cloud";
    const string Amavis = "amavisd-new, final reply templates";
    const string Domino = "HCL Domino router messages";

    public static Rule[] Rules { get; } =
    [
        // Mimecast.
        new(Blocklisted, "mimecast",
            "poor reputation sender | CT IP reputation | IP temporarily blacklisted",
            Mimecast, "550 csi.mimecast.org Poor Reputation Sender. - https://community.mimecast.com/docs/DOC-1369#550 [x]"),
        new(Greylisted, null,
            "internal resource is temporarily unavailable | internal resource temporarily unavailable | "
            + "internal resources are temporarily unavailable | internal resources temporarily unavailable",
            Mimecast + ": greylisting, or a poor reputation",
            "451 Internal resource temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451 [x]"),
        new(SystemError, "resources",
            "unable to process connection at this time | unable to process an email at this time",
            Mimecast, "451 Unable to process connection at this time"),
        new(RelayDenied, null, "#451 + open relay not allowed", Mimecast, "451 Open relay not allowed"),
        new(PolicyRestriction, "blocked-sender",
            "envelope blocked | header-based blocked senders | header-based manually blocked senders | blocked senders policy | "
            + "user entry | user domain entry | blocked by the recipient | sender blocked by recipient | address blocked by recipient",
            Mimecast, "550 Administrative prohibition - envelope blocked - https://community.mimecast.com/docs/DOC-1369#550 [x]"),
        new(SenderAuthFailure, "spoofing",
            "rejecting spoofed message | spoofed message | message is spoofed | spoofing detected | forged sender | sender is forged",
            Mimecast, "550 Rejecting spoofed message"),
        new(PolicyRestriction, "anti-spoofing",
            "anti-spoofing policy | anti-spoofing lockout | anti-spoofing",
            Mimecast, "550 Rejected by header based Anti-Spoofing policy - https://community.mimecast.com/docs/DOC-1369#550 [x]"),
        new(PolicyRestriction, "content",
            "content examination policy | due to organizational settings | email rejected due to security policies | "
            + "host network not allowed | policy rejection",
            Mimecast, "550 Message bounced due to Content Examination Policy - https://community.mimecast.com/docs/DOC-1369#550 [x]"),
        new(RelayDenied, "authentication",
            "submitter failed to authenticate | submitter failed to * | incorrect authentication data | hostname is not authorized",
            Mimecast, "550 Submitter failed to authenticate - https://community.mimecast.com/docs/DOC-1369#550 [x]"),
        new(RateLimited, "connection-limit",
            "outbound thread limit | account service is temporarily unavailable",
            Mimecast, "550 Exceeding outbound thread limit - https://community.mimecast.com/docs/DOC-1369#550 [x]"),
        new(TlsFailure, "encryption-required",
            "route requires encryption | configuration is invalid for this certificate",
            Mimecast, "553 This route requires encryption (TLS) - https://community.mimecast.com/docs/DOC-1369#553 [x]"),
        new(MailboxDisabled, null,
            "account inbounds disabled | account outbounds disabled",
            Mimecast, "451 Account inbounds disabled - https://community.mimecast.com/docs/DOC-1369#451 [x]"),

        // Proofpoint, Cloudmark.
        new(Blocklisted, "proofpoint",
            "*/ipcheck.proofpoint.com* | ipcheck.proofpoint.com | [blocked|refused|reputation] + proofpoint",
            Proofpoint, "550 5.7.0 Mail from 192.0.2.7 refused by Proofpoint reputation"),
        new(Blocklisted, "cloudmark",
            "Cloudmark Sender Intelligence | csi.cloudmark.com | cloudmark | blacklisted by CSI | listed by CSI | */csi.cloudmark.com*",
            Proofpoint, "550 5.7.1 Service unavailable; client [192.0.2.7] blocked using Cloudmark Sender Intelligence"),
        new(InvalidRecipient, "unknown-user",
            "user email address is marked as invalid | not in SMTP discovery",
            Proofpoint, "550 5.7.1 <ann@contoso.example>: Recipient address rejected: User email address is marked as invalid."),
        new(PolicyRestriction, "gateway-policy",
            "local policy violation | violation of local policy",
            Proofpoint, "550 5.7.0 Local Policy Violation", Opening: true),

        // Barracuda.
        new(Blocklisted, "barracuda",
            "Barracuda Reputation | barracudacentral* | BRBL | barracudanetworks.com/reputation",
            Barracuda,
            "554 Service unavailable; Client host [192.0.2.7] blocked using Barracuda Reputation; "
            + "http://www.barracudanetworks.com/reputation/?r=1&ip=192.0.2.7"),
        new(SpamContent, null,
            "permanent failure for one or more recipients + blocked",
            Barracuda, "550 permanent failure for one or more recipients (ann@contoso.example:blocked)"),
        new(MalwareContent, "banned-content",
            "rejecting banned content | banned content | banned file | banned attachment",
            Barracuda, "554 rejecting banned content"),
        new(DnsFailure, "bad-domain", "no such domain at this location", Barracuda, "550 No such domain at this location (ann@contoso.example)"),

        // Cisco (IronPort).
        new(Blocklisted, "trend-micro",
            "Trend Micro RBL* | Trend Micro Email Reputation* | Trend Micro .. reputation | mail-abuse.com | ers.trendmicro.com | for RBL+ matches | "
            + "for zombie matches",
            "Trend Micro Email Reputation Services",
            "550 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using Trend Micro Email Reputation database."),
        new(Blocklisted, "senderbase",
            "SBRS | senderbase* | talosintelligence* | sending MTA's poor reputation",
            Cisco,
            "554 Your access to this mail system has been rejected due to the sending MTA's poor reputation. If you believe that this failure is "
            + "in error, please contact the intended recipient via alternate means."),
        new(Blocklisted, "reputation",
            "poor reputation | bad reputation | low reputation | insufficient reputation | reputation filter* | due to its reputation | IP reputation",
            "vendors' pages on reputation", "554 Connection refused: poor reputation of 192.0.2.7"),
        new(InvalidRecipient, "unknown-user", "#5.1.0 + address rejected + !sender address rejected", Cisco, "550 #5.1.0 Address rejected."),
        new(Blocklisted, "cisco",
            "access to submit messages to this e-mail system has been rejected | access to this mail system has been rejected",
            Cisco, "550 #5.7.1 Your access to submit messages to this e-mail system has been rejected."),
        new(RateLimited, "recipient-limit",
            "too many recipients received this hour | too many recipients received | too many connections to this host",
            Cisco, "452 Too many recipients received this hour"),
        new(DnsFailure, "servfail", "DNS soft error", Cisco, "4.1.2 - Bad destination host 'DNS Soft Error looking up contoso.example (MX)'"),
        new(DnsFailure, "bad-domain",
            "DNS hard error | bad destination host",
            Cisco, "5.1.2 - Bad destination host 'DNS Hard Error looking up contoso.example (MX): NXDomain'"),
        new(MessageExpired, null,
            "delivery expired | message too old | delivery time-out | delivery timeout | delivery time expired",
            Cisco, "5.4.7 - Delivery expired (message too old) 'timeout'"),

        // Symantec, Trend Micro.
        new(SpamContent, null,
            "message filtered | recurrent pattern detection | pattern detection system",
            Symantec, "553-Message filtered. Refer to the Troubleshooting page at http://www.symanteccloud.com/troubleshooting (#5.7.1)"),
        new(RelayDenied, null, "trying to use me .. to relay", Symantec, "553-you are trying to use me [server-4.example] to relay mail (#5.7.1)"),
        new(Blocklisted, "messagelabs",
            "connection rejected by policy | rejected by policy 7.7",
            Symantec, "501 Connection rejected by policy [7.7] 20805, please visit www.messagelabs.com/support"),
        new(TlsFailure, "starttls-required", "SSLv3 connection required", Symantec, "451 TLS/SSLv3 Connection required. (#4.7.1)"),
        new(RelayDenied, "send-as",
            "sender envelope domain not allowed",
            Symantec, "550 sender envelope domain not allowed for sender IP address (#5.1.8)"),
        new(InvalidRecipient, "unknown-user", "recipient mailbox is not allowed", Symantec, "553 Recipient mailbox is not allowed"),

        new(SenderRejected, "sender-domain", "from unknown TLD", "BarricadeMX, smtpf replies", "550 5.7.1 sender <ann@contoso.example> from unknown TLD #129"),
        new(RelayDenied, null, "UUCP addressing denied", "BarricadeMX, smtpf replies", "550 5.7.1 UUCP addressing denied #132"),
        new(Blocklisted, "reputation", "dictionary attack", "Baruwa, BarricadeMX", "550 Dictionary attack detected"),

        // A host whose MX is elsewhere.
        new(RelayDenied, null,
            "[MX|MXs|MX records] .. [not point to us|not point here|not point to this]",
            "hosting panels: the domain was moved to another provider", "550 no such address here (MX do not point to us)"),

        // Hornetsecurity.
        new(Blocklisted, "reputation", "spam IP rejected", Hornet, "554 5.5.4 Spam IP rejected"),
        new(SpamContent, null,
            "e-mail rejected spam | [spam header|spam link|spam body] .. rejected",
            Hornet, "554 5.6.2 Spam Link rejected"),
        new(MalwareContent, "attachment",
            "rejected as dangerous | [extensions|attachments|attachment] .. are dangerous",
            "MIME filters of gateways", "550 5.7.0 Multi-part MIME messages are rejected as dangerous"),
        new(MalwareContent, "attachment", "e-mail rejected content attachment", Hornet, "554 5.5.7 e-mail Rejected Content Attachment"),
        new(MessageTooLarge, null, "e-mail rejected content filter size", Hornet, "554 5.5.3 e-mail Rejected Content Filter Size"),


        // Amavis and others that write "Reject, id=...".
        new(MalwareContent, "virus", "reject, id .. INFECTED", Amavis, "554 5.7.0 Reject, id=12-3 - INFECTED: Eicar-Signature"),
        new(MalwareContent, "banned-content", "reject, id .. BANNED", Amavis, "554 5.7.0 Reject, id=12-3 - BANNED: .exe,.exe-ms,invoice.exe"),
        new(SpamContent, null, "reject, id .. spam | message content rejected + UBE | UBE", Amavis, "554 5.7.0 Reject, id=12-3 - SPAM"),
        new(ProtocolError, "malformed", "bad header section | BAD-HEADER", Amavis, "554 5.6.0 Reject, id=12-3 - BAD-HEADER-0"),

        // Domino: reports of its router.
        new(InvalidRecipient, "unknown-user",
            "not listed in Domino Directory | not listed in public name | valid Notes mail file | "
            + "Domino ディレクトリには見つかりません",
            Domino, "User ann (ann@contoso.example) not listed in Domino Directory"),
        new(MailboxFull, null,
            "database disk quota | quota exceeded for database | warning threshold",
            Domino, "Router: Database disk quota exceeded"),
        new(RelayDenied, null, "relay rejected for policy reasons", Domino, "554 Relay rejected for policy reasons."),
        new(PolicyRestriction, "gateway-policy",
            "rejected for policy reasons",
            Domino, "554 Mail from ann@contoso.example rejected for policy reasons.", Opening: true),
    ];
}
