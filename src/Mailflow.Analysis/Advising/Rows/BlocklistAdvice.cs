using Mailflow.Analysis.Failures;
using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>
/// Advice for blocklists and reputation. The row of the cause is for a public list, whose zone or name is the sub-reason; where a list is asked for
/// removal is in docs/blocklists.md. Sending from another address while one is listed makes it worse, so no row says that.
/// </summary>
static class BlocklistAdvice
{
    static readonly Command CheckOurs = Windows("mailflow check --ours", "Queries the active lists for all our outgoing addresses, through our own resolvers");

    static readonly Command CheckSenderDomain = Windows("mailflow check '{sender_domain}'", "SPF, DMARC and MX of the sender's domain");

    static readonly Command OurPtr = Windows("Resolve-DnsName -Name '{our_address}' -Type PTR", "A name with digits of the address looks dynamic");

    static readonly Command Account = Windows(
        "Get-ADUser '<account>' -Properties LastLogonDate,PasswordLastSet,LockedOut | Format-List Name,Enabled,LastLogonDate,PasswordLastSet,LockedOut",
        "The account of a sender that sends too much");

    static readonly Command Disable = Windows(
        "Disable-ADAccount '<account>'", "Only if the account is compromised: then change its password, and remove its inbox rules and devices",
        "the account: it cannot log on", "Enable-ADAccount '<account>'");

    static readonly Command Restricted = Online("Get-BlockedSenderAddress | Format-List SenderAddress,Reason,CreatedDatetime",
        "The users that Microsoft blocks from sending");

    static readonly Command RestrictedConnectors = Online("Get-BlockedConnector | Format-List",
        "Connectors that Microsoft blocks because of what our servers sent");

    static readonly Command Unblock = Online(
        "Remove-BlockedSenderAddress -SenderAddress '{sender}'",
        "After the account is secured: password changed, sessions ended, rules checked. It works after up to an hour, and only a few times per user",
        "the tenant: this user may send again", "not possible; the next bad messages block the user again");

    static readonly Command[] FindReason = [TopSenders, TopClients, Queues, CheckOurs, TopSendersOnline];

    static readonly Command[] Verify = [CheckOurs, Arrived, TraceArrived];

