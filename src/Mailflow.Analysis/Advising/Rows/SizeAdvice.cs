using static Mailflow.Analysis.Advising.Rows.Common;
using static Mailflow.Analysis.Failures.Cause;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for messages that are too large.</summary>
static class SizeAdvice
{
    static readonly Command Size = Local(
        "Get-TransportService | Get-MessageTrackingLog -ResultSize Unlimited -Recipients '{recipient}' -Start (Get-Date).AddDays(-2) -EventId FAIL | "
        + "Format-Table Timestamp,Sender,TotalBytes,RecipientStatus",
        "The size of the message in bytes. Encoding makes attachments about a third larger");

    static readonly Command SizeOnline = Online(
        "Get-MessageTraceV2 -RecipientAddress '{recipient}' -Status Failed -ResultSize 20 | Format-Table Received,SenderAddress,Size",
        "The size of the message in bytes");

    static readonly Command Organisation = Local("Get-TransportConfig | Format-List MaxSendSize,MaxReceiveSize", "The limits of our organisation");

    static readonly Command ConnectorLimits = Local("Get-SendConnector | Format-Table Name,AddressSpaces,MaxMessageSize", "The limits of our send connectors");

    static readonly Command RecipientLimits = Local("Get-Mailbox '{recipient}' | Format-List Name,MaxReceiveSize",
        "The recipient's limit; for a group: Get-DistributionGroup");

    static readonly Command SenderLimits = Local("Get-Mailbox '{sender}' | Format-List Name,MaxSendSize", "The sender's limit");

    static readonly Command RaiseSender = Local(
        "Set-Mailbox '{sender}' -MaxSendSize '<size>'", "For example 50MB, if all other limits on the way allow it",
        "the size limit of this mailbox for messages that it sends", "set it to the value that Get-Mailbox showed");

    static readonly Command RaiseRecipient = Local(
        "Set-Mailbox '{recipient}' -MaxReceiveSize '<size>'", "For example 50MB. For a group: Set-DistributionGroup with the same parameter",
        "the size limit of this recipient for messages that it receives", "set it to the value that Get-Mailbox showed");

    public static readonly Advice[] Rows =
    [
        new(MessageTooLarge, null,
            "The remote server has a lower limit than the size of this message; it cannot be changed from here. Send a link in place of the "
            + "attachment, or several smaller messages.",
            [Size, Organisation, ConnectorLimits, SizeOnline],
            [],
            Delivered),
        new(MessageTooLarge, "sender-limit",
            "Send a link in place of the attachment, or raise MaxSendSize of this mailbox up to that of the organisation.",
            [Size, SenderLimits, Organisation, SenderLimits with { Shell = Shell.ExchangeOnline }],
            [RaiseSender, RaiseSender with { Shell = Shell.ExchangeOnline }],
            [SenderLimits, Arrived, TraceArrived]),
        new(MessageTooLarge, "organisation-limit",
            "Send a link in place of the attachment. The limit protects everybody's mailboxes and lines; raise it only for a good reason.",
            [Size, Organisation, ConnectorLimits, SizeOnline],
            [
                Local("Set-TransportConfig -MaxSendSize '<size>'", "For example 50MB; a message to an inside recipient must also fit MaxReceiveSize",
                    "the size limit of all messages that our organisation sends", "set it to the value that Get-TransportConfig showed"),
            ],
            [Organisation, Arrived, TraceArrived]),
        new(MessageTooLarge, "recipient-limit",
            "Send a link in place of the attachment, or raise the limit of this recipient, if it is ours.",
            [Size, RecipientLimits, Organisation, RecipientLimits with { Shell = Shell.ExchangeOnline }],
            [RaiseRecipient, RaiseRecipient with { Shell = Shell.ExchangeOnline }],
            [RecipientLimits, Arrived, TraceArrived]),
        new(MessageTooLarge, "mailbox-limit",
            "Compare the size of the message with the limits of both mailboxes.",
            [Size, SenderLimits, RecipientLimits, SizeOnline],
            [RaiseSender, RaiseRecipient],
            Delivered),
        new(MessageTooLarge, "route-limit",
            "Send a link, or raise the limit of our connector. If the remote server announces the limit (250-SIZE in the protocol log), nothing can be "
            + "changed here.",
            [Size, ConnectorLimits, ProtocolLogs, SizeOnline],
            [
                Local("Set-SendConnector '{connector}' -MaxMessageSize '<size>'", "For example 50MB, if the remote server announces no lower limit",
                    "the size limit of this connector", "set it to the value that Get-SendConnector showed"),
            ],
            [ConnectorLimits, Arrived, TraceArrived]),
        new(MessageTooLarge, "transaction",
            "Send to fewer recipients or with fewer attachments per message.",
            [Size, SizeOnline],
            [],
            Delivered),
    ];
}
