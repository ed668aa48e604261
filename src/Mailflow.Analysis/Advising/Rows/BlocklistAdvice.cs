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
            "Find the reason first: a compromised account, an open relay, a newsletter, or malware behind the same address; stop it. Then look up our "
            + "address at the list that the reply names and ask for removal: docs/blocklists.md says where. SORBS and NiX Spam are closed lists: ask "
            + "the recipient's postmaster to remove them from the configuration.",
            FindReason, [Disable, RetryQueue], Verify),
        new(Blocklisted, "reputation",
            "The provider has no list to be removed from: our address or domain has a poor or no reputation with it. Stop what damages it (bulk mail, "
            + "compromised accounts, mail to dead addresses), check SPF, DKIM and DMARC, and watch the provider's postmaster page (Gmail: "
            + "postmaster.google.com).",
            [TopSenders, TopClients, CheckOurs, Windows("mailflow check '{sender_domain}'", "SPF, DMARC and MX of the sender's domain"), TopSendersOnline],
            [Disable],
            Verify),
        new(Blocklisted, "dynamic-address",
            "Our outgoing address counts as dynamic or residential: such addresses shall not send mail directly. Let the provider make it static with "
            + "a proper PTR record, then ask the list; or send through the provider's relay.",
            [CheckOurs, Windows("Resolve-DnsName -Name '<our outgoing address>' -Type PTR", "A name with digits of the address looks dynamic"), Connectors],
            [],
            Verify),
        new(Blocklisted, "domain",
            "A domain is listed, not an address: the sender's domain, or one in a link. Look it up at the list; the reason is usually a compromised "
            + "website, a newsletter, or a signature with a link.",
            [Windows("mailflow check '{sender_domain}'", "SPF, DMARC and MX of the sender's domain"), OfSender, TopSenders, TopSendersOnline],
            [],
            Delivered),
        new(Blocklisted, "customer",
            "The receiving organisation itself blocks our address; no public list is concerned. Ask its postmaster by another way, with the text of the reply.",
            [TopSenders, CheckOurs, FailedMessages, Trace],
            [],
            Delivered),
        new(Blocklisted, "microsoft",
            "Microsoft blocks our address. Find and stop the reason, then ask for removal: for Exchange Online (5.7.606 to 5.7.649, 5.7.511) at "
            + "sender.office.com or as the reply says, for Outlook.com (S3140, S3150) with the form in the reply; register the address at SNDS "
            + "(sendersupport.olc.protection.outlook.com/snds).",
            [TopSenders, TopClients, CheckOurs, Restricted, RestrictedConnectors, TopSendersOnline],
            [Disable],
            Verify),
        .. Each(Blocklisted, ["outbound-spam", "tenant", "restricted-sender", "bad-outbound-sender"],
            "Microsoft restricts a user or our tenant because of outbound spam: the account is probably compromised. Secure it, then release it in "
            + "Defender (Restricted entities); a tenant restriction (5.7.705, 5.7.501 and others) only Microsoft support can lift.",
            [Restricted, RestrictedConnectors, TraceOfSender, TopSendersOnline, TopSenders, Account],
            [Unblock, Disable],
            [Restricted, TraceArrived]),
        new(Blocklisted, "account",
            "The provider suspended the account through which we send, because of abuse. Find what sent the abuse and secure it, then ask an "
            + "administrator of the account to have it reinstated; the recipient's server is not concerned.",
            [TopSenders, TopClients, Connectors, TopSendersOnline],
            [Disable],
            Delivered),
        .. Each(Blocklisted, ["query-refused", "open-resolver"],
            "We are not listed: there is nothing to remove. The receiving server asks the blocklist through a resolver that the list refuses, and "
            + "reads the error as a listing; it rejects everybody. Tell its postmaster by another way. If the server is ours, correct its resolver.",
            [
                CheckOurs,
                Local("Get-IPBlockListProvider | Format-Table Name,LookupDomain,Enabled,AnyMatch,BitmaskMatch,IPAddressesMatch",
                    "Only if our own server rejected: AnyMatch True reads the list's error answers as listings"),
            ],
            [],
            Delivered),
        new(Blocklisted, "t-online",
            "T-Online accepts only servers that it knows. Write to the address in the reply (tosa@rx.t-online.de) with our outgoing address; the host "
            + "name needs a PTR record and a website with contact details (imprint) under its domain.",
            [CheckOurs, Windows("Resolve-DnsName -Name '<our outgoing address>' -Type PTR", "The host name that T-Online sees")],
            [],
            Verify),
    ];
}
