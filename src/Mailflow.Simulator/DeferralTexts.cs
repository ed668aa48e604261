using Mailflow.Analysis.Failures;

namespace Mailflow.Simulator;

/// <summary>The status texts of deferred messages; remote means external recipients, not our own mailboxes.</summary>
sealed record DeferralText(Cause Cause, RowShape Shape, bool Remote, Template Text);

/// <summary>The deferrals; all equally frequent.</summary>
static class DeferralTexts
{
    public static readonly DeferralText[] All =
    [
        Remote(Cause.Greylisted, "451 4.7.1 Greylisting in action, please come back in 00:05:00"),
        Remote(Cause.Greylisted, "450 4.2.0 <{rcpt}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/{domain}.html"),
        Remote(Cause.Greylisted, "451 4.7.1 <{rcpt}>: Greylisted; try again later"),
        Remote(Cause.NetworkFailure, "421 4.4.2 Connection dropped due to SocketError"),
        Remote(
            Cause.NetworkFailure,
            "451 4.4.0 Primary target IP address responded with: \"421 4.4.2 Connection dropped due to SocketError.\" Attempted failover to "
            + "alternate host, but that did not succeed. Either there are no alternate hosts, or delivery failed to all alternate hosts."),
        Remote(Cause.NetworkFailure, "421 4.4.1 Connection timed out"),
        Remote(Cause.DnsFailure, "451 4.4.0 DNS query failed. The error was: DNS query failed with error ErrorRetry", RowShapes.DeferDns),
        Remote(Cause.DnsFailure, "450 4.4.312 DNS query failed [Message=ServerFailure] [LastAttemptedServerName={domain}]", RowShapes.DeferDns),
        Remote(Cause.MailboxFull, "452 4.2.2 <{rcpt}>: Mailbox full"),
        Remote(
            Cause.MailboxFull,
            "452-4.2.2 The email account that you tried to reach is over quota. Please direct 452-4.2.2 the recipient to 452 4.2.2 "
            + "https://support.google.com/mail/?p=OverQuotaTemp {id} - gsmtp"),
        Remote(
            Cause.Blocklisted,
            "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating 421-4.7.28 from your IP address. To protect our users "
            + "from spam, mail sent 421-4.7.28 from your IP address has been temporarily rate limited. {id} 421 4.7.28 - gsmtp"),
        Remote(Cause.RateLimited, "451 4.7.500 Server busy. Please try again later from [{our-ip}]. (S77714) [{host}]"),
        Remote(Cause.RateLimited, "452 4.5.3 Too many recipients, slow down"),
        Remote(Cause.TlsFailure, "454 4.7.0 Failed to establish appropriate TLS channel: UntrustedRoot: Access Denied"),
        Remote(Cause.TlsFailure, "450 4.7.321 starttls-not-supported: Destination mail server must support TLS to receive mail."),
        Remote(Cause.SystemError, "452 4.3.1 Insufficient system resources"),
        Remote(Cause.SystemError, "421 4.3.2 Service not available, closing transmission channel"),
        new(Cause.MailboxFull, RowShapes.DeferStore, Remote: false, new("452 4.2.2 STOREDRV.Deliver; mailbox full, \"quota exceeded\"")),
        new(
            Cause.SystemError, RowShapes.DeferStore, Remote: false,
            new("432 4.3.2 STOREDRV.Deliver; mailbox server is offline; the message's delivery will be retried")),
    ];

    static readonly short[] RemoteOnly = Indexes(remote: true), LocalOnly = Indexes(remote: false);

    /// <summary>The deferrals of a normal day: greylisting.</summary>
    static readonly short[] Normal = [.. RemoteOnly.Where(index => All[index].Cause == Cause.Greylisted)];

    public static short Draw(Chance chance, bool remote) => chance.Pick<short>(remote ? RemoteOnly : LocalOnly);

    public static short DrawNormal(Chance chance) => chance.Pick<short>(Normal);

    static short[] Indexes(bool remote) => [.. Enumerable.Range(0, All.Length).Where(index => All[index].Remote == remote).Select(index => (short)index)];

    static DeferralText Remote(Cause cause, string text, RowShape? shape = null) => new(cause, shape ?? RowShapes.DeferSmtp, Remote: true, new(text));
}
