using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for a rejected sender address, HELO name or sending host.</summary>
static class SenderAdvice
{
    static readonly Command Names = Local(
        "Get-SendConnector | Format-List Name,AddressSpaces,Fqdn,SmartHosts,SourceTransportServers",
        "The name that each connector sends in EHLO: the public name, not the inside one");

    static readonly Command Reverse = Windows("Resolve-DnsName -Name '{our_address}' -Type PTR", "The name of our outgoing address");

    static readonly Command Forward = Windows("Resolve-DnsName -Name '<that name>' -Type A", "It must lead back to our outgoing address");

    static readonly Command CheckOurs = Windows("mailflow check --ours", "Checks PTR, EHLO name and blocklists of all our outgoing addresses");

    static readonly Command SenderMx = Windows("Resolve-DnsName -Name '{sender_domain}' -Type MX",
        "The sender's domain must have an MX, or at least an address record");

    static readonly Command SenderSoa = Windows("Resolve-DnsName -Name '{sender_domain}' -Type SOA", "The domain must exist in public DNS");

    static readonly Command SenderObject = Local(
        "Get-Recipient '{sender}' | Format-List Name,RecipientTypeDetails,PrimarySmtpAddress,EmailAddresses",
        "Does the sender exist here, and with which primary address?");

    static readonly Command SenderObjectOnline = Online(
        "Get-Recipient '{sender}' | Format-List Name,RecipientTypeDetails,PrimarySmtpAddress,EmailAddresses", "The same in the tenant");

    static readonly Command SenderFilter = Local(
        "Get-SenderFilterConfig | Format-List Enabled,BlockedSenders,BlockedDomains,BlockedDomainsAndSubdomains,BlankSenderBlockingEnabled",
        "Our sender filter");

    public static readonly Advice[] Rows =
    [
        new(SenderRejected, null,
            "Check three things: the sender's domain resolves and has an MX, our outgoing address has a PTR record, and the connector's FQDN is that name.",
            [SenderMx, Names, CheckOurs, SenderObjectOnline],
            [],
            [CheckOurs, Arrived, TraceArrived]),
        new(SenderRejected, "reverse-dns",
            "The provider of the address sets the PTR record: order one with the FQDN of the send connector.",
            [Reverse, Forward, Names, CheckOurs],
            [],
            [Reverse, CheckOurs]),
        new(SenderRejected, "helo",
            "Use a public host name that resolves, best the one of the PTR record.",
            [Names, Reverse, CheckOurs],
            [
                Local("Set-SendConnector '{connector}' -Fqdn '<public host name>'",
                    "The name of the PTR record. If the connector shows a certificate, it should have this name too",
                    "the connector: the name that it sends in EHLO", "set Fqdn to the value that Get-SendConnector showed"),
            ],
            [Names, CheckOurs]),
        .. Each(SenderRejected, ["sender-domain", "null-mx"],
            "Usually an application or device sends as user@server.local: give it an address of a domain of ours. If the domain is ours, correct its DNS.",
            [SenderMx, SenderSoa, OfSender, AcceptedDomains, AcceptedDomainsOnline],
            [],
            [SenderMx, Arrived, TraceArrived]),
        new(SenderRejected, "callout",
            "Check that the sender exists, and that our MX answers to an empty sender (MAIL FROM:<>).",
            [SenderObject, SenderMx, Receivers(), SenderObjectOnline],
            [],
            Delivered),
        new(SenderRejected, "sender-address",
            "Find the client or application, and give it an existing address of a domain of ours.",
            [OfSender, SenderObject, SenderObjectOnline],
            [],
            Delivered),
        new(SenderRejected, "from-header",
            "Only the application that wrote the message can correct its From line: find it by its address.",
            [OfSender, TraceOfSender],
            [],
            Delivered),
        new(SenderRejected, "not-verified",
            "Verify the sender's domain in the console of the relay service.",
            [OfSender, Names],
            [],
            Delivered),
        new(SenderRejected, "account",
            "Check the account in the provider's console. If it was abused, secure it first.",
            [OfSender, TopSenders, Names, TopSendersOnline],
            [],
            Delivered),
        new(SenderRejected, "sender-filter",
            "If the filter is ours (SenderFilterAgent, \"Sender denied\"), check its list; otherwise only the receiver can change it.",
            [SenderFilter, FailedMessages, Trace],
            [
                Local("Set-SenderFilterConfig -BlockedSenders @{Remove='{sender}'}", "Only if the filter is ours and the entry is wrong",
                    "the sender filter: it no longer blocks this sender", "Set-SenderFilterConfig -BlockedSenders @{Add='{sender}'}"),
            ],
            [SenderFilter, Arrived]),
    ];

    static Command Receivers() => Local(
        "Get-ReceiveConnector | Where-Object { $_.TransportRole -eq 'FrontendTransport' } | Format-Table Identity,Enabled,PermissionGroups",
        "The connectors that answer such a question: AnonymousUsers must be among the permission groups of the one on port 25");
}
