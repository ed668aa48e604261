using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Commands that several rows share, and short forms for writing rows.</summary>
static class Common
{
    // Get-MessageTrackingLog returns 1,000 rows of one server, by default.
    const string Tracking = "Get-TransportService | Get-MessageTrackingLog -ResultSize Unlimited ";

    public static readonly Command FailedMessages = Local(
        Tracking + "-Recipients '{recipient}' -Start (Get-Date).AddDays(-2) -EventId FAIL | Format-List "
            + "Timestamp,ServerHostname,Source,ConnectorId,Sender,MessageSubject,RecipientStatus,SourceContext",
        "The failures of this recipient in two days, on all servers");

    public static readonly Command Deferrals = Local(
        Tracking + "-Recipients '{recipient}' -Start (Get-Date).AddDays(-3) -EventId DEFER | Format-List "
            + "Timestamp,ServerHostname,MessageId,RecipientStatus,SourceContext",
        "The deferrals of this recipient in three days: their text has the last error of each attempt");

    public static readonly Command OfSender = Local(
        Tracking + "-Sender '{sender}' -Start (Get-Date).AddDays(-1) -EventId RECEIVE | Format-List "
            + "Timestamp,Source,ConnectorId,OriginalClientIp,ClientHostname,MessageId,MessageSubject,RecipientCount",
        "The messages of this sender in one day, and the client or application that submitted them");

    public static readonly Command TopSenders = Local(
        Tracking + "-Start (Get-Date).AddHours(-24) -EventId SENDEXTERNAL | Group-Object Sender | Sort-Object Count -Descending | Select-Object "
            + "-First 10 Count,Name",
        "The ten senders with the most outbound messages in 24 hours");

    public static readonly Command TopClients = Local(
        Tracking + "-Start (Get-Date).AddHours(-24) -EventId RECEIVE -Source SMTP | Group-Object OriginalClientIp | Sort-Object Count -Descending | "
            + "Select-Object -First 10 Count,Name",
        "The ten addresses that submitted the most messages in 24 hours");

    public static readonly Command Arrived = Local(
        Tracking + "-Recipients '{recipient}' -Start (Get-Date).AddMinutes(-30) | Sort-Object Timestamp | Format-Table "
            + "Timestamp,EventId,Source,RecipientStatus",
        "After a test message to the recipient: the last event is SENDEXTERNAL, SEND or DELIVER, and there is no FAIL");

    public static readonly Command Trace = Online(
        "Get-MessageTraceV2 -RecipientAddress '{recipient}' -Status Failed,Pending -ResultSize 20 | Get-MessageTraceDetailV2 | Format-List Date,Event,Detail",
        "The failed and pending messages to this recipient in two days, with the text of each attempt");

    public static readonly Command TraceArrived = Online(
        "Get-MessageTraceV2 -RecipientAddress '{recipient}' -ResultSize 10 | Format-Table Received,SenderAddress,Status",
        "After a test message to the recipient: its status is Delivered");

    public static readonly Command TraceOfSender = Online(
        "Get-MessageTraceV2 -SenderAddress '{sender}' -ResultSize 5000 | Group-Object Status | Format-Table Count,Name",
        "How many messages of this sender were sent in two days, by status");

    public static readonly Command TopSendersOnline = Online(
        "Get-MessageTraceV2 -ResultSize 5000 | Group-Object SenderAddress | Sort-Object Count -Descending | Select-Object -First 10 Count,Name",
        "The ten senders with the most messages among the newest 5,000");

    public static readonly Command Queues = Local(
        "Get-TransportService | Get-Queue -ResultSize Unlimited | Where-Object { $_.Status -eq 'Retry' } | Format-List "
        + "Identity,NextHopDomain,DeliveryType,MessageCount,LastRetryTime,LastError",
        "The queues with a failed attempt, and their last error: one destination or many");

