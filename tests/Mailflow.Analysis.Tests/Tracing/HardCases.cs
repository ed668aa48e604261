using Mailflow.Analysis.Tracing;
using static Mailflow.Analysis.Tests.Tracing.Rows;

namespace Mailflow.Analysis.Tests.Tracing;

/// <summary>Journeys that are hard to tell, each with the fates of its recipients.</summary>
static class HardCases
{
    const string MailboxFull = "[{LED=552 5.2.2 mailbox full};{MSG=};{FQDN=};{IP=};{LRT=}]";

    public static readonly IReadOnlyDictionary<string, (TraceRow[] Rows, string Fates)> All = new Dictionary<string, (TraceRow[], string)>
    {
        ["one mailbox"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann", host: "mail.fabrikam.com"),
                Row(0.2, "EX01", "AGENT AGENTINFO", "ann", context: "TransportRuleAgent"),
                Row(1, "EX01", "SMTP SEND", "ann", "250 2.1.5 Recipient OK", host: "EX02.contoso.local"),
                Row(0.9, "EX02", "STOREDRIVER DELIVER", "ann"),
            ],
            "ann delivered"),
        ["several rows of a large group"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "all"),
                Row(1, "EX01", "ROUTING EXPAND", "ann bob", related: "all"),
                Row(1, "EX01", "ROUTING EXPAND", "carl dora", related: "all"),
                Row(2, "EX01", "STOREDRIVER DELIVER", "ann bob carl"),
                Row(2, "EX01", "STOREDRIVER FAIL", "dora", MailboxFull),
            ],
            "all replaced, ann delivered, bob delivered, carl delivered, dora failed"),
        ["nested groups, one member in both"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "all"),
                Row(1, "EX01", "ROUTING EXPAND", "sales ann", related: "all"),
                Row(1, "EX01", "ROUTING EXPAND", "bob", related: "sales"),
                Row(1, "EX01", "ROUTING DUPLICATEEXPAND", "ann", related: "sales"),
                Row(2, "EX01", "STOREDRIVER DELIVER", "ann bob"),
            ],
            "all replaced, sales replaced, ann delivered, bob delivered"),
        ["group that the directory has in the same form"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "all"),
                Row(1, "EX01", "ROUTING RESOLVE", "ALL", related: "all"),
                Row(1, "EX01", "ROUTING EXPAND", "ann all", related: "all"),
                Row(2, "EX01", "STOREDRIVER DELIVER", "ann"),
            ],
            "all replaced, ann delivered"),
        ["group without members"] = (
            [Row(0, "EX01", "SMTP RECEIVE", "all"), Row(1, "EX01", "ROUTING EXPAND", "", related: "all")],
            "all replaced"),
        ["group that was deferred before it was expanded"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "all"),
                Row(1, "EX01", "ROUTING DEFER", "all", "432 4.3.2 Active Directory"),
                Row(60, "EX01", "ROUTING EXPAND", "ann", related: "all"),
            ],
            "all replaced, ann pending"),
        ["forwarding without a copy"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann"),
                Row(1, "EX01", "ROUTING REDIRECT", "ann", related: "bob@fabrikam.com"),
                Row(2, "EX01", "SMTP SENDEXTERNAL", "bob@fabrikam.com", "250 2.1.5 Recipient OK", host: "mx.fabrikam.com", connector: "Internet"),
            ],
            "ann replaced, bob@fabrikam.com sent"),
        ["forwarding with a copy"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann"),
                Row(1, "EX01", "ROUTING REDIRECT", "ann", related: "ann"),
                Row(1, "EX01", "ROUTING REDIRECT", "ann", related: "bob@fabrikam.com"),
                Row(2, "EX01", "SMTP SENDEXTERNAL", "bob@fabrikam.com", "250 2.1.5 Recipient OK", host: "mx.fabrikam.com", connector: "Internet"),
            ],
            "ann pending, bob@fabrikam.com sent"),
        ["alternate recipient that was a recipient already"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann bob"),
                Row(1, "EX01", "ROUTING DUPLICATEREDIRECT", "ann", related: "bob"),
                Row(2, "EX01", "STOREDRIVER DELIVER", "bob"),
            ],
            "ann replaced, bob delivered"),
        ["address that the directory writes in another way"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "a.smith"),
                Row(1, "EX01", "ROUTING RESOLVE", "ann", related: "a.smith"),
                Row(1, "EX01", "ROUTING RESOLVE", "ANN", related: "ann"),
                Row(2, "EX01", "STOREDRIVER DELIVER", "ann"),
            ],
            "a.smith replaced, ann delivered"),
        ["waiting for a moderator"] = (
            [Row(0, "EX01", "SMTP RECEIVE", "all"), Row(1, "EX01", "APPROVAL INITMESSAGECREATED", "all", reference: "<request@contoso.com>")],
            "all pending"),
        ["approved, released and expanded"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "all"),
                Row(1, "EX01", "APPROVAL INITMESSAGECREATED", "all", reference: "<request@contoso.com>"),
                Row(600, "EX02", "APPROVAL MODERATORAPPROVE", "all", reference: "<1@contoso.com>") with
                {
                    MessageId = "<request@contoso.com>", NetworkMessageId = "", InternalId = 0,
                },
                Row(601, "EX02", "APPROVAL RECEIVE", "all", context: "boss@contoso.com", reference: "<request@contoso.com>") with
                {
                    NetworkMessageId = "77777777-5d2a-4b7f-9a10-08dd31a0b001",
                },
                Row(602, "EX02", "ROUTING EXPAND", "ann bob", related: "all") with { NetworkMessageId = "77777777-5d2a-4b7f-9a10-08dd31a0b001" },
                Row(603, "EX02", "STOREDRIVER DELIVER", "ann bob") with { NetworkMessageId = "77777777-5d2a-4b7f-9a10-08dd31a0b001" },
            ],
            "all replaced, ann delivered, bob delivered"),
        ["rejected by a moderator"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "all"),
                Row(1, "EX01", "APPROVAL INITMESSAGECREATED", "all", reference: "<request@contoso.com>"),
                Row(600, "EX02", "APPROVAL MODERATORREJECT", "all", reference: "<1@contoso.com>") with
                {
                    MessageId = "<request@contoso.com>", NetworkMessageId = "", InternalId = 0,
                },
            ],
            "all failed"),
        ["no moderator decided"] = (
            [
                Row(0, "EX01", "APPROVAL INITMESSAGECREATED", "all"),
                Row(172_800, "EX01", "APPROVAL MODERATIONEXPIRE", "all"),
            ],
            "all failed"),
        ["shadow copies beside the message"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann"),
                Row(0, "EX01", "SMTP HAREDIRECT", "ann", context: "EX02=250 2.6.0 Queued mail for redundancy"),
                Row(0, "EX02", "SMTP HARECEIVE", "ann", host: "EX01"),
                Row(1, "EX01", "STOREDRIVER DELIVER", "ann"),
                Row(90, "EX02", "REDUNDANCY HADISCARD", "ann", context: "Discarded"),
            ],
            "ann delivered"),
        ["fork of some recipients"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann bob@fabrikam.com"),
                Row(1, "EX01", "ROUTING TRANSFER", "bob@fabrikam.com", context: "CatContentConversion") with { InternalId = 2 },
                Row(2, "EX01", "STOREDRIVER DELIVER", "ann"),
                Row(3, "EX01", "SMTP DEFER", "bob@fabrikam.com", "451 4.4.1 Connection timed out", host: "mx.fabrikam.com"),
            ],
            "ann delivered, bob@fabrikam.com deferred"),
        ["to Exchange Online"] = (
            [
                Row(0, "EX01", "STOREDRIVER RECEIVE", "ann@contoso.mail.onmicrosoft.com"),
                Row(
                    1, "EX01", "SMTP SENDEXTERNAL", "ann@contoso.mail.onmicrosoft.com", "250 2.1.5 Recipient OK",
                    host: "contoso-mail-onmicrosoft-com.mail.protection.outlook.com", connector: "Outbound to Office 365",
                    context: "08DE;250 2.6.0 <1@contoso.com> [InternalId=7] Queued mail for delivery;ClientSubmitTime:"),
            ],
            "ann@contoso.mail.onmicrosoft.com sent"),
        ["from Exchange Online through an Edge server"] = (
            [
                Row(0, "EDGE01", "SMTP RECEIVE", "ann", host: "mail-am6eur05on2087.outbound.protection.outlook.com", connector: @"EDGE01\Default"),
                Row(2, "EDGE01", "SMTP SEND", "ann", host: "EX01.contoso.com", connector: "EdgeSync - Inbound to Default-First-Site-Name"),
                Row(2, "EX01", "SMTP RECEIVE", "ann", host: "EDGE01.contoso.com"),
                Row(3, "EX01", "STOREDRIVER DELIVER", "ann"),
            ],
            "ann delivered"),
        ["failed on the Edge server, which the hub calls outside"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "bob@fabrikam.com", host: "EX01"),
                Row(1, "EX01", "SMTP SENDEXTERNAL", "bob@fabrikam.com", "250 2.1.5 OK", host: "edge01.contoso.com", connector: "EdgeSync to Internet"),
                Row(1, "EDGE01", "SMTP RECEIVE", "bob@fabrikam.com", host: "EX01.contoso.com"),
                Row(2, "EDGE01", "SMTP FAIL", "bob@fabrikam.com", "[{LED=550 5.1.1 User unknown};{MSG=};{FQDN=mx.fabrikam.com};{IP=};{LRT=}]"),
            ],
            "bob@fabrikam.com failed"),
        ["taken over after a failover"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann bob@fabrikam.com"),
                Row(1, "EX01", "SMTP DEFER", "ann bob@fabrikam.com", "451 4.4.0 Primary target IP address responded with an error"),
                Row(900, "EX02", "REDUNDANCY RESUBMIT", "ann bob@fabrikam.com", reference: "1"),
                Row(901, "EX02", "STOREDRIVER DELIVER", "ann"),
                Row(902, "EX02", "ROUTING TRANSFER", "bob@fabrikam.com"),
            ],
            "ann delivered, bob@fabrikam.com pending"),
        ["delivered again from Safety Net"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann"),
                Row(1, "EX01", "STOREDRIVER DELIVER", "ann"),
                Row(9000, "EX02", "SAFETYNET RESUBMIT", "ann"),
                Row(9001, "EX02", "STOREDRIVER DUPLICATEDELIVER", "ann"),
                Row(9002, "EX03", "SAFETYNET RESUBMITFAIL", "ann"),
            ],
            "ann delivered"),
        ["submitted from a mailbox on the same server"] = (
            [
                Row(0, "EX01", "STOREDRIVER RECEIVE", "ann"),
                Row(1, "EX01", "SMTP RECEIVE", "ann", host: "EX01"),
                Row(1, "EX01", "STOREDRIVER SUBMIT", "ann", host: "EX01"),
            ],
            "ann pending"),
        ["submission that failed"] = (
            [Row(0, "EX01", "STOREDRIVER SUBMITFAIL", "ann", "[{LED=550 5.2.252 SendAsDenied};{MSG=};{FQDN=};{IP=};{LRT=}]")],
            "ann failed"),
        ["one transaction with one refused recipient"] = (
            [
                Row(0, "EX01", "STOREDRIVER RECEIVE", "a@fabrikam.com b@fabrikam.com"),
                Row(2, "EX01", "SMTP SENDEXTERNAL", "a@fabrikam.com", "250 2.1.5 Recipient OK", host: "mx.fabrikam.com", connector: "Internet"),
                Row(2, "EX01", "SMTP FAIL", "b@fabrikam.com", "550 5.1.1 User unknown", host: "mx.fabrikam.com"),
            ],
            "a@fabrikam.com sent, b@fabrikam.com failed"),
        ["deferred several times, then sent"] = (
            [
                Row(0, "EX01", "STOREDRIVER RECEIVE", "a@fabrikam.com"),
                Row(1, "EX01", "SMTP DEFER", "a@fabrikam.com", "451 4.7.1 Greylisted", host: "mx.fabrikam.com"),
                Row(301, "EX01", "SMTP DEFER", "a@fabrikam.com", "451 4.7.1 Greylisted", host: "mx.fabrikam.com"),
                Row(843, "EX01", "SMTP SENDEXTERNAL", "a@fabrikam.com", "250 2.1.5 Recipient OK", host: "mx.fabrikam.com", connector: "Internet"),
            ],
            "a@fabrikam.com sent"),
        ["dropped by an agent"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann"),
                Row(
                    1, "EX01", "AGENT DROP", "ann", "[{LED=550 4.3.2 QUEUE.TransportAgent; message deleted by transport agent};{MSG=};{FQDN=};{IP=};{LRT=}]",
                    context: "Transport Rule Agent", custom: "S:TRA=ETR|ruleId=8a5f2c10-9d4e-4f6b-8a52-6c3d2f1e0b9a|action=DeleteMessage"),
            ],
            "ann dropped"),
        ["handed to a server whose logs are not read"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann", host: "mail.fabrikam.com"),
                Row(1, "EX01", "SMTP SEND", "ann", host: "EX02.contoso.local"),
                Row(1, "EX02", "SMTP RECEIVE", "ann", host: "EX01.contoso.local"),
                Row(2, "EX02", "SMTP SEND", "ann", host: "EX05.contoso.local"),
            ],
            "ann pending"),
        ["journey that begins in the middle"] = (
            [
                Row(0, "EX02", "SMTP SEND", "ann", host: "EX03.contoso.local"),
                Row(1, "EX03", "STOREDRIVER DELIVER", "ann"),
            ],
            "ann delivered"),
        ["only rows of agents"] = ([Row(0, "EX01", "AGENT AGENTINFO", "ann")], "ann pending"),
        ["only shadow copies"] = ([Row(0, "EX02", "SMTP HARECEIVE", "ann"), Row(1, "EX02", "REDUNDANCY HADISCARD", "ann")], ""),
        ["a host outside with the name of one of ours"] = (
            [
                Row(0, "MAIL", "SMTP RECEIVE", "bob@fabrikam.com"),
                Row(1, "MAIL", "SMTP SENDEXTERNAL", "bob@fabrikam.com", "250 2.1.5 Recipient OK", host: "mail.fabrikam.com", connector: "Internet"),
            ],
            "bob@fabrikam.com sent"),
        ["there and back between two servers"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann", host: "mail.fabrikam.com"),
                Row(1, "EX01", "SMTP SEND", "ann", host: "EX02"),
                Row(1, "EX02", "SMTP RECEIVE", "ann", host: "EX01"),
                Row(2, "EX02", "SMTP SEND", "ann", host: "EX01"),
                Row(2, "EX01", "SMTP RECEIVE", "ann", host: "EX02"),
            ],
            "ann pending"),
        ["deferred on the second server"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "bob@fabrikam.com", host: "EX01"),
                Row(1, "EX01", "SMTP DEFER", "bob@fabrikam.com", "451 4.4.0 DNS query failed"),
                Row(30, "EX01", "SMTP SEND", "bob@fabrikam.com", host: "EX02"),
                Row(30, "EX02", "SMTP RECEIVE", "bob@fabrikam.com", host: "EX01"),
                Row(
                    31, "EX02", "SMTP DEFER", "bob@fabrikam.com", "451 4.4.1 Connection timed out", host: "mx.fabrikam.com",
                    info: "2026-11-20T12:15:31.000Z"),
            ],
            "bob@fabrikam.com deferred"),
        ["a report"] = (
            [
                Row(0, "EX01", "DSN DSN", "sender", context: "Failure", reference: "<0@contoso.com>"),
                Row(1, "EX01", "STOREDRIVER DELIVER", "sender"),
            ],
            "sender delivered"),
        ["many recipients with a state each"] = (
            [
                Row(0, "EX01", "SMTP RECEIVE", "ann bob"),
                Row(1, "EX01", "STOREDRIVER FAIL", "ann bob") with
                {
                    Recipients = [new("ann@contoso.com", "552 5.2.2 mailbox full"), new("bob@contoso.com", "550 5.1.1 User unknown")],
                },
            ],
            "ann failed, bob failed"),
    };
}
