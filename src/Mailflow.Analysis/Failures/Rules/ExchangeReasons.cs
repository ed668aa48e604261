using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>The reasons that Exchange's own components write into a status: <c>RESOLVER.ADR.RecipNotFound; not found</c>.</summary>
static class ExchangeReasons
{
    const string Ndr = "Exchange Server NDR reasons";

    public static Rule[] Rules { get; } =
    [
        new(InvalidRecipient, "unknown-user", "RESOLVER.ADR.RecipNotFound|RESOLVER.ADR.ExRecipNotFound|RESOLVER.ADR.RecipientNotFound|RecipNotFound|ExRecipNotFound", Ndr,
            "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found"),
        new(InvalidRecipient, "ambiguous", "RESOLVER.ADR.Ambiguous|RESOLVER.ADR.RecipAmbiguous", Ndr, "550 5.1.4 RESOLVER.ADR.Ambiguous; ambiguous address"),
        new(InvalidRecipient, "bad-syntax", "RESOLVER.ADR.InvalidInSmtp|RESOLVER.ADR.Invalid|RESOLVER.ADR.BadPrimary", Ndr,
            "550 5.1.0 RESOLVER.ADR.InvalidInSmtp; invalid smtp address"),
        new(InvalidRecipient, "bad-syntax", "STOREDRV.Submit + invalid recipient address", Ndr, "550 5.1.3 STOREDRV.Submit; invalid recipient address"),
        new(MessageTooLarge, "recipient-limit", "RESOLVER.RST.RecipSizeLimit*", Ndr, "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient"),
        new(MessageTooLarge, "sender-limit", "RESOLVER.RST.SendSizeLimit.Sender", Ndr, "550 5.2.3 RESOLVER.RST.SendSizeLimit.Sender; message too large for this sender"),
        new(MessageTooLarge, "organisation-limit", "RESOLVER.RST.SendSizeLimit*", Ndr, "550 5.2.3 RESOLVER.RST.SendSizeLimit.Org; message too large for this organization"),
        new(RateLimited, "recipient-limit", "RESOLVER.ADR.RecipLimit|RESOLVER.ADR.RecipientLimit*", Ndr, "550 5.5.3 RESOLVER.ADR.RecipLimit; too many recipients"),
        new(PolicyRestriction, "authentication-required", "RESOLVER.RST.AuthRequired", Ndr, "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required"),
        new(PolicyRestriction, "delivery-restriction", "RESOLVER.RST.*", Ndr, "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized"),
        new(MailLoop, "forwarding", "RESOLVER.FWD.Loop|RESOLVER.LOOP", Ndr, "550 5.4.6 RESOLVER.FWD.Loop; there is a forwarding loop configured in the directory"),
        new(PolicyRestriction, "transport-rule", "TRANSPORT.RULES.*", Ndr, "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy"),
        new(PolicyRestriction, "moderation", "APPROVAL.ApprovalRejected|APPROVAL.*", Ndr, "550 5.7.1 APPROVAL.ApprovalRejected; The message was rejected by the moderator"),
        new(DnsFailure, "nxdomain", "SMTPSEND.DNS.NonExistentDomain", Ndr, "550 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain"),
        new(DnsFailure, "loopback-mx", "SMTPSEND.DNS.MxLoopback", Ndr, "550 5.4.6 SMTPSEND.DNS.MxLoopback; DNS records for this domain are configured in a loop"),
        new(DnsFailure, "query-failed", "SMTPSEND.DNS.*", Ndr, "451 4.4.0 SMTPSEND.DNS.InvalidData; DNS returned an invalid response for the host name", Fault.Ours),
        new(MessageExpired, null, "QUEUE.Expired", Ndr, "550 4.4.7 QUEUE.Expired; message expired"),
        new(MailboxFull, "quota", "QuotaExceededException*|MapiExceptionShutoffQuotaExceeded*", Ndr,
            "554 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; Failed to process message due to a permanent exception"),
    ];
}
