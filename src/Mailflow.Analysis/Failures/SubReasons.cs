using static Mailflow.Analysis.Failures.Cause;
using static Mailflow.Analysis.Failures.Fault;

namespace Mailflow.Analysis.Failures;

/// <summary>A kind of failure: a cause with a sub-reason.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Sub">The sub-reason. <see cref="SubReasons.AnyList"/> stands for the zone or the name of any blocklist.</param>
/// <param name="Fault">The responsible side. A rule with a fault of its own takes precedence.</param>
/// <param name="Meaning">What it means, in one sentence.</param>
/// <param name="Permanence">For texts without a code, where it is not the cause's.</param>
public sealed record SubReason(Cause Cause, string Sub, Fault Fault, string Meaning, Permanence? Permanence = null);

/// <summary>
/// THE table of sub-reasons: one row for each pair of a cause and a sub-reason that a rule, a code or a blocklist's name can give. It says
/// who is responsible. Without a sub-reason, <see cref="CauseTable"/> says it. docs/metrics.md explains the five values.
/// </summary>
public static class SubReasons
{
    /// <summary>The sub-reason in the table for every public blocklist; a diagnosis has the zone or the name of the list instead.</summary>
    public const string AnyList = "list";

    /// <summary>The sub-reason in the table for blocklists that have closed.</summary>
    public const string DeadList = "dead-list";

