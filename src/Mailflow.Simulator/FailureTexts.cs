using Mailflow.Analysis.Failures;

namespace Mailflow.Simulator;

/// <summary>The status text of a failed recipient, its cause and its component; remote means external recipients, not our own.</summary>
sealed record FailureText(Cause Cause, Source Source, bool Remote, Template Text)
{
    public Template Message { get; init; } = new("");
}

/// <summary>
/// The failures in the shares of the event 2004 guide: 35 % invalid recipient, 20 % DNS, 15 % relay or not authorised, 12 % mailbox
/// full, 10 % network, 8 % size. Texts of one cause are equally frequent.
/// </summary>
static class FailureTexts
{
    static readonly (Cause Cause, double Percent)[] Shares =
    [
        (Cause.InvalidRecipient, 35),
        (Cause.DnsFailure, 20),
        (Cause.RelayDenied, 5),
        (Cause.Blocklisted, 4),
        (Cause.SenderAuthFailure, 2.5),
        (Cause.PolicyRestriction, 2),
        (Cause.SpamContent, 1.5),
        (Cause.MailboxFull, 12),
        (Cause.NetworkFailure, 6),
        (Cause.TlsFailure, 1.5),
        (Cause.MessageExpired, 1.5),
        (Cause.MailLoop, 1),
        (Cause.MessageTooLarge, 8),
    ];

