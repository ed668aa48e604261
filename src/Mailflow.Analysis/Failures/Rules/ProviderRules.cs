using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Replies of the large mailbox providers, where they use wording of their own.</summary>
static class ProviderRules
{
    const string Gmail = "Gmail SMTP errors, support.google.com/a/answer/3726730";
    const string Yahoo = "Yahoo Sender Hub, SMTP error codes";
    const string Apple = "Apple iCloud postmaster";
    const string Gmx = "postmaster.gmx.net, postmaster.web.de";
    const string TOnline = "postmaster.t-online.de";
    const string Orange = "postmaster.orange.fr, laposte.net";
    const string Qq = "QQ Mail service, error codes";
    const string Coremail = "Coremail, bounce texts, icoremail.vip/support";
    const string EYou = "eYou and related servers in China, list of replies";
    const string Alibaba = "Alibaba Mail, errors of the SMTP and MTA service";
    const string MailRu = "Mail.ru and Yandex postmasters";
    const string Us = "AT&T and Cox postmasters";
    const string Ses = "Amazon SES, SMTP responses";

    public static Rule[] Rules { get; } =
    [
        // Gmail. A purpose ("to reduce the amount of spam") follows every refusal, so the header and the volume come first.
        new(ProtocolError, "duplicate-message-id",
            "[quota|exceeded|limit] .. same Message-ID",
            Gmail, "421 4.7.28 This message exceeded its quota for sending messages with the same Message-ID. - gsmtp"),
        new(ProtocolError, "from-header",
            "[missing|without|no] .. [valid address in the From|From header] | multiple .. addresses in From | multiple From addresses | "
            + "multiple addresses in From | more than one From address",
            Gmail + "; Exchange Online 5.1.20", "550 5.7.1 Messages missing a valid address in the From: header are not accepted. - gsmtp"),
        new(ProtocolError, "header",
            "encoded-word syntax | "
            + "in a disallowed header | not RFC 5322 compliant | not RFC 2822 compliant | headers are not RFC compliant | "
            + "[RFC 5322|RFC 5321] .. compliant .. will be rejected",
            Gmail, "550 5.7.1 Encoded-word syntax is not permitted in message header Reply-To. To reduce the amount of spam, it has been blocked. - gsmtp"),
        new(RateLimited, "reputation-domain",
            "unusual rate .. [DKIM|SPF|DKIM domain|SPF domain|your domain] + !#550",
            Gmail, "421 4.7.28 Gmail has detected an unusual rate of mail originating from your DKIM domain [contoso.example]. - gsmtp"),
        new(RateLimited, "reputation-url",
            "unusual rate .. [URL|URL domains|link|links] + !#550",
            Gmail, "421 4.7.28 Gmail has detected an unusual rate of mail containing one of your URL domains. - gsmtp"),
        new(RateLimited, "reputation",
            "unusual rate .. [IP address|IP|netblock] + [#421|#451|#450] + !unsolicited",
            Gmail, "421 4.7.28 Gmail has detected an unusual rate of mail originating from your IP Netblock [192.0.2.0/24]. - gsmtp"),
        new(Blocklisted, "account",
            "[account|customer|user] .. suspended .. abuse | suspended due to abuse | suspended for abuse",
            Gmail, "550 5.7.0 Mail relay denied: this account has been suspended due to abuse. - gsmtp"),
        new(ProtocolError, "smtputf8",
            "did not offer SMTPUTF8 | SMTPUTF8 is required | SMTPUTF8 + not offered",
            Gmail, "local-part of envelope contains utf8 but remote server did not offer SMTPUTF8 | SMTPUTF8 is required | SMTPUTF8 + not offered"),
        new(Blocklisted, "reputation",
            "very low reputation | unusual rate of",
            Gmail,
            "550 5.7.1 [192.0.2.7] Our system has detected that this message is likely suspicious due to the very low reputation of the sending IP "
            + "address. - gsmtp"),
        new(SpamContent, null,
            "nature of the content and/or the links | likely unsolicited mail | likely spam | suspicious due to the nature",
            Gmail,
            "550 5.7.1 Our system has detected that this message is likely unsolicited mail. To reduce the amount of spam sent to Gmail, this "
            + "message has been blocked. - gsmtp"),
        new(SenderAuthFailure, "spf",
            "SPF record of the sending domain | authenticate with SPF | authenticate their email with SPF | "
            + "SPF record with a hard fail policy",
            Gmail, "550 5.7.27 Your email has been blocked because SPF for contoso.example did not pass. Gmail requires all senders to authenticate with SPF."),
        new(SenderAuthFailure, "dkim",
            "authenticate with DKIM | authenticate their email with DKIM",
            Gmail, "550 5.7.30 Your email has been blocked. Gmail requires all senders to authenticate with DKIM."),
        new(SenderAuthFailure, "alignment",
            "From header .. [not aligned|isn't aligned] | aligned with either the authenticated SPF or DKIM | aligned with either",
            Gmail, "421 4.7.32 This mail has been rate limited: the From header isn't aligned with either the authenticated SPF or DKIM domain. - gsmtp"),
        new(SenderAuthFailure, "unauthenticated",
            "sender is unauthenticated | it is unauthenticated | authenticate with either SPF or DKIM | unauthenticated email",
            Gmail,
            "421 4.7.26 This mail has been rate limited because it is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM."),
        new(TlsFailure, "starttls-required",
            "wasn't sent over a TLS connection | TLS required for RCPT domain | #x.7.29 + [TLS|SSL|TLS/SSL] + !ARC",
            Gmail, "421 4.7.0 TLS required for RCPT domain, closing connection. - gsmtp"),
        new(SenderRejected, "reverse-dns",
            "guidelines regarding PTR records | PTR record, or the corresponding forward DNS entry | "
            + "does not match the IP address of the hostname",
            Gmail,
            "421 4.7.0 The IP address sending this message does not have a PTR record, or the corresponding forward DNS entry does not point to "
            + "the sending IP. - gsmtp"),
        new(RelayDenied, "authentication",
            "invalid credentials for relay | log in with your web browser | log in through your web browser | "
            + "username and password not accepted | application-specific password | no identity changes permitted | "
            + "too many login attempts | cannot authenticate due to temporary system problem",
            Gmail, "535 5.7.8 Username and Password not accepted. - gsmtp"),
        new(RelayDenied, null,
            "is not authorized to send email directly to our servers",
            Gmail, "550 5.7.1 The IP you're using to send mail is not authorized to send email directly to our servers. - gsmtp"),
        new(SenderRejected, "account",
            "mail sending denied",
            Gmail, "550 5.7.0, Mail Sending denied. This error occurs if the sender account is disabled or not registered."),
        new(PolicyRestriction, "recipient-domain",
            "has a policy that prohibited | not in whitelist for RCPT domain | email policy + gcdp",
            Gmail, "550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the mail that you sent. - gsmtp"),
        new(PolicyRestriction, "recipient-domain",
            "violates .. email policy",
            Gmail, "550 5.7.1 This message violates contoso.example email policy."),
        new(RateLimited, "recipient-rate",
            "[recipient|recipients|recipient's|domains|domain's|user|mailbox] .. [domain hourly quota|domain daily quota|daily quota exceeded|hourly quota exceeded|"
            + "exceeded message rate|receives too many|received too many|getting too many]",
            "a quota of the receiving domain or mailbox: hosting providers, GMX, Yandex", "550 5.4.7 <ann@contoso.example>: Recipients Domain Hourly Quota Exceeded"),
        new(MessageTooLarge, "header-size",
            "[header|header value] .. [exceeds|exceeded] .. [limit|limits] | header size limit | per individual header size",
            Gmail, "552 5.3.4 The size of the Subject header value exceeds Google's limit per individual header size. - gsmtp"),
        new(RateLimited, "recipient-rate",
            "receiving mail too quickly | receiving mail at a rate",
            Gmail, "450 4.2.1 The user you are trying to contact is receiving mail too quickly. Please resend your message at a later time. - gsmtp"),
        new(RateLimited, "sending-limit",
            "SMTP relay limit exceeded | daily sending quota exceeded | daily user sending limit exceeded | daily user sending quota | "
            + "SMTP relay quota",
            Gmail, "550 5.4.5 Daily SMTP relay limit exceeded for customer. - gsmtp"),
        new(RateLimited, "throttled", "try again later, closing connection", Gmail, "421 4.7.0 Try again later, closing connection. - gsmtp"),
        new(MessageTooLarge, "transaction",
            "policy size per transaction exceeded | exceeded Google's message size limits | number of attachments .. [exceeds|exceeded]",
            Gmail, "452 4.5.3 Domain policy size per transaction exceeded, please try this recipient in a separate transaction. - gsmtp"),
        new(MalwareContent, "attachment",
            "illegal attachment | content presents a potential security issue",
            Gmail, "552 5.7.0 This message was blocked because its content presents a potential security issue. - gsmtp"),
        new(DnsFailure, "bad-domain",
            "weren't able to find the recipient domain",
            Gmail, "553 5.1.2 We weren't able to find the recipient domain. Please check for any spelling errors. - gsmtp"),
        new(InvalidRecipient, "unknown-user",
            "email account that you tried to reach + [does not exist|couldn't be found|doesn't exist]",
            Gmail,
            "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos. - gsmtp"),
        new(InvalidRecipient, "unknown-user",
            "mail answer 6596 | p NoSuchUser | address not found | address couldn't be found",
            Gmail,
            "** Address not found ** Your message wasn't delivered to ann@contoso.example because the address couldn't be found, or is unable to "
            + "receive mail."),
        new(InvalidRecipient, "google-group",
            "*/groups.google.com* | group you tried to contact .. may not exist | group you're trying to contact",
            Gmail,
            "We're writing to let you know that the group you tried to contact (sales) may not exist, or you may not have permission to post "
            + "messages to the group."),

        // Yahoo and AOL.
        new(InvalidRecipient, "unknown-user",
            "this user doesn't have a .. account",
            Yahoo, "554 delivery error: dd This user doesn't have a yahoo.com account (ann@yahoo.com) [0]"),
        new(MailboxDisabled, null,
            "account has been disabled or discontinued | mailbox is disabled 554.30 | disabled or discontinued",
            Yahoo, "554 delivery error: dd Sorry your message to ann@yahoo.com cannot be delivered. This account has been disabled or discontinued [#102]."),
        new(Blocklisted, "yahoo", "excessive unknown recipients", Yahoo, "451 VS1-IP Excessive unknown recipients - possible Open Relay"),
        new(SenderRejected, "sender-domain",
            "unresolvable .. from domain",
            Yahoo, "554 Message not accepted due to unresolvable RFC.5322 from domain."),
        new(RateLimited, "connection-limit",
            "max message per connection",
            Yahoo, "421 Max message per connection reached, closing transmission channel"),
        new(RateLimited, "reputation",
            "message temporarily deferred | [message|messages] from .. temporarily deferred | temporarily deferred due to | IP/domain is in the unverified",
            Yahoo, "421 Message from (192.0.2.7) temporarily deferred - 4.16.50", Opening: true),
        new(SystemError, "resources",
            "resources temporarily unavailable + !internal resources",
            Yahoo, "451 mta.example Resources temporarily unavailable. Please try again later [#4.16.5]."),
        new(PolicyRestriction, "provider-policy",
            "not accepted for policy reasons",
            Yahoo, "554 5.7.9 Message not accepted for policy reasons."),

        // Apple.
        new(InvalidRecipient, "alias-off",
            "relay not permitted for user",
            "Apple, Hide My Email: its owner switched the alias off", "550 5.7.1 <x7q2@privaterelay.example>: Relay not permitted for user."),
        new(RateLimited, "throttled",
            "due to excessive volume | excessive volume",
            Apple, "421 4.7.1 Messages to ann@icloud.com deferred due to excessive volume. Try again later."),
        new(InvalidRecipient, "unknown-user", "inactive email address", Apple, "550 5.1.1 <ann@icloud.com>: inactive email address"),

        // GMX, Web.de, 1&1, mail.com.
        new(SenderRejected, "sender-domain",
            "invalid DNS MX or A/AAAA resource record",
            Gmx, "550 Requested action not taken: mailbox unavailable 550 invalid DNS MX or A/AAAA resource record"),
        new(Blocklisted, "gmx",
            "IP address is black listed + nemesis | IP address is block listed + nemesis",
            Gmx, "554-gmx.net (mxgmx017) Nemesis ESMTP Service not available 554-No SMTP service 554-IP address is black listed."),
        new(SenderRejected, "reverse-dns",
            "Bad DNS PTR",
            Gmx, "554-web.de (mxweb110) Nemesis ESMTP Service not available 554-No SMTP service 554-Bad DNS PTR resource record."),
        new(RateLimited, "reputation",
            "reject due to policy violations",
            Gmx + ", IONOS: too many recipients that do not exist, or a HELO that changes", "421 Reject due to policy violations"),
        new(PolicyRestriction, "provider-policy",
            "reject due to policy restrictions",
            Gmx, "554-Transaction failed 554-Reject due to policy restrictions. For explanation visit https://postmaster.gmx.net/en/error-messages?c=hi",
            Opening: true),
        new(MailboxFull, null,
            "zuviele Mails auf dem Server | too many messages on the server",
            Gmx, "550 <ann@web.de> Benutzer hat zuviele Mails auf dem Server. / User has too many messages on the server."),
        new(Blocklisted, "t-online",
            "a problem occurred + ask your postmaster | ask your postmaster .. [clarify|reset]",
            TOnline, "554 IP=192.0.2.7 - A problem occurred. (Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify.) (BL)"),

        // Orange, La Poste, SFR, Free.
        new(MailboxFull, null,
            "recipient overquota | boite du destinataire pleine | boite pleine",
            Orange, "552 5.1.1 Boite du destinataire pleine. Recipient overquota."),
        new(MailboxDisabled, null,
            "compte du destinataire est bloque | recipient account is blocked | boite du destinataire archivee",
            Orange, "550 5.5.0 Le compte du destinataire est bloque. The recipient account is blocked."),
        new(Blocklisted, "provider",
            "adresse IP source bloquee | client host blocked for spamming | Abus detecte | GU_EIB*",
            Orange, "550 mwinf5c04 ME Adresse IP source bloquee pour incident de spam. Client host blocked for spamming issues."),
        new(SpamContent, null, "mail rejete", Orange, "550 5.2.0 Mail rejete. Mail rejected."),
        new(RateLimited, "connection-limit",
            "trop de connexions | too many connections, slow down | service refuse. veuillez essayer plus tard",
            Orange, "421 mwinf5c35 ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down."),
        new(RelayDenied, "authentication",
            "authentification invalide | authentification requise",
            Orange, "535 5.7.0 Authentification requise. Authentication required."),

        // QQ, Coremail (163.com and many others in China), Alibaba.
        new(Blocklisted, "coremail",
            "mail action not taken .. invalid IP | action not taken .. [invalid IP|IP is rejected|IP is hangup] | IP is hangup | IP is rejected | "
            + "IP in blacklist",
            Coremail, "554 IP is rejected, smtp auth error limit exceed"),
        new(SenderRejected, "sender-address", "[sender is rejected|fake sender] + !policy", Coremail, "550 Requested mail action not taken: Fake sender"),
        new(RelayDenied, null, "local user only | no smtp MX only", Coremail, "550 Requested action not taken: Local user only"),
        new(SenderRejected, "from-header", "NULL sender is not allowed", Coremail, "553 Requested action not taken: NULL sender is not allowed"),
        new(MailboxDisabled, null, "user hangup", Coremail, "550 User hangup: ann@contoso.example"),
        new(RateLimited, "reputation", "transient reject by behaviour spam", Alibaba, "454 Transient reject by behaviour spam"),
        new(Blocklisted, "reputation", "reject by behaviour spam", Alibaba, "554 Reject by behaviour spam"),
        new(SpamContent, null, "reject by content spam | by local spam engine", Alibaba, "554 Reject by content spam"),
        new(InvalidRecipient, "unknown-user", "rcptto account isn't a local account", Alibaba, "503 Rcptto account isn't a local account"),
        new(RateLimited, "recipient-limit",
            "[number|total] .. [RCPT|RCPTs] .. maximum threshold",
            Alibaba, "504 the number of RCPT attempts is achieved the maximum threshold"),
        new(MessageTooLarge, null,
            "length .. [content|attach] .. maximum threshold | number of attachments .. maximum threshold",
            Alibaba, "510 The length of Attach is achieved the maximum threshold"),
        new(RateLimited, "throttled",
            "frequency limited | frequency limit*",
            Qq, "550 Ip frequency limited [Mk1X Blocked IP 192.0.2.7]. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725"),
        new(SpamContent, null,
            "mail content denied | suspected bounce attacks | suspected spam + !IP",
            Qq, "550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726"),
        new(Blocklisted, "qq",
            "connection denied | suspected spam IP",
            Qq, "550 Connection denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000724"),

        new(SystemError, "unavailable", "queue unavailable", EYou, "450 queue unavailable."),
        new(RateLimited, "recipient-limit", "out of allow RCPT numbers", EYou, "451 out of allow RCPT numbers."),
        new(RateLimited, "throttled", "too many same size mails | you send too many messages", EYou, "552 too many same size mails."),
        new(RelayDenied, "authentication", "auth error | auth mode unsupported | domain auth support error", EYou, "451 auth error"),
        new(RelayDenied, null, "relay check domain fail | relay check local fail", EYou, "553 relay check domain fail"),
        new(ProtocolError, "malformed", "stray newline | fake router info*", EYou, "451 stray newline"),
        new(ProtocolError, "syntax", "line parse error", EYou, "551 line parse error"),
        new(ProtocolError, "sequence", "sequence error", EYou, "500 sequence error"),
        new(Blocklisted, null, "black ip | black mail address", EYou, "550 black ip."),
        new(Blocklisted, "reputation", "openrelay check", EYou, "554 openrelay check."),
        new(SenderRejected, "sender-address", "mail from invalid | mail address invalid", EYou + ": the sender's", "552 mail from invalid."),
        new(SenderRejected, "sender-filter", "host denies the sender", EYou, "553 host denies the sender."),
        new(SenderRejected, "callout", "smtpport check error", EYou, "554 smtpport check error."),
        new(SenderRejected, "helo", "helohost error", EYou, "555 helohost error."),
        new(SenderAuthFailure, "spf", "remote ip check error", EYou + ": the address does not fit the sender's domain", "556 remote ip check error."),
        new(MessageTooLarge, null, "attachment is too long", EYou, "554 attachment is too long."),
        new(PolicyRestriction, "rejected-by-recipient", "rejected by recipients", Qq, "550 Mail is rejected by recipients"),
        new(RateLimited, "throttled",
            "mailbox unavailable or access denied",
            Qq + ": the sender has reached a limit", "550 Mailbox unavailable or access denied"),

        // Mail.ru, Yandex.
        new(SenderRejected, "account",
            "message sending for this account is disabled",
            MailRu, "550 message sending for this account is disabled"),
        new(SpamContent, null,
            "under suspicion of spam | notspam-support | looks like spam",
            MailRu, "554 5.7.1 [1] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc"),
        new(MailboxDisabled, null,
            "local mailbox .. account is disabled | user is terminated",
            MailRu, "550 Message was not accepted -- invalid mailbox. Local mailbox ann@mail.ru is unavailable: account is disabled"),
        new(InvalidRecipient, "unknown-user",
            "invalid mailbox + user not found | local mailbox + is unavailable",
            MailRu, "550 Message was not accepted -- invalid mailbox. Local mailbox ann@mail.ru is unavailable: user not found"),

        // Providers in the United States.
        new(Blocklisted, "attrbl",
            "ATTRBL | att.net/blocks | blocked for abuse",
            Us, "553 5.3.0 flpd573 DNSBL:ATTRBL 521< 192.0.2.7 >_is_blocked. For information see http://att.net/blocks"),
        new(InvalidRecipient, "unknown-user", "not our customer | not our user", Us, "550 5.1.1 Not our Customer"),

        // Korea.
        new(Blocklisted, "provider",
            "your IP .. is filtered | must register your IP",
            "Naver, hanafos: registration of sending addresses", "421 4.3.2 Your IP(192.0.2.7) is filtered and this connection will be closed."),

        // Amazon SES, SendGrid, Zoho.
        new(PolicyRestriction, "recipient-domain",
            "email policy violation | delivery failure policy error | delivery restricted by policy",
            "Zoho Mail", "554 5.7.7 Email policy violation detected"),
        new(InvalidRecipient, "unknown-user", "[email|e-mail] .. [doesn't exist|does not exist]", "SimpleLogin, status codes", "550 SL E515 Email doesn't exist"),
        new(PolicyRestriction, "recipient-domain", "rejected by destination domain", "Zoho Mail", "541 5.4.1 Mail rejected by destination domain"),
        new(RateLimited, "sending-limit",
            "throttling failure | maximum sending rate exceeded | daily message quota exceeded | maximum credits exceeded | "
            + "exceeded your messaging limits",
            Ses, "454 Throttling failure: Daily message quota exceeded."),
        new(SenderRejected, "not-verified",
            "address is not verified | identities failed the check | verified Sender Identity | address has not been verified",
            Ses, "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1"),
        new(InvalidRecipient, "suppressed",
            "suppressed sending to this address | suppression list",
            Ses, "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address."),
    ];
}
