using System.Globalization;
using System.Security;
using System.Text;

namespace Mailflow.Tests;

/// <summary>Small exports in the format of the Exchange Management Shell.</summary>
static class SampleExports
{
    /// <summary>
    /// Get-Queue to Export-Csv: a submission queue, a mailbox database, two failing domains and a shadow queue; 560 messages and 70 shadows.
    /// </summary>
    public static readonly string Queues = OneLine("""
        #TYPE Deserialized.Microsoft.Exchange.Data.QueueDigest.ExtensibleQueueInfo
        "Identity","DeliveryType","NextHopDomain","Status","MessageCount","LastError","RetryCount","NextRetryTime",~
        "DeferredMessageCount","LockedMessageCount","MessageCountsPerPriority"
        "EX01\Submission","Undefined","Submission","Ready","4","","0","","3","1","System.Int32[]"
        "EX01\3","SmtpDeliveryToMailbox","DB01","Active","6","","0","","0","0","System.Int32[]"
        "EX01\7","DnsConnectorDelivery","slow.example","Retry","500","451 4.4.0 Primary target IP address responded with: ~
        ""421 4.4.2 Connection dropped due to SocketError."" Attempted failover to alternate host, but that did not succeed.","9",~
        "2026-03-04T10:10:26Z","0","0","System.Int32[]"
        "EX01\8","DnsConnectorDelivery","gone.example","Retry","50","451 4.4.0 DNS query failed. The error was: ~
        DNS query failed with error InfoDomainNonexistent","30","","0","0","System.Int32[]"
        "EX01\Shadow\9","ShadowRedundancy","ex02.contoso.test","Ready","70","","0","","0","0","System.Int32[]"
        """);

    /// <summary>Get-Message to Export-Csv.</summary>
    public static string Messages(DateTimeOffset oldest) => $"""
        "Identity","Queue","FromAddress","Status","DateReceived","Size","LastError"
        "EX01\7\1001","EX01\7","a@contoso.test","Retry","{Iso(oldest)}","10 KB (10,240 bytes)",""
        "EX01\7\1002","EX01\7","b@contoso.test","Retry","{Iso(oldest.AddMinutes(20))}","10 KB (10,240 bytes)",""
        "EX01\3\1003","EX01\3","c@contoso.test","Active","{Iso(oldest.AddMinutes(50))}","10 KB (10,240 bytes)",""
        """;

    public const string SendConnectors = """
        "Name","Identity","AddressSpaces","SmartHosts","Enabled","RequireTLS","MaxMessageSize","Fqdn","TlsCertificateName"
        "Internet Send","Internet Send","SMTP:*;1","","True","False","35 MB (36,700,160 bytes)","mail.contoso.test",""
        "Partner TLS","Partner TLS","SMTP:partner.test;1","mx.partner.test","False","True","Unlimited","mail.contoso.test",""
        """;

    public const string ReceiveConnectors = """
        "Name","Identity","Server","Bindings","RemoteIPRanges","Enabled","MaxMessageSize","Fqdn"
        "Default EX01","EX01\Default EX01","EX01","[::]:2525 0.0.0.0:2525","0.0.0.0-255.255.255.255","True","36 MB (37,748,736 bytes)","EX01.contoso.test"
        """;

    public static string Certificates(DateTimeOffset expiry) => OneLine($"""
        "Identity","Thumbprint","Subject","Services","NotAfter","Status","IsSelfSigned"
        "EX01.contoso.test\ABCDEF0123456789ABCDEF0123456789ABCDEF01","ABCDEF0123456789ABCDEF0123456789ABCDEF01",~
        "CN=mail.contoso.test","IIS, SMTP","{Iso(expiry)}","Valid","False"
        "EX01.contoso.test\1234567890ABCDEF1234567890ABCDEF12345678","1234567890ABCDEF1234567890ABCDEF12345678",~
        "CN=Federation","Federation","{Iso(expiry.AddYears(3))}","Valid","True"
        """);

    public const string TransportConfig = """
        "Name","MaxSendSize","MaxReceiveSize","MaxRecipientEnvelopeLimit"
        "Transport Settings","25 MB (26,214,400 bytes)","Unlimited","500"
        """;

    public const string TransportService = """
        "Name","ExternalDNSServers","InternalDNSServers","ExternalDNSAdapterEnabled","MessageExpirationTimeout"
        "EX01","192.0.2.53","10.0.0.53","False","2.00:00:00"
        """;

    /// <summary>Get-ExchangeDiagnosticInfo -Process EdgeTransport -Component ResourceThrottling to Export-Csv.</summary>
    public static readonly string BackPressure = OneLine("""
        "Result","Identity","PSComputerName"
        "<Diagnostics><ProcessInfo><id>2948</id><serverName>EX01</serverName></ProcessInfo><Components>~
        <ResourceThrottling><ResourceTracker><AggregateUse>Medium</AggregateUse>~
        <ResourceMeter Resource=""PrivateBytes""><CurrentResourceUse>Low</CurrentResourceUse>~
        <PreviousResourceUse>Low</PreviousResourceUse><Pressure>6</Pressure></ResourceMeter>~
        <ResourceMeter Resource=""UsedDiskSpace[C:\Queue]""><CurrentResourceUse>Low</CurrentResourceUse><Pressure>33</Pressure></ResourceMeter>~
        <ResourceMeter Resource=""UsedDiskSpace[D:\Data]""><CurrentResourceUse>Medium</CurrentResourceUse><Pressure>95</Pressure></ResourceMeter>~
        </ResourceTracker></ResourceThrottling></Components></Diagnostics>","","ex01.contoso.test"
        """);

    /// <summary>Windows events as XML, as wevtutil writes them: one after the other, without a root element.</summary>
    public static string Events(params ReadOnlySpan<(long Record, int Id, DateTimeOffset Time, string[] Strings)> events)
    {
        var xml = new StringBuilder();
        foreach (var (record, id, time, strings) in events)
            xml.Append(
                CultureInfo.InvariantCulture,
                $"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchangeTransport'/>"
                + $"<EventID Qualifiers='16388'>{id}</EventID><Level>4</Level><TimeCreated SystemTime='{Iso(time)}'/>"
                + $"<EventRecordID>{record}</EventRecordID><Channel>Application</Channel><Computer>EX01.contoso.test</Computer></System>"
                + $"<EventData>{string.Concat(strings.Select(s => $"<Data>{SecurityElement.Escape(s)}</Data>"))}</EventData></Event>\r\n");
        return xml.ToString();
    }

    /// <summary>Joins lines that were split with a tilde.</summary>
    static string OneLine(string text) => text.Replace("~\n", "", StringComparison.Ordinal);

    static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
