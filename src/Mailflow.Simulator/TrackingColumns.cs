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

    /// <summary>The log type of a tracking log: only its header names the build, the others have the version of their format.</summary>
    public const string LogType = "Message Tracking Log";

    /// <summary>The build as it is in the header of a tracking log, and in the schema-version of its rows.</summary>
    public static byte[] BuildOf(SimulationOptions options) => options switch
    {
        { Build: { } build } => Encoding.ASCII.GetBytes(build.InLogs),
        { Version: ExchangeVersion.Exchange2013 } => [.. "15.00.1497.048"u8],
        { Version: ExchangeVersion.Exchange2016 } => [.. "15.01.2507.027"u8],
        { Version: ExchangeVersion.Exchange2019 } => [.. "15.02.1544.025"u8],
        _ => [.. FormatOf(options.Version)],
    };

    static ReadOnlySpan<byte> FormatOf(ExchangeVersion version) => version switch
    {
        ExchangeVersion.Exchange2007 => "8.0.0.0"u8,
        ExchangeVersion.Exchange2010 => "14.0.0.0"u8,
        _ => "15.0.0.0"u8,
    };

    public static string Of(ExchangeVersion version) => string.Join(',', All.Where(column => column.Since <= version).Select(column => column.Name));

    public static void PutHeader(LineBuffer line, SimulationOptions options, long at, string logType, string fields)
    {
        var end = options.Lf ? "\n"u8 : "\r\n"u8;
        line.Put("#Software: Microsoft Exchange Server"u8);
        line.Put(end);
        line.Put("#Version: "u8);
        line.Put(logType == LogType ? BuildOf(options) : FormatOf(options.Version));
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
