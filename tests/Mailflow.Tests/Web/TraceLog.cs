using System.Globalization;
using System.Text;

namespace Mailflow.Tests.Web;

/// <summary>Rows of one message in a tracking log.</summary>
sealed class TraceLog(DateTimeOffset date)
{
    const string Fields = "date-time,client-hostname,server-hostname,connector-id,source,event-id,message-id,network-message-id,recipient-address,"
        + "recipient-status,total-bytes,sender-address,custom-data";

    readonly StringBuilder _rows = new();

    public int Rows { get; private set; }

    public TraceLog Row(
        double seconds, string source, string id, string message, string network, string recipients, string status = "", string sender = "ann@contoso.test",
        string custom = "", string remote = "EX01")
    {
        Rows++;
        _rows.Append(
            CultureInfo.InvariantCulture,
            $"{date.AddSeconds(seconds).UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ},EX01,{remote},,{source},{id},"
            + $"{message},{network},{recipients},{status},4000,{sender},{custom}\r\n");
        return this;
    }

    public override string ToString() =>
        "#Software: Microsoft Exchange Server\r\n#Version: 15.02.1544.025\r\n#Log-type: Message Tracking Log\r\n"
        + $"#Date: {date.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}\r\n"
        + $"#Fields: {Fields}\r\n{_rows}";
}
