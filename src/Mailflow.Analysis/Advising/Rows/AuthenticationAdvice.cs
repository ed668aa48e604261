using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for SPF, DKIM and DMARC. The domain is the one that the reply names, else the sender's.</summary>
static class AuthenticationAdvice
{
    static readonly Command Spf = Windows(
        "Resolve-DnsName -Name '{sender_domain}' -Type TXT | Where-Object { $_.Strings -like 'v=spf1*' } | Select-Object -ExpandProperty Strings",
        "The SPF record: exactly one, with every address that sends, and at most ten look-ups");

    static readonly Command Dmarc = Windows("Resolve-DnsName -Name '_dmarc.{sender_domain}' -Type TXT", "The DMARC policy of the domain");

    static readonly Command CheckSender = Windows("mailflow check '{sender_domain}'", "Checks SPF with its look-ups, DMARC and the MX of the domain");

    static readonly Command Selectors = Windows("Resolve-DnsName -Name '<selector>._domainkey.{sender_domain}' -Type TXT",
        "The public key: the selector is s= in the DKIM-Signature header");

    static readonly Command Routes = Local(
        "Get-SendConnector | Format-Table Name,AddressSpaces,SmartHosts,SourceTransportServers",
        "The servers and smart hosts that send: each outgoing address must be in SPF");

    static readonly Command Dkim = Online(
        "Get-DkimSigningConfig '{sender_domain}' | Format-List Domain,Enabled,Status,Selector1CNAME,Selector2CNAME",
        "Does Exchange Online sign for this domain?");

    static readonly Command EnableDkim = Online(
        "Set-DkimSigningConfig '{sender_domain}' -Enabled $true",
        "Only if DKIM failed and Exchange Online sends, after both selector CNAME records are in DNS. No configuration yet: New-DkimSigningConfig",
        "the tenant: it signs the mail of this domain", "Set-DkimSigningConfig '{sender_domain}' -Enabled $false");

    const string Verify = "Then send to a mailbox of a large provider and read its Authentication-Results header: spf=pass, dkim=pass, dmarc=pass.";

    static readonly Command SpfVerify = Spf with { Says = "The record is as it should be. " + Verify };

    static readonly Command DkimVerify = Selectors with { Says = "The key is there. " + Verify };

    static readonly Command DmarcVerify = CheckSender with { Says = "No finding for SPF and DMARC. " + Verify };

    public static readonly Advice[] Rows =
    [
        new(SenderAuthFailure, null,
            "See which of SPF, DKIM and DMARC failed, and for which domain. SPF must list every address that sends; a gateway or Exchange Online must "
            + "sign with DKIM, because Exchange Server does not; one of them must align with the From domain.",
            [Spf, Dmarc, CheckSender, Routes, Dkim],
            [EnableDkim],
            [DmarcVerify]),
        new(SenderAuthFailure, "spf",
            "Add our outgoing address, or the service's include, to the one existing SPF record of the envelope sender's domain. Forwarded mail fails "
            + "too: then only DKIM helps.",
            [Spf, CheckSender, Routes],
            [],
            [SpfVerify]),
        new(SenderAuthFailure, "dkim",
            "Exchange Server does not sign: check the gateway or Exchange Online that does, its key in DNS, and whether something changes the message "
            + "after signing (disclaimers, footers).",
            [Selectors, Dkim, Routes, Spf],
            [EnableDkim],
            [DkimVerify]),
        .. Each(SenderAuthFailure, ["dmarc", "alignment"],
            "Both may pass for another domain than that of the From line: let the service sign with our domain, or use an envelope sender of our domain.",
            [Dmarc, Spf, CheckSender, Routes, Dkim],
            [EnableDkim],
            [DmarcVerify]),
        .. Each(SenderAuthFailure, ["requirements", "unauthenticated"],
            "Correct the one that the reply reports as failed: SPF and DKIM must pass, and one must align with the From domain (DMARC). If the reply does "
            + "not say which, check all three.",
            [Spf, Dmarc, CheckSender, Routes, Dkim],
            [EnableDkim],
            [DmarcVerify]),
        new(SenderAuthFailure, "ipv6",
            "Add our IPv6 address to SPF and give it a PTR record, or sign with DKIM.",
            [Spf, CheckSender, Routes, Dkim],
            [EnableDkim],
            [SpfVerify]),
        new(SenderAuthFailure, "arc",
            "The forwarding system must seal properly, or change nothing in the message. If our tenant receives it, its sealer can be trusted there.",
            [Spf, CheckSender, Online("Get-ArcConfig | Format-List", "Which ARC sealers our tenant trusts, if we are the receiver")],
            [],
            [DmarcVerify]),
        .. Each(SenderAuthFailure, ["spoofing", "sender-id"],
            "If the sending service is legitimate, add it to SPF and let it sign. If not, somebody forges the domain: DMARC stops that, but set p=reject "
            + "only when its reports (rua) show that all legitimate senders pass.",
            [Spf, Dmarc, CheckSender, OfSender, Dkim],
            [],
            [DmarcVerify]),
    ];
}
