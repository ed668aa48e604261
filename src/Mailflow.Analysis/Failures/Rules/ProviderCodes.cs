using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>
/// Codes that providers write into their replies: <c>[TSS04]</c>, <c>IB112</c>, <c>RCP-P1</c>, <c>HL:REP</c>, <c>AUP#I-1310</c>, <c>OFR_416</c>.
/// Each has one meaning in the provider's list, whatever words surround it. They come before all rules on words.
/// </summary>
static class ProviderCodes
{
    const string Yahoo = "senders.yahooinc.com/smtp-error-codes; Comcast and AT&T since June 2025";
    const string Outlook = "Outlook.com postmaster, sendersupport.olc.protection.outlook.com/pm/troubleshooting";
    const string Apple = "iCloud postmaster, support.apple.com/en-us/102322; smtp.codes/icloud";
    const string GoDaddy = "godaddy.com/help/fix-rejected-email-with-a-bounce-error-40685";
    const string Facebook = "facebook.com/postmaster/response_codes";
    const string Spectrum = "spectrumbusiness.net/support, understanding email error codes";
    const string Cox = "cox.com/residential/support/email-error-codes";
    const string Comcast = "postmaster.comcast.net/smtp-error-codes";
    const string Orange = "postmaster.orange.fr and laposte.net, codes OFR, LPN, OUK";
    const string Netease = "163.com and 126.com, list of return codes (help.163.com, corp.163.com)";
    const string Daum = "Daum/Kakao mail, list of return codes";
    const string MailChannels = "docs.mailchannels.com/inbound/smtp-errors";
    const string Spamhaus = "docs.spamhaus.com, error codes 127.255.255.252 to 127.255.255.255";
    const string TOnline = "postmaster.t-online.de";

    // The codes of Orange and La Poste are a letter group, sometimes digits, and three digits: OFR_416, LPN007_102.
    const string Ofr = "[OFR*|LPN*|OUK*] .. ";

