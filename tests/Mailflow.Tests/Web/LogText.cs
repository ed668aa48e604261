using System.Globalization;
using System.Text;

namespace Mailflow.Tests.Web;

/// <summary>Builds a tracking log of Exchange 2019.</summary>
sealed class LogText(DateTimeOffset date)
{
    const string Fields = "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,"
        + "internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,"
        + "related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality,tenant-id,original-client-ip,"
        + "original-server-ip,custom-data,transport-traffic-type,log-id,schema-version";

    readonly StringBuilder _rows = new();

    public int Rows { get; private set; }

    public LogText Fail(DateTimeOffset time, string recipient, string status, string connector = "Internet Send", string source = "SMTP") =>
        Row(
            time, source, "FAIL", recipient,
            $"'[{{LED={status.Replace("'", "''", StringComparison.Ordinal)}}};{{MSG=}};{{FQDN=mx.remote.example}};{{IP=203.0.113.25}};{{LRT=}}]'",
            connector);

    public LogText Defer(DateTimeOffset time, string recipient, string status) =>
        Row(time, "SMTP", "DEFER", recipient, $"'[{{LED={status}}};{{MSG=}};{{FQDN=}};{{IP=}};{{LRT=}}]'", "Internet Send");

    public LogText Deliver(DateTimeOffset time, TimeSpan took) =>
        Row(
            time, "STOREDRIVER", "DELIVER", "bob.known@contoso.test", "", "",
            $"{Time(time - took)};SRV=EX01.contoso.test:TOTAL-HUB={took.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)}|CAT=0.250");

    public LogText Row(DateTimeOffset time, string source, string id, string recipient, string status, string connector, string info = "")
    {
        Rows++;
        string[] fields =
        [
            Time(time), "10.0.0.11", "EX01", "203.0.113.25", "EX01", "", connector, source, id, "1", $"<{Rows}@contoso.test>", "",
            recipient, status, "4000", "1", "", "", "Subject", "sender.known@contoso.test", "sender.known@contoso.test", info,
            "Originating", "", "", "", "", "Email", "", "15.02.1544.025",
        ];
        _rows.AppendJoin(',', fields.Select(Quoted)).Append("\r\n");
        return this;
    }

    public override string ToString() =>
        $"\ufeff#Software: Microsoft Exchange Server\r\n#Version: 15.02.1544.025\r\n#Log-type: Message Tracking Log\r\n#Date: {Time(date)}\r\n"
        + $"#Fields: {Fields}\r\n{_rows}";

    static string Quoted(string field) => field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
