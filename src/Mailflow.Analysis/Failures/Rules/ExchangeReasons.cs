using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Failures.Rules;

/// <summary>Reasons that Exchange components write to a status: <c>RESOLVER.ADR.RecipNotFound; not found</c>.</summary>
static class ExchangeReasons
{
    const string Ndr = "Exchange Server, DSNs and NDRs";
    const string Routing = "Exchange Server routing";
    const string Resolver = "Exchange Server recipient resolution";
    const string Store = "Exchange Server store driver";
    const string Exo = "Exchange Online NDR codes";

    public static Rule[] Rules { get; } =
    [
        // The categorizer's resolver.
        new(InvalidRecipient, "unknown-user",
            "RESOLVER.ADR.RecipNotFound | RESOLVER.ADR.ExRecipNotFound | RESOLVER.ADR.X400RecipNotFound | "
            + "RESOLVER.ADR.RecipientNotFound | RESOLVER.ADR.RecipNotFound*",
            Ndr, "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found"),
        new(InvalidRecipient, "unknown-user",
            "RecipNotFound | ExRecipNotFound | RecipientNotFound",
            Ndr, "550 5.1.10 RecipNotFound; recipient not found by address lookup"),
        new(InvalidRecipient, "ambiguous",
            "RESOLVER.ADR.Ambiguous | RESOLVER.ADR.RecipAmbiguous | RESOLVER.CON.Ambiguous",
            Resolver, "550 5.1.4 RESOLVER.ADR.Ambiguous; ambiguous address"),
        new(InvalidRecipient, "bad-syntax",
            "RESOLVER.ADR.InvalidInSmtp | RESOLVER.ADR.SmtpInSmtp | RESOLVER.ADR.X500InSmtp | RESOLVER.ADR.X400InSmtp | "
            + "RESOLVER.ADR.BadPrimary | RESOLVER.ADR.Invalid | RESOLVER.ADR.InvalidResult",
            Resolver, "550 5.1.0 RESOLVER.ADR.InvalidInSmtp; encapsulated INVALID address inside an SMTP address"),
        new(RateLimited, "recipient-limit",
            "RESOLVER.ADR.RecipLimit | RESOLVER.ADR.RecipientLimit* | PICKUP.RecipLimit | RESOLVER.ADR.RecipOverLimit",
            Resolver, "550 5.5.3 RESOLVER.ADR.RecipLimit; too many recipients"),
        new(InvalidRecipient, "contact", "RESOLVER.CON.*", Resolver, "550 5.2.0 RESOLVER.CON.NoTarget; contact's external address is missing"),
        new(MailLoop, "forwarding",
            "RESOLVER.FWD.Loop | RESOLVER.LOOP* | Resolver.MT.ModerationLoop",
            Resolver, "550 5.4.6 RESOLVER.FWD.Loop; there is a forwarding loop configured in the directory"),
        new(PolicyRestriction, "forwarding",
            "RESOLVER.FWD.Blocked | RESOLVER.GRP.Blocked*",
            Resolver, "550 5.7.300 RESOLVER.FWD.Blocked; the sender prohibited alt recipient redirection on this message"),
        new(InvalidRecipient, "forwarding",
            "RESOLVER.FWD.Invalid | RESOLVER.FWD.NotFound | RESOLVER.FWD.*",
            Resolver, "550 5.2.0 RESOLVER.FWD.NotFound; misconfigured forwarding address"),
        new(SystemError, "public-folder-migration",
            "RESOLVER.PF.InTransit",
            Resolver, "550 5.2.0 RESOLVER.PF.InTransit; public folders unavailable due to ongoing migration", Fault.Ours),
        new(InvalidRecipient, "public-folder",
            "RESOLVER.PF.*",
            Resolver, "550 5.2.0 RESOLVER.PF.NotFound; public folder mailbox recipient not found"),
        new(SystemError, "directory",
            "RESOLVER.GRP.* | RESOLVER.RST.InvalidObjectForRestrictionCheck",
            Resolver, "550 5.2.4 RESOLVER.GRP.DDLQuery; the dynamic distribution list has a misconfigured query", Fault.Ours),
        new(MessageTooLarge, "recipient-limit",
            "RESOLVER.RST.RecipSizeLimit* | RecipSizeLimit",
            Ndr, "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient"),
        new(MessageTooLarge, "sender-limit",
            "RESOLVER.RST.SendSizeLimit.Sender",
            Ndr, "550 5.2.3 RESOLVER.RST.SendSizeLimit.Sender; message too large for this sender"),
        new(MessageTooLarge, "organisation-limit",
            "RESOLVER.RST.SendSizeLimit* | SendSizeLimit",
            Ndr, "550 5.2.3 RESOLVER.RST.SendSizeLimit.Org; message too large for this organization"),
        new(PolicyRestriction, "authentication-required",
            "RESOLVER.RST.AuthRequired",
            Ndr, "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required"),
        new(PolicyRestriction, "sender-not-allowed", "RESOLVER.RST.*", Ndr, "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized"),
        new(PolicyRestriction, "moderation",
            "Resolver.MT.*",
            Resolver, "554 5.6.0 Resolver.MT.CannotStartModeration; recipient needs moderation, but moderation initiation failed due to content"),
        new(PolicyRestriction, "moderation",
            "APPROVAL.ApprovalRejected | APPROVAL.* | ApprovalRejected | message was rejected by the moderator | rejected by moderator",
            Exo, "550 5.7.1 APPROVAL.ApprovalRejected; The message was rejected by the moderator"),
        new(PolicyRestriction, "transport-rule",
            "TRANSPORT.RULES.*",
            Ndr, "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy"),
        new(PolicyRestriction, "transport-rule",
            "rejected by organization policy | transport rule evaluation | transport rule | mail flow rule",
            Exo, "550 5.7.1 TRA: Policy processing failed: transport rule evaluation timed out."),

        // Routing, queues, sending.
        new(MessageTooLarge, "route-limit",
            "ROUTING.SizeLimit | OverAdvertisedSize | DATAOverAdvertisedSize | BDATOverAdvertisedSize | PICKUP.MessageSize | "
            + "REPLAY.MessageSize | PICKUP.HeaderSize | QUEUE.Priority",
            Routing, "550 5.3.4 ROUTING.SizeLimit; message size exceeds fixed maximum size for route", Fault.Ours),
        new(InvalidRecipient, "bad-syntax",
            "PICKUP.InvalidAddress | SMTPSEND.LongRecipientAddress | SMTPSEND.InvalidLongRecipientAddress | ROUTING.InvalidX400Address | "
            + "SMTPSEND.Utf8RecipientAddress",
            Routing, "550 5.1.3 PICKUP.InvalidAddress; invalid address"),
        new(InvalidRecipient, "bad-domain", "ROUTING.InvalidAddress", Routing, "550 5.1.2 ROUTING.InvalidAddress; invalid address domain"),
        new(DnsFailure, "no-route",
            "ROUTING.NoNextHop | ROUTING.NoConnectorForAddressType",
            Routing, "550 5.4.4 ROUTING.NoNextHop; unable to route", Fault.Ours),
        new(DnsFailure, "nxdomain",
            "SMTPSEND.DNS.NonExistentDomain | NonExistentDomain | InfoDomainNonexistent | DomainNonexistent",
            Ndr, "554 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain"),
        new(MailLoop, "loopback-mx",
            "SMTPSEND.DNS.MxLoopback | MxLoopback",
            Routing, "554 5.4.4 SMTPSEND.DNS.MxLoopback; DNS records for this domain are configured in a loop"),
        new(DnsFailure, "invalid-data",
            "SMTPSEND.DNS.InvalidData",
            Routing, "554 5.4.4 SMTPSEND.DNS.InvalidData; DNS returned an invalid response for this domain"),
        new(DnsFailure, "query-failed",
            "SMTPSEND.DNS.*",
            Routing, "451 4.4.0 SMTPSEND.DNS.NoOutboundFrontendServers; no outbound frontend servers to proxy through", Fault.Ours),
        new(NetworkFailure, "dropped",
            "SMTPSEND.SuspiciousRemoteServerError | SuspiciousRemoteServerError | SMTPSEND.SendingError",
            Routing, "451 4.4.0 SMTPSEND.SuspiciousRemoteServerError; remote server disconnected abruptly; retry will be delayed"),
        new(SenderRejected, "sender-address",
            "SMTPSEND.LongSenderAddress | SMTPSEND.InvalidLongSenderAddress | SMTPSEND.Utf8SenderAddress",
            Routing, "550 5.1.7 SMTPSEND.LongSenderAddress; long sender address", Fault.Sender),
        new(ProtocolError, "content",
            "SMTPSEND.BareLinefeedsAreIllegal | SMTPSEND.PoisonForRemote | SMTPSEND.SmtpSend* | BareLinefeedsAreIllegal",
            Routing, "550 5.6.2 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds, which cannot be sent via DATA", Fault.Sender),
        new(MessageExpired, null, "QUEUE.Expired", Ndr, "550 4.4.7 QUEUE.Expired; message expired"),
        new(PolicyRestriction, "administrator",
            "QUEUE.Admin | QUEUE.DDAdmin | QUEUE.PoisonAdmin | QUEUE.TransportAgent | message deleted by transport agent | "
            + "message deleted by administrative action",
            Routing, "550 4.3.2 QUEUE.TransportAgent; message deleted by transport agent", Fault.Ours),
        new(SystemError, "connector",
            "NONSMTPGW.* | DELIVERYAGENT.*",
            Routing, "444 4.4.4 NONSMTPGW.ConnectorDeleted The Connector has been deleted or disabled.", Fault.Ours),
        new(SystemError, "quarantine", "DSNGENERATION.Quarantine", Routing, "550 5.2.1 DSNGENERATION.Quarantine; unable to quarantine", Fault.Ours),

        // The store driver, which delivers to mailboxes and accepts their submissions.
        new(RateLimited, "sending-limit",
            "SubmissionQuotaExceeded* | Submission.Exception.SubmissionQuotaExceededException | OutboundSpamException | "
            + "submission quota was exceeded",
            Exo, "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message due to a permanent exception"),
        new(RelayDenied, "send-as",
            "SendAsDeniedException* | MapiExceptionSendAsDenied | SendOnBehalfOfDenied* | SendAsDenied",
            Exo, "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message"),
        new(MailboxFull, "recipient-quota",
            "QuotaExceededException* | MapiExceptionShutoffQuotaExceeded* | MapiExceptionQuotaExceeded* | "
            + "MapiExceptionStorageShutoffQuotaExceeded | StorageShutoffQuotaExceeded | *ReceiveQuotaExceeded",
            Store,
            "554 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; Failed to process message due to a "
            + "permanent exception"),
        new(MailboxFull, "recipient-quota",
            "STOREDRV + [mailbox full|mailbox is full|quota exceeded|over quota]",
            Store, "554 5.2.2 STOREDRV.Deliver; mailbox full"),
        new(MessageTooLarge, "mailbox-limit",
            "MessageSubmissionExceededException* | MapiExceptionMaxSubmissionExceeded | MessageTooBigException | "
            + "MessageSizeExceededException*",
            Store, "554 5.2.0 STOREDRV.Deliver.Exception:MessageSubmissionExceededException.MapiExceptionMaxSubmissionExceeded; Failed to process message"),
        new(MailboxDisabled, "inaccessible",
            "AccountDisabledException | MailboxUnavailableException* | MapiExceptionMailboxDisabled | MapiExceptionMailboxInTransit | "
            + "Recipient mailbox quarantined | MapiExceptionMailboxQuarantined",
            Store, "550 5.7.9 STOREDRV.Deliver; Recipient mailbox quarantined."),
        new(PolicyRestriction, "quarantined",
            "Sender mailbox quarantined",
            Store, "550 5.7.10 STOREDRV.Submit; Sender mailbox quarantined.", Fault.Ours),
        new(InvalidRecipient, "unknown-user",
            "ObjectNotFoundException* | MapiExceptionNotFound",
            Store,
            "554 5.2.0 STOREDRV.Deliver.Exception:ObjectNotFoundException.MapiExceptionNotFound; Failed to process message due to a permanent "
            + "exception with message Cannot get ID from name"),
        new(InvalidRecipient, "bad-syntax",
            "STOREDRV.Submit + invalid recipient address",
            Ndr, "550 5.1.3 STOREDRV.Submit; invalid recipient address"),
        new(RelayDenied, "public-folder-rights",
            "STOREDRV + sender's permission on public folder",
            Store, "550 5.7.1 STOREDRV.Deliver; Unable to determine the sender's permission on public folder"),
        new(RateLimited, "throttled",
            "STOREDRV + [thread limit exceeded|throttling limit exceeded|session limit exceeded|max threads per mdb exceeded|"
            + "max threads per sct exceeded|concurrent message size limit exceeded] | "
            + "MapiExceptionMaxObjsExceeded",
            Store, "432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded"),
        new(ProtocolError, "content",
            "STOREDRV + invalid message content | message is treated as poison",
            Store, "554 5.6.0 STOREDRV.Deliver; invalid message content", Fault.Sender),
        new(ProtocolError, "content",
            "ConversionFailedException* | UMPMSG.Deliver | CorruptDataException* | InvalidCharset* | PropertyErrorException",
            Store, "554 5.6.0 STOREDRV.Submission.Exception:ConversionFailedException; Failed to process message", Fault.Sender),
        new(PolicyRestriction, "delegate",
            "DelegateUserValidationException | UserWithoutFederatedProxyAddressException",
            Store,
            "554 5.2.0 STOREDRV.Deliver.Exception:DelegateUserValidationException; Failed to process message due to a permanent exception with "
            + "message Delegate user validation failed"),
        new(SystemError, "directory",
            "directory misconfiguration | legacyExchangeDN attribute | PF replica server misconfiguration | "
            + "missing or bad StoreDriver MDB properties",
            Store, "550 5.2.0 STOREDRV.Deliver; directory misconfiguration.", Fault.Ours),
        new(SystemError, "store",
            "STOREDRV | STOREDRV.* | StorageTransientException* | StoragePermanentException* | MapiException*",
            Store,
            "432 4.2.0 STOREDRV.Deliver.Exception:StorageTransientException.MapiExceptionLockViolation; Failed to process message due to a transient exception",
            Fault.Ours),
    ];
}
