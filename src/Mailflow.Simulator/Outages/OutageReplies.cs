using System.Globalization;

namespace Mailflow.Simulator.Outages;

/// <summary>What a reply is about.</summary>
enum ReplyKind
{
    UnknownUser,
    Full,
    LocalFull,
    Spam,
    Greylisted,
    Listed,
    Unauthenticated,
    HandshakeFailed,
    StartTlsRequired,
    Loop,
    Busy,
    Throttled,
    TooLarge,
    RelayDenied,
    LoginFailed,
    NoSuchDomain,
    Resolver,
    Timeout,
    Refused,
    Reset,
    BackPressure,
    DatabaseOffline,
    Leak,
    RejectRule,
    Strange,
}

/// <summary>A reply as a row says it.</summary>
/// <param name="Fails">Otherwise the message is deferred.</param>
/// <param name="Source">The component that writes the row.</param>
sealed record ReplyWord(ReplyKind Kind, MailProduct? Product, bool Fails, Source Source, string Text);

/// <summary>The words of replies by kind and product, as these products and Exchange write them.</summary>
static class OutageReplies
{
    const string Failover =
        " Attempted failover to alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts."
        + " The last endpoint attempted was {ip}:25";

    static readonly ReplyWord[] All =
    [
        Fails(ReplyKind.UnknownUser, "550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown in local recipient table", MailProduct.Postfix),
        Fails(ReplyKind.UnknownUser, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {rcpt} not found by SMTP address lookup", MailProduct.Exchange),
        Fails(
            ReplyKind.UnknownUser,
            "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address "
            + "for typos or 550-5.1.1 unnecessary spaces. For more information, go to 550 5.1.1  https://support.google.com/mail/?p=NoSuchUser {id} - gsmtp",
            MailProduct.Google),
        Fails(ReplyKind.UnknownUser, "550 5.4.1 Recipient address rejected: Access denied. [{id}.prod.outlook.com]", MailProduct.Cloud),
        Fails(ReplyKind.UnknownUser, "550 5.1.1 <{rcpt}>... User unknown", MailProduct.Proofpoint),
        Fails(ReplyKind.UnknownUser, "550 No such person at this address", MailProduct.Exim),

        Fails(ReplyKind.Full, "552 5.2.2 <{rcpt}>: Recipient address rejected: Quota exceeded (mailbox for user is full)", MailProduct.Postfix),
        Fails(
            ReplyKind.Full,
            "552-5.2.2 The recipient's inbox is out of storage space. Please direct the 552-5.2.2 recipient to 552 5.2.2  "
            + "https://support.google.com/mail/?p=OverQuotaPerm {id} - gsmtp",
            MailProduct.Google),
        Fails(
            ReplyKind.Full,
            "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; Failed to process message due to a "
            + "permanent exception"),
        Fails(
            ReplyKind.LocalFull,
            "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; Failed to process message due to a "
            + "permanent exception with message Cannot open mailbox",
            source: Source.StoreDriver),

        Fails(ReplyKind.Spam, "554 5.7.1 Service unavailable; message looks like spam, score 9.7 of 7", MailProduct.Postfix),
        Fails(
            ReplyKind.Spam,
            "550-5.7.1 [{our-ip}] Our system has detected that this message is 550-5.7.1 likely unsolicited mail. To reduce the amount of spam sent to Gmail, "
            + "550-5.7.1 this message has been blocked. For more information, go to 550 5.7.1  "
            + "https://support.google.com/mail/?p=UnsolicitedMessageError {id} - gsmtp",
            MailProduct.Google),
        Fails(ReplyKind.Spam, "550 5.7.1 Message content rejected due to spam filter policy"),

        Defers(ReplyKind.Greylisted, "450 4.2.0 <{rcpt}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/{domain}.html",
            MailProduct.Postfix),
        Defers(ReplyKind.Greylisted, "451 4.7.1 Greylisting in action, please come back later"),

        Fails(
            ReplyKind.Listed,
            "554 5.7.1 Service unavailable; Client host [{our-ip}] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/{our-ip}",
            MailProduct.Postfix),
        Fails(ReplyKind.Listed, "550 5.7.1 Service unavailable, Client host [{our-ip}] blocked using Spamhaus. See "
            + "https://check.spamhaus.org/query/ip/{our-ip}", MailProduct.Cloud),
        Fails(ReplyKind.Listed, "550 5.7.1 {our-ip} listed at zen.spamhaus.org, see https://check.spamhaus.org/listed/?searchterm={our-ip}",
            MailProduct.Proofpoint),
        Fails(ReplyKind.Listed, "550 {our-ip} is listed in zen.spamhaus.org (127.0.0.4): https://www.spamhaus.org/query/ip/{our-ip}", MailProduct.Exim),
        Fails(ReplyKind.Listed, "550 5.7.1 Message rejected because your IP address [{our-ip}] is on the block list zen.spamhaus.org"),

        Fails(
            ReplyKind.Unauthenticated,
            "550-5.7.26 Your email has been blocked because the sender is unauthenticated. 550-5.7.26 Gmail requires all senders to authenticate with "
            + "either SPF or DKIM. 550-5.7.26  Authentication results: 550-5.7.26  DKIM = did not pass 550-5.7.26  SPF [{own}] with ip: [{our-ip}] = "
            + "did not pass 550 5.7.26 {id} - gsmtp",
            MailProduct.Google),
        Fails(
            ReplyKind.Unauthenticated,
            "550 5.7.23 The message was rejected because of Sender Policy Framework violation -> 550 5.7.23 <{rcpt}>: SPF validation failed for {our-ip}",
            MailProduct.Cloud),
        Fails(ReplyKind.Unauthenticated, "550 5.7.23 <{rcpt}>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. "
            + "Please see http://www.openspf.net/Why?s=mfrom;id={own};ip={our-ip};r=<UNKNOWN>", MailProduct.Postfix),
        Fails(ReplyKind.Unauthenticated, "550 5.7.1 Email rejected per DMARC policy for {own}"),

        Defers(ReplyKind.HandshakeFailed, "454 4.7.0 TLS not available: peer certificate has expired", MailProduct.Exim),
        Defers(ReplyKind.HandshakeFailed, "451 4.7.5 Certificate of {own} is not valid: certificate has expired", MailProduct.Proofpoint),
        Defers(ReplyKind.HandshakeFailed, "454 4.7.5 TLS certificate verification failed: certificate has expired", MailProduct.Postfix),
        Defers(ReplyKind.HandshakeFailed, "454 4.7.0 Failed to establish appropriate TLS channel: CertificateExpired: Access Denied"),

        Fails(ReplyKind.StartTlsRequired, "530 5.7.0 Must issue a STARTTLS command first", MailProduct.Postfix),
        Defers(ReplyKind.StartTlsRequired, "451 5.7.3 STARTTLS is required to send mail [{id}.prod.outlook.com]", MailProduct.Cloud),
        Fails(ReplyKind.StartTlsRequired, "550 5.7.10 {domain}: encryption needed to deliver to this domain"),

        Fails(ReplyKind.Loop, "554 5.4.14 Hop count exceeded - possible mail loop ATTR34 [{id}.prod.outlook.com]", MailProduct.Cloud),
        Fails(ReplyKind.Loop, "554 5.4.0 Error: too many hops", MailProduct.Postfix),
        Fails(ReplyKind.Loop, "554 5.4.14 Hop count exceeded - possible mail loop"),

        Defers(ReplyKind.Busy, "451 4.3.2 Please try again later {id} - gsmtp", MailProduct.Google),
        Defers(ReplyKind.Busy, "451 4.3.2 Temporary server error. Please try again later ATTR2 [{id}.prod.outlook.com]", MailProduct.Cloud),
        Defers(ReplyKind.Busy, "451 4.3.2 System not accepting network messages"),

        Defers(
            ReplyKind.Throttled,
            "421-4.7.28 Gmail has detected an unusual rate of mail originating from your IP 421-4.7.28 address. To protect our users, mail sent from "
            + "your IP address has been 421-4.7.28 temporarily rate limited. For more information, go to 421 4.7.28  "
            + "https://support.google.com/mail/?p=UnsolicitedRateLimitError {id} - gsmtp",
            MailProduct.Google),
        Defers(ReplyKind.Throttled, "451 4.7.500 Server busy. Please try again later from [{our-ip}]. (S77714) [{id}.prod.outlook.com]", MailProduct.Cloud),
        Defers(ReplyKind.Throttled, "450 4.7.1 Error: too much mail from {our-ip}"),

        Fails(ReplyKind.TooLarge, "552 5.3.4 Message size exceeds fixed limit"),
        Fails(ReplyKind.RelayDenied, "554 5.7.1 <{rcpt}>: Relay access denied", MailProduct.Postfix),
        Fails(ReplyKind.RelayDenied, "550 5.7.1 Unable to relay for {rcpt}"),
        Defers(ReplyKind.LoginFailed, "454 4.7.0 Temporary authentication failure: authentication rejected by {host}", MailProduct.Exchange),
        Defers(ReplyKind.LoginFailed, "535 5.7.8 Error: authentication failed: authentication failure", MailProduct.Postfix),
        Defers(ReplyKind.LoginFailed, "535 5.7.3 Authentication unsuccessful"),

        Fails(ReplyKind.NoSuchDomain, "550 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain", source: Source.Dns),
        Defers(ReplyKind.Resolver, "451 4.4.0 DNS query failed. The error was: DNS query failed with error ErrorTimeout", source: Source.Dns),
        Defers(
            ReplyKind.Timeout,
            "441 4.4.1 Error encountered while communicating with primary target IP address: \"Failed to connect. Winsock error code: 10060, Win32 "
            + "error code: 10060.\"" + Failover),
        Defers(
            ReplyKind.Refused,
            "441 4.4.1 Error encountered while communicating with primary target IP address: \"Failed to connect. Winsock error code: 10061, Win32 "
            + "error code: 10061.\"" + Failover),
        Defers(ReplyKind.Reset, "451 4.4.0 Primary target IP address responded with: \"421 4.4.2 Connection dropped due to ConnectionReset.\"" + Failover),
        Defers(ReplyKind.BackPressure, "452 4.3.1 Insufficient system resources (UsedDiskSpace[C:\\Program Files\\Microsoft\\Exchange "
            + "Server\\V15\\TransportRoles\\data\\Queue])"),
        Defers(
            ReplyKind.DatabaseOffline,
            "432 4.3.2 STOREDRV; mailbox database is offline; STOREDRV.Deliver.Exception:MailboxOfflineException.MapiExceptionMdbOffline; Failed to "
            + "process message due to a transient exception with message Cannot open mailbox /o=Contoso/ou=Exchange Administrative Group/cn=Servers/"
            + "cn={server}/cn=Microsoft System Attendant.",
            source: Source.StoreDriver),
        Fails(
            ReplyKind.Leak, "554 5.3.0 CAT.Exception: an internal error occurred while processing the message; the message could not be written to disk",
            source: Source.Routing),
        Fails(ReplyKind.RejectRule, "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy", source: Source.Agent),
        Fails(ReplyKind.Strange, "554 Transaction declined, condition QX-81 at gate 4"),
    ];

    static readonly Dictionary<(ReplyKind Kind, MailProduct? Product), ReplyWord> Known = All.ToDictionary(word => (word.Kind, word.Product));

    /// <summary>The reply of this product, or what the others say.</summary>
    public static ReplyWord Of(ReplyKind kind, MailProduct? product) => Known.GetValueOrDefault((kind, product)) ?? Known[(kind, null)];

    public static string Fill(ReplyWord word, in OutageTry attempt)
    {
        var text = word.Text;
        if (!text.Contains('{', StringComparison.Ordinal))
            return text;
        return text.Replace("{rcpt}", attempt.Recipient.Text, StringComparison.Ordinal)
            .Replace("{domain}", attempt.Domain?.Name ?? OutageWorld.Own, StringComparison.Ordinal)
            .Replace("{host}", attempt.Domain?.Hop.Name ?? "", StringComparison.Ordinal)
            .Replace("{ip}", attempt.Domain?.Hop.Address ?? "", StringComparison.Ordinal)
            .Replace("{our-ip}", OutageWorld.EgressAddress, StringComparison.Ordinal)
            .Replace("{own}", OutageWorld.Own, StringComparison.Ordinal)
            .Replace("{server}", OutageWorld.ServerName(attempt.Peer), StringComparison.Ordinal)
            .Replace("{id}", Chance.Mix(attempt.Mail.High + (ulong)attempt.At).ToString("x", CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    static ReplyWord Fails(ReplyKind kind, string text, MailProduct? product = null, Source source = Source.Smtp) =>
        new(kind, product, Fails: true, source, text);

    static ReplyWord Defers(ReplyKind kind, string text, MailProduct? product = null, Source source = Source.Smtp) =>
        new(kind, product, Fails: false, source, text);
}
