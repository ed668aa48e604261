using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for what is wrong with the recipient.</summary>
static class RecipientAdvice
{
    public static readonly Advice[] Rows =
    [
        new(Cause.InvalidRecipient, null,
            "Check the address for typing errors and old autocomplete entries. If the domain is ours, check that the recipient exists.",
            [
                new(Shell.OnPremises, "Get-Recipient '{recipient}' | Format-List Name,RecipientTypeDetails,EmailAddresses",
                    "Whether the recipient exists here"),
                new(Shell.ExchangeOnline, "Get-Recipient '{recipient}' | Format-List Name,RecipientTypeDetails,EmailAddresses",
                    "Whether the recipient exists in Exchange Online"),
                new(Shell.OnPremises, "Get-AcceptedDomain | Where-Object { $_.DomainName -eq '{recipient_domain}' } | Format-List Name,DomainName,DomainType",
                    "Whether the domain is ours"),
            ],
            [],
            [Shared.Failures, Shared.Trace]),
        new(Cause.MailboxDisabled, null,
            "The sender must contact the recipient another way. If the mailbox is ours, check that it is enabled and its database mounted.",
            [
                new(Shell.OnPremises, "Get-Mailbox '{recipient}' | Format-List Name,AccountDisabled,Database,ForwardingAddress,ForwardingSmtpAddress",
                    "The state of the mailbox"),
                new(Shell.OnPremises, "Get-MailboxDatabase -Status | Format-Table Name,Server,Mounted", "Which databases are mounted"),
                new(Shell.ExchangeOnline, "Get-Mailbox '{recipient}' | Format-List Name,AccountDisabled,ForwardingAddress,ForwardingSmtpAddress",
                    "The state of the mailbox"),
            ],
            [],
            [Shared.Failures, Shared.Trace]),
        new(Cause.MailboxFull, null,
            "The recipient must free space. If the mailbox is ours, raise its quota or enable an archive.",
            [
                new(Shell.OnPremises, "Get-MailboxStatistics '{recipient}' | Format-List DisplayName,TotalItemSize,StorageLimitStatus",
                    "The size of the mailbox"),
                new(Shell.OnPremises,
                    "Get-Mailbox '{recipient}' | Format-List UseDatabaseQuotaDefaults,IssueWarningQuota,ProhibitSendQuota,ProhibitSendReceiveQuota",
                    "Its three quotas, and whether they are used"),
                new(Shell.ExchangeOnline, "Get-MailboxStatistics '{recipient}' | Format-List DisplayName,TotalItemSize,StorageLimitStatus",
                    "The size of the mailbox"),
            ],
            [
                new(Shell.OnPremises,
                    "Set-Mailbox '{recipient}' -UseDatabaseQuotaDefaults $false -IssueWarningQuota 55GB -ProhibitSendQuota 58GB -ProhibitSendReceiveQuota 60GB",
                    "Give the mailbox quotas of its own; take sizes that fit",
                    "the three quotas of this mailbox", "the values that Get-Mailbox showed"),
            ],
            [new(Shell.OnPremises, "Get-MailboxStatistics '{recipient}' | Format-List TotalItemSize,StorageLimitStatus", "StorageLimitStatus is BelowLimit")]),
        new(Cause.MessageTooLarge, null,
            "Send a link instead of the attachment. If the limit is ours, raise it.",
            [
                new(Shell.OnPremises, "Get-TransportConfig | Format-List MaxSendSize,MaxReceiveSize", "The limits of the organisation"),
                new(Shell.OnPremises, "Get-SendConnector '{connector}' | Format-List Name,MaxMessageSize", "The limit of the connector"),
                new(Shell.OnPremises, "Get-ReceiveConnector | Format-Table Identity,MaxMessageSize", "The limits of the receive connectors"),
                new(Shell.OnPremises, "Get-Mailbox '{recipient}' | Format-List MaxSendSize,MaxReceiveSize", "The limits of the mailbox"),
                new(Shell.ExchangeOnline, "Get-Mailbox '{recipient}' | Format-List MaxSendSize,MaxReceiveSize", "The limits of the mailbox"),
            ],
            [
                new(Shell.OnPremises, "Set-SendConnector '{connector}' -MaxMessageSize 50MB", "Raise the limit of the connector",
                    "the size limit of the connector", "the value that Get-SendConnector showed"),
            ],
            [Shared.Failures]),
    ];
}
