namespace Mailflow.Analysis.Advising.Rows;

/// <summary>Commands that several rows have.</summary>
static class Shared
{
    public static readonly Command Mx = new(Shell.Windows, "Resolve-DnsName '{recipient_domain}' -Type MX", "The mail servers of the recipient's domain");

    public static readonly Command Connector = new(Shell.OnPremises,
        "Get-SendConnector '{connector}' | Format-List Name,AddressSpaces,SmartHosts,Fqdn,RequireTLS,SourceTransportServers",
        "The connector: where it sends, and how");

    public static readonly Command Queue = new(Shell.OnPremises,
        "Get-TransportService | ForEach-Object { Get-Queue -Server $_.Name -ResultSize Unlimited } | "
        + "Where-Object { $_.NextHopDomain -eq '{recipient_domain}' } | Format-List Identity,Status,MessageCount,LastError",
        "The queues to the recipient's domain, on all servers, with the last error");

    public static readonly Command Failures = new(Shell.OnPremises,
        "Get-TransportService | Get-MessageTrackingLog -Recipients '{recipient}' -Start (Get-Date).AddDays(-2) -ResultSize Unlimited | "
        + "Sort-Object Timestamp | Format-Table Timestamp,EventId,Source,Sender,RecipientStatus -Wrap",
        "What happened to messages for this recipient, on all servers");

    public static readonly Command Trace = new(Shell.ExchangeOnline,
        "Get-MessageTraceV2 -RecipientAddress '{recipient}' -StartDate (Get-Date).AddDays(-2) -EndDate (Get-Date) | "
        + "Format-Table Received,SenderAddress,Status,Subject -Wrap",
        "What Exchange Online did with messages for this recipient");

    public static readonly Command TopSenders = new(Shell.OnPremises,
        "Get-TransportService | Get-MessageTrackingLog -Start (Get-Date).AddHours(-24) -EventId SEND -ResultSize Unlimited | "
        + "Group-Object Sender | Sort-Object Count -Descending | Select-Object -First 10 Count,Name",
        "The ten senders with the most messages of the last 24 hours, on all servers");

    public static readonly Command Retry = new(Shell.OnPremises,
        "Get-TransportService | ForEach-Object { Get-Queue -Server $_.Name -ResultSize Unlimited } | "
        + "Where-Object { $_.NextHopDomain -eq '{recipient_domain}' -and $_.Status -eq 'Retry' } | Retry-Queue",
        "Try the messages of these queues now",
        "the queues: their messages are tried now", "not needed");
}