    static readonly SubReason[] Rows =
    [
        new(InvalidRecipient, "unknown-user", Sender, "The mailbox does not exist."),
        new(InvalidRecipient, "undeliverable", Sender, "The server asked the next server whether the recipient exists, and it does not."),
        new(InvalidRecipient, "bad-syntax", Sender, "It is not a mail address: an encapsulated X.500 address, or no @."),
        new(InvalidRecipient, "bad-domain", Sender, "The domain part of the address is not valid."),
        new(InvalidRecipient, "google-group", Sender, "The Google group does not exist, or the sender may not post to it."),
        new(InvalidRecipient, "suppressed", Sender, "The provider no longer sends to this address, because earlier messages bounced."),
        new(InvalidRecipient, "alias-off", Policy, "The recipient has switched this alias off (Hide My Email)."),
        new(InvalidRecipient, "legacy-address", Ours, "The address is an X.500 address that no object of our directory has."),
        new(InvalidRecipient, "ambiguous", Theirs, "Two objects of the recipient's directory have this address."),
        new(InvalidRecipient, "directory-object", Ours, "An object of our directory has no valid primary address."),
        new(InvalidRecipient, "contact", Ours, "A mail contact of our directory has no valid external address."),
        new(InvalidRecipient, "forwarding", Ours, "A recipient of our directory forwards to an address that is not valid."),
        new(InvalidRecipient, "public-folder", Ours, "A mail-enabled public folder of our directory points to a folder that does not exist."),

        new(MailboxDisabled, "moved", Theirs, "The mailbox has moved to another address."),
        new(MailboxDisabled, "inaccessible", Theirs, "The mailbox exists but cannot be opened."),

        new(MailboxFull, "recipient-quota", Theirs, "The mailbox has reached its quota."),

        new(MessageTooLarge, "sender-limit", Sender, "The message exceeds the limit of the sender's mailbox."),
        new(MessageTooLarge, "organisation-limit", Sender, "The message exceeds the limit of our Exchange organisation."),
        new(MessageTooLarge, "recipient-limit", Sender, "The message exceeds the limit of the recipient's mailbox or group."),
        new(MessageTooLarge, "mailbox-limit", Sender, "The message exceeds the limit of the mailbox."),
        new(MessageTooLarge, "route-limit", Sender, "The message exceeds the limit of one of our connectors."),
        new(MessageTooLarge, "remote-limit", Sender, "The message exceeds the size that the remote server announced."),
        new(MessageTooLarge, "header-size", Sender, "The header of the message is too large."),
        new(MessageTooLarge, "transaction", Sender, "The message has too many recipients for its size, or too many attachments."),

        new(DnsFailure, "nxdomain", Sender, "The domain does not exist: a typing error, or its registration has expired.", Permanence.Permanent),
        new(DnsFailure, "bad-domain", Sender, "The domain does not exist or cannot be found: mostly a typing error.", Permanence.Permanent),
        new(DnsFailure, "null-mx", Sender, "The domain declares that it accepts no mail (RFC 7505).", Permanence.Permanent),
        new(DnsFailure, "no-mx", Theirs, "The domain has neither an MX record nor an address record."),
        new(DnsFailure, "servfail", Theirs, "The name servers of the domain do not answer properly (RCODE 2, DNSSEC)."),
        new(DnsFailure, "invalid-data", Theirs, "The DNS data of the domain is not valid.", Permanence.Permanent),
        new(DnsFailure, "unroutable", Theirs, "No server was found for the domain."),
        new(DnsFailure, "query-failed", Ours, "The DNS query of our server failed."),
        new(DnsFailure, "no-route", Ours, "No connector of our organisation leads to the domain."),

        new(NetworkFailure, "refused", Theirs, "Nothing listens on port 25 of the remote server, or a firewall refuses the connection."),
        new(NetworkFailure, "timeout", Theirs, "The remote server does not answer: it is down, or a firewall drops the packets."),
        new(NetworkFailure, "no-answer", Theirs, "The remote server does not answer."),
        new(NetworkFailure, "reset", Theirs, "The remote server, or a device in between, reset the connection."),
        new(NetworkFailure, "dropped", Theirs, "The connection ended before the message was accepted."),
        new(NetworkFailure, "no-network", Ours, "Our server has no route to this network; mostly it tries IPv6 without an IPv6 connection."),
        new(NetworkFailure, "unreachable", Theirs, "There is no route to the remote server."),
        new(NetworkFailure, "connect", Theirs, "No connection was established; the text does not say why."),
        new(NetworkFailure, "session", Theirs, "The connection was established but no SMTP session; the text does not say why."),

        new(MessageExpired, "unreachable", Ours, "The message expired in the queue for destinations to which our routing has no way."),

        new(MailLoop, "hop-count", Ours, "The message passed too many servers: two of them send it to each other."),
        new(MailLoop, "forwarding", Ours, "Forwarding addresses of our organisation point to each other."),
        new(MailLoop, "alias-loop", Theirs, "Aliases of the recipient's server point to each other."),
        new(MailLoop, "loopback-mx", Ours, "The MX of the domain points to our own server or to 127.0.0.1."),

        new(TlsFailure, "starttls-required", Ours, "TLS is required, but we did not use it: STARTTLS is off or was not offered."),
        new(TlsFailure, "starttls-not-offered", Theirs, "TLS is required for this domain, but the remote server offers no STARTTLS."),
        new(TlsFailure, "encryption-required", Ours, "The remote server takes this command only over TLS."),
        new(TlsFailure, "own-certificate", Ours, "The certificate of our server or connector is missing, has expired, or has another name."),
        new(TlsFailure, "validation", Ours, "One of our hybrid or partner connectors rejected a certificate: its root is not trusted, or it has another name."),
        new(TlsFailure, "version", Ours, "The remote server accepts only newer TLS versions or ciphers than ours."),
        new(TlsFailure, "require-tls", Theirs, "The sender demands TLS on the whole way (REQUIRETLS), and a server on it does not support that."),
        new(TlsFailure, "certificate", Theirs, "The certificate of the remote server has expired, has another name, or is not trusted."),
        new(TlsFailure, "dane", Theirs, "The TLSA records or DNSSEC of the domain are not valid."),
        new(TlsFailure, "mta-sts", Theirs, "The MTA-STS policy of the domain does not match its mail servers."),
        new(TlsFailure, "handshake", Theirs, "The TLS handshake failed: no common version or cipher, or a device in between."),

        new(RelayDenied, "authentication", Ours, "The server requires authentication, or our credentials are wrong."),
        new(RelayDenied, "basic-auth", Ours, "Exchange Online does not accept basic authentication (name and password) for SMTP."),
        new(RelayDenied, "connector", Ours, "Exchange Online matched none of our inbound connectors: certificate or IP address differ."),
        new(RelayDenied, "wrong-region", Ours, "Our smart host, or an MX that we remember, is not the server of the recipient's tenant."),
        new(RelayDenied, "send-as", Ours, "The account that logged on may not send as this sender."),
        new(RelayDenied, "public-folder-rights", Policy, "The sender has no right to post to the public folder."),

        new(SenderAuthFailure, "spf", Ours, "The SPF record of the sender domain does not list our address."),
        new(SenderAuthFailure, "dkim", Ours, "The message has no DKIM signature, or one that does not verify."),
        new(SenderAuthFailure, "dmarc", Ours, "Neither SPF nor DKIM passes for the domain in From (DMARC)."),
        new(SenderAuthFailure, "alignment", Ours, "SPF or DKIM passes, but for another domain than the one in From."),
        new(SenderAuthFailure, "unauthenticated", Ours, "Neither SPF nor DKIM passed."),
        new(SenderAuthFailure, "requirements", Ours, "SPF, DKIM and DMARC do not all meet the requirements for bulk senders."),
        new(SenderAuthFailure, "ipv6", Ours, "Over IPv6 the server requires SPF or DKIM."),
        new(SenderAuthFailure, "arc", Ours, "The ARC seal of a forwarded message is not valid."),
        new(SenderAuthFailure, "sender-id", Ours, "Sender ID failed: the address is not in the record of the sender domain."),
        new(SenderAuthFailure, "spoofing", Ours, "A filter takes the sender address for forged."),

        new(SenderRejected, "reverse-dns", Ours, "Our sending address has no PTR record, or its name does not resolve to the address."),
        new(SenderRejected, "helo", Ours, "The name in HELO is not a valid host name, or does not resolve."),
        new(SenderRejected, "sender-address", Ours, "The envelope sender is not valid."),
        new(SenderRejected, "sender-domain", Ours, "The domain of the sender does not resolve."),
        new(SenderRejected, "null-mx", Ours, "The domain of the sender accepts no mail (null MX)."),
        new(SenderRejected, "callout", Ours, "The server asked our server whether the sender exists, and got no positive answer."),
        new(SenderRejected, "not-verified", Ours, "The sender address is not verified with the relay service."),
        new(SenderRejected, "account", Ours, "The sending account is disabled or not registered with the provider."),
        new(SenderRejected, "from-header", Sender, "The From header is not accepted, or is not the envelope sender."),
        new(SenderRejected, "sender-filter", Policy, "The recipient's organisation blocks this sender."),

        new(Blocklisted, AnyList, Ours, "The address or domain is on a public blocklist."),
        new(Blocklisted, "spamhaus", Ours, "The address or domain is on a list of Spamhaus; its page says on which, and why."),
        new(Blocklisted, "reputation", Ours, "The address or domain has a poor reputation."),
        new(Blocklisted, "account", Ours, "The provider has suspended our account because of abuse."),
        new(Blocklisted, "restricted-user", Ours, "Exchange Online has restricted this sender because of outgoing spam."),
        new(Blocklisted, "restricted-tenant", Ours, "Exchange Online has restricted our tenant because of suspicious traffic."),
        new(Blocklisted, DeadList, Theirs, "The recipient's server asks a blocklist that no longer exists: nobody can be removed from it."),
        new(Blocklisted, "dynamic-address", Ours, "The server takes our address for a dynamic or residential one."),
        new(Blocklisted, "domain", Ours, "The server blocks our domain."),
        new(Blocklisted, "customer", Ours, "The recipient's organisation has our address on its own blocklist."),
        new(Blocklisted, "microsoft", Ours, "Microsoft blocks our address, domain or tenant."),
        new(Blocklisted, "yahoo", Ours, "Yahoo or AOL blocks our address."),
        new(Blocklisted, "aol", Ours, "AOL blocks our address."),
        new(Blocklisted, "comcast", Ours, "Comcast blocks our address."),
        new(Blocklisted, "gmx", Ours, "GMX, WEB.DE, mail.com or IONOS blocks our address."),
        new(Blocklisted, "t-online", Ours, "T-Online does not know our address yet or blocks it: write to the address in the reply."),
        new(Blocklisted, "provider", Ours, "Orange or another provider blocks our address."),
        new(Blocklisted, "qq", Ours, "QQ Mail blocks our address."),
        new(Blocklisted, "coremail", Ours, "A server with Coremail (many providers in China) blocks our address."),
        new(Blocklisted, "mailchannels", Ours, "MailChannels blocks our address."),
        new(Blocklisted, "163", Ours, "163.com or 126.com blocks our address."),
        new(Blocklisted, "barracuda", Ours, "Barracuda's reputation service blocks our address."),
        new(Blocklisted, "cisco", Ours, "Cisco's reputation service blocks our address."),
        new(Blocklisted, "senderbase", Ours, "Cisco's reputation service (SenderBase, Talos) blocks our address."),
        new(Blocklisted, "cloudmark", Ours, "Cloudmark's reputation service blocks our address."),
        new(Blocklisted, "messagelabs", Ours, "Symantec's (Broadcom's) Email Security.cloud blocks our address."),
        new(Blocklisted, "mimecast", Ours, "Mimecast blocks our address."),
        new(Blocklisted, "proofpoint", Ours, "Proofpoint blocks our address."),
        new(Blocklisted, "trend-micro", Ours, "Trend Micro's reputation service blocks our address."),

        new(SpamContent, "content-filter", Sender, "Exchange's content filter took the message for spam."),
        new(SpamContent, "url-list", Sender, "The message has a link to a domain on a list of spam links."),

        new(MalwareContent, "virus", Sender, "The message has a virus."),
        new(MalwareContent, "attachment", Sender, "The message has a kind of attachment that is not accepted."),
        new(MalwareContent, "banned-content", Sender, "The message has content that is not accepted."),

        new(PolicyRestriction, "authentication-required", Policy, "The recipient or group accepts only internal (authenticated) senders."),
        new(PolicyRestriction, "sender-not-allowed", Policy, "The recipient or group accepts only some senders."),
        new(PolicyRestriction, "delivery-restriction", Policy, "A delivery restriction of the recipient refuses the message."),
        new(PolicyRestriction, "moderation", Policy, "The moderator rejected the message, or could not be reached."),
        new(PolicyRestriction, "transport-rule", Policy, "A mail flow rule rejected the message."),
        new(PolicyRestriction, "list-expansion", Policy, "The sender may not send to the mailing list."),
        new(PolicyRestriction, "tenant-block-list", Policy, "The Tenant Allow/Block List of the recipient's organisation has the sender."),
        new(PolicyRestriction, "direct-send", Ours, "The tenant rejects Direct Send: mail from its own domains that no inbound connector matches."),
        new(PolicyRestriction, "hve-external", Ours, "High Volume Email accounts send only to recipients inside the organisation."),
        new(PolicyRestriction, "outdated-server", Ours, "Exchange Online blocks our Exchange server, because its build is too old."),
        new(PolicyRestriction, "external-forwarding", Ours, "Our organisation does not allow automatic forwarding to external addresses."),
        new(PolicyRestriction, "forwarding", Policy, "The recipient's forwarding does not accept this message."),
        new(PolicyRestriction, "delegate", Policy, "A delegate rule of the recipient refuses the message."),
        new(PolicyRestriction, "journaling", Ours, "A journal report cannot be delivered: the journaling settings are not valid."),
        new(PolicyRestriction, "administrator", Policy, "An administrator deleted or rejected the message."),
        new(PolicyRestriction, "transport-agent", Ours, "A transport agent of our server deleted the message."),
        new(PolicyRestriction, "quarantined", Ours, "The sender's mailbox is in quarantine, because it crashed its server."),
        new(PolicyRestriction, "rejected-by-recipient", Policy, "The recipient rejected the message."),
        new(PolicyRestriction, "blocked-sender", Policy, "The recipient has blocked the sender."),
        new(PolicyRestriction, "provider-policy", Policy, "A rule of the recipient's provider refuses the message."),
        new(PolicyRestriction, "gateway-policy", Policy, "A rule of the recipient's gateway refuses the message."),
        new(PolicyRestriction, "recipient-domain", Policy, "A rule of the recipient's domain refuses the message."),
        new(PolicyRestriction, "anti-spoofing", Policy, "The recipient's anti-spoofing rule refuses its own domain as the sender from outside."),
        new(PolicyRestriction, "spoofing", Policy, "The recipient's server refuses its own domain as the sender from outside."),
        new(PolicyRestriction, "captcha", Policy, "The recipient's filter asks the sender for a confirmation."),
        new(PolicyRestriction, "content", Policy, "A content rule of the recipient's gateway refuses the message."),
        new(PolicyRestriction, "nested-attachments", Sender, "The message has too many attachments inside each other."),
        new(PolicyRestriction, "reserved-domain", Sender, "The address is of a domain that is reserved for examples (RFC 2606)."),

        new(RateLimited, "recipient-limit", Sender, "Too many recipients in one message, an hour or a day."),
        new(RateLimited, "sending-limit", Sender, "The sender has reached its sending quota."),
        new(RateLimited, "connection-limit", Sender, "Too many connections or messages at a time from our address."),
        new(RateLimited, "throttled", Sender, "The server takes our messages more slowly than we send them."),
        new(RateLimited, "recipient-rate", Theirs, "The recipient gets too many messages, from all senders together."),
        new(RateLimited, "reputation", Ours, "The server slows us down because of the reputation of our address or domain."),
        new(RateLimited, "mailbox-throttled", Theirs, "The mailbox or its database takes no more deliveries at a time."),
        new(RateLimited, "reputation-domain", Ours, "The server slows us down because of the reputation of our SPF or DKIM domain."),
        new(RateLimited, "reputation-url", Ours, "The server slows us down because of a domain in links of our messages."),
        new(RateLimited, "tenant-quota", Ours, "Our tenant has reached its limit of external recipients a day."),
        new(RateLimited, "onmicrosoft-limit", Ours, "Mail from onmicrosoft.com addresses has a low limit: send from a domain of our own."),
        new(RateLimited, "outdated-server", Ours, "Exchange Online throttles our Exchange server, because its build is too old."),
        new(RateLimited, "penalty", Ours, "The server slows us down because of earlier errors."),

        new(ProtocolError, "command", Ours, "The server does not know the command, or does not accept it."),
        new(ProtocolError, "syntax", Ours, "The server takes a command for malformed."),
        new(ProtocolError, "arguments", Ours, "The server does not accept the arguments of a command."),
        new(ProtocolError, "sequence", Ours, "The commands came in the wrong order."),
        new(ProtocolError, "no-recipients", Sender, "The server refused every recipient of the message."),
        new(ProtocolError, "pipelining", Ours, "Commands were sent before the server allowed it."),
        new(ProtocolError, "errors", Ours, "Too many commands of one connection failed."),
        new(ProtocolError, "response", Theirs, "The remote server's reply was no SMTP."),
        new(ProtocolError, "header", Ours, "A header is doubled, or its syntax is not allowed."),
        new(ProtocolError, "from-header", Sender, "The From header is missing, or has several addresses and no Sender."),
        new(ProtocolError, "duplicate-message-id", Sender, "An application sends many messages with the same Message-ID."),
        new(ProtocolError, "malformed", Ours, "The message has no valid format: header lines, line ends or line lengths."),
        new(ProtocolError, "content", Sender, "The content of the message cannot be converted or sent."),
        new(ProtocolError, "smtputf8", Sender, "The address has letters beyond ASCII, and a server on the way does not accept them."),

        new(SystemError, "back-pressure", Theirs, "The server is short of memory or disk space and accepts no messages."),
        new(SystemError, "storage", Theirs, "The server has no disk space."),
        new(SystemError, "resources", Theirs, "The server has no free resources at present."),
        new(SystemError, "inactive", Theirs, "A component of the server is inactive or in maintenance."),
        new(SystemError, "unavailable", Theirs, "The server is not available at present."),
        new(SystemError, "list-query-refused", Theirs, "A blocklist refused the query of the recipient's server, which took that for a listing."),
        new(SystemError, "front-end", Ours, "The front end of our server could not open a session to the next server."),
        new(SystemError, "proxy", Theirs, "The front end of the server could not reach its back end."),
        new(SystemError, "internal", Theirs, "The server has an internal error."),
        new(SystemError, "configuration", Theirs, "The server reports an error in its own configuration."),
        new(SystemError, "misconfigured", Theirs, "The server reports an error in its own configuration."),
        new(SystemError, "mailer", Theirs, "The program that delivers the message on the server failed."),
        new(SystemError, "mailing-list", Theirs, "The server cannot resolve the members of the mailing list or alias."),
        new(SystemError, "store", Ours, "A mailbox database or mailbox of our Exchange is not available."),
        new(SystemError, "directory", Ours, "Our Active Directory, or an object in it, has an error."),
        new(SystemError, "connector", Ours, "A connector of our organisation was deleted or disabled, or is not configured properly."),
        new(SystemError, "queue", Ours, "A queue of our server is suspended or full."),
        new(SystemError, "quarantine", Ours, "Our server could not quarantine the message."),
        new(SystemError, "public-folder-migration", Ours, "A migration of our public folders is in progress."),
    ];