    public static Rule[] Rules { get; } =
    [
        // A blocklist refused the receiver's own query: nobody is listed.
        new(SystemError, "list-query-refused",
            "open resolver | open/public resolver | public resolver | public/open resolver | excessive queries | excessive number of queries | "
            + "*spamhaus.org/returnc* | 127.255.255.* | "
            + "[DNSBL|RBL|Spamhaus|URIBL|SURBL|blocklist|blacklist] + [query refused|queries refused|query blocked|query limit|query volume]",
            Spamhaus, "554 5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org; Error: open resolver"),

        // Yahoo, AOL, and those that use its servers.
        new(Greylisted, null, "GL01 | GL02", Yahoo, "421 4.7.0 [GL01] Message from (192.0.2.7) temporarily deferred - 4.16.50."),
        new(Blocklisted, "yahoo",
            "[TSS*|TS0*|TS1*] + [#553|#554|#550|permanently deferred|will not succeed] | permanently deferred",
            Yahoo, "553 5.7.2 [TSS09] All messages from 192.0.2.7 will be permanently deferred; Retrying will NOT succeed."),
        new(RateLimited, "reputation",
            "TSS0* | TSS1* | TS01 | TS02 | TS03 | TS04",
            Yahoo, "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1"),
        new(Blocklisted, "spamhaus",
            "BL21 | BL23 | SHXBL",
            Yahoo, "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.7, because the ip is in a list"),
        new(PolicyRestriction, "provider-policy", "PH01", Yahoo, "554 Message not allowed - [PH01] Email not accepted."),
        new(Blocklisted, "aol",
            "CON:B1 | RLY:B1 | RLY:B2 | RLY:B3 | RTR:BL | RTR:DU | DYN:T1",
            Yahoo, "554- (RTR:BL) https://postmaster.aol.com/error-codes"),
        new(SpamContent, null, "HVU:B1 | HVU:B2", Yahoo, "554 TRANSACTION FAILED (HVU:B1) http://postmaster.info.aol.com/errors/554hvub1.html"),

        // Outlook.com.
        new(RateLimited, "reputation",
            "RP-001 | RP-002 | RP-003 | S774 | S775 | S776",
            Outlook, "421 RP-002 Messages from 192.0.2.7 are limited for now. Please try again."),
        new(Blocklisted, "dynamic-address", "DY-001 | DY-002", Outlook, "550 DY-001 Mail from 192.0.2.7 was refused: dynamic addresses may not send."),
        new(Blocklisted, "microsoft",
            "SC-00* | OU-00* | S3140 | S3150",
            Outlook, "550 SC-001 Messages from 192.0.2.7 weren't sent. Please contact your Internet service provider."),

        // Apple.
        new(SenderAuthFailure, null, "HME1", Apple, "554 5.7.1 [HME1] Message blocked, see HT204137."),
        new(PolicyRestriction, "provider-policy",
            "CS0* | BS0* | HM08 | HM09",
            Apple, "554 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137"),
        new(SpamContent, null, "HM07 | HC01", Apple, "550 5.7.1 [HM07] Message rejected. Please visit https://support.apple.com/en-us/HT204137"),

        // t-online: the last word in brackets.
        new(Blocklisted, "t-online",
            "NOWL | none/bad reputation",
            TOnline, "554 IP=192.0.2.7 - None/bad reputation. Ask your postmaster for help or to contact tobr@rx.t-online.de for reset. (NOWL)"),

        // GoDaddy: IB and three digits; the first one is the kind.
        new(SystemError, "unavailable", "IB101", GoDaddy, "421 Server is unavailable for now. IB101"),
        new(Blocklisted, "cloudmark", "IB103", GoDaddy, "554 Connection from 192.0.2.7 refused, see Cloudmark. IB103"),
        new(Blocklisted, "spamhaus", "IB104 | IB105", GoDaddy, "554 Connection from 192.0.2.7 refused, see SBL. IB104"),
        new(Blocklisted, "pbl.spamhaus.org", "IB106", GoDaddy, "554 Connection from 192.0.2.7 refused, see PBL. IB106"),
        new(SenderRejected, "reverse-dns", "IB108", GoDaddy, "421 Rejected for now, no reverse DNS for 192.0.2.7. IB108"),
        new(RateLimited, "reputation",
            "IB110 | IB111 | IB112 | IB113",
            GoDaddy, "554 192.0.2.7 is blocked for an hour: too many recipients that do not exist. IB112"),
        new(Blocklisted, "reputation", "IB1*", GoDaddy, "554 192.0.2.7 may not connect. IB109"),
        new(SpamContent, null, "IB2*", GoDaddy, "552 Content like this was reported as spam. IB212"),
        new(RelayDenied, "authentication", "IB4*", GoDaddy, "535 Authentication not allowed here. IB401"),
        new(SenderAuthFailure, "spf", "IB508", GoDaddy, "550 192.0.2.7 may not send from contoso.example, by its SPF record. IB508"),
        new(SenderRejected, "sender-domain", "IB506", GoDaddy, "550 contoso.example is not a domain to send from. IB506"),
        new(SenderRejected, "from-header", "IB501 | IB502", GoDaddy, "550 A message without a From address is not allowed. IB501"),
        new(RateLimited, "sending-limit", "IB504 | IB510", GoDaddy, "550 192.0.2.7 has sent more than allowed in this hour. IB504"),
        new(RateLimited, "recipient-limit", "IB6*", GoDaddy, "452 More recipients than allowed. Use fewer. IB605"),
        new(MalwareContent, "virus", "IB7*", GoDaddy, "552 Message refused. IB705"),
        new(RateLimited, "connection-limit", "IB00*", GoDaddy, "421 Connection refused, 192.0.2.7 has too many. IB007"),

        // Facebook: what, permanent or temporary, number.
        new(InvalidRecipient, "unknown-user", "RCP-P1 | INT-P1 | INT-P3 | INT-P4", Facebook, "550 5.1.1 RCP-P1 Address is not valid"),
        new(PolicyRestriction, "rejected-by-recipient", "RCP-P2 | RCP-P3", Facebook, "550 5.1.1 RCP-P2 Preferences of the recipient"),
        new(MailboxDisabled, null, "RCP-T4", Facebook, "450 4.2.1 RCP-T4 Switched off by its owner"),
        new(SystemError, "internal",
            "RCP-T1 | INT-T1* | INT-T2 | INT-T3 | INT-T4 | INT-T5 | INT-T6 | INT-T7 | INT-T8 | INT-T9",
            Facebook, "451 4.3.0 INT-T3 Try later"),
        new(MailboxFull, null, "INT-P7", Facebook, "552 5.2.2 INT-P7 Refused"),
        new(MessageTooLarge, null, "MSG-P1 | INT-P2", Facebook, "552 5.3.4 MSG-P1 Refused"),
        new(MalwareContent, "attachment", "MSG-P2", Facebook, "554 5.7.1 MSG-P2 Refused"),
        new(ProtocolError, "header", "MSG-P3", Facebook, "554 5.6.0 MSG-P3 Refused"),
        new(RateLimited, "recipient-limit", "MSG-T1 | CON-T4", Facebook, "452 4.5.3 MSG-T1 Use fewer"),
        new(RateLimited, "connection-limit", "CON-T1 | CON-T2 | CON-T3", Facebook, "421 4.4.5 CON-T2 Close some"),
        new(SenderRejected, "sender-domain", "DNS-P1 | DNS-P2 | DNS-T1", Facebook, "550 5.1.8 DNS-P2 Refused"),
        new(SenderRejected, "reverse-dns", "DNS-P3 | DNS-T2", Facebook, "554 5.7.1 DNS-P3 Refused"),
        new(Blocklisted, "pbl.spamhaus.org", "POL-P1", Facebook, "554 5.7.1 POL-P1 Refused"),
        new(Blocklisted, "reputation",
            "POL-P2 | POL-P3 | POL-P4 | POL-T1 | POL-T2 | POL-T3",
            Facebook, "451 4.7.1 POL-T2 Refused for some hours"),
        new(MalwareContent, "virus", "POL-P5", Facebook, "554 5.7.1 POL-P5 Refused"),
        new(SpamContent, "url-list", "POL-P6", Facebook, "554 5.7.1 POL-P6 Refused"),
        new(SenderAuthFailure, null, "POL-P7", Facebook, "554 5.7.1 POL-P7 Refused"),
        new(SpamContent, null, "POL-P8", Facebook, "554 5.7.1 POL-P8 Refused"),

        // Charter (Spectrum): AUP#I-1310; Cox: AUP#CXBL.
        new(Blocklisted, "provider", "AUP .. 1000 | CXBL | CDRBL", Spectrum, "554 5.7.1 AUP#I-1000 192.0.2.7 refused"),
        new(Blocklisted, "account",
            "AUP .. [1010|1020|1030|1040|1050|1060|1070|1080] | CXTHRT | CXMJ",
            Spectrum, "554 5.7.1 AUP#O-1010 Refused"),
        new(SenderRejected, "reverse-dns", "AUP .. [1100|1110|1120|1130|1140|1150] | CXDNS", Spectrum, "554 5.7.1 AUP#I-1110 192.0.2.7"),
        new(PolicyRestriction, "recipient-domain", "AUP .. [1160|1170|1180|1190]", Spectrum, "554 5.7.1 AUP#I-1160 Refused"),
        new(Blocklisted, "cloudmark", "AUP .. [1200|1210]", Spectrum, "554 5.7.1 AUP#I-1200 Refused"),
        new(Blocklisted, "spamhaus", "AUP .. [1220|1230|1240|1250]", Spectrum, "554 5.7.1 AUP#I-1220 Refused"),
        new(PolicyRestriction, "provider-policy", "AUP .. 1260", Spectrum, "554 5.7.1 AUP#I-1260 IPv6"),
        new(RateLimited, "connection-limit", "AUP .. [1300|1310|1320|1330|1340] | CXCNCT", Spectrum, "421 4.7.0 AUP#I-1310 Later"),
        new(RateLimited, "recipient-limit", "AUP .. [1550|1580] | CXMXRT", Spectrum, "452 4.5.3 AUP#I-1550 Later"),
        new(RateLimited, "penalty", "AUP .. 1560", Spectrum, "554 5.7.1 AUP#I-1560 Refused"),
        new(RateLimited, "throttled",
            "AUP .. [1350|1360|1370|1380|1390|1400|1410|1420|1430|1440|1450|1460|1470|1480|1490|1540]",
            Spectrum, "421 4.7.0 AUP#I-1370 Later"),
        new(RelayDenied, "send-as", "AUP .. [1500|1520]", Spectrum, "550 5.7.1 AUP#O-1500 Refused"),
        new(MessageTooLarge, null, "AUP .. 1530", Spectrum, "552 5.3.4 AUP#I-1530 Refused"),
        new(SystemError, "internal", "AUP .. 1090", Spectrum, "451 4.3.0 AUP#I-1090 Later"),
        new(SenderAuthFailure, null, "CXSNDR", Cox, "552 5.2.0 sender rejected AUP#CXSNDR"),
        new(Blocklisted, null, "AUP .. IPBL*", Cox, "554 5.7.1 AUP#IPBL0001 192.0.2.7"),
        new(SpamContent, "url-list", "AUP .. URLBL*", Cox, "554 5.7.1 AUP#URLBL101 Refused"),
        new(PolicyRestriction, "provider-policy", "sender rejected AUP | AUP#CX*", Cox, "552 5.2.0 AUP#CXSMTP Refused"),

        // Comcast, before its move to Yahoo's servers.
        new(Blocklisted, "comcast",
            "*/postmaster.comcast.net/smtp-error-codes.php#BL* | comcast block for spam",
            Comcast, "554 comcast 192.0.2.7 Comcast block for spam. Please see http://postmaster.comcast.net/smtp-error-codes.php#BL000000"),
        new(RateLimited, "throttled",
            "*/postmaster.comcast.net/smtp-error-codes.php#RL*",
            Comcast, "421 4.1.0 192.0.2.7 not accepted now. Please see http://postmaster.comcast.net/smtp-error-codes.php#RL000003"),

        // Orange, La Poste.
        new(Blocklisted, "provider", Ofr + "[100|102|103|510|999]", Orange, "550 mwinf5c04 ME Adresse IP source bloquee. OFR006_102 [102]"),
        new(RateLimited, "connection-limit", Ofr + "[104|105|109]", Orange, "421 mwinf5c35 ME Trop de connexions. OFR004_104 [104]"),
        new(RelayDenied, "authentication", Ofr + "[305|402]", Orange, "535 5.7.0 Authentification requise. OFR_305"),
        new(SenderAuthFailure, "spf", Ofr + "401", Orange, "550 5.5.0 Refuse. LPN004_401"),
        new(SenderRejected, "sender-address", Ofr + "[403|405|415]", Orange, "550 5.0.1 Emetteur invalide. LPN105_405"),
        new(InvalidRecipient, "unknown-user", Ofr + "[416|418]", Orange, "550 5.1.1 Adresse d au moins un destinataire invalide. OFR_416 [416]"),
        new(MailboxFull, null, Ofr + "417", Orange, "552 5.1.1 Boite du destinataire pleine. OFR_417 [417]"),
        new(MailboxDisabled, null, Ofr + "[420|426]", Orange, "550 5.5.0 Le compte du destinataire est bloque. OFR_426"),
        new(RelayDenied, "send-as", Ofr + "421", Orange, "550 5.5.3 Emetteur refuse. LPN105_421"),
        new(SystemError, "unavailable", Ofr + "505", Orange, "421 4.2.0 Service refuse. OFR005_505 [505]"),
        new(SpamContent, null, Ofr + "[506|513|515]", Orange, "550 5.2.0 Mail rejete. OFR_506 [506]"),
        new(MessageTooLarge, null, Ofr + "514", Orange, "552 5.2.3 Limite du message atteinte. OFR_514"),
        new(PolicyRestriction, "provider-policy", Ofr + "630", Orange, "554 5.7.1 Client host rejected: #216 lpn LPN000_630"),

        // NetEase: the stage (connection, HELO, MAIL, RCPT, DATA) and three letters.
        new(SpamContent, null, "DT:SPM | DT:SPB", Netease, "554 DT:SPM 163 mx7,RcCowEDpQ3Dr"),
        new(SenderAuthFailure, "spf", "MI:SPF", Netease, "550 MI:SPF 163 mx8,NsCowAB3"),
        new(SenderAuthFailure, "dmarc", "MI:DMA", Netease, "550 MI:DMA 163 mx8,NsCowAB3"),
        new(SenderRejected, "helo", "HL:HLO", Netease, "550 HL:HLO 163 mx8,NsCowAB3"),
        new(SenderRejected, "from-header", "DT:SUM | mail from must equal authorized user", Netease, "554 DT:SUM envelope from and header from are not equal"),
        new(SenderRejected, "sender-address", "MI:SPB | MI:IMF | WM:BLU", Netease, "554 MI:SPB 163 mx8,NsCowAB3"),
        new(RateLimited, "throttled",
            "MI:SFQ | MI:STC | MI:DMC | MI:CEL | MI:CCL | RP:CEL | RP:RCL | RP:QRC | RP:TRC | RP:DRC | RP:CCL | RP:FRL | HL:ICC | HL:IFC",
            Netease, "451 MI:SFQ 126 mx1,fMmowAA3 too many mails in 15 minutes"),
        new(Blocklisted, "163", "HL:REP | HL:MEP | HL:IHU | HL:IPB | HL:ITC | DT:RBL | WM:BLI", Netease, "421 HL:REP 163 mx4,wKjR5bBnoM2yNtEZVAkBg"),

        // Daum.
        new(InvalidRecipient, "unknown-user", "RUSR", Daum, "550 5.1.1 RUSR 192.0.2.7: No such user: <ann@hanmail.net>"),
        new(MailboxDisabled, null, "RACT", Daum, "550 5.2.1 RACT 192.0.2.7: Mailbox is closed: <ann@hanmail.net>"),
        new(SystemError, "unavailable", "CHIC", Daum, "421 4.4.1 CHIC 192.0.2.7: Network is busy."),
        new(Blocklisted, "provider", "CCRT", Daum, "421 4.4.5 CCRT 192.0.2.7: Connection refused. Server is busy(RT)"),

        // MailChannels.
        new(Blocklisted, "mailchannels", "S10 .. blocked", MailChannels, "550 [S10] Blocked"),
        new(RateLimited, "penalty",
            "high number of invalid recipients",
            MailChannels, "550 5.7.1 [BR] Our system sees a high number of invalid recipients of your account."),
        new(PolicyRestriction, "rejected-by-recipient",
            "recipient has unsubscribed",
            MailChannels, "550 5.7.1 [UNS] Recipient has unsubscribed from your list."),
        new(Greylisted, null, "S09 .. try again later", MailChannels, "450 [S09] Try Again Later"),
    ];
}
