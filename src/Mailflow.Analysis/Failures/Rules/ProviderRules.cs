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
    const string Netease = "163.com, list of return codes";
    const string MailRu = "Mail.ru and Yandex postmasters";
    const string Us = "Comcast, AT&T, Cox and Charter postmasters";
    const string Ses = "Amazon SES, SMTP responses";

    public static Rule[] Rules { get; } =
    [
        // Gmail.
        new(ProtocolError, "smtputf8",
            "did not offer SMTPUTF8 | SMTPUTF8 is required | SMTPUTF8 + not offered",
            Gmail, "local-part of envelope contains utf8 but remote server did not offer SMTPUTF8 | SMTPUTF8 is required | SMTPUTF8 + not offered"),
        new(Blocklisted, "reputation",
            "very low reputation | unusual rate of unsolicited mail",
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
        new(SenderAuthFailure, "unauthenticated",
            "sender is unauthenticated | it is unauthenticated | authenticate with either SPF or DKIM | unauthenticated email | "
            + "From header is not aligned | aligned with either the authenticated SPF or DKIM",
            Gmail,
            "421 4.7.26 This mail has been rate limited because it is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM."),
        new(TlsFailure, "starttls-required",
            "wasn't sent over a TLS connection | TLS required for RCPT domain",
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
        new(Greylisted, null, "GL01 | GL02", Yahoo, "421 4.7.0 [GL01] Message from (192.0.2.7) temporarily deferred - 4.16.50."),
        new(RateLimited, "reputation",
            "temporarily deferred due to | TSS04 | TS01 | TS02 | message temporarily deferred",
            Yahoo, "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1", Opening: true),
        new(Blocklisted, "yahoo",
            "permanently deferred | TSS09 | TSS11 | TS03",
            Yahoo, "553 5.7.2 [TSS09] All messages from 192.0.2.7 will be permanently deferred; Retrying will NOT succeed."),
        new(Blocklisted, "spamhaus",
            "BL21 | BL23 | SHXBL",
            Yahoo, "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.7, because the ip is in a list"),
        new(InvalidRecipient, "unknown-user",
            "this user doesn't have a .. account",
            Yahoo, "554 delivery error: dd This user doesn't have a yahoo.com account (ann@yahoo.com) [0]"),
        new(MailboxDisabled, null,
            "account has been disabled or discontinued | mailbox is disabled 554.30 | disabled or discontinued",
            Yahoo, "554 delivery error: dd Sorry your message to ann@yahoo.com cannot be delivered. This account has been disabled or discontinued [#102]."),
        new(Blocklisted, "yahoo", "excessive unknown recipients", Yahoo, "451 VS1-IP Excessive unknown recipients - possible Open Relay"),
        new(SystemError, "resources",
            "resources temporarily unavailable",
            Yahoo, "451 mta.example Resources temporarily unavailable. Please try again later [#4.16.5]."),
        new(PolicyRestriction, "provider-policy",
            "PH01 | not accepted for policy reasons",
            Yahoo, "554 Message not allowed - [PH01] Email not accepted for policy reasons."),

        new(Blocklisted, "aol",
            "CON:B1 | RLY:B1 | RLY:B2 | RLY:B3 | RTR:BL | RTR:DU | DYN:T1",
            Yahoo, "554- (RTR:BL) https://postmaster.aol.com/error-codes"),
        new(SpamContent, null, "HVU:B1 | HVU:B2", Yahoo, "554 TRANSACTION FAILED (HVU:B1) http://postmaster.info.aol.com/errors/554hvub1.html"),

        // Apple.
        new(InvalidRecipient, "unknown-user", "inactive email address", Apple, "550 5.1.1 <ann@icloud.com>: inactive email address"),
        new(PolicyRestriction, "provider-policy",
            "CS01 | HM08 + local policy",
            Apple, "554 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137"),
        new(SpamContent, null, "HM07 | HC01", Apple, "550 5.7.1 [HM07] Message rejected. Please visit https://support.apple.com/en-us/HT204137"),

        // GMX, Web.de, 1&1, mail.com.
        new(SenderRejected, "sender-domain",
            "invalid DNS MX or A/AAAA resource record",
            Gmx, "550 Requested action not taken: mailbox unavailable 550 invalid DNS MX or A/AAAA resource record"),
        new(Blocklisted, "gmx",
            "IP address is black listed | c bl + postmaster",
            Gmx, "554-gmx.net (mxgmx017) Nemesis ESMTP Service not available 554-No SMTP service 554-IP address is black listed."),
        new(SenderRejected, "reverse-dns",
            "Bad DNS PTR | c rdns",
            Gmx, "554-web.de (mxweb110) Nemesis ESMTP Service not available 554-No SMTP service 554-Bad DNS PTR resource record."),
        new(PolicyRestriction, "provider-policy",
            "reject due to policy restrictions",
            Gmx, "554-Transaction failed 554-Reject due to policy restrictions. For explanation visit https://postmaster.gmx.net/en/error-messages?c=hi",
            Opening: true),
        new(MailboxFull, null,
            "zuviele Mails auf dem Server | too many messages on the server",
            Gmx, "550 <ann@web.de> Benutzer hat zuviele Mails auf dem Server. / User has too many messages on the server."),
        new(Blocklisted, "t-online",
            "rx t-online de | a problem occurred + ask your postmaster",
            TOnline, "554 IP=192.0.2.7 - A problem occurred. (Ask your postmaster for help or to contact tosa@rx.t-online.de to clarify.) (BL)"),

        // Orange, La Poste, SFR, Free.
        new(InvalidRecipient, "unknown-user",
            "OFR_416 | LPN007_416 | OFR_418 | destinataire invalide",
            Orange, "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]"),
        new(MailboxFull, null,
            "OFR_417 | LPN007_417 | recipient overquota | boite du destinataire pleine | boite pleine",
            Orange, "552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]"),
        new(MailboxDisabled, null,
            "OFR_426 | LPN007_426 | compte du destinataire est bloque | recipient account is blocked",
            Orange, "550 5.5.0 Le compte du destinataire est bloque. The recipient account is blocked. OFR_426"),
        new(Blocklisted, "provider",
            "adresse IP source bloquee | client host blocked for spamming | OFR006_100 | OFR006_102 | Abus detecte | GU_EIB*",
            Orange, "550 mwinf5c04 ME Adresse IP source bloquee pour incident de spam. Client host blocked for spamming issues. OFR006_102 [102]"),
        new(SpamContent, null, "OFR_506 | OFR_515 | mail rejete | LPN007_506", Orange, "550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]"),
        new(RateLimited, "connection-limit",
            "OFR004_104 | OFR004_109 | trop de connexions | too many connections, slow down | service refuse. veuillez essayer plus tard",
            Orange, "421 mwinf5c35 ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]"),
        new(RelayDenied, "authentication",
            "authentification invalide | authentification requise",
            Orange, "535 5.7.0 Authentification requise. Authentication required. OFR305"),
        new(PolicyRestriction, "provider-policy",
            "LPN000_630 | LPN007_510",
            Orange, "554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: #216 lpn LPN000_630"),

        // QQ, 163, 126.
        new(RateLimited, "throttled",
            "frequency limited | frequency limit*",
            Qq, "550 Ip frequency limited [Mk1X Blocked IP 192.0.2.7]. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000725"),
        new(SpamContent, null,
            "mail content denied | suspected bounce attacks | suspected spam",
            Qq, "550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726"),
        new(Blocklisted, "qq",
            "connection denied | no=1000722",
            Qq, "550 Connection denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000724"),
        new(SpamContent, null, "DT:SPM | DT:SPB", Netease, "554 DT:SPM 163 mx7,RcCowEDpQ3Dr"),
        new(SenderRejected, "from-header",
            "DT:SUM | mail from must equal authorized user | NULL sender is not allowed | MI:SPB | HL:HLO",
            Netease, "554 DT:SUM envelope from and header from are not equal"),
        new(RateLimited, "throttled",
            "MI:SFQ | MI:STC | MI:DMC | MI:CEL | MI:CCL | RP:CEL | RP:RCL | RP:QRC | RP:TRC | RP:DRC | HL:ICC | HL:IFC",
            Netease, "451 MI:SFQ 126 mx1,fMmowAA3 too many mails in 15 minutes"),
        new(Blocklisted, "163", "HL:REP | HL:MEP | HL:IHU | HL:IPB | DT:RBL | IP in blacklist", Netease, "421 HL:REP 163 mx4,wKjR5bBnoM2yNtEZVAkBg"),

        // Mail.ru, Yandex.
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
        new(Blocklisted, "comcast",
            "*/postmaster.comcast.net/smtp-error-codes.php#BL* | comcast block for spam",
            Us, "554 comcast 192.0.2.7 Comcast block for spam. Please see http://postmaster.comcast.net/smtp-error-codes.php#BL000000"),
        new(RateLimited, "throttled",
            "*/postmaster.comcast.net/smtp-error-codes.php#RL*",
            Us, "421 4.1.0 192.0.2.7 not accepted now. Please see http://postmaster.comcast.net/smtp-error-codes.php#RL000003"),
        new(Blocklisted, "attrbl",
            "ATTRBL | att.net/blocks | blocked for abuse",
            Us, "553 5.3.0 flpd573 DNSBL:ATTRBL 521< 192.0.2.7 >_is_blocked. For information see http://att.net/blocks"),
        new(InvalidRecipient, "unknown-user", "not our customer | not our user", Us, "550 5.1.1 Not our Customer"),
        new(PolicyRestriction, "provider-policy", "sender rejected AUP | AUP#*", Us, "552 5.2.0 sender rejected AUP#CXSNDR"),

        // Amazon SES, SendGrid, Zoho.
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