    // Public lists that rules call by a name instead of a zone.
    static readonly HashSet<string> ListNames =
    [
        "abusix", "attrbl", "drbl", "dronebl", "gbudb", "hostkarma", "invaluement", "mailspike", "manitu", "senderscore", "spamrats", "uceprotect",
    ];

    // Lists with a row of their own, by the end of the zone; the first that fits. Closed lists: SORBS in June 2024, NiX Spam in January 2025, the others
    // long before.
    static readonly (string Zone, string Sub)[] ListRows =
    [
        .. ((string[])["sorbs.net", "manitu.net", "manitu", "nixspam.net", "njabl.org", "dsbl.org", "ahbl.org", "spamcannibal.org"])
            .Select(zone => (zone, DeadList)),
        ("pbl.spamhaus.org", "dynamic-address"), ("dbl.spamhaus.org", "domain"), ("dbl.dq.spamhaus.net", "domain"), ("surbl.org", "domain"),
        ("uribl.com", "domain"), ("spamhaus.org", "spamhaus"), ("spamhaus.net", "spamhaus"),
    ];

    static readonly Dictionary<(Cause, string), SubReason> ByPair = Rows.ToDictionary(r => (r.Cause, r.Sub));

    /// <summary>All rows, by cause.</summary>
    public static IReadOnlyList<SubReason> All => Rows;

    /// <summary>The row of a pair; null for pairs without a row. A zone has a dot: most zones and names of public lists share one row.</summary>
    public static SubReason? Of(Cause cause, string? sub)
    {
        if (sub is null)
            return null;
        if (ByPair.TryGetValue((cause, sub), out var row))
            return row;
        if (cause != Blocklisted || !(sub.Contains('.') || ListNames.Contains(sub)))
            return null;
        foreach (var (zone, own) in ListRows)
            if (sub.EndsWith(zone, StringComparison.Ordinal))
                return ByPair[(Blocklisted, own)];
        return ByPair[(Blocklisted, AnyList)];
    }

    /// <summary>The responsible side where the rule that matched does not name one.</summary>
    public static Fault FaultOf(Cause cause, string? sub) => Of(cause, sub)?.Fault ?? CauseTable.Of(cause).DefaultFault;
}
