using System.Buffers;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising;

/// <summary>Which commands are shown for a diagnosis: those of our servers, of Exchange Online, or both.</summary>
static class Shells
{
    static readonly Shell[] Local = [Shell.OnPremises, Shell.Windows];
    static readonly Shell[] Online = [Shell.ExchangeOnline, Shell.Windows];
    static readonly Shell[] Both = [Shell.OnPremises, Shell.ExchangeOnline, Shell.Windows];

    /// <summary>What is on the way between two servers: in a hybrid organisation, each side has a connector for it.</summary>
    static readonly Cause[] OnTheWay =
    [
        Cause.DnsFailure, Cause.NetworkFailure, Cause.MessageExpired, Cause.MailLoop, Cause.TlsFailure, Cause.RelayDenied,
    ];

    static readonly SearchValues<string> TheirHosts = SearchValues.Create(
        [".prod.outlook.com", ".prod.protection.outlook.com", ".mail.protection.outlook.com"], StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Exchange Online's where it replied; both where our side may be at fault as well: what we sent, or the way between a hybrid organisation's two halves.
    /// </summary>
    public static IReadOnlyList<Shell> Of(Diagnosis diagnosis) =>
        !IsFromExchangeOnline(diagnosis) ? Local
        : diagnosis.Fault is Fault.Ours or Fault.Sender || OnTheWay.Contains(diagnosis.Cause) ? Both
        : Online;

    static bool IsFromExchangeOnline(Diagnosis diagnosis)
    {
        var (text, host) = (diagnosis.Text, diagnosis.RemoteHost ?? "");
        // Outlook.com uses the same servers and codes, but nobody who reads this administers it.
        if (host.EndsWith(".olc.protection.outlook.com", StringComparison.OrdinalIgnoreCase))
            return false;
        return host.EndsWith(".outlook.com", StringComparison.OrdinalIgnoreCase)
            || text.AsSpan().ContainsAny(TheirHosts)
            || IsTheirCode(diagnosis.Enhanced)
            || IsTheirs(diagnosis);
    }

    /// <summary>x.7.5xx, x.7.7xx and x.4.30x and x.4.31x (expiry, DNS, connection and TLS) are Exchange Online's own; x.4.395 is of both.</summary>
    static bool IsTheirCode(string? enhanced) => enhanced is
        [_, '.', '7', '.', '5' or '7', >= '0' and <= '9', >= '0' and <= '9'] or [_, '.', '4', '.', '3', '0' or '1', >= '0' and <= '9'];

    /// <summary>Only Exchange Online has these rules and limits, also where the text does not name a host of it. Exchange Server says 5.7.57 too.</summary>
    static bool IsTheirs(Diagnosis diagnosis) =>
        diagnosis.SubReason is "direct-send" or "hve-external" or "outdated-server" or "tenant-quota" or "onmicrosoft-limit" or "restricted-user"
            or "restricted-tenant" or "tenant-block-list" or "external-forwarding"
        || (diagnosis.Cause == Cause.RelayDenied
            && (diagnosis.SubReason is "connector" or "wrong-region" or "basic-auth" || diagnosis.Enhanced is "5.7.57" or "5.7.139"));
}
