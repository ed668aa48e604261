using System.Buffers;

namespace Mailflow.Analysis.Failures;

/// <summary>The facts about a cause: its name, the responsible side, and what an administrator does about it.</summary>
/// <param name="Cause">The cause.</param>
/// <param name="Name">Its name in metrics, events and commands.</param>
/// <param name="GuideCause">The number and name of the matching cause of event 2004's guide, which has six; 7 and 8 are ours.</param>
/// <param name="DefaultPermanence">Used where no code decides it.</param>
/// <param name="DefaultFault">Used where no sub-reason decides it.</param>
/// <param name="Summary">What it means, in one sentence.</param>
/// <param name="Advice">What to do first.</param>
/// <param name="Commands">For the Exchange Management Shell, with the placeholders {domain}, {connector}, {recipient}, {server}.</param>
public sealed record CauseFacts(
    Cause Cause,
    string Name,
    string GuideCause,
    Permanence DefaultPermanence,
    Fault DefaultFault,
    string Summary,
    string Advice,
    IReadOnlyList<string> Commands)
{
    /// <summary>The path of its documentation in the repository.</summary>
    public string Page { get; } = $"docs/causes/{Name}.md";

    /// <summary>
    /// The commands with the placeholders filled in. A placeholder is kept where the value is not known, or has characters that a shell could
    /// interpret (values in logs come from untrusted senders).
    /// </summary>
    public IReadOnlyList<string> CommandsFor(string? domain, string? connector, string? recipient, string? server) =>
        [.. Commands.Select(c => Unfilled(
            Fill(Fill(Fill(Fill(c, "{domain}", domain), "{connector}", connector), "{recipient}", recipient), "{server}", server)))];

    /// <summary>
    /// Placeholders without a value as quoted text, <c>'&lt;recipient&gt;'</c>: PowerShell takes braces for a script block.
    /// </summary>
    static string Unfilled(string command)
    {
        foreach (var name in Placeholders)
            while (command.IndexOf($"{{{name}}}", StringComparison.Ordinal) is var at && at >= 0)
            {
                var before = command[..at];
                var isQuoted = before.Count(c => c == '"') % 2 == 1 || before.Count(c => c == '\'') % 2 == 1;
                var start = isQuoted ? at : before.LastIndexOfAny([' ', '(', ',']) + 1;
                var end = at + name.Length + 2;
                var after = isQuoted ? 0 : command.AsSpan(end).IndexOfAny(" ),");
                var rest = after < 0 ? command.Length : end + after;
                var quote = isQuoted ? "" : "'";
                command = $"{command[..start]}{quote}{command[start..at]}<{name}>{command[end..rest]}{quote}{command[rest..]}";
            }

        return command;
    }

    static readonly string[] Placeholders = ["recipient", "domain", "connector", "server"];

    static string Fill(string command, string placeholder, string? value)
    {
        if (value is not { Length: > 0 and <= 320 } || value[0] == '-' || value.AsSpan().IndexOfAnyExcept(Harmless) >= 0)
            return command;
        if (value.AsSpan().IndexOfAny(' ', '\'') >= 0 && !command.Contains($"\"{placeholder}\"", StringComparison.Ordinal))
        {
            // No value that contains a quote is inserted, except addresses, which may have an apostrophe: o'brien@contoso.com.
            if (placeholder != "{recipient}" || value.Contains(' '))
                return command;
            value = $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
        }

        return command.Replace(placeholder, value, StringComparison.Ordinal);
    }

    static readonly SearchValues<char> Harmless = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@+=' ");
}

/// <summary>THE table of causes: one row per cause.</summary>
public static class CauseTable
{
    const string Guide1 = "1 invalid recipient";
    const string Guide2 = "2 DNS";
    const string Guide3 = "3 relay / not authorised";
    const string Guide4 = "4 mailbox full";
    const string Guide5 = "5 network";
    const string Guide6 = "6 size exceeded";
    const string Guide7 = "7 loop";
    const string Guide8 = "8 other";