    public static readonly Command RetryQueue = Local(
        """Get-TransportService | Get-Queue -Filter 'NextHopDomain -eq "{recipient_domain}" -and Status -eq "Retry"' | Retry-Queue""",
        "After the cause is removed: sends the messages for this domain that are still in queues. A queue to a smart host has that host's name",
        "the queues to this domain: their messages are tried now", "not needed");

    public static readonly Command QueueIsEmpty = Local(
        """Get-TransportService | Get-Queue -Filter 'NextHopDomain -eq "{recipient_domain}"' | Format-List Identity,Status,MessageCount,LastError""",
        "The queue to the domain is empty or gone, or its Status is Active or Ready. A queue to a smart host has that host's name");

    public static readonly Command Connectors = Local(
        "Get-SendConnector | Format-List Name,Enabled,AddressSpaces,DNSRoutingEnabled,SmartHosts,Port,SourceTransportServers,Fqdn",
        "Which connector sends to this domain, from which servers, and by MX or through a smart host");

    public static readonly Command ProtocolLogs = Local(
        "Get-TransportService | Format-List Name,SendProtocolLogPath,ReceiveProtocolLogPath",
        "Where the protocol logs are: they have the full SMTP conversation, if the connector writes them");

    public static readonly Command WriteProtocolLog = Local(
        "Set-SendConnector '{connector}' -ProtocolLoggingLevel Verbose",
        "Writes the SMTP conversations of the connector to its protocol log",
        "the connector: it writes a protocol log", "Set-SendConnector '{connector}' -ProtocolLoggingLevel None");

    public static readonly Command Mx = Windows("Resolve-DnsName -Name '{recipient_domain}' -Type MX",
        "The mail servers of the domain, as this server sees them");

    public static readonly Command Port25 = Windows(
        "Test-NetConnection -ComputerName '{mx}' -Port 25", "Run it on the server that sends: TcpTestSucceeded must be True for each MX");

    public static readonly Command CheckDomain = Windows(
        "mailflow check '{recipient_domain}'", "Checks MX, port 25, TLS, MTA-STS and DANE of the domain from this machine");

    public static readonly Command Recipient = Local(
        "Get-Recipient '{recipient}' | Format-List Name,RecipientTypeDetails,PrimarySmtpAddress,ExternalEmailAddress,EmailAddresses",
        "Domain of ours: does an object with this address exist, and what is it?");

    public static readonly Command RecipientOnline = Online(
        "Get-Recipient '{recipient}' | Format-List Name,RecipientTypeDetails,PrimarySmtpAddress,ExternalEmailAddress,EmailAddresses",
        "Domain of our tenant: does an object with this address exist, and what is it?");

    public static readonly Command AcceptedDomains = Local(
        "Get-AcceptedDomain | Format-Table Name,DomainName,DomainType", "Is the domain ours, and is it authoritative or an internal relay domain?");

    public static readonly Command AcceptedDomainsOnline = Online(
        "Get-AcceptedDomain | Format-Table Name,DomainName,DomainType",
        "Is the domain one of our tenant, and is it authoritative or an internal relay domain?");

    public static readonly Command[] Delivered = [Arrived, TraceArrived];

    public static readonly Command[] QueueSent = [QueueIsEmpty, Arrived, TraceArrived];

    /// <summary>A command of the Exchange Management Shell.</summary>
    public static Command Local(string text, string says, string? changes = null, string? undo = null) => new(Shell.OnPremises, text, says, changes, undo);

    /// <summary>A command of Exchange Online PowerShell.</summary>
    public static Command Online(string text, string says, string? changes = null, string? undo = null) => new(Shell.ExchangeOnline, text, says, changes, undo);

    /// <summary>A command of Windows.</summary>
    public static Command Windows(string text, string says, string? changes = null, string? undo = null) => new(Shell.Windows, text, says, changes, undo);

    /// <summary>The same advice for several sub-reasons.</summary>
    public static IEnumerable<Advice> Each(Cause cause, string?[] subs, string check, Command[] look, Command[] fix, Command[] verify) =>
        subs.Select(sub => new Advice(cause, sub, check, look, fix, verify));
}
