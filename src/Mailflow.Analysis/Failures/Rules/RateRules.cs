using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Limits on connections, recipients and volume. "Connection refused, too many sessions" is a limit, so they come before the network.</summary>
static class RateRules
{
    public static Rule[] Rules { get; } =
    [
        new(RateLimited, "throttled",
            "too many requests",
            "RFC 5321 section 7.8", "550 5.7.1 Too many requests"),
        new(RateLimited, "recipient-limit",
            "[number of|count of] .. [RCPTs|recipients] .. [over|exceeds|exceeded|too high|too large|too big|limit]",
            "RFC 5321 section 4.5.3.1.8", "556 The number of RCPTs is over size"),
        new(RateLimited, "recipient-limit",
            "too many recipients | too many recipient | too many rcpt* | recipients limit | recipient limit | number of recipients | "
            + "[max|maximum] .. recipients | recipients per | recipients in one",
            "RFC 5321 section 4.5.3.1.8", "452 4.5.3 Too many recipients"),
        new(RateLimited, "penalty",
            "too many errors from your | too many unknown | too many invalid recipients | too many bad | too many AUTH commands | "
            + "too many authentication",
            "Postfix smtpd_client_auth_rate_limit, Exim, Sendmail BadRcptThrottle: the errors are ours",
            "450 4.7.1 Error: too many AUTH commands from 192.0.2.5"),
        new(RateLimited, "connection-limit",
            "too many connections | too many connection | too many concurrent | too many simultaneous | too many .. sessions | "
            + "too much connections | connection limit | maximum connections | refuses new connections | connection rate | "
            + "connections exceeded | number of connections | concurrent connections | simultaneous connections | connections from your | "
            + "too many open connections | max connections | connection frequency | per-domain connection | session limit | "
            + "number of concurrent sessions | too many parallel",
            "RFC 5321 section 7.8", "421 4.7.0 Too many connections from your address"),
        new(RateLimited, "sending-limit",
            "[exceeded|exceeds|exceed|reached|over|exceeding|hit] .. [sending limit|sending limits|daily limits|hourly limits|sending allowance|"
            + "daily allowance|mail limit for today|"
            + "limit on the number|limit of messages|limit of emails|maximum number of messages|maximum number of emails|"
            + "number of allowed] + !header + !Received | "
            + "limit on the number .. [outgoing|messages|emails|mails] | [sending|message|mail|delivery|submission|email] .. rate .. [too high|"
            + "exceeded|exceeds|excessive|limited|limit]",
            "RFC 5321 section 7.8", "550 You have exceeded your daily sending limits"),
        new(RateLimited, "throttled",
            "rate limit* | ratelimit* | rate exceeded | rate exceeds | rate overlimit | overlimit | rate control | hourly rate | daily rate | "
            + "throttl* | too many mails | too many emails | too many recent messages | too much mail | sending too fast | too fast | "
            + "sending limit | messages per | mails per | emails per | daily limit | hourly limit | max emails | max defers | "
            + "defers and failures | exceeded allowed rate | slow down | try again slower | again slower | too frequent* | policyd | "
            + "message rate | daily quota | exceeded the allowable number + !captcha | too many attempts | "
            + "too many message attempts | message count limit | number of messages exceeded",
            "RFC 5321 section 7.8", "450 4.7.1 Error: too much mail from 192.0.2.5"),
    ];
}
