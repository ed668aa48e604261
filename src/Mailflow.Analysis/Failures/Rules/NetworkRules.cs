using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Problems between two servers: loops, DNS, TLS, the network, timeouts.</summary>
static class NetworkRules
{
    public static Rule[] Rules { get; } =
    [
        new(DnsFailure, "no-mx",
            "could not find a mail server for",
            "Amazon SES", "553 5.1.2 Unknown mail server. Could not find a mail server for contoso.example"),
        new(DnsFailure, "unroutable",
            "domain .. [not reachable|unreachable]",
            "hotmail", "554 The mail could not be delivered because the domain is not reachable"),
        new(DnsFailure, "invalid-data",
            "[invalid|bad|illegal|wrong|broken] .. [MX record|MX records] + !sender + !from + !for host",
            "RFC 5321 section 5.1: an MX record has a name, not an address", "contoso.example has an invalid MX record: an IP address instead of a name"),
        new(MailLoop, "loopback-mx",
            "loops back to me | loops back to myself",
            "Postfix smtp(8), Sendmail: the best MX is the server itself", "mail for contoso.example loops back to myself"),
        new(MailLoop, null,
            "too many hops | hop limit | hop count | mail loop | mail loops | routing loop | loops back + !me + !myself | loop detected | "
            + "message is looping | looping | mail forwarding loop | forwarding loop | mail loop detected | too many received | "
            + "delivered-to line | exceeded .. hops | points back to | points to myself | loopback MX | best-preference MX | "
            + "recursive forwards | local configuration error + !try | loops to itself | remote host address is the local host | "
            + "MX record points to local host | "
            + "too many delivered-to | excessive recursion | relay loop | email loop | loop",
            "RFC 5321 section 6.3", "554 5.4.6 Too many hops, 26 received"),

        // DNS. "The domain accepts no mail" is more specific than "unknown domain", so it comes first.
        new(DnsFailure, "null-mx",
            "account or domain may not exist | null MX | nullMX | host does not accept mail | domain does not accept mail | "
            + "doesn't accept mail | does not accept mail | indicated no SMTP service | host or domain does not accept mail | "
            + "accepts no mail",
            "RFC 7505", "556 5.1.10 Recipient address has null MX"),
        new(DnsFailure, "servfail",
            "SERVFAIL | ESERVFAIL | EAI_AGAIN | ETIMEOUT | resolver error | [host|DNS|MX] .. lookup did not complete | lookup deferred + !user | "
            + "name server timeout | "
            + "temporary failure in MX lookup | temporary MX lookup | server failure + !directory | name server failure | name server + try again | "
            + "host name lookup failure | DNS timeout | "
            + "CNAME lookup failed | name resolution | DNS lookup failure | MX lookup failure | temporarily unable to resolve | "
            + "name service error + try again | DNS + temporar*",
            "RFC 1035 RCODE 2", "451 4.4.3 Host or domain name not found. Name service error for name=contoso.example type=MX: Host not found, try again"),
        new(DnsFailure, "nxdomain",
            "host unknown | unknown host | authoritative host not found | host not found | host or domain name not found | NXDOMAIN | "
            + "no such domain | no such host | domain not found | domain does not exist | domain doesn't exist | unknown domain | "
            + "domain unknown | nonexistent domain | non-existent domain | invalid domain | domain must exist | dead domain | "
            + "any host named | find any host | bad domain | domain is not valid | name or service not known | "
            + "no address associated | domain name not found | nodename | unrouteable mail domain | domain may not exist + dns | "
            + "domain invalid | host name unknown | unrecognized host | ENOTFOUND | "
            + "[host|hostname|host name|hostnames|gateway|mail gateway|domain|domain name|mail domain] .. "
            + "[illegal|not found|could not be found|couldn't be found|cannot be found|can't be found|was not found|is invalid] | "
            + "illegal host | illegal hostname | illegal domain",
            "RFC 1035 RCODE 3", "550 5.1.2 <ann@contoso.example>... Host unknown (Name server: contoso.example: host not found)"),
        new(DnsFailure, "no-mx",
            "no MX | no MX record* | MX record .. not found | no valid MX | no mail exchanger | find a mail exchanger | resolve MX | "
            + "no usable MX | no suitable MX | suitable MX | valid address record | no IP address found | no address record | has no A | has no MX | "
            + "nowhere to deliver | no AAAA | all relevant MX records | MX lookup | MX host* | no A record",
            "RFC 5321 section 5.1", "Sorry, I couldn't find a mail exchanger or IP address. (#5.4.4)"),
        new(DnsFailure, "no-mx",
            "[unable to|cannot|can't|could not|couldn't|failed to|failure to|not able to|unable] .. [look up|lookup|find|determine|locate|obtain|get|"
            + "identify] .. "
            + "[MX|mail server|mail servers|mail exchanger|mail exchangers|mail host|mail hosts|destination mail server|destination host] + !connect | "
            + "no mail hosts | no mail servers | no mail exchangers | no mail server for | no MX* .. for | no data by DNS | MX record .. does not exist",
            "RFC 5321 section 5.1", "Unable to look up the MX records of contoso.example"),
        new(DnsFailure, "servfail",
            "DNS resolve error | DNS query error | malformed DNS | DNS trouble",
            "RFC 1035 RCODE 2", "DNS query error"),
        new(DnsFailure, "nxdomain",
            "[recipient's domain|recipient domain|destination domain|domain of the recipient|domain name|the domain] .. [not registered|"
            + "does not resolve|doesn't resolve|not resolve|"
            + "not resolvable|cannot be resolved|could not be resolved|unresolvable] + !sender + !your | "
            + "could not resolve hostname | cannot resolve hostname | unable to resolve hostname",
            "RFC 1035 RCODE 3", "550 That domain name does not resolve"),
        new(InvalidRecipient, null,
            "unrouteable address + #550 | unroutable address + #550",
            "Exim specification, ACL verify = recipient: as a reply it is about an address of the answering server", "550 Unrouteable address",
            Opening: true),
        new(DnsFailure, "nxdomain",
            "unrouteable address | unroutable address",
            "Exim specification, routers: as a bounce of its own, no router found the domain", "Unrouteable address", Opening: true),
        new(DnsFailure, "unroutable",
            "unrouteable | unroutable",
            "Exim specification, routers: no router took the address, for want of a domain or of a user", "unrouteable",
            Fault.Sender, Opening: true),
        new(DnsFailure, "unroutable",
            "unable to resolve | could not resolve | cannot resolve | couldn't resolve | "
            + "cannot find route | no route | resolve route | nameserver query | domain lookup failed | failed to resolve | DNS error | "
            + "DNS failure | DNS problem | DNS resolution | DNS check failed | DNS entries | DNS lookup | name server | "
            + "DNS violates | violate section 3.3.9 | RFC 1035 | CNAME loop | recursive CNAME | "
            + "no valid route to + DNS | hostname or network address required",
            "RFC 1035 section 4.1.1", "450 4.4.3 DNS lookup of contoso.example failed"),

        // TLS.
        new(TlsFailure, "starttls-not-offered",
            "TLS session is required | attempt to start TLS | refused to start TLS | support STARTTLS | STARTTLS disabled | "
            + "STARTTLS is disabled | encryption too weak | do not try TLS | no TLS available | TLS .. required by configuration | "
            + "TLS session not started | offer STARTTLS | does not support TLS | TLS not supported | TLS required but not supported | not offered by host",
            "RFC 3207 section 4", "TLS is required, but was not offered by host mx.contoso.example"),
        new(TlsFailure, "starttls-required",
            "STARTTLS first | require TLS | requires TLS | TLS required | TLS is required | TLS encryption required | "
            + "encryption required | encryption needed | encryption is required | must use TLS | must use SSL | STARTTLS command | "
            + "use STARTTLS | plaintext | without TLS | over a TLS connection | secure connection | mandatory TLS | security level | "
            + "[TLS|STARTTLS|SSL|encryption|encrypted session|encrypted connection] .. [mandatory|obligatory|is needed|demanded|enforced]",
            "RFC 3207 section 4", "554 5.7.0 TLS is required on this server"),
        new(TlsFailure, "dane",
            "DANE | TLSA | DNSSEC | MX RRset is insecure",
            "RFC 7672", "DANE error: tlsa lookup DEFER"),
        new(TlsFailure, "certificate",
            "certificate | certificates | peer verification | server not authenticated | CA verification",
            "RFC 3207 section 4.1", "Server certificate not trusted"),
        new(TlsFailure, "handshake",
            "client TLS configuration | TLS configuration problem | TLS configuration error | TLS engine is unavailable",
            "Postfix smtp(8): TLS of the sending side", "client TLS configuration problem", Fault.Ours),
        new(TlsFailure, "handshake",
            "[TLS|SSL|STARTTLS|cipher|ciphers] .. [fail*|handshake|error|negotiat*|refused|not available|cannot|unavailable]",
            "RFC 3207 section 4", "454 4.7.0 TLS not available due to local problem"),
        new(TlsFailure, "handshake",
            "security failure | security conversion required | "
            + "handshake failure | no shared cipher | unsupported protocol version | wrong version number | STARTTLS not",
            "RFC 8446 section 6", "error:1408F10B:ssl3_get_record:wrong version number"),

        // The network.
        new(NetworkFailure, "refused",
            "connection refused | refused connection | refused the connection | connect refused | refused to connect | "
            + "connections refused | host refused | ECONNREFUSED",
            "RFC 3463 X.4.1", "connect to mx.contoso.example[192.0.2.25]:25: Connection refused", Opening: true),
        new(NetworkFailure, "timeout",
            "connection timed out | connect timed out | connection timeout | connection time out | no response from | not responding | "
            + "no longer responding | did not respond | no answer | SMTP timeout",
            "RFC 3463 X.4.1", "connect to mx.contoso.example[192.0.2.25]:25: Connection timed out"),
        new(NetworkFailure, "connect",
            "host .. retry timeout exceeded + !said + !error from | all hosts for .. have been failing + !tried",
            "Exim specification, retry rules: no connection to the named host until the message expired",
            "host mx.contoso.example [192.0.2.25] retry timeout exceeded"),
        new(MessageExpired, null,
            "retry timeout exceeded | retry time not reached | message timed out | queue timeout",
            "Exim specification, retry rules", "retry timeout exceeded"),
        new(NetworkFailure, "timeout",
            "timed out | timeout | time out | ETIMEDOUT",
            "RFC 3463 X.4.1", "conversation with mx.contoso.example[192.0.2.25] timed out while receiving the initial server greeting", Opening: true),
        new(NetworkFailure, "no-answer",
            "[failure to|failed to|unable to|cannot|could not|couldn't|can't|not able to] .. [reach|contact|connect to|connect with] .. "
            + "[MX|MXs|MX host|mail server|mail servers|host|hosts|server|mail exchanger|exchanger|destination|next hop|smarthost|"
            + "smart host] + !database + !backend + !LDAP + !filter + !scanner + !policy server + !policy service | "
            + "[server|host|peer|remote side] .. [did not send|sent no|never sent|sends no] .. [greeting|banner|reply|response|answer]",
            "RFC 3463 X.4.1", "Failed to reach any mail server"),
        new(NetworkFailure, "dropped",
            "lost connection | connection lost | connection died | connection closed | connection was dropped | connection broken | "
            + "closed connection | closed the connection | broken pipe | remote host closed | connection unexpectedly closed | "
            + "disconnected | connection is broken | is broken | premature | unexpected disconnect | connection aborted | "
            + "ECONNRESET | EPIPE | lost incoming connection | lost input channel | connection shut down | shut down by the remote | "
            + "broken connection | bad connection | connection with + broken | prematurely closed | dropped the connection",
            "RFC 3463 X.4.2", "lost connection with mx.contoso.example[192.0.2.25] while sending message body"),
        new(NetworkFailure, "connect",
            "could not connect | couldn't connect | can't connect | cannot connect | failed to establish | cannot establish session | "
            + "could not establish | not able to establish | able to establish | wasn't able to establish | unable to establish | "
            + "connection failed | connection failure | connect failed | did not accept our requests to connect | unable to contact | "
            + "unable to reach | could not reach | cannot reach | unreachable | couldn't be reached | network error | error connecting | "
            + "could not initiate | not connected | host is down | greeting failed | socket error | network problem | no connection | "
            + "[host|server|gateway|mail gateway|domain|destination|relay|system|network|mail exchanger|mailserver|mail server] .. "
            + "[not reachable|cannot be reached|could not be reached|can't be reached|not be contacted|cannot be contacted|is down|is offline|"
            + "inaccessible|not accessible] | valid route | routes to destination | address family mismatch | tried all MX* | EHOSTUNREACH | ENETUNREACH | "
            + "network error on | error involving remote host | all hosts have been failing + !tried | communication failure",
            "RFC 3463 X.4.1", "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)"),
    ];
}
