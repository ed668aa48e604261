using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>
/// A subject and what is wrong with it, in any wording: for replies that somebody wrote by hand. They are weaker than a code with one meaning,
/// because two words that stand near each other may belong to different sentences.
/// </summary>
static class BroadRules
{
    const string ByHand = "replies that administrators write themselves";
    const string Box = "[mailbox|inbox|recipient|recipient's|recipients|user|user's|account|addressee|mail box|e-mail address|folder]";
    const string OurHost =
        "[your host|your IP|your server|your network|your address|your address range|your mail server|your domain|this host|this IP|your hosts|your ISP]";

    const string Sender = "[sender|sender's|mail from|from address|return address|envelope from|envelope sender|address in from|reverse-path|originator]";

    public static Rule[] Rules { get; } =
    [
        new(MailboxFull, null,
            Box + " .. [room|storage|space|maximum size|capacity|size limit|quota]"
            + " | [room|storage|space|disk space|capacity|quota] .. [mailbox|inbox|recipient|user|account|recipient's]",
            ByHand, "550 There is no disk space left for this user"),
        new(MessageTooLarge, null,
            "[exceed*|larger than|bigger than|more than|over|maximum of|up to|only] .. [MB|megabytes|megabyte|KB|Mbytes|Kbytes|MiB] | bytes are allowed | "
            + "[size|length] .. [message|mail|email|attachment] .. [limit|allowed|permitted|large|maximum]",
            ByHand, "552 attachment exceeds 10 MB"),
        new(MalwareContent, null,
            "[macro|macros|file|files|archive|archives|document|zip|exe|executable] .. "
            + "[dangerous|harmful|with password|not accepted|not allowed|of type|refused|unsafe|infected|blocked]",
            ByHand, "550 archive with password not accepted"),
        new(SpamContent, null,
            "[scored|score|points] .. [limit|threshold|too high|of a maximum|exceeds] | advertisement | advertising | unwanted content | looks like bulk",
            ByHand, "554 message scored 9.8, limit 5.0"),
        new(TlsFailure, "encryption-required",
            "not encrypted | unencrypted | plain text session* | plain text connection* | cleartext | clear text | without encryption | "
            + "TLS 1.0 | TLS 1.1 | TLS 1.2 | TLS version | encrypt",
            ByHand, "554 session is not encrypted"),
        new(SenderRejected, "sender-address",
            Sender + " .. [bad|fictitious|cannot be verified|could not be verified|real|fake|differs|different|not that of|nonexistent|not exist|wrong|"
            + "unacceptable|forged|no MX|not resolve] | "
            + "[bad|wrong|fake|fictitious|forged|invalid|false] .. [mail from|from address|return address|originator|sender]",
            ByHand, "550 Return address cannot be verified"),
        new(SenderRejected, "sender-address",
            "[sender|sender address|from address] .. [unauthorized|unauthorised|not authorized|"
            + "not authorised] + !send to + !recipient + !group + !list + !deliver",
            ByHand, "550 Sender not authorized"),
        new(SenderRejected, "reverse-dns",
            OurHost + " .. [no name|no host name|in the DNS|name and address|resolve]",
            ByHand, "554 your server is not in the DNS"),
        new(Blocklisted, null,
            OurHost + " .. [known source|unwanted|complaints|abuse|scores|bad|barred|refused|rejected|blocked|not welcome|unwelcome|not trusted|untrusted|"
            + "compromised|misused|banned|spam] | "
            + "[complaints|abuse|unwanted mail|no mail|nothing|blocked|barred|rejected] .. [from your|your IP|your network|your host|this host|this IP]",
            ByHand, "550 your domain is not trusted"),
        new(RelayDenied, null,
            "[may not|not allowed to|no|don't|do not|won't|will not|cannot|not|never|refuse to] .. [relay|relays|relaying|relayed] | "
            + "[no domain of|not a domain of|not one of our|don't serve|do not serve|not serve] .. [ours|domain|domains|this domain|host] | "
            + "not hosted on this | isn't hosted on this",
            ByHand, "550 5.7.1 you may not relay here"),
        new(RelayDenied, "authentication",
            "[log in|login|sign in|log on|authenticate|credentials] .. [before|first|required|needed|please] | please log in",
            ByHand, "530 5.7.0 log in before you send"),
        new(RelayDenied, "send-as",
            "may not send as | cannot send as | not send mail as | not use this sender",
            ByHand, "550 5.7.1 Your account may not send as ann@contoso.example"),
        new(MailboxDisabled, null,
            Box + " .. [cut off|decommissioned|not been used|is not used|stopped|put on hold|no longer|shut|ended|contract|not enabled|not open]",
            ByHand, "550 This mailbox has been decommissioned"),
        new(InvalidRecipient, "unknown-user",
            Box + " .. [could not be located|cannot be located|not be validated|not be verified|fails to verify|matching|isn't here|is not here|"
            + "by that name|"
            + "of that name|not valid|is no] | "
            + "[no one|nobody|no account|no user|no mailbox|no mail drop|no recipient|no valid recipient|cannot find user|can't find user|"
            + "couldn't find user|could not find user|cannot find recipient|cannot find mailbox|unrouteable local part|unroutable local part|"
            + "unknown local]",
            ByHand, "550 That mailbox could not be located"),
        new(DnsFailure, null,
            "[MX|DNS|A record|mail exchanger|name server|hostname|host name] .. [missing|no record|fail*|does not|not found|error|none|unable|cannot|"
            + "not resolve|nothing|wrong|empty] | "
            + "[no|cannot find|could not find|unable to find|not find] .. [MX|mail exchanger|DNS entry|DNS record|A record]",
            ByHand, "554 the DNS has no record, MX missing"),
        new(NetworkFailure, "connect",
            "[remote host|remote server|remote end|remote|peer|destination|other side|mail exchanger|next hop] .. "
            + "[dropped|closed|hung up|offline|down|went away|unreachable|did not answer|does not answer|no answer|not answering|rejected the session] | "
            + "no SMTP banner | no banner | no greeting | idle for too long | inactivity timeout",
            ByHand, "the remote host dropped the session"),
        new(MessageExpired, null,
            "retry period | stopped trying | gave up | giving up after | too many attempts to deliver",
            ByHand, "stopped trying after 72 hours"),
        new(MailLoop, null, "in circles | is circling | came by here | seen this message before", ByHand, "550 mail is circling between two hosts"),
        new(RateLimited, "throttled",
            "too quickly | too quick | for today | today's limit | in a short time | per hour | per minute | per day | too often | too much | "
            + "too many at once",
            ByHand, "450 4.7.1 enough for today"),
        new(Greylisted, null,
            "[come back|retry|try again|please retry|send again] .. [minutes|seconds|300s|in a while|new to us|first contact|not seen you]",
            "RFC 6647 section 2", "450 please retry in a few minutes"),
        new(PolicyRestriction, "delivery-restriction",
            "[rule|rules|administrator|our policy|filter rule|recipient's filter|user's filter] .. [refused|rejected|not allow|do not allow|block*|"
            + "denied|forbid*|disallow*] | "
            + "[refused|rejected|blocked|denied|stopped] .. [rule|rules|administrator|recipient's filter|user's filter|the recipient] | only members |"
            + " members may | "
            + "mail from strangers | not want* .. mail",
            ByHand, "554 your message was refused by a rule of the administrator"),
        new(ProtocolError, "malformed",
            "[line|lines] .. [characters|octets|too long] | header + [wrong|twice|format] | internet format | wrong order",
            ByHand, "550 a line of your message has more than 1000 characters"),
        new(SystemError, "internal",
            "[daemon|program|process|backend|disk|database|server|system|software|module] .. "
            + "[crashed|not running|is down|broken|failed|failure|error|upgrading|maintenance|not writable|hung]",
            ByHand, "451 the delivery program crashed"),
    ];
}
