using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Advice for refusals of the message, of rules, and for what the text does not say.</summary>
static class ContentAdvice
{
    public static readonly Advice[] Rows =
    [
        new(Cause.Unknown, null,
            "Read the protocol log of the connector at the time of the failure: it has the full SMTP conversation.",
            [
                Shared.Failures,
                new(Shell.OnPremises, "Get-SendConnector '{connector}' | Format-List Name,ProtocolLoggingLevel,SmartHosts",
                    "Whether the connector writes a protocol log"),
                Shared.Trace,
            ],
            [
                new(Shell.OnPremises, "Set-SendConnector '{connector}' -ProtocolLoggingLevel Verbose", "Write a protocol log",
                    "the connector: it writes a protocol log", "-ProtocolLoggingLevel None"),
            ],
            [Shared.Failures]),
        new(Cause.SpamContent, null,
            "Review the message: links, attachments, bulk text. If it is legitimate, ask the recipient's postmaster to allow it.",
            [Shared.Failures, Shared.Trace],
            [],
            [Shared.Failures]),
        new(Cause.MalwareContent, null,
            "Scan the sender's computer. If the attachment is harmless, send it in another format.",
            [
                Shared.Failures,
                new(Shell.OnPremises, "Get-MalwareFilterPolicy | Format-List Name,Action", "What our own filter does with malware"),
            ],
            [],
            [Shared.Failures]),
        new(Cause.PolicyRestriction, null,
            "If the rule is ours, find it: a delivery restriction of the recipient or a transport rule.",
            [
                new(Shell.OnPremises, "Get-Recipient '{recipient}' | Format-List Name,RecipientTypeDetails", "What kind of recipient it is"),
                new(Shell.OnPremises,
                    "Get-DistributionGroup '{recipient}' | "
                    + "Format-List RequireSenderAuthenticationEnabled,AcceptMessagesOnlyFrom*,RejectMessagesFrom*,ModerationEnabled",
                    "Who may write to the group"),
                new(Shell.OnPremises, "Get-TransportRule | Where-Object { $_.State -eq 'Enabled' } | Format-Table Name,Priority", "The active transport rules"),
                new(Shell.ExchangeOnline,
                    "Get-DistributionGroup '{recipient}' | "
                    + "Format-List RequireSenderAuthenticationEnabled,AcceptMessagesOnlyFrom*,RejectMessagesFrom*,ModerationEnabled",
                    "Who may write to the group"),
            ],
            [],
            [Shared.Failures, Shared.Trace]),
        new(Cause.ProtocolError, null,
            "Send a plain text message to the same recipient. If it arrives, the format of the first message is the problem.",
            [
                new(Shell.OnPremises, "Get-RemoteDomain | Format-List DomainName,TNEFEnabled,ContentType,CharacterSet",
                    "In which format we send to which domain"),
                new(Shell.OnPremises, "Get-SendConnector '{connector}' | Format-List Name,ProtocolLoggingLevel,SmartHosts",
                    "Whether the connector writes a protocol log"),
            ],
            [
                new(Shell.OnPremises, "Set-SendConnector '{connector}' -ProtocolLoggingLevel Verbose", "Write a protocol log",
                    "the connector: it writes a protocol log", "-ProtocolLoggingLevel None"),
            ],
            [Shared.Failures]),
        new(Cause.SystemError, null,
            "If the server is ours, check its disk space and services (back pressure).",
            [
                new(Shell.Windows,
                    "Get-EventLog -LogName Application -Source MSExchangeTransport -Newest 50 | Where-Object { $_.EventID -in 15004,15005,15006,15007 }",
                    "Back pressure of the last time"),
                new(Shell.OnPremises, "Test-ServiceHealth -Server '{server}'", "Services that are not running"),
                Shared.Queue,
            ],
            [],
            [Shared.Queue]),
    ];
}
