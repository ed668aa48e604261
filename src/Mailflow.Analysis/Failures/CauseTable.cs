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
        [.. Commands.Select(c => Fill(Fill(Fill(Fill(c, "{domain}", domain), "{connector}", connector), "{recipient}", recipient), "{server}", server))];

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
            "The status text does not say why.",
            "Read the protocol log of the connector around the time of the failure: it has the whole conversation.",
            [
                "Get-MessageTrackingLog -Recipients {recipient} -EventId FAIL | Format-List Timestamp,Source,ConnectorId,RecipientStatus,SourceContext",
                "Set-SendConnector \"{connector}\" -ProtocolLoggingLevel Verbose",
            ]),
        new(Cause.InvalidRecipient, "invalid-recipient", Guide1, Permanence.Permanent, Fault.Sender,
            "The recipient's address does not exist at its domain.",
            "Check the address for typing errors and stale autocomplete entries; if it is one of ours, see whether the recipient exists.",
            [
                "Get-Recipient {recipient} | Format-List Name,RecipientType,EmailAddresses",
                "Get-MessageTrackingLog -Recipients {recipient} -Start (Get-Date).AddDays(-7) -EventId FAIL | Format-List Timestamp,Sender,RecipientStatus",
                "Get-AcceptedDomain | Where-Object { $_.DomainName -eq \"{domain}\" }",
            ]),
        new(Cause.MailboxDisabled, "mailbox-disabled", Guide1, Permanence.Permanent, Fault.Theirs,
            "The mailbox exists but takes no mail: disabled, suspended, inactive or moved.",
            "Tell the sender to reach the recipient in another way; if the mailbox is ours, see whether it is disabled or its database dismounted.",
            [
                "Get-Mailbox {recipient} | Format-List Name,AccountDisabled,Database,ForwardingAddress,ForwardingSmtpAddress",
                "Get-MailboxDatabase -Status | Format-Table Name,Server,Mounted",
            ]),
        new(Cause.MailboxFull, "mailbox-full", Guide4, Permanence.Permanent, Fault.Theirs,
            "The recipient's mailbox is over its quota.",
            "The recipient must make room; if the mailbox is ours, raise its quota or turn on an archive.",
            [
                "Get-MailboxStatistics {recipient} | Format-List DisplayName,TotalItemSize,StorageLimitStatus",
                "Get-Mailbox {recipient} | Format-List ProhibitSendReceiveQuota,UseDatabaseQuotaDefaults",
                "Set-Mailbox {recipient} -UseDatabaseQuotaDefaults $false -ProhibitSendReceiveQuota 60GB",
            ]),
        new(Cause.MessageTooLarge, "message-too-large", Guide6, Permanence.Permanent, Fault.Sender,
            "The message is larger than a limit of the sender, the recipient, a connector or the remote server.",
            "Send a link in place of the attachment, or raise the limit where it is ours.",
            [
                "Get-TransportConfig | Format-List MaxSendSize,MaxReceiveSize",
                "Get-SendConnector \"{connector}\" | Format-List Name,MaxMessageSize",
                "Get-ReceiveConnector | Format-Table Name,MaxMessageSize",
                "Get-Mailbox {recipient} | Format-List MaxSendSize,MaxReceiveSize",
            ]),
        new(Cause.DnsFailure, "dns-failure", Guide2, Permanence.Transient, Fault.Theirs,
            "The recipient's domain does not resolve to a mail server.",
            "Resolve the domain's MX from this server; where only this server fails, mend its DNS settings.",
            [
                "Resolve-DnsName {domain} -Type MX",
                "Get-TransportService {server} | Format-List ExternalDNSServers,ExternalDNSAdapterEnabled,InternalDNSServers",
                "Get-Queue -Filter \"NextHopDomain -eq '{domain}'\" | Format-List Identity,Status,LastError",
                "Retry-Queue -Filter \"NextHopDomain -eq '{domain}'\"",
            ]),
        new(Cause.NetworkFailure, "network-failure", Guide5, Permanence.Transient, Fault.Theirs,
            "No connection to the remote mail server, or it broke off.",
            "Try port 25 of the remote server from this server; look at firewalls and at a provider that blocks port 25.",
            [
                "Resolve-DnsName {domain} -Type MX",
                "Test-NetConnection -ComputerName {domain} -Port 25",
                "Get-SendConnector \"{connector}\" | Format-List Name,SmartHosts,SourceIPAddress,SourceTransportServers",
                "Retry-Queue -Filter \"NextHopDomain -eq '{domain}'\"",
            ]),
        new(Cause.MessageExpired, "message-expired", Guide5, Permanence.Permanent, Fault.Theirs,
            "Exchange tried until the message expired; the status does not quote the last error.",
            "Look for the deferrals of this message before it expired: their text has the cause.",
            [
                "Get-MessageTrackingLog -Recipients {recipient} -EventId DEFER | Format-List Timestamp,RecipientStatus,SourceContext",
                "Get-Queue -Filter \"NextHopDomain -eq '{domain}'\" | Format-List Identity,Status,LastError,LastRetryTime",
                "Get-TransportService {server} | Format-List MessageExpirationTimeout",
            ]),
        new(Cause.MailLoop, "mail-loop", Guide7, Permanence.Permanent, Fault.Ours,
            "The message goes round in circles between servers.",
            "See whether the domain is an accepted domain of ours without the recipient, and whether a connector sends it back to where it came from.",
            [
                "Get-AcceptedDomain | Format-Table DomainName,DomainType",
                "Get-SendConnector | Where-Object { $_.AddressSpaces -like \"*{domain}*\" } | Format-List Name,AddressSpaces,SmartHosts",
                "Resolve-DnsName {domain} -Type MX",
            ]),
        new(Cause.TlsFailure, "tls-failure", Guide5, Permanence.Transient, Fault.Theirs,
            "The encrypted connection that one side demands did not come about.",
            "Look at the certificate and the TLS settings of the connector, then at those of the remote server.",
            [
                "Get-SendConnector \"{connector}\" | Format-List Name,RequireTLS,TlsAuthLevel,TlsDomain,TlsCertificateName,IgnoreSTARTTLS",
                "Get-ExchangeCertificate | Where-Object { $_.Services -like \"*SMTP*\" } | Format-List Thumbprint,Subject,NotAfter,Services",
            ]),
        new(Cause.RelayDenied, "relay-denied", Guide3, Permanence.Permanent, Fault.Ours,
            "The server does not take mail for this domain, or not from us without authentication.",
            "Check that the smart host knows us (address or credentials), and that the domain's MX is the server that refused.",
            [
                "Get-SendConnector \"{connector}\" | Format-List Name,SmartHosts,SmartHostAuthMechanism,AuthenticationCredential,Port",
                "Get-AcceptedDomain | Format-Table DomainName,DomainType",
                "Get-ReceiveConnector | Format-List Identity,PermissionGroups,RemoteIPRanges,AuthMechanism",
                "Resolve-DnsName {domain} -Type MX",
            ]),
        new(Cause.SenderAuthFailure, "sender-auth-failure", Guide3, Permanence.Permanent, Fault.Ours,
            "SPF, DKIM or DMARC of the sender's domain did not pass.",
            "See that the SPF record has every address that we send from, that DKIM signs, and that both align with the From address.",
            [
                "Resolve-DnsName {domain} -Type TXT | Where-Object { $_.Strings -like \"v=spf1*\" }",
                "Resolve-DnsName _dmarc.{domain} -Type TXT",
                "Get-SendConnector \"{connector}\" | Format-List Name,SourceIPAddress,SourceTransportServers,SmartHosts",
            ]),
        new(Cause.SenderRejected, "sender-rejected", Guide3, Permanence.Permanent, Fault.Ours,
            "The server refuses the sender's address, our host name or an address without a matching name in DNS.",
            "See that the sender's domain resolves, that our outgoing address has a PTR record, and that the connector's FQDN is the same name.",
            [
                "Get-SendConnector \"{connector}\" | Format-List Name,Fqdn,SourceIPAddress",
                "Resolve-DnsName {domain} -Type MX",
            ]),
        new(Cause.Blocklisted, "blocklisted", Guide3, Permanence.Permanent, Fault.Ours,
            "Our address or domain stands on a blocklist, or has a bad name with the provider.",
            "Find out why first (a compromised account, a relay, a bulk mailing), stop it, then ask the list that is named for removal.",
            [
                "Get-MessageTrackingLog -Start (Get-Date).AddHours(-24) -EventId SEND | Group-Object Sender "
                + "| Sort-Object Count -Descending | Select-Object -First 10 Count,Name",
                "Get-SendConnector \"{connector}\" | Format-List Name,SourceIPAddress,SourceTransportServers",
            ]),
        new(Cause.SpamContent, "spam-content", Guide3, Permanence.Permanent, Fault.Sender,
            "A filter takes the message for spam.",
            "Look at the message with the sender's eyes: links, attachments, bulk text; ask the recipient's postmaster to allow us.",
            [
                "Get-MessageTrackingLog -Recipients {recipient} -EventId FAIL | Format-List Timestamp,Sender,MessageSubject,RecipientStatus",
                "Get-ContentFilterConfig | Format-List SCLRejectEnabled,SCLRejectThreshold,QuarantineMailbox",
            ]),
        new(Cause.MalwareContent, "malware-content", Guide3, Permanence.Permanent, Fault.Sender,
            "A filter found a virus or a forbidden attachment.",
            "Scan the sender's computer; where the attachment is harmless, send it in another form.",
            [
                "Get-MalwareFilterPolicy | Format-List Name,Action",
                "Get-AttachmentFilterEntry | Format-Table Type,Name",
            ]),
        new(Cause.PolicyRestriction, "policy-restriction", Guide3, Permanence.Permanent, Fault.Policy,
            "A rule of the recipient's or of our organisation forbids this message.",
            "Where the rule is ours, find it: a delivery restriction of the recipient, or a transport rule.",
            [
                "Get-Recipient {recipient} | Format-List Name,RecipientTypeDetails",
                "Get-DistributionGroup {recipient} "
                + "| Format-List RequireSenderAuthenticationEnabled,AcceptMessagesOnlyFrom*,RejectMessagesFrom*,ModerationEnabled",
                "Get-TransportRule | Where-Object { $_.State -eq \"Enabled\" } | Format-Table Name,Priority",
            ]),
        new(Cause.RateLimited, "rate-limited", Guide5, Permanence.Transient, Fault.Sender,
            "Too much mail, too many recipients or too many connections in too short a time.",
            "Wait for the retries; then look for a sender or an application that sends in bulk.",
            [
                "Get-MessageTrackingLog -Start (Get-Date).AddHours(-1) -EventId SEND | Group-Object Sender "
                + "| Sort-Object Count -Descending | Select-Object -First 10 Count,Name",
                "Get-TransportService {server} | Format-List MaxPerDomainOutboundConnections,MaxOutboundConnections",
            ]),
        new(Cause.Greylisted, "greylisted", Guide5, Permanence.Transient, Fault.Unknown,
            "The server asks every new sender to come back later.",
            "Nothing: Exchange tries again by itself. Where it goes on for hours, see that retries come from the same address.",
            [
                "Get-Queue -Filter \"NextHopDomain -eq '{domain}'\" | Format-List Identity,Status,LastError,NextRetryTime",
                "Get-SendConnector \"{connector}\" | Format-List Name,SourceTransportServers",
            ]),
        new(Cause.ProtocolError, "protocol-error", Guide8, Permanence.Permanent, Fault.Unknown,
            "One side did not understand the other: a malformed message or command.",
            "Send a plain message to the same recipient; where that arrives, the form of this message is at fault.",
            [
                "Set-SendConnector \"{connector}\" -ProtocolLoggingLevel Verbose",
                "Get-RemoteDomain | Format-List DomainName,TNEFEnabled,ContentType,CharacterSet",
            ]),
        new(Cause.SystemError, "system-error", Guide5, Permanence.Transient, Fault.Theirs,
            "The server that answered is in trouble itself: no resources, no storage, a failing service.",
            "Where the server is ours, look at its disk space and services (back pressure); otherwise wait for the retries.",
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