    static readonly CauseFacts[] Rows =
    [
        new(Cause.Unknown, "unknown", Guide8, Permanence.Unknown, Fault.Unknown,
            "The status text gives no reason.",
            "Read the protocol log of the connector at the time of the failure: it has the full SMTP conversation.",
            [
                "Get-MessageTrackingLog -Recipients {recipient} -EventId FAIL | Format-List Timestamp,Source,ConnectorId,RecipientStatus,SourceContext",
                "Set-SendConnector \"{connector}\" -ProtocolLoggingLevel Verbose  # CHANGES the connector: it writes a protocol log. Undo: "
                + "-ProtocolLoggingLevel None",
            ]),
        new(Cause.InvalidRecipient, "invalid-recipient", Guide1, Permanence.Permanent, Fault.Sender,
            "The recipient address does not exist.",
            "Check the address for typing errors and old autocomplete entries. If the domain is ours, check that the recipient exists.",
            [
                "Get-Recipient {recipient} | Format-List Name,RecipientType,EmailAddresses",
                "Get-MessageTrackingLog -Recipients {recipient} -Start (Get-Date).AddDays(-7) -EventId FAIL | Format-List Timestamp,Sender,RecipientStatus",
                "Get-AcceptedDomain | Where-Object { $_.DomainName -eq \"{domain}\" }",
            ]),
        new(Cause.MailboxDisabled, "mailbox-disabled", Guide1, Permanence.Permanent, Fault.Theirs,
            "The mailbox exists but accepts no mail: it is disabled, suspended, inactive or moved.",
            "The sender must contact the recipient another way. If the mailbox is ours, check that it is enabled and its database mounted.",
            [
                "Get-Mailbox {recipient} | Format-List Name,AccountDisabled,Database,ForwardingAddress,ForwardingSmtpAddress",
                "Get-MailboxDatabase -Status | Format-Table Name,Server,Mounted",
            ]),
        new(Cause.MailboxFull, "mailbox-full", Guide4, Permanence.Permanent, Fault.Theirs,
            "The recipient's mailbox is over its quota.",
            "The recipient must free space. If the mailbox is ours, raise its quota or enable an archive.",
            [
                "Get-MailboxStatistics {recipient} | Format-List DisplayName,TotalItemSize,StorageLimitStatus",
                "Get-Mailbox {recipient} | Format-List ProhibitSendReceiveQuota,UseDatabaseQuotaDefaults",
                "Set-Mailbox {recipient} -UseDatabaseQuotaDefaults $false -ProhibitSendReceiveQuota 60GB  # CHANGES the quota of the mailbox. Undo: "
                + "-UseDatabaseQuotaDefaults $true",
            ]),
        new(Cause.MessageTooLarge, "message-too-large", Guide6, Permanence.Permanent, Fault.Sender,
            "The message exceeds a size limit of the sender, the recipient, a connector or the remote server.",
            "Send a link instead of the attachment. If the limit is ours, raise it.",
            [
                "Get-TransportConfig | Format-List MaxSendSize,MaxReceiveSize",
                "Get-SendConnector \"{connector}\" | Format-List Name,MaxMessageSize",
                "Get-ReceiveConnector | Format-Table Name,MaxMessageSize",
                "Get-Mailbox {recipient} | Format-List MaxSendSize,MaxReceiveSize",
            ]),
        new(Cause.DnsFailure, "dns-failure", Guide2, Permanence.Transient, Fault.Theirs,
            "DNS has no usable mail server for the recipient domain.",
            "Resolve the MX of the domain on this server. If only this server fails, correct its DNS settings.",
            [
                "Resolve-DnsName {domain} -Type MX",
                "Get-TransportService {server} | Format-List ExternalDNSServers,ExternalDNSAdapterEnabled,InternalDNSServers",
                "Get-Queue -Filter \"NextHopDomain -eq '{domain}'\" | Format-List Identity,Status,LastError",
                "Retry-Queue -Filter \"NextHopDomain -eq '{domain}'\"  # CHANGES the queue: its messages are tried now. No undo needed",
            ]),
        new(Cause.NetworkFailure, "network-failure", Guide5, Permanence.Transient, Fault.Theirs,
            "No connection to the remote mail server, or the connection broke.",
            "Test port 25 of the remote server from this server. Check the firewall and whether the provider blocks port 25.",
            [
                "Resolve-DnsName {domain} -Type MX",
                "Test-NetConnection -ComputerName {domain} -Port 25",
                "Get-SendConnector \"{connector}\" | Format-List Name,SmartHosts,SourceIPAddress,SourceTransportServers",
                "Retry-Queue -Filter \"NextHopDomain -eq '{domain}'\"  # CHANGES the queue: its messages are tried now. No undo needed",
            ]),
        new(Cause.MessageExpired, "message-expired", Guide5, Permanence.Permanent, Fault.Theirs,
            "Exchange retried until the message expired. The status does not contain the last error.",
            "Look at the deferrals (DEFER) of this message: their text has the cause.",
            [
                "Get-MessageTrackingLog -Recipients {recipient} -EventId DEFER | Format-List Timestamp,RecipientStatus,SourceContext",
                "Get-Queue -Filter \"NextHopDomain -eq '{domain}'\" | Format-List Identity,Status,LastError,LastRetryTime",
                "Get-TransportService {server} | Format-List MessageExpirationTimeout",
            ]),
        new(Cause.MailLoop, "mail-loop", Guide7, Permanence.Permanent, Fault.Ours,
            "The message loops between servers.",
            "Check whether the domain is an internal relay domain without this recipient, and whether a connector sends the mail back to its source.",
            [
                "Get-AcceptedDomain | Format-Table DomainName,DomainType",
                "Get-SendConnector | Where-Object { $_.AddressSpaces -like \"*{domain}*\" } | Format-List Name,AddressSpaces,SmartHosts",
                "Resolve-DnsName {domain} -Type MX",
            ]),
        new(Cause.TlsFailure, "tls-failure", Guide5, Permanence.Transient, Fault.Theirs,
            "TLS is required, but the TLS handshake failed.",
            "Check the certificate and the TLS settings of the connector, then those of the remote server.",
            [
                "Get-SendConnector \"{connector}\" | Format-List Name,RequireTLS,TlsAuthLevel,TlsDomain,TlsCertificateName,IgnoreSTARTTLS",
                "Get-ExchangeCertificate | Where-Object { $_.Services -like \"*SMTP*\" } | Format-List Thumbprint,Subject,NotAfter,Services",
            ]),
        new(Cause.RelayDenied, "relay-denied", Guide3, Permanence.Permanent, Fault.Ours,
            "The server refuses to relay: we are not authenticated, or it does not host this domain.",
            "Check that the smart host accepts our IP address or credentials, and that the MX of the domain is the server that rejected the message.",
            [
                "Get-SendConnector \"{connector}\" | Format-List Name,SmartHosts,SmartHostAuthMechanism,AuthenticationCredential,Port",
                "Get-AcceptedDomain | Format-Table DomainName,DomainType",
                "Get-ReceiveConnector | Format-List Identity,PermissionGroups,RemoteIPRanges,AuthMechanism",
                "Resolve-DnsName {domain} -Type MX",
            ]),
        new(Cause.SenderAuthFailure, "sender-auth-failure", Guide3, Permanence.Permanent, Fault.Ours,
            "SPF, DKIM or DMARC of the sender domain failed.",
            "Check that SPF lists every sending IP address, that DKIM signs outgoing mail, and that both align with the From address.",
            [
                "Resolve-DnsName {domain} -Type TXT | Where-Object { $_.Strings -like \"v=spf1*\" }",
                "Resolve-DnsName _dmarc.{domain} -Type TXT",
                "Get-SendConnector \"{connector}\" | Format-List Name,SourceIPAddress,SourceTransportServers,SmartHosts",
            ]),
        new(Cause.SenderRejected, "sender-rejected", Guide3, Permanence.Permanent, Fault.Ours,
            "The server rejects the sender address, our HELO name, or an IP address without matching reverse DNS.",
            "Check that the sender domain resolves, that our sending IP address has a PTR record, and that the connector's FQDN matches it.",
            [
                "Get-SendConnector \"{connector}\" | Format-List Name,Fqdn,SourceIPAddress",
                "Resolve-DnsName {domain} -Type MX",
            ]),
        new(Cause.Blocklisted, "blocklisted", Guide3, Permanence.Permanent, Fault.Ours,
            "Our IP address or domain is on a blocklist or has a poor reputation.",
            "First find the reason (a compromised account, an open relay, a bulk mailing) and stop it. Then ask the named blocklist for removal.",
            [
                "Get-MessageTrackingLog -Start (Get-Date).AddHours(-24) -EventId SEND | Group-Object Sender "
                + "| Sort-Object Count -Descending | Select-Object -First 10 Count,Name",
                "Get-SendConnector \"{connector}\" | Format-List Name,SourceIPAddress,SourceTransportServers",
            ]),
        new(Cause.SpamContent, "spam-content", Guide3, Permanence.Permanent, Fault.Sender,
            "A filter classified the message as spam.",
            "Review the message: links, attachments, bulk text. If it is legitimate, ask the recipient's postmaster to allow it.",
            [
                "Get-MessageTrackingLog -Recipients {recipient} -EventId FAIL | Format-List Timestamp,Sender,MessageSubject,RecipientStatus",
                "Get-ContentFilterConfig | Format-List SCLRejectEnabled,SCLRejectThreshold,QuarantineMailbox",
            ]),
        new(Cause.MalwareContent, "malware-content", Guide3, Permanence.Permanent, Fault.Sender,
            "A filter found malware or a blocked attachment type.",
            "Scan the sender's computer. If the attachment is harmless, send it in another format.",
            [
                "Get-MalwareFilterPolicy | Format-List Name,Action",
                "Get-AttachmentFilterEntry | Format-Table Type,Name",
            ]),
        new(Cause.PolicyRestriction, "policy-restriction", Guide3, Permanence.Permanent, Fault.Policy,
            "A rule of the recipient's organisation or of ours blocks this message.",
            "If the rule is ours, find it: a delivery restriction of the recipient or a transport rule.",
            [
                "Get-Recipient {recipient} | Format-List Name,RecipientTypeDetails",
                "Get-DistributionGroup {recipient} "
                + "| Format-List RequireSenderAuthenticationEnabled,AcceptMessagesOnlyFrom*,RejectMessagesFrom*,ModerationEnabled",
                "Get-TransportRule | Where-Object { $_.State -eq \"Enabled\" } | Format-Table Name,Priority",
            ]),
        new(Cause.RateLimited, "rate-limited", Guide5, Permanence.Transient, Fault.Sender,
            "The server limits the rate: too many messages, recipients or connections in a short time.",
            "Wait for the retries. Then look for a sender or an application that sends in bulk.",
            [
                "Get-MessageTrackingLog -Start (Get-Date).AddHours(-1) -EventId SEND | Group-Object Sender "
                + "| Sort-Object Count -Descending | Select-Object -First 10 Count,Name",
                "Get-TransportService {server} | Format-List MaxPerDomainOutboundConnections,MaxOutboundConnections",
            ]),
        new(Cause.Greylisted, "greylisted", Guide5, Permanence.Transient, Fault.Unknown,
            "Greylisting: the server defers mail from senders that it does not know yet.",
            "Nothing: Exchange retries. If it continues for hours, check that all retries come from the same IP address.",
            [
                "Get-Queue -Filter \"NextHopDomain -eq '{domain}'\" | Format-List Identity,Status,LastError,NextRetryTime",
                "Get-SendConnector \"{connector}\" | Format-List Name,SourceTransportServers",
            ]),
        new(Cause.ProtocolError, "protocol-error", Guide8, Permanence.Permanent, Fault.Ours,
            "Protocol error: a malformed message or SMTP command.",
            "Send a plain text message to the same recipient. If it arrives, the format of the first message is the problem.",
            [
                "Set-SendConnector \"{connector}\" -ProtocolLoggingLevel Verbose  # CHANGES the connector: it writes a protocol log. Undo: "
                + "-ProtocolLoggingLevel None",
                "Get-RemoteDomain | Format-List DomainName,TNEFEnabled,ContentType,CharacterSet",
            ]),
        new(Cause.SystemError, "system-error", Guide5, Permanence.Transient, Fault.Theirs,
            "The answering server has an internal problem: no resources, no disk space, or a failing service.",
            "If the server is ours, check its disk space and services (back pressure). Otherwise wait for the retries.",
            [
                "Get-EventLog -LogName Application -Source MSExchangeTransport -Newest 50 | Where-Object { $_.EventID -in 15004,15006,15007 }",
                "Test-ServiceHealth -Server {server}",
                "Get-Queue -Server {server} | Format-Table Identity,Status,MessageCount,LastError",
            ]),
    ];

    static readonly Dictionary<string, Cause> ByName = Rows.ToDictionary(r => r.Name, r => r.Cause, StringComparer.Ordinal);

    /// <summary>All rows, in the order of the causes.</summary>
    public static IReadOnlyList<CauseFacts> All => Rows;

    public static CauseFacts Of(Cause cause) => Rows[(int)cause];

    /// <summary>Finds a cause by its <see cref="Name(Cause)"/>.</summary>
    public static bool TryParse(string name, out Cause cause) => ByName.TryGetValue(name, out cause);

    public static string Name(this Cause cause) => Rows[(int)cause].Name;

    public static string Name(this Permanence permanence) => permanence switch
    {
        Permanence.Permanent => "permanent",
        Permanence.Transient => "transient",
        _ => "unknown",
    };

    public static string Name(this Fault fault) => fault switch
    {
        Fault.Ours => "ours",
        Fault.Theirs => "theirs",
        Fault.Sender => "sender",
        Fault.Policy => "policy",
        _ => "unknown",
    };
}
