using System.Globalization;
using System.Net;
using System.Text;
using Mailflow.Analysis.TrackingExports;

namespace Mailflow.Analysis.Formats;

/// <summary>
/// The columns of rows without a header, as `grep` writes them: those of the one known log with this number of columns and these types in the first ones.
/// </summary>
public static class AssumedHeader
{
    const int MostRows = 20;

    static readonly string[] Commands = ["EHLO ", "HELO ", "MAIL FROM:", "RCPT TO:"];

    const string Tracking2007 = "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,"
        + "internal-message-id,message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,"
        + "sender-address,return-path,message-info";

    const string Tracking2010 = Tracking2007 + ",directionality,tenant-id,original-client-ip,original-server-ip,custom-data";

    const string Tracking2016 = Tracking2013 + ",transport-traffic-type,log-id,schema-version";

    /// <summary>Since 2013 the network-message-id stands after the message-id.</summary>
    const string Tracking2013 = "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,"
        + "internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,"
        + "related-recipient-address,reference,message-subject,sender-address,return-path,"
        + "message-info,directionality,tenant-id,original-client-ip,original-server-ip,custom-data";

    const string Protocol = "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context";

    /// <summary>THE table of layouts, by number of columns. The version decides what a row means: that of the oldest server with these columns.</summary>
    static readonly (string LogType, string Version, string[] Fields, Func<string[], bool> EachRow, Func<string[], bool> OneRow)[] Layouts =
    [
        ("Message Tracking Log", "08.00.0000.000", Tracking2007.Split(','), IsTracking, _ => true),
        ("Message Tracking Log", "14.00.0000.000", Tracking2010.Split(','), IsTracking, _ => true),
        ("Message Tracking Log", "15.00.0000.000", Tracking2013.Split(','), IsTracking, _ => true),
        ("Message Tracking Log", "15.01.0000.000", Tracking2016.Split(','), IsTracking, _ => true),
        ("Transport Connectivity Log", "15.00.0000.000", "date-time,session,source,Destination,direction,description".Split(','), IsConnectivity, _ => true),
        ("SMTP Send Protocol Log", "15.00.0000.000", Protocol.Split(','), IsProtocol, r => Opens(r, ">")),
        ("SMTP Receive Protocol Log", "15.00.0000.000", Protocol.Split(','), IsProtocol, r => Opens(r, "<")),
    ];

    /// <summary>
    /// The assumed header; null where the rows fit no layout, and where the first line has names: nothing is to be assumed then.
    /// A line of names of another log than message tracking is its header, and has a length.
    /// </summary>
    /// <param name="text">The start of the file, UTF-8.</param>
    /// <param name="isWhole">Whether it is the whole file: then its last line may lack its end.</param>
    public static LogHeader? Of(ReadOnlySpan<byte> text, bool isWhole)
    {
        if (TrackingExport.Recognises(text))
            return null;
        var rows = Rows(text[LogHeader.ByteOrderMarkLength(text)..], isWhole);
        if (rows.Count == 0)
            return null;
        if (Named(rows[0]) is { } named)
            return named with { Length = EndOfNames(text) };
        if (IsNames(rows[0]))
            return null;
        // The first line may be cut off at its start.
        if (rows.Count > 1 && !IsTime(rows[0][0]))
            rows.RemoveAt(0);
        foreach (var (type, version, fields, eachRow, oneRow) in Layouts)
            if (rows.TrueForAll(r => r.Length == fields.Length && eachRow(r)) && rows.Exists(r => oneRow(r)))
                return new(type, version, "", fields, 0);
        return null;
    }

    /// <summary>A line of column names without `#Fields:`.</summary>
    static LogHeader? Named(string[] row)
    {
        var header = new LogHeader("", "", "", row, 0);
        return header.IndexOf("date-time") >= 0 && LogFormat.Of(header) is not null ? header : null;
    }

    static int EndOfNames(ReadOnlySpan<byte> text)
    {
        var at = LogHeader.ByteOrderMarkLength(text);
        while (at < text.Length)
        {
            var isNames = text[at] is not ((byte)'#' or (byte)'\r' or (byte)'\n');
            at = text[at..].IndexOf((byte)'\n') is >= 0 and var end ? at + end + 1 : text.Length;
            if (isNames)
                break;
        }

        return at;
    }

    /// <summary>A line of names has words only. A row, also one whose start is cut off, has numbers or empty columns.</summary>
    static bool IsNames(string[] row) => row.Length > 1 && row.All(n => n.Length > 0 && n.All(c => char.IsAsciiLetter(c) || c is '-' or '_' or ' '));

    static bool IsTracking(string[] row) =>
        IsTime(row[0]) && IsAddress(row[1]) && IsAddress(row[3]) && IsWord(row[7]) && IsWord(row[8]) && row[8].Length > 0
        && (row[9].Length == 0 || long.TryParse(row[9], NumberStyles.None, CultureInfo.InvariantCulture, out _));

    static bool IsConnectivity(string[] row) => IsTime(row[0]) && IsHex(row[1]) && row[2].Length > 0 && row[4] is "+" or "-" or ">" or "*" or "<";

    static bool IsProtocol(string[] row) =>
        IsTime(row[0]) && IsHex(row[2]) && int.TryParse(row[3], NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && row[6] is "+" or "-" or ">" or "*" or "<";

    /// <summary>Rows of both directions have the same columns: the side that says EHLO opened the session.</summary>
    static bool Opens(string[] row, string direction) => row[6] == direction && Commands.Any(c => row[7].StartsWith(c, StringComparison.OrdinalIgnoreCase));

    static bool IsTime(string text) =>
        text.Length >= 20 && text[10] == 'T' && text[^1] == 'Z'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    static bool IsAddress(string text) => text.Length == 0 || IPAddress.TryParse(text, out _);

    static bool IsWord(string text) => text.All(char.IsAsciiLetter);

    static bool IsHex(string text) => text.Length is > 0 and <= 36 && text.All(c => char.IsAsciiHexDigit(c) || c == '-');

    static List<string[]> Rows(ReadOnlySpan<byte> text, bool isWhole)
    {
        var rows = new List<string[]>();
        while (!text.IsEmpty && rows.Count < MostRows)
        {
            var end = text.IndexOf((byte)'\n');
            if (end < 0 && !isWhole)
                break;
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            line = line.TrimEnd((byte)'\r');
            if (!line.IsEmpty && line[0] != '#')
                rows.Add(Split(Encoding.UTF8.GetString(line)));
        }

        return rows;
    }

    static string[] Split(string line)
    {
        var (values, value, quoted) = (new List<string>(), new StringBuilder(), false);
        foreach (var letter in line)
            if (letter == '"')
                quoted = !quoted;
            else if (letter == ',' && !quoted)
            {
                values.Add(value.ToString());
                value.Clear();
            }
            else
                value.Append(letter);
        values.Add(value.ToString());
        return [.. values];
    }
}
