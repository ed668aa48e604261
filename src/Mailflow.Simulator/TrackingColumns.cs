using System.Text;

namespace Mailflow.Simulator;

/// <summary>The columns of a tracking log in file order, and the version of Exchange that introduced each (exchange-formats 3.3).</summary>
static class TrackingColumns
{
    static readonly (string Name, ExchangeVersion Since)[] All =
    [
        ("date-time", ExchangeVersion.Exchange2007),
        ("client-ip", ExchangeVersion.Exchange2007),
        ("client-hostname", ExchangeVersion.Exchange2007),
        ("server-ip", ExchangeVersion.Exchange2007),
        ("server-hostname", ExchangeVersion.Exchange2007),
        ("source-context", ExchangeVersion.Exchange2007),
        ("connector-id", ExchangeVersion.Exchange2007),
        ("source", ExchangeVersion.Exchange2007),
        ("event-id", ExchangeVersion.Exchange2007),
        ("internal-message-id", ExchangeVersion.Exchange2007),
        ("message-id", ExchangeVersion.Exchange2007),
        ("network-message-id", ExchangeVersion.Exchange2013),
        ("recipient-address", ExchangeVersion.Exchange2007),
        ("recipient-status", ExchangeVersion.Exchange2007),
        ("total-bytes", ExchangeVersion.Exchange2007),
        ("recipient-count", ExchangeVersion.Exchange2007),
        ("related-recipient-address", ExchangeVersion.Exchange2007),
        ("reference", ExchangeVersion.Exchange2007),
        ("message-subject", ExchangeVersion.Exchange2007),
        ("sender-address", ExchangeVersion.Exchange2007),
        ("return-path", ExchangeVersion.Exchange2007),
        ("message-info", ExchangeVersion.Exchange2007),
        ("directionality", ExchangeVersion.Exchange2010),
        ("tenant-id", ExchangeVersion.Exchange2010),
        ("original-client-ip", ExchangeVersion.Exchange2010),
        ("original-server-ip", ExchangeVersion.Exchange2010),
        ("custom-data", ExchangeVersion.Exchange2010),
        ("transport-traffic-type", ExchangeVersion.Exchange2016),
        ("log-id", ExchangeVersion.Exchange2016),
        ("schema-version", ExchangeVersion.Exchange2016),
    ];

    public static ReadOnlySpan<byte> BuildOf(ExchangeVersion version) => version switch
    {
        ExchangeVersion.Exchange2007 => "8.0.0.0"u8,
        ExchangeVersion.Exchange2010 => "14.0.0.0"u8,
        ExchangeVersion.Exchange2013 => "15.00.1104.000"u8,
        ExchangeVersion.Exchange2016 => "15.01.2507.027"u8,
        _ => "15.02.1544.025"u8,
    };

    public static string Of(ExchangeVersion version) => string.Join(',', All.Where(column => column.Since <= version).Select(column => column.Name));

    public static void PutHeader(LineBuffer line, SimulationOptions options, long at, string logType, string fields)
    {
        var end = options.Lf ? "\n"u8 : "\r\n"u8;
        line.Put("#Software: Microsoft Exchange Server"u8);
        line.Put(end);
        line.Put("#Version: "u8);
        line.Put(BuildOf(options.Version));
        line.Put(end);
        line.Put("#Log-type: "u8);
        line.Put(Encoding.ASCII.GetBytes(logType));
        line.Put(end);
        line.Put("#Date: "u8);
        line.Time(at);
        line.Put(end);
        line.Put("#Fields: "u8);
        line.Put(Encoding.ASCII.GetBytes(fields));
        line.Put(end);
    }
}