    public static readonly Advice[] Rows =
    [
        new(Blocklisted, null,
            "Find the reason first: a compromised account, an open relay, a newsletter, or malware behind the same address; stop it. Then look up what "
            + "the reply names, our address or our domain, at the list, and ask for removal (docs/blocklists.md); if the reply names no list, it is the "
            + "receiver's own: ask its postmaster.",
            FindReason, [Disable, RetryQueue], Verify),
        new(Blocklisted, "spamhaus",
            "Find the reason first: check.spamhaus.org says for our address or domain whether it is SBL or CSS (spam, bulk mail), XBL (malware, a compromised "
            + "account), DBL (the domain) or PBL (should send through the provider's smart host). Stop it, then ask for removal there.",
            FindReason, [Disable, RetryQueue], Verify),
        new(Blocklisted, "reputation",
            "This is not a list with a removal form. Stop what damages the reputation (bulk mail, compromised accounts, mail to dead addresses), check SPF, "
            + "DKIM and DMARC, and watch the provider's postmaster page (Gmail: postmaster.google.com).",
            [TopSenders, TopClients, CheckOurs, CheckSenderDomain, TopSendersOnline],
            [Disable],
            Verify),
        new(Blocklisted, "dynamic-address",
            "Such an address should not send mail directly; nobody has reported spam. Send through the provider's smart host, or let the provider give us a "
            + "static address with a PTR record of ours, then ask the list (Spamhaus PBL: check.spamhaus.org) for removal.",
            [CheckOurs, OurPtr, Connectors],
            [],
            Verify),
        new(Blocklisted, "domain",
            "It is a domain, not our address: the sender's, the one in HELO or PTR, or one in a link (a signature). Look it up at the list that the reply "
            + "names (Spamhaus DBL: check.spamhaus.org), and remove the reason first: a compromised website or account, or a newsletter.",
            [CheckSenderDomain, OfSender, TopSenders, TopSendersOnline],
            [],
            Delivered),
        new(Blocklisted, "customer",
            "No public list is concerned. Ask the postmaster of the receiving organisation by another way, with the text of the reply.",
            [TopSenders, CheckOurs, FailedMessages, Trace],
            [],
            Delivered),
        .. Each(Blocklisted,
            [
                "163", "aol", "barracuda", "cisco", "cloudmark", "comcast", "coremail", "gmx", "mailchannels", "messagelabs", "mimecast", "proofpoint",
                "provider", "qq", "senderbase", "trend-micro", "yahoo",
            ],
            "It is the provider's own list, not a public one. Find and stop the reason first (bulk mail, a compromised account, mail to dead addresses), then "
            + "ask the provider at the page or address that the reply names, with our outgoing address and the full text.",
            FindReason, [Disable], Verify),
        new(Blocklisted, "microsoft",
            "Find and stop the reason first. Then ask for removal: 5.7.606 to 5.7.649 at sender.office.com, 5.7.511 at the address in the reply, Outlook.com "
            + "(S3140, S3150) with the form that the reply names; SNDS (sendersupport.olc.protection.outlook.com/snds) shows what Outlook.com sees.",
            [TopSenders, TopClients, CheckOurs, Restricted, RestrictedConnectors, TopSendersOnline],
            [Disable],
            Verify),
        new(Blocklisted, "restricted-user",
            "The account is probably compromised: change its password, end its sessions, and check its rules and devices. Then release it in Defender "
            + "(Restricted entities), or with the command below.",
            [Restricted, TraceOfSender, TopSendersOnline, OfSender, Account],
            [Disable, Unblock],
            [Restricted, TraceArrived]),
        new(Blocklisted, "restricted-tenant",
            "Find and stop the source of the outbound spam: a compromised account, or a server or connector of ours that relays. Only Microsoft "
            + "support can lift the restriction of a tenant; a restricted connector is released in Defender (Restricted entities).",
            [TopSendersOnline, Restricted, RestrictedConnectors, TopSenders, TopClients],
            [Disable],
            [Restricted, TraceArrived]),
        new(Blocklisted, "account",
            "The provider suspended the account through which we send, because of abuse. Find what sent the abuse and secure it, then ask an "
            + "administrator of the account to have it reinstated; the recipient's server is not concerned.",
            [TopSenders, TopClients, Connectors, TopSendersOnline],
            [Disable],
            Delivered),
        new(SystemError, "list-query-refused",
            "We are not listed, and there is nothing to remove: the server rejects mail from everybody. Tell its postmaster by another way that their "
            + "resolver is refused by the list; if the server is ours, correct its resolver.",
            [
                CheckOurs,
                Local("Get-IPBlockListProvider | Format-Table Name,LookupDomain,Enabled,AnyMatch,BitmaskMatch,IPAddressesMatch",
                    "Only if our own server rejected: AnyMatch True reads the list's error answers as listings"),
                Trace,
            ],
            [],
            Delivered),
        new(Blocklisted, SubReasons.DeadList,
            "Tell the recipient's postmaster by another way to remove the list from the configuration.",
            [
                CheckOurs,
                Local("Get-IPBlockListProvider | Format-Table Name,LookupDomain,Enabled", "Only if our own server rejected: remove closed lists"),
                Trace,
            ],
            [],
            Delivered),
        new(Blocklisted, "t-online",
            "Write to tosa@rx.t-online.de with our outgoing address. The host name needs a PTR record, and a website with contact details (imprint) under "
            + "its domain.",
            [CheckOurs, OurPtr with { Says = "The host name that T-Online sees" }],
            [],
            Verify),
    ];
}