    public static readonly FailureText[] All =
    [
        Remote(Cause.InvalidRecipient, "550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown in virtual mailbox table"),
        Remote(
            Cause.InvalidRecipient,
            "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address "
            + "for typos or 550-5.1.1 unnecessary spaces. Learn more at 550 5.1.1 https://support.google.com/mail/?p=NoSuchUser {id} - gsmtp"),
        Remote(Cause.InvalidRecipient, "550 5.1.1 <{rcpt}>... User unknown"),
        Remote(Cause.InvalidRecipient, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {rcpt} not found by SMTP address lookup"),
        Remote(Cause.InvalidRecipient, "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [{host}]"),
        Remote(Cause.InvalidRecipient, "550 No such user here"),
        Remote(Cause.InvalidRecipient, "550 5.1.1 Sorry, we can't find a mailbox called \"{rcpt}\" here"),
        Remote(Cause.InvalidRecipient, "553 5.3.0 <{rcpt}>... No such user"),
        Local(Cause.InvalidRecipient, Source.Routing, "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found"),
        Local(Cause.InvalidRecipient, Source.Routing, "550 5.1.11 RESOLVER.ADR.ExRecipNotFound; not found"),

        Remote(Cause.DnsFailure, "550 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain", Source.Dns),
        Remote(Cause.DnsFailure, "451 4.4.0 DNS query failed. The error was: DNS query failed with error InfoNoRecords", Source.Dns),
        Remote(Cause.DnsFailure, "451 4.4.0 DNS query failed. The error was: SMTPSEND.DNS.NonExistentDomain; nonexistent domain", Source.Dns),
        Remote(
            Cause.DnsFailure,
            "550 5.4.310 DNS domain {domain} does not exist [Message=InfoDomainNonexistent] [LastAttemptedServerName={domain}]",
            Source.Dns),
        Remote(Cause.DnsFailure, "450 4.4.312 DNS query failed [Message=ServerFailure] [LastAttemptedServerName={domain}]", Source.Dns),
        Remote(
            Cause.DnsFailure,
            "550 5.4.300 Message expired -> 451 4.4.0 DNS query failed. The error was: SMTPSEND.DNS.NonExistentDomain; nonexistent domain",
            Source.Queue),
        Remote(Cause.DnsFailure, "550 5.1.2 <{rcpt}>: Recipient address rejected: Domain not found"),
        Remote(Cause.DnsFailure, "556 5.1.10 <{rcpt}>: Recipient address rejected: Domain {domain} does not accept mail (nullMX)"),

        Remote(Cause.RelayDenied, "550 5.7.1 Unable to relay"),
        Remote(Cause.RelayDenied, "554 5.7.1 <{rcpt}>: Relay access denied"),
        Remote(Cause.RelayDenied, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"),
        Remote(Cause.RelayDenied, "550 5.7.64 TenantAttribution; Relay Access Denied [{host}]"),
        Remote(Cause.RelayDenied, "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
        Remote(Cause.RelayDenied, "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM"),
        Remote(Cause.RelayDenied, "550 relay not permitted"),

        Remote(
            Cause.Blocklisted,
            "554 5.7.1 Service unavailable; Client host [{our-ip}] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/{our-ip}"),
        Remote(Cause.Blocklisted, "550 5.7.1 Service unavailable, Client host [{our-ip}] blocked using bl.spamcop.net"),
        Remote(
            Cause.Blocklisted,
            "550 5.7.606 Access denied, banned sending IP [{our-ip}]. To request removal from this list please visit https://sender.office.com/ and "
            + "follow the directions."),
        Remote(
            Cause.Blocklisted,
            "554 Service unavailable; Client host [{our-ip}] blocked using Barracuda Reputation; "
            + "https://www.barracudanetworks.com/reputation/?r=1&ip={our-ip}"),
        Remote(Cause.Blocklisted, "550 5.7.1 Mail from IP {our-ip} was rejected due to listing in Spamhaus SBL"),
        Remote(
            Cause.Blocklisted,
            "550 5.7.1 Unfortunately, messages from [{our-ip}] weren't sent. Please contact your Internet service provider since part of their "
            + "network is on our block list (S3140)."),

        Remote(
            Cause.SenderAuthFailure,
            "550-5.7.26 Unauthenticated email from {own} is not accepted due to domain's 550-5.7.26 DMARC policy. Please contact the administrator "
            + "of {own} domain if 550 5.7.26 this was a legitimate mail. {id} - gsmtp"),
        Remote(
            Cause.SenderAuthFailure,
            "550 5.7.23 <{rcpt}>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. Please see "
            + "http://www.open-spf.org/Why?id={own};ip={our-ip}"),
        Remote(Cause.SenderAuthFailure, "550 5.7.509 Access denied, sending domain {own} does not pass DMARC verification and has a DMARC policy of reject."),
        Remote(Cause.SenderAuthFailure, "550 5.7.1 Email rejected per DMARC policy for {own}"),
        Remote(
            Cause.SenderAuthFailure,
            "550 5.7.515 Access denied, sending domain {own} doesn't meet the required authentication level. SPF= Fail , DKIM= Fail , DMARC= Fail"),
        Remote(Cause.SenderAuthFailure, "550 5.7.20 No passing DKIM signature found"),

        Remote(Cause.SpamContent, "554 5.7.1 Message rejected as spam by Content Filtering."),
        Remote(Cause.SpamContent, "550 High probability of spam"),
        Remote(Cause.SpamContent, "554 5.7.1 This message has been identified as spam, score 14.2"),
        Remote(
            Cause.SpamContent,
            "550-5.7.1 Our system has detected that this message is likely 550-5.7.1 unsolicited mail. To reduce the amount of spam sent to Gmail, "
            + "550 5.7.1 this message has been blocked. {id} - gsmtp"),
        Remote(Cause.SpamContent, "554 rejected due to spam content"),
        Local(Cause.SpamContent, Source.Agent, "550 5.7.1 Message rejected as spam by Content Filtering."),

        Local(Cause.PolicyRestriction, Source.Agent, "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy"),
        Local(
            Cause.PolicyRestriction, Source.Agent,
            "550 5.7.1 TRANSPORT.RULES.RejectMessage; found \"credit card number\", sending it is against the organization's policy"),
        Local(Cause.PolicyRestriction, Source.Routing, "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required"),
        Local(Cause.PolicyRestriction, Source.Routing, "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized"),
        Remote(
            Cause.PolicyRestriction,
            "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; "
            + "Delivery restriction check failed because the sender was not authenticated when sending to this group"),
        Remote(
            Cause.PolicyRestriction,
            "550 5.7.136 RESOLVER.RST.SenderNotAuthenticatedForMailUser; authentication required; "
            + "Delivery restriction check failed because the sender was not authenticated when sending to this mail-enabled user"),

        Remote(
            Cause.MailboxFull,
            "552-5.2.2 The email account that you tried to reach is over quota. Please direct 552-5.2.2 the recipient to 552 5.2.2 "
            + "https://support.google.com/mail/?p=OverQuotaPerm {id} - gsmtp"),
        Remote(Cause.MailboxFull, "554 5.2.2 mailbox full"),
        Remote(Cause.MailboxFull, "552 5.2.2 <{rcpt}>: User's mailbox is full, \"quota exceeded\""),
        Remote(Cause.MailboxFull, "550 5.2.2 <{rcpt}>... Mailbox full"),
        Remote(Cause.MailboxFull, "552 5.2.2 Requested mail action aborted: exceeded storage allocation"),
        Remote(Cause.MailboxFull, "550 <{rcpt}>: quota exceeded (mailbox for user is full)"),
        Local(
            Cause.MailboxFull, Source.StoreDriver,
            "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; "
            + "Failed to process message due to a permanent exception with message Cannot save changes made to an item to store."),
        Local(Cause.MailboxFull, Source.StoreDriver, "554 5.2.2 STOREDRV.Deliver; mailbox full"),

        Remote(Cause.NetworkFailure, "550 5.4.316 Message expired, connection refused(Socket error code 10061)", Source.Queue),
        Remote(
            Cause.NetworkFailure,
            "451 4.4.0 Primary target IP address responded with: \"421 4.4.1 Connection timed out.\" Attempted failover to alternate host, but that "
            + "did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts."),
        Remote(Cause.NetworkFailure, "421 4.4.2 Connection dropped due to ConnectionReset"),
        Remote(
            Cause.NetworkFailure,
            "441 4.4.1 Error encountered while communicating with primary target IP address: \"Failed to connect. Winsock error code: 10060, Win32 "
            + "error code: 10060.\" Attempted failover to alternate host, but that did not succeed. The last endpoint attempted was {ip}:25"),
        Remote(
            Cause.NetworkFailure,
            "450 4.4.316 Connection refused [Message=Socket error code 10061] [LastAttemptedServerName={host}] [LastAttemptedIP={ip}:25]")
        with
        {
            Message = new("Socket error code 10061"),
        },
        Remote(Cause.NetworkFailure, "421 4.4.1 Connection timed out"),

        Remote(Cause.TlsFailure, "454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied"),
        Remote(Cause.TlsFailure, "530 5.7.0 Must issue a STARTTLS command first"),
        Remote(Cause.TlsFailure, "451 5.7.3 STARTTLS is required to send mail"),
        Remote(Cause.TlsFailure, "454 4.7.5 The remote certificate's name does not match {host}, certificate validation failed"),
        Remote(Cause.TlsFailure, "450 4.7.323 tlsa-invalid: The domain failed DANE validation"),
        Remote(
            Cause.TlsFailure,
            "450 4.4.317 Cannot connect to remote server [Message=451 5.7.3 STARTTLS is required to send mail] [LastAttemptedServerName={host}] "
            + "[LastAttemptedIP={ip}:25]"),

        Remote(Cause.MessageExpired, "550 4.4.7 QUEUE.Expired; message expired", Source.Queue),
        Remote(Cause.MessageExpired, "550 4.4.7 QUEUE.Expired;message expired", Source.Queue),
        Remote(Cause.MessageExpired, "550 5.4.7 Delivery expired (message too old)"),
        Remote(Cause.MessageExpired, "554 5.4.7 Delivery time expired, giving up on the message"),
        Remote(Cause.MessageExpired, "550 5.4.300 Message expired", Source.Queue),
        Remote(Cause.MessageExpired, "550 4.4.7 QUEUE.Expired; message expired in unreachable destination queue", Source.Queue),

        Remote(Cause.MailLoop, "554 5.4.6 Hop count exceeded - possible mail loop"),
        Remote(Cause.MailLoop, "554 5.4.14 Hop count exceeded - possible mail loop ATTR34 [{host}]"),
        Remote(Cause.MailLoop, "554 5.4.6 Too many hops, possible mail loop"),
        Remote(Cause.MailLoop, "550 5.4.6 Mail for {domain} loops back to myself"),
        Remote(Cause.MailLoop, "550 5.4.6 ROUTING.LoopDetected; hop count exceeded", Source.Routing),
        Remote(Cause.MailLoop, "550 5.4.4 SMTPSEND.DNS.MxLoopback; DNS records for this domain are configured in a loop", Source.Dns),

        Remote(Cause.MessageTooLarge, "550 5.3.4 ROUTING.SizeLimit; message size exceeds fixed maximum size for route", Source.Routing),
        Remote(Cause.MessageTooLarge, "552 5.3.4 Message size exceeds fixed limit"),
        Remote(
            Cause.MessageTooLarge,
            "552-5.3.4 Your message exceeded Google's message size limits. To view our message 552-5.3.4 size guidelines, go to 552 5.3.4 "
            + "https://support.google.com/mail/?p=MaxSizeError {id} - gsmtp"),
        Remote(Cause.MessageTooLarge, "552 Message size exceeds maximum permitted"),
        Remote(Cause.MessageTooLarge, "550 5.2.3 RESOLVER.RST.SendSizeLimit.Sender; message too large for this sender", Source.Routing),
        Remote(Cause.MessageTooLarge, "552 5.2.3 Message too large, limit is 10 MB"),
        Local(Cause.MessageTooLarge, Source.Routing, "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient"),
    ];

    /// <summary>
    /// The failures of a normal day: mistyped recipients and domains, full mailboxes, messages that are too large for the remote side. None of them
    /// needs action on our side.
    /// </summary>
    static readonly (Cause Cause, double Percent, Predicate<FailureText> Texts)[] NormalShares =
    [
        (Cause.InvalidRecipient, 64, _ => true),
        (Cause.MailboxFull, 22, _ => true),
        (Cause.MessageTooLarge, 8, text => text is { Remote: true, Source: Source.Smtp }),
        (Cause.DnsFailure, 6, text => text is { Source: Source.Dns } && text.Text.Has("does not exist")),
    ];

    /// <summary>The outage of the demo: the blocklist that the story names.</summary>
    public static readonly short Listed = (short)Array.FindIndex(All, text => text.Cause == Cause.Blocklisted && text.Text.Has(DemoStory.Blocklist));

    /// <summary>A loop that our own servers end.</summary>
    public static readonly short LoopDetected = (short)Array.FindIndex(All, text => text is { Cause: Cause.MailLoop, Source: Source.Routing });

    static readonly short[] Normal = Indexes(text => NormalShares.Any(share => share.Cause == text.Cause && share.Texts(text)));
    static readonly Lottery NormalLottery = new([.. Normal.Select(index =>
        NormalShares.Single(share => share.Cause == All[index].Cause).Percent / Normal.Count(other => All[other].Cause == All[index].Cause))]);

    static readonly short[] AnyOf = Indexes(_ => true), RemoteOnly = Indexes(text => text.Remote), LocalOnly = Indexes(text => !text.Remote);
    static readonly Lottery AnyLottery = Weigh(AnyOf), RemoteLottery = Weigh(RemoteOnly), LocalLottery = Weigh(LocalOnly);

    public static short Draw(Chance chance) => AnyOf[AnyLottery.Draw(chance)];

    /// <summary>A failure of a normal day.</summary>
    public static short DrawNormal(Chance chance) => Normal[NormalLottery.Draw(chance)];

    /// <summary>
    /// Draws a failure for a further recipient of a message, on the same side (remote or our own) as the first one. The first draw decides the side
    /// in the right proportion, so draws within a side keep the proportions of the causes.
    /// </summary>
    public static short Draw(Chance chance, bool remote) => remote ? RemoteOnly[RemoteLottery.Draw(chance)] : LocalOnly[LocalLottery.Draw(chance)];

    static short[] Indexes(Predicate<FailureText> wanted) =>
        [.. Enumerable.Range(0, All.Length).Where(index => wanted(All[index])).Select(index => (short)index)];

    static Lottery Weigh(short[] indexes) => new([.. indexes.Select(index =>
        Shares.Single(share => share.Cause == All[index].Cause).Percent / All.Count(text => text.Cause == All[index].Cause))]);

    static FailureText Remote(Cause cause, string text, Source source = Source.Smtp) => new(cause, source, Remote: true, new(text));

    static FailureText Local(Cause cause, Source source, string text) => new(cause, source, Remote: false, new(text));
}
